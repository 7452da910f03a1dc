package opm.thin;

import java.nio.charset.StandardCharsets;

/// How paths of a tree stand in addresses.
public final class Addresses {
    private static final String PLAIN = "/._+~-:@!$()*,;=";

    private Addresses() {}

    /// Returns a path as it stands in an address.
    public static String of(String path) {
        int plain = 0;
        while (plain < path.length() && isPlain(path.charAt(plain))) {
            plain++;
        }
        return plain == path.length() ? path : escaped(path);
    }

    private static boolean isPlain(char c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || PLAIN.indexOf(c) >= 0;
    }

    private static String escaped(String path) {
        var out = new StringBuilder(path.length() + 8);
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (isPlain(c)) {
                out.append(c);
            } else {
                out.append('%').append(Character.toUpperCase(Character.forDigit(c >> 4, 16)));
                out.append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
            }
        }
        return out.toString();
    }
}
