package opm.repack;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.zip.GZIPInputStream;
import opm.base.ByteText;
import opm.base.OpmException.Damaged;
import opm.rpm.Header;
import opm.rpm.RpmFile;
import opm.rpm.Tag;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.XZInputStream;

/// Reads single small files out of a package.
public final class Contents {
    private static final int MEMORY_KIB = 96 << 10;
    private static final int HEAD_BYTES = 110;

    private Contents() {}

    /// Returns what a package brings under a path; null when it brings no plain file there, or one
    /// that is larger than `limitBytes`.
    ///
    /// @param in a package from its first byte; not closed
    public static byte @Nullable [] file(InputStream in, String path, int limitBytes)
            throws Damaged, IOException {
        RpmFile rpm = RpmFile.read(in, "package");
        Header header = rpm.words().header();
        if (header.has(Tag.LONGFILESIZES)) {
            return null; // its archive has numbers in place of names
        }
        InputStream archive = unpacked(in, header.string(Tag.PAYLOADCOMPRESSOR, ""));
        List<String> wanted = List.of("." + path, path, path.substring(1));
        while (true) {
            byte[] head = archive.readNBytes(HEAD_BYTES);
            if (head.length < HEAD_BYTES) {
                return null;
            }
            int nameBytes = number(head, 11);
            if (nameBytes < 1 || nameBytes > 1 << 16) {
                throw new Damaged("package: a name of " + nameBytes + " bytes", "Get it again.");
            }
            byte[] raw = archive.readNBytes(nameBytes);
            String name = ByteText.decode(raw, 0, Math.max(0, raw.length - 1));
            archive.skipNBytes(-(HEAD_BYTES + nameBytes) & 3);
            if (name.equals("TRAILER!!!")) {
                return null;
            }
            long size = Integer.toUnsignedLong(number(head, 6));
            boolean plain = (number(head, 1) & 0170000) == 0100000;
            if (plain && size > 0 && size <= limitBytes && wanted.contains(name)) {
                return archive.readNBytes((int) size);
            }
            archive.skipNBytes(size + (-size & 3));
        }
    }

    private static int number(byte[] head, int field) throws Damaged {
        String text = ByteText.decode(head, 6 + 8 * field, 8);
        try {
            return Integer.parseUnsignedInt(text, 16);
        } catch (NumberFormatException e) {
            throw (Damaged)
                    new Damaged("package: '" + text + "' in its archive", "Get it again.")
                            .because(e);
        }
    }

    private static InputStream unpacked(InputStream in, String format) throws IOException {
        var buffered = new BufferedInputStream(in, 1 << 16);
        return new BufferedInputStream(
                switch (format) {
                    case "xz" -> new XZInputStream(buffered, MEMORY_KIB);
                    case "lzma" -> new LZMAInputStream(buffered, MEMORY_KIB);
                    case "zstd" -> new ZstdInputStreamNoFinalizer(buffered).setLongMax(27);
                    case "bzip2" -> new BZip2CompressorInputStream(buffered, true);
                    case "gzip" -> new GZIPInputStream(buffered, 1 << 16);
                    default -> buffered;
                },
                1 << 16);
    }
}
