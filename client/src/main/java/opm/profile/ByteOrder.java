package opm.profile;

import java.util.Arrays;
import java.util.Comparator;
import opm.base.ByteText;

/// The order of `LC_ALL=C sort`: by bytes, not by characters.
final class ByteOrder {
    static final Comparator<String> STRINGS =
            (a, b) -> Arrays.compareUnsigned(ByteText.encode(a), ByteText.encode(b));

    private ByteOrder() {}
}
