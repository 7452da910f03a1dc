package opm.testcase;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;

/// What a testcase may ask about the outcome.
enum Kind {
    TRANSACTION,
    PROBLEMS,
    ORPHANED,
    RECOMMENDED,
    UNNEEDED,
    ALTERNATIVES,
    RULES,
    GENID,
    REASON,
    CLEANDEPS,
    JOBS,
    USERINSTALLED,
    ORDER,
    ORDEREDGES,
    PROOF;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Reads a comma list; what is unknown goes to `complaints`.
    static EnumSet<Kind> read(String text, List<String> complaints) {
        var kinds = EnumSet.noneOf(Kind.class);
        for (String word : text.split(",")) {
            try {
                kinds.add(valueOf(word.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                complaints.add("result: unknown kind '" + word + "'");
            }
        }
        return kinds;
    }
}
