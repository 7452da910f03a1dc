package opm.sign;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import opm.base.OpmException.Damaged;

/// What minisign's files have in common: a line that nobody signed, and bytes as base64.
final class Lines {
    static final String UNTRUSTED = "untrusted comment: ";

    private Lines() {}

    static List<String> of(byte[] file) {
        return new String(file, UTF_8).lines().toList();
    }

    /// Reads a line of so many bytes that begin with one of these marks.
    static byte[] bytes(String line, int count, String what, String... marks) throws Damaged {
        try {
            byte[] bytes = Base64.getDecoder().decode(line.strip());
            if (bytes.length == count) {
                for (String mark : marks) {
                    if (Arrays.equals(bytes, 0, 2, mark.getBytes(UTF_8), 0, 2)) {
                        return bytes;
                    }
                }
            }
        } catch (IllegalArgumentException notBase64) {
            throw (Damaged) damaged(what).because(notBase64);
        }
        throw damaged(what);
    }

    static Damaged damaged(String what) {
        return new Damaged(
                what + ": this is not what minisign writes", "Copy it again from where it came.");
    }

    static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
