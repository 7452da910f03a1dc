package opm.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;

/// The entry `installed`: one line for each installed package but keys, sorted bytewise.
///
/// `rpm -qa --qf '%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%{ARCH}\n' | grep -v '^gpg-pubkey-' |
/// LC_ALL=C sort` prints the same, and its SHA-256 is the base that a plan names.
final class InstalledList {
    private InstalledList() {}

    static byte[] text(List<Nevra> installed) {
        List<byte[]> lines = new ArrayList<>();
        installed.forEach(pkg -> lines.add((pkg.full() + "\n").getBytes(UTF_8)));
        // sort(1) compares without the line feed, which is below every byte of a name.
        lines.sort(Arrays::compareUnsigned);
        var text = new java.io.ByteArrayOutputStream();
        lines.forEach(text::writeBytes);
        return text.toByteArray();
    }

    static List<Nevra> parse(byte[] text) throws OpmException {
        List<Nevra> installed = new ArrayList<>();
        for (String line : new String(text, UTF_8).split("\n")) {
            try {
                if (!line.isEmpty()) {
                    installed.add(Nevra.parse(line));
                }
            } catch (IllegalArgumentException notANevra) {
                throw (Damaged)
                        new Damaged(
                                        "installed: " + notANevra.getMessage(),
                                        "Have the bundle made again.")
                                .because(notANevra);
            }
        }
        return installed;
    }
}
