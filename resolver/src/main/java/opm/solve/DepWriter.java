package opm.solve;

/// Writes dependencies in rpm's words.
final class DepWriter {
    private final Pool pool;

    DepWriter(Pool pool) {
        this.pool = pool;
    }

    /// Writes a dependency; empty for none.
    String write(int dep) {
        if (dep == 0) {
            return "";
        }
        var text = new StringBuilder();
        write(dep, text, 0);
        return text.toString();
    }

    /// @param outer the operator that this stands in, 0 for none: chains of one need no parentheses
    private void write(int dep, StringBuilder text, int outer) {
        if (dep >= 0) {
            text.append(pool.words.text(dep));
            return;
        }
        int op = pool.rels.op(dep);
        int left = pool.rels.left(dep);
        int right = pool.rels.right(dep);
        if (op < 8) {
            write(left, text, op);
            text.append(' ').append(sign(op)).append(' ');
            write(right, text, op);
            return;
        }
        String word = word(op);
        if (word.isEmpty()) {
            write(left, text, op);
            text.append(op == Rels.ARCH ? "." : op == Rels.NAMESPACE ? "(" : ":");
            write(right, text, op);
            text.append(op == Rels.NAMESPACE ? ")" : "");
            return;
        }
        boolean chain = op == outer && (op == Rels.AND || op == Rels.OR || op == Rels.WITH);
        boolean bare = chain || op == Rels.ELSE && (outer == Rels.COND || outer == Rels.UNLESS);
        text.append(bare ? "" : "(");
        write(left, text, 0);
        text.append(' ').append(word).append(' ');
        write(right, text, op);
        text.append(bare ? "" : ")");
    }

    private static String sign(int op) {
        return ((op & Rels.LT) != 0 ? "<" : "")
                + ((op & Rels.GT) != 0 ? ">" : "")
                + ((op & Rels.EQ) != 0 ? "=" : "");
    }

    private static String word(int op) {
        return switch (op) {
            case Rels.AND -> "and";
            case Rels.OR -> "or";
            case Rels.WITH -> "with";
            case Rels.WITHOUT -> "without";
            case Rels.COND -> "if";
            case Rels.UNLESS -> "unless";
            case Rels.ELSE -> "else";
            default -> "";
        };
    }
}
