package opm.thin;

import java.nio.charset.StandardCharsets;

/// How paths of a tree stand in addresses.
public final class Addresses {
    private static final String PLAIN = "/._+~-:@!$()*,;=";

    private Addresses() {}

    /// Returns a path as it stands in an address.
    public static String of(String path) {
        var out = new StringBuilder(path.length() + 8);
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain =
                    c >= 'a' && c <= 'z'
                            || c >= 'A' && c <= 'Z'
                            || c >= '0' && c <= '9'
                            || PLAIN.indexOf(c) >= 0;
            if (plain) {
                out.append(c);
            } else {
                out.append('%').append(Character.toUpperCase(Character.forDigit(c >> 4, 16)));
                out.append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            }
        }
        return out.toString();
    }
}
