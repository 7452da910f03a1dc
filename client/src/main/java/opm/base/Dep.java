package opm.base;

import java.util.Locale;

/// One dependency of a package: a name with a range of versions, or a rich combination of others.
///
/// The text form is rpm's: `foo`, `foo >= 1:2-3`, `/usr/bin/sh`, `(a if (b or c) else d)`. Chains
/// of `and`, `or` and `with` nest to the right: `(a and b and c)` is `a and (b and c)`, as libsolv
/// reads them. Grammar: rpm 4.18, `rpmrichParse` in lib/rpmds.c.
public sealed interface Dep {
    /// A name, perhaps with a range of versions.
    ///
    /// @param sense [Sense#NONE] exactly when `evr` is [Evr#NONE]
    record Simple(String name, Sense sense, Evr evr) implements Dep {
        public Simple {
            if (name.isEmpty()) {
                throw new IllegalArgumentException("a dependency without a name");
            }
        }

        @Override
        public String toString() {
            return sense == Sense.NONE ? name : name + " " + sense.sign() + " " + evr;
        }
    }

    /// A rich dependency of two parts.
    ///
    /// For [RichOp#IF] and [RichOp#UNLESS] with an else, `right` is a [RichOp#ELSE] of condition
    /// and alternative, as libsolv has it: `(a if b else c)` is `IF(a, ELSE(b, c))`.
    record Rich(RichOp op, Dep left, Dep right) implements Dep {
        @Override
        public String toString() {
            var text = new StringBuilder("(");
            writeOpen(text);
            return text.append(')').toString();
        }

        private void writeOpen(StringBuilder text) {
            text.append(left).append(' ').append(op.word()).append(' ');
            if (right instanceof Rich next
                    && (next.op == op && op.chains() || next.op == RichOp.ELSE)) {
                next.writeOpen(text);
            } else {
                text.append(right);
            }
        }
    }

    /// The operators of rich dependencies.
    enum RichOp {
        AND,
        OR,
        IF,
        UNLESS,
        ELSE,
        WITH,
        WITHOUT;

        private final String word = name().toLowerCase(Locale.ROOT);

        /// Returns the operator as rpm writes it.
        public String word() {
            return word;
        }

        /// Tells whether it may be repeated without parentheses.
        public boolean chains() {
            return this == AND || this == OR || this == WITH;
        }
    }

    /// Makes a dependency on a name alone.
    static Dep on(String name) {
        return new Simple(name, Sense.NONE, Evr.NONE);
    }

    /// Reads rpm's text form.
    ///
    /// @throws IllegalArgumentException when it is not that, too long or too deep
    static Dep parse(String text) {
        return DepParser.parse(text);
    }
}
