package opm.store;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import opm.base.Limits;
import opm.base.OpmException;
import opm.host.Disk;
import org.jspecify.annotations.Nullable;

/// The CRC-32 of every reference as it was written, so that a collection need not compute the
/// SHA-256 of all of them: `TYPE/FILE BYTES CRC32` lines, appended, the last one wins.
///
/// It decides nothing: a reference that has no line here, or another sum, is checked by its own
/// `end` line. So it is not forced, and losing it costs time.
final class RefSums {
    private final Disk disk;
    private final Layout layout;

    RefSums(Disk disk, Layout layout) {
        this.disk = disk;
        this.layout = layout;
    }

    void add(Path file, byte[] text) throws OpmException {
        byte[] line = (name(file) + " " + sum(text) + "\n").getBytes(StandardCharsets.US_ASCII);
        try (var out = disk.append(layout.refSums())) {
            out.write(line, 0, line.length);
        }
    }

    Map<String, String> read() throws OpmException {
        var sums = new HashMap<String, String>();
        if (!disk.exists(layout.refSums())
                || disk.size(layout.refSums()) > Limits.REFERENCE_BYTES) {
            return sums;
        }
        byte[] bytes = disk.readAll(layout.refSums(), Limits.REFERENCE_BYTES);
        for (String line : new String(bytes, StandardCharsets.ISO_8859_1).split("\n", -1)) {
            int space = line.indexOf(' ');
            if (space > 0) {
                sums.put(line.substring(0, space), line.substring(space + 1));
            }
        }
        return sums;
    }

    /// Tells whether a reference has the sum that it was written with.
    static boolean agree(Map<String, String> sums, Path file, byte[] text) {
        @Nullable String sum = sums.get(name(file));
        return sum != null && sum.equals(sum(text));
    }

    private static String name(Path file) {
        return file.getName(file.getNameCount() - 2) + "/" + file.getFileName();
    }

    private static String sum(byte[] text) {
        var crc = new CRC32();
        crc.update(text);
        return text.length + " " + Long.toHexString(crc.getValue());
    }
}
