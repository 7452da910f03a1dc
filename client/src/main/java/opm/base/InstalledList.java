package opm.base;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import opm.base.OpmException.Damaged;

/// What is installed, as text: one full name a line but for public keys, sorted bytewise. Its
/// SHA-256 is the base that a plan names.
///
/// `rpm -qa --qf '%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%{ARCH}\n' | grep -v '^gpg-pubkey-' |
/// LC_ALL=C sort` prints the same. A NEVRA can stand there twice.
public final class InstalledList {
    /// What `rpm -qa --qf` is to print.
    public static final String QUERY_FORMAT =
            "%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%{ARCH}\\n";

    private static final String KEYS = "gpg-pubkey-";

    private InstalledList() {}

    /// Writes the text; keys are left out.
    public static byte[] text(Collection<Nevra> installed) {
        return join(installed.stream().map(Nevra::full).toList());
    }

    /// Writes what [#QUERY_FORMAT] printed as the text: sorted, without keys.
    public static byte[] ofQuery(byte[] printed) {
        return join(ByteText.decode(printed).lines().toList());
    }

    private static byte[] join(List<String> names) {
        List<byte[]> lines = new ArrayList<>();
        int length = 0;
        for (String name : names) {
            if (!name.startsWith(KEYS)) {
                lines.add(ByteText.encode(name + "\n"));
                length += lines.getLast().length;
            }
        }
        // sort(1) compares without the line feed, which is below every byte of a name.
        lines.sort(Arrays::compareUnsigned);
        byte[] text = new byte[length];
        int at = 0;
        for (byte[] line : lines) {
            System.arraycopy(line, 0, text, at, line.length);
            at += line.length;
        }
        return text;
    }

    /// Returns the names of a text.
    public static List<String> names(byte[] text) {
        return ByteText.decode(text).lines().toList();
    }

    /// Reads a text.
    public static List<Nevra> parse(byte[] text) throws Damaged {
        List<Nevra> installed = new ArrayList<>();
        for (String line : names(text)) {
            try {
                installed.add(Nevra.parse(line));
            } catch (IllegalArgumentException notANevra) {
                var damaged =
                        new Damaged(
                                "list of installed packages: " + notANevra.getMessage(),
                                "Have it made again.");
                damaged.initCause(notANevra);
                throw damaged;
            }
        }
        return installed;
    }
}
