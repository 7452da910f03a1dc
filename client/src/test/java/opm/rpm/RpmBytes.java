package opm.rpm;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/// Makes the front of rpm files byte by byte, well formed or not as a test wants.
final class RpmBytes {
    /// One tag with its data as it will lie in the file.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Entry(int tag, int type, int count, byte[] data) {}

    final List<Entry> signature = new ArrayList<>();
    final List<Entry> main = new ArrayList<>();
    boolean region = true;
    boolean digests = true;

    /// Makes a package with one of everything that has a word in [RpmWords].
    static RpmBytes sample() {
        return new RpmBytes()
                .text(Tag.NAME, "sample")
                .text(Tag.VERSION, "1.2")
                .text(Tag.RELEASE, "3")
                .ints(Tag.EPOCH, 4)
                .i18n(Tag.SUMMARY, "A sample")
                .i18n(Tag.DESCRIPTION, "It has\nlines.")
                .ints(Tag.BUILDTIME, 1_700_000_000)
                .ints(Tag.SIZE, 30)
                .text(Tag.VENDOR, "Père")
                .text(Tag.LICENSE, "none")
                .text(Tag.ARCH, "noarch")
                .text(Tag.SOURCERPM, "sample-1.2-3.src.rpm")
                .texts(Tag.REQUIRENAME, "/bin/sh", "(a if b)", "c")
                .ints(Tag.REQUIREFLAGS, 1280, 0, 12)
                .texts(Tag.REQUIREVERSION, "", "", "1:2-3")
                .texts(Tag.PROVIDENAME, "sample")
                .ints(Tag.PROVIDEFLAGS, 8)
                .texts(Tag.PROVIDEVERSION, "4:1.2-3")
                .texts(Tag.BASENAMES, "bin", "tool", "link")
                .ints(Tag.DIRINDEXES, 0, 1, 1)
                .texts(Tag.DIRNAMES, "/usr/", "/usr/bin/")
                .ints(Tag.FILESIZES, 0, 30, 4)
                .shorts(Tag.FILEMODES, 040755, 0100755, 0120777)
                .texts(Tag.FILEDIGESTS, "", "ab".repeat(32), "")
                .texts(Tag.FILELINKTOS, "", "", "tool")
                .ints(Tag.FILEFLAGS, 0, 1, 64)
                .texts(Tag.FILEUSERNAME, "root", "root", "root")
                .texts(Tag.FILEGROUPNAME, "root", "root", "root")
                .ints(Tag.CHANGELOGTIME, 1_600_000_000)
                .texts(Tag.CHANGELOGNAME, "Me <me@example.org> - 1.2-3")
                .texts(Tag.CHANGELOGTEXT, "- made")
                .texts(Tag.PAYLOADDIGEST, "cd".repeat(32))
                .ints(Tag.PAYLOADDIGESTALGO, 8);
    }

    RpmBytes text(int tag, String text) {
        return add(main, tag, 6, 1, strings(text));
    }

    RpmBytes i18n(int tag, String text) {
        return add(main, tag, 9, 1, strings(text));
    }

    RpmBytes texts(int tag, String... texts) {
        return add(main, tag, 8, texts.length, strings(texts));
    }

    RpmBytes ints(int tag, int... values) {
        var data = ByteBuffer.allocate(4 * values.length);
        for (int value : values) {
            data.putInt(value);
        }
        return add(main, tag, 4, values.length, data.array());
    }

    RpmBytes shorts(int tag, int... values) {
        var data = ByteBuffer.allocate(2 * values.length);
        for (int value : values) {
            data.putShort((short) value);
        }
        return add(main, tag, 3, values.length, data.array());
    }

    RpmBytes bytes(List<Entry> where, int tag, byte... bytes) {
        return add(where, tag, 7, bytes.length, bytes);
    }

    RpmBytes add(List<Entry> where, int tag, int type, int count, byte[] data) {
        where.removeIf(e -> e.tag == tag);
        where.add(new Entry(tag, type, count, data));
        return this;
    }

    RpmBytes without(int tag) {
        main.removeIf(e -> e.tag == tag);
        return this;
    }

    RpmBytes withoutDigests() {
        digests = false;
        return this;
    }

    private static byte[] strings(String... texts) {
        var out = new ByteArrayOutputStream();
        for (String text : texts) {
            out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
            out.write(0);
        }
        return out.toByteArray();
    }

    /// Returns lead, signature header, main header and four bytes of payload.
    byte[] build() {
        byte[] header = header(main, Tag.HEADER_IMMUTABLE);
        var signed = new ArrayList<>(signature);
        if (digests) {
            signed.add(new Entry(Tag.SIG_SHA1, 6, 1, strings(hash("SHA-1", header))));
            signed.add(new Entry(Tag.SIG_SHA256, 6, 1, strings(hash("SHA-256", header))));
        } else if (signed.isEmpty()) {
            signed.add(new Entry(Tag.SIG_SIZE, 4, 1, new byte[4]));
        }
        byte[] signatureHeader = header(signed, Tag.HEADER_SIGNATURES);
        var out = new ByteArrayOutputStream();
        out.writeBytes(lead());
        out.writeBytes(signatureHeader);
        out.writeBytes(new byte[-signatureHeader.length & 7]);
        out.writeBytes(header);
        out.writeBytes(new byte[] {1, 2, 3, 4});
        return out.toByteArray();
    }

    static byte[] lead() {
        var lead = ByteBuffer.allocate(96);
        lead.putInt(0xedabeedb).put((byte) 3).put((byte) 0).putShort((short) 0).putShort((short) 1);
        lead.put("sample-1.2-3".getBytes(StandardCharsets.US_ASCII));
        lead.putShort(76, (short) 1).putShort(78, (short) 5);
        return lead.array();
    }

    private static String hash(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private byte[] header(List<Entry> unsorted, int regionTag) {
        var entries = new ArrayList<>(unsorted);
        entries.sort(Comparator.comparingInt(Entry::tag));
        var data = new ByteArrayOutputStream();
        int count = entries.size() + (region ? 1 : 0);
        var index = ByteBuffer.allocate(16 * count);
        index.position(region ? 16 : 0);
        for (Entry entry : entries) {
            int align = new int[] {1, 1, 1, 2, 4, 8, 1, 1, 1, 1}[entry.type];
            while (data.size() % align != 0) {
                data.write(0);
            }
            index.putInt(entry.tag).putInt(entry.type).putInt(data.size()).putInt(entry.count);
            data.writeBytes(entry.data);
        }
        if (region) {
            index.putInt(0, regionTag).putInt(4, 7).putInt(8, data.size()).putInt(12, 16);
            var trailer = ByteBuffer.allocate(16).putInt(regionTag).putInt(7).putInt(-16 * count);
            data.writeBytes(trailer.putInt(16).array());
        }
        var intro = ByteBuffer.allocate(16).putInt(0x8eade801).putInt(0).putInt(count);
        var out = new ByteArrayOutputStream();
        out.writeBytes(intro.putInt(data.size()).array());
        out.writeBytes(index.array());
        out.writeBytes(data.toByteArray());
        return out.toByteArray();
    }
}
