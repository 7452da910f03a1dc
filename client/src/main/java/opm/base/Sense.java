package opm.base;

/// How a dependency compares versions: any union of `<`, `=` and `>`.
///
/// The bits are rpm's `RPMSENSE_LESS`, `RPMSENSE_GREATER` and `RPMSENSE_EQUAL` (rpmds.h).
public enum Sense {
    NONE(0, ""),
    LT(2, "<"),
    GT(4, ">"),
    NE(6, "<>"),
    EQ(8, "="),
    LE(10, "<="),
    GE(12, ">="),
    ANY(14, "<=>");

    /// The three bits of rpm's dependency flags that compare versions.
    public static final int MASK = 14;

    private static final Sense[] BY_BITS = values();
    private final int bits;
    private final String sign;

    Sense(int bits, String sign) {
        this.bits = bits;
        this.sign = sign;
    }

    /// Returns rpm's bits: 2 less, 4 greater, 8 equal.
    public int bits() {
        return bits;
    }

    /// Returns `>=` and its kin; empty for [#NONE].
    public String sign() {
        return sign;
    }

    /// Reads rpm's dependency flags; bits that do not compare versions are ignored.
    public static Sense ofFlags(int flags) {
        return BY_BITS[(flags & MASK) >> 1];
    }

    /// Reads `=`, `<`, `>=`, also `==` and `=>` as rpm does.
    ///
    /// @return [#NONE] when the text is no such sign
    public static Sense ofSign(String text) {
        int bits = 0;
        for (int at = 0; at < text.length(); at++) {
            switch (text.charAt(at)) {
                case '<' -> bits |= 2;
                case '>' -> bits |= 4;
                case '=' -> bits |= 8;
                default -> {
                    return NONE;
                }
            }
        }
        return BY_BITS[bits >> 1];
    }

    /// Reads rpm-md's words: `EQ`, `LT`, `GT`, `LE`, `GE`.
    ///
    /// @return [#NONE] for any other word
    public static Sense ofWord(String word) {
        return switch (word) {
            case "EQ" -> EQ;
            case "LT" -> LT;
            case "GT" -> GT;
            case "LE" -> LE;
            case "GE" -> GE;
            case "NE" -> NE;
            default -> NONE;
        };
    }

    /// Tells whether a comparison result satisfies this, where `order` is candidate against bound.
    public boolean accepts(int order) {
        return (bits & (order < 0 ? 2 : order > 0 ? 4 : 8)) != 0;
    }
}
