package opm.testcase;

import opm.solve.Rels;
import org.jspecify.annotations.Nullable;

/// `NAME OP VERSION`, cut at its operator.
record SplitRel(String name, int op, String evr) {
    /// Cuts a text; absent when it has no operator, no name or no version.
    static @Nullable SplitRel of(String text) {
        int at = 0;
        while (at < text.length() && "<=>".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        int end = at;
        int op = 0;
        if (at > 0 && at < text.length() && text.charAt(at) == '=' && text.charAt(at - 1) == '!') {
            end--;
            at++;
            op = Rels.LT | Rels.GT;
        }
        while (at < text.length() && "<=>".indexOf(text.charAt(at)) >= 0) {
            op |=
                    switch (text.charAt(at)) {
                        case '<' -> Rels.LT;
                        case '=' -> Rels.EQ;
                        default -> Rels.GT;
                    };
            at++;
        }
        String name = text.substring(0, end).stripTrailing();
        String evr = text.substring(at).stripLeading();
        return op == 0 || name.isEmpty() || evr.isEmpty() ? null : new SplitRel(name, op, evr);
    }
}
