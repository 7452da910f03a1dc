package opm.testcase;

import opm.solve.Rels;
import opm.solve.TagsPool;

/// Reads and writes dependencies as testcases have them.
///
/// ```
/// dep  := term { op dep }
/// term := '(' dep ')' | 'namespace:NAME(' dep ')' | word [ ':any' ]
/// ```
/// A comparison takes one word as its right side, every other operator all that follows. Source:
/// facts on solver test cases, 2.2.
final class DepText {
    private final TagsPool pool;

    /// The word `any`, which `name:any` relates to.
    private final int any;

    DepText(TagsPool pool) {
        this.pool = pool;
        any = pool.word("any");
    }

    // ---------------------------------------------------------------- reading

    /// Reads a dependency; 0 where the text is none, as it is for `<NULL>`.
    int read(String text) {
        var reader = new Reader(text);
        int dep = reader.dep(0);
        return reader.failed || reader.at < text.length() ? 0 : dep;
    }

    private final class Reader {
        private static final int DEPTH = 256;

        private final String text;
        private int at;
        private int depth;
        private boolean failed;

        Reader(String text) {
            this.text = text;
        }

        /// Reads up to the end, a `)`, or, on the right of a comparison, the end of a word.
        int dep(int left) {
            boolean compared = Op.compares(left);
            if (++depth > DEPTH) {
                failed = true;
            }
            if (failed) {
                return 0;
            }
            blanks();
            int result = term(compared);
            while (!failed) {
                blanks();
                if (at == text.length()
                        || text.charAt(at) == ')'
                        || compared && !text.startsWith("compat >= ", at)) {
                    break;
                }
                int op = op();
                if (failed) {
                    break;
                }
                result = pool.rel(result, op, dep(op));
            }
            depth--;
            return result;
        }

        private int term(boolean compared) {
            int namespace = 0;
            if (text.startsWith("namespace:", at)) {
                int paren = text.indexOf('(', at);
                if (paren >= 0) {
                    namespace = pool.word(text.substring(at, paren));
                    at = paren;
                }
            }
            int result;
            if (at < text.length() && text.charAt(at) == '(') {
                at++;
                result = dep(0);
                if (failed || at == text.length()) {
                    failed = true;
                    return 0;
                }
                at++;
            } else {
                result = word(!compared);
            }
            return namespace == 0 ? result : pool.rel(namespace, Rels.NAMESPACE, result);
        }

        private int op() {
            int digits = at + 1;
            while (digits < text.length() && isDigit(text.charAt(digits))) {
                digits++;
            }
            if (text.charAt(at) == '<'
                    && digits > at + 1
                    && digits < at + 10
                    && digits < text.length()
                    && text.charAt(digits) == '>') {
                int number = Integer.parseInt(text.substring(at + 1, digits));
                at = digits + 1;
                return number;
            }
            Op op = Op.at(text, at);
            if (op == null) {
                failed = true;
                return 0;
            }
            at += op.text().length();
            return op.number();
        }

        private int word(boolean isName) {
            int start = at;
            int open = 0;
            while (at < text.length() && text.charAt(at) > ' ') {
                char c = text.charAt(at);
                if (c == '(') {
                    open++;
                } else if (c == ')' && open-- <= 0) {
                    break;
                }
                at++;
            }
            String word = text.substring(start, at);
            if (isName && word.length() > 4 && word.endsWith(":any")) {
                int name = id(word.substring(0, word.length() - 4));
                return pool.rel(name, Rels.MULTIARCH, any);
            }
            return id(word);
        }

        private int id(String word) {
            if (word.equals("<NULL>")) {
                return 0;
            }
            return pool.word(word.equals("\\00") ? "" : unescape(word));
        }

        private void blanks() {
            while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
                at++;
            }
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /// Turns each `\HH` into the byte that it stands for.
    static String unescape(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        var plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 2 < text.length()) {
                int high = Character.digit(text.charAt(i + 1), 16);
                int low = Character.digit(text.charAt(i + 2), 16);
                if (high >= 0 && low >= 0) {
                    plain.append((char) (high << 4 | low));
                    i += 2;
                    continue;
                }
            }
            plain.append(c);
        }
        return plain.toString();
    }

    // ---------------------------------------------------------------- writing

    /// Writes a dependency so that [#read] gives it back.
    String write(int dep) {
        var out = new StringBuilder();
        write(dep, false, out);
        return out.toString();
    }

    private void write(int dep, boolean parens, StringBuilder out) {
        if (dep >= 0) {
            out.append(escape(dep, true));
            return;
        }
        int left = pool.left(dep);
        int op = pool.op(dep);
        int right = pool.right(dep);
        if (op == Rels.NAMESPACE && left > 0 && pool.wordText(left).startsWith("namespace:")) {
            out.append(pool.wordText(left)).append('(');
            write(right, false, out);
            out.append(')');
            return;
        }
        if (op == Rels.MULTIARCH && left >= 0 && right == any) {
            out.append(escape(left, true)).append(":any");
            return;
        }
        if (parens) {
            out.append('(');
        }
        write(left, left < 0 && !looseLeft(op, pool.op(left)), out);
        out.append(' ').append(Op.text(op)).append(' ');
        if (right < 0) {
            write(right, !looseRight(op, pool.op(right)), out);
        } else {
            out.append(escape(right, false));
        }
        if (parens) {
            out.append(')');
        }
    }

    /// Tells whether the left part of a relation needs no parentheses.
    private static boolean looseLeft(int op, int inner) {
        return op > 7 && op != Rels.COMPAT && Op.compares(inner);
    }

    private static boolean looseRight(int op, int inner) {
        return op > 7 && Op.compares(inner)
                || op == Rels.AND && inner == Rels.AND
                || op == Rels.OR && inner == Rels.OR
                || Op.compares(op) && inner == Rels.COMPAT;
    }

    private String escape(int word, boolean isName) {
        if (word == 0) {
            return "<NULL>";
        }
        String text = pool.wordText(word);
        return text.isEmpty() ? "\\00" : escape(text, isName);
    }

    private static String escape(String text, boolean isName) {
        boolean any = isName && text.length() > 4 && text.endsWith(":any");
        if (!any && isPlain(text)) {
            return text;
        }
        var out = new StringBuilder();
        int from = 0;
        if (text.startsWith("namespace:")) {
            out.append("namespace\\3a");
            from = 10;
        }
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean special = i == from && "[(<=>!".indexOf(c) >= 0;
            out.append(special || isBad(c) || c == '(' || c == ')' ? hex(c) : String.valueOf(c));
        }
        if (any) {
            out.replace(out.length() - 4, out.length(), "\\3aany");
        }
        return out.toString();
    }

    private static boolean isBad(char c) {
        return c <= ' ' || c == '\\';
    }

    /// Tells whether a word needs no escape: at most pairs of parentheses that do not nest.
    private static boolean isPlain(String text) {
        if ("[(<=>!".indexOf(text.charAt(0)) >= 0 || text.startsWith("namespace:")) {
            return false;
        }
        boolean open = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (isBad(c) || c == '(' && open || c == ')' && !open) {
                return false;
            }
            open = c == '(' || open && c != ')';
        }
        return !open;
    }

    private static String hex(char c) {
        return "\\" + Character.forDigit(c >> 4, 16) + Character.forDigit(c & 15, 16);
    }

    // ---------------------------------------------------------------- for people

    /// Writes a dependency the way explanations have it: `(foo >= 2 or bar)`.
    String human(int dep) {
        var out = new StringBuilder();
        human(dep, pool.debian() ? 0 : TOP, out);
        return out.toString();
    }

    /// The operator around a dependency that stands alone, where alone also asks for parentheses.
    private static final int TOP = -1;

    private void human(int dep, int outer, StringBuilder out) {
        if (dep >= 0) {
            out.append(dep == 0 ? "" : pool.wordText(dep));
            return;
        }
        int op = pool.op(dep);
        boolean parens = (outer == TOP || isRich(outer)) && isRich(op) && !continues(outer, op);
        if (parens) {
            out.append('(');
        }
        if (op == Rels.KIND) {
            human(pool.right(dep), op, out);
            out.append(':');
            human(pool.left(dep), op, out);
        } else {
            human(pool.left(dep), op, out);
            if (op == Rels.NAMESPACE) {
                out.append('(');
                human(pool.right(dep), op, out);
                out.append(')');
            } else if (op != Rels.FILECONFLICT) {
                out.append(humanOp(op));
                human(pool.right(dep), op, out);
            }
        }
        if (parens) {
            out.append(')');
        }
    }

    private static boolean isRich(int op) {
        return switch (op) {
            case Rels.AND, Rels.OR, Rels.WITH, Rels.WITHOUT, Rels.COND, Rels.UNLESS, Rels.ELSE ->
                    true;
            default -> false;
        };
    }

    private static boolean continues(int outer, int op) {
        boolean conditional = op == Rels.COND || op == Rels.UNLESS || op == Rels.ELSE;
        return outer == op && !conditional
                || (outer == Rels.COND || outer == Rels.UNLESS) && op == Rels.ELSE;
    }

    private String humanOp(int op) {
        boolean words = !pool.debian();
        return switch (op) {
            case Rels.AND -> words ? " and " : " & ";
            case Rels.OR -> words ? " or " : " | ";
            case Rels.WITH -> words ? " with " : " + ";
            case Rels.WITHOUT -> words ? " without " : " - ";
            case Rels.COND -> words ? " if " : " IF ";
            case Rels.UNLESS -> words ? " unless " : " UNLESS ";
            case Rels.ELSE -> words ? " else " : " ELSE ";
            case Rels.GT -> words ? " > " : " >> ";
            case Rels.LT -> words ? " < " : " << ";
            case Rels.ARCH -> ".";
            case Rels.MULTIARCH -> ":";
            case Rels.ERROR -> " ERROR ";
            default -> Op.compares(op) || op == Rels.COMPAT ? " " + Op.text(op) + " " : " ??? ";
        };
    }
}
