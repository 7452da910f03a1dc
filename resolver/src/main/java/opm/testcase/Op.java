package opm.testcase;

import opm.solve.Rels;
import org.jspecify.annotations.Nullable;

/// How testcases write the operators of dependencies.
///
/// @param number the operator's number, one of [Rels]
/// @param text how it is written
record Op(int number, String text) {
    /// In the order in which they are looked for: one that begins another stands after it.
    private static final Op[] ALL = {
        new Op(Rels.EQ, "="),
        new Op(Rels.LT | Rels.EQ | Rels.GT, "<=>"),
        new Op(Rels.LT | Rels.EQ, "<="),
        new Op(Rels.GT | Rels.EQ, ">="),
        new Op(Rels.GT, ">"),
        new Op(Rels.LT | Rels.GT, "<>"),
        new Op(Rels.AND, "&"),
        new Op(Rels.OR, "|"),
        new Op(Rels.WITH, "+"),
        new Op(Rels.WITHOUT, "-"),
        new Op(Rels.NAMESPACE, "<NAMESPACE>"),
        new Op(Rels.ARCH, "."),
        new Op(Rels.MULTIARCH, "<MULTIARCH>"),
        new Op(Rels.FILECONFLICT, "<FILECONFLICT>"),
        new Op(Rels.COND, "<IF>"),
        new Op(Rels.COMPAT, "compat >="),
        new Op(Rels.KIND, "<KIND>"),
        new Op(Rels.ELSE, "<ELSE>"),
        new Op(Rels.ERROR, "<ERROR>"),
        new Op(Rels.UNLESS, "<UNLESS>"),
        new Op(Rels.CONDA, "<CONDA>"),
        new Op(Rels.LT, "<"),
    };

    /// Returns the operator that a text begins with at a place.
    static @Nullable Op at(String line, int at) {
        for (Op op : ALL) {
            if (line.startsWith(op.text, at)) {
                return op;
            }
        }
        return null;
    }

    /// Returns how an operator is written; `<NUMBER>` where it has no text of its own.
    static String text(int number) {
        for (Op op : ALL) {
            if (op.number == number) {
                return op.text;
            }
        }
        return "<" + Integer.toUnsignedString(number) + ">";
    }

    /// Tells whether an operator compares versions.
    static boolean compares(int number) {
        return number > 0 && number < 8;
    }

    static boolean known(int number) {
        return !text(number).equals("<" + Integer.toUnsignedString(number) + ">");
    }
}
