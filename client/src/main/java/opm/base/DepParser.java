package opm.base;

import opm.base.Dep.Rich;
import opm.base.Dep.RichOp;
import opm.base.Dep.Simple;

/// Reads rpm's dependency text. Bounded in length and depth, so that hostile text cannot overflow.
final class DepParser {
    private final String text;
    private int at;
    private int operands;

    private DepParser(String text) {
        this.text = text;
    }

    static Dep parse(String text) {
        if (text.length() > Limits.DEPENDENCY_CHARS) {
            throw new IllegalArgumentException(
                    "a dependency of "
                            + text.length()
                            + " characters; at most "
                            + Limits.DEPENDENCY_CHARS
                            + " are read");
        }
        var parser = new DepParser(text);
        parser.skipSpace();
        Dep dep =
                parser.at < text.length() && text.charAt(parser.at) == '('
                        ? parser.rich(0)
                        : parser.simple(false);
        parser.skipSpace();
        if (parser.at < text.length()) {
            throw parser.fault("nothing more");
        }
        return dep;
    }

    private Dep rich(int depth) {
        if (depth >= Limits.RICH_DEPTH) {
            throw fault("at most " + Limits.RICH_DEPTH + " nested parentheses");
        }
        at++;
        Dep dep = chain(operand(depth), null, depth);
        at++;
        return dep;
    }

    /// Reads from after the first operand up to, not past, the closing parenthesis.
    private Dep chain(Dep left, @org.jspecify.annotations.Nullable RichOp before, int depth) {
        skipSpace();
        if (at >= text.length()) {
            throw fault("')'");
        }
        if (text.charAt(at) == ')') {
            return left;
        }
        RichOp op = operator();
        boolean elseAllowed = before == RichOp.IF || before == RichOp.UNLESS;
        if (op == RichOp.ELSE ? !elseAllowed : before != null && (op != before || !op.chains())) {
            throw fault("the same operator or ')'");
        }
        return new Rich(op, left, chain(operand(depth), op, depth));
    }

    private Dep operand(int depth) {
        skipSpace();
        if (++operands > Limits.RICH_OPERANDS) {
            throw fault("at most " + Limits.RICH_OPERANDS + " names");
        }
        return at < text.length() && text.charAt(at) == '(' ? rich(depth + 1) : simple(true);
    }

    private RichOp operator() {
        String word = word(true);
        for (RichOp op : RichOp.values()) {
            if (op.word().equals(word)) {
                return op;
            }
        }
        at -= word.length();
        throw fault("and, or, if, unless, else, with or without");
    }

    private Dep simple(boolean inRich) {
        skipSpace();
        String name = word(inRich);
        if (name.isEmpty()) {
            throw fault("a name");
        }
        int afterName = at;
        skipSpace();
        int signStart = at;
        while (at < text.length() && "<>=".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        Sense sense = Sense.ofSign(text.substring(signStart, at));
        if (sense == Sense.NONE) {
            at = afterName;
            return Dep.on(name);
        }
        skipSpace();
        String version = word(inRich);
        if (version.isEmpty()) {
            throw fault("a version");
        }
        return new Simple(name, sense, Evr.parse(version));
    }

    /// Reads up to white space; inside a rich dependency also up to an unbalanced `)`.
    private String word(boolean inRich) {
        int start = at;
        int open = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (isSpace(c) || c == ',' && inRich) {
                break;
            }
            if (c == '(') {
                open++;
            } else if (c == ')' && --open < 0 && inRich) {
                break;
            }
            at++;
        }
        return text.substring(start, at);
    }

    private void skipSpace() {
        while (at < text.length() && isSpace(text.charAt(at))) {
            at++;
        }
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }

    private IllegalArgumentException fault(String expected) {
        String shown = text.length() > 200 ? text.substring(0, 200) + "…" : text;
        return new IllegalArgumentException(
                "dependency '" + shown + "': expected " + expected + " at character " + at);
    }
}
