package opm.trust;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import opm.rpm.RpmFile;

/// A package file whose signature header is made anew.
final class Resigned {
    private static final int STRING = 6;
    private static final int BIN = 7;
    private static final int STRINGS = 8;

    private final byte[] lead;
    private final byte[] header;
    private final byte[] payload;
    private final Map<Integer, Value> tags = new TreeMap<>();

    @SuppressWarnings("ArrayRecordComponent") // one owner, never compared
    private record Value(int type, int count, byte[] bytes) {}

    Resigned(byte[] rpm) throws Exception {
        RpmFile file = RpmFile.parse(rpm, "test");
        lead = Arrays.copyOf(rpm, 96);
        header = Arrays.copyOfRange(rpm, (int) file.headerStart(), (int) file.headerEnd());
        payload = Arrays.copyOfRange(rpm, (int) file.headerEnd(), rpm.length);
        text(273, hex("SHA-256"));
        text(269, hex("SHA-1"));
    }

    private String hex(String algorithm) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(header));
    }

    byte[] header() {
        return header;
    }

    Resigned text(int tag, String text) {
        tags.put(tag, new Value(STRING, 1, (text + "\0").getBytes(ISO_8859_1)));
        return this;
    }

    Resigned without(int... gone) {
        for (int tag : gone) {
            tags.remove(tag);
        }
        return this;
    }

    /// Puts a signature where rpm puts one of its kind.
    Resigned signed(byte[] packet, Signer.Kind kind) {
        int tag = kind == Signer.Kind.RSA ? 268 : 267;
        tags.put(tag, new Value(BIN, packet.length, packet));
        return this;
    }

    /// Puts signatures where rpm 6 puts all of them.
    Resigned openPgp(List<byte[]> packets) {
        var text = new ByteArrayOutputStream();
        for (byte[] packet : packets) {
            text.writeBytes(Base64.getEncoder().encode(packet));
            text.write(0);
        }
        tags.put(278, new Value(STRINGS, packets.size(), text.toByteArray()));
        return this;
    }

    /// Changes one byte of the payload.
    Resigned tampered() {
        payload[payload.length / 2] ^= 1;
        return this;
    }

    byte[] bytes() {
        var data = new ByteArrayOutputStream();
        var index = ByteBuffer.allocate(16 * (tags.size() + 1));
        index.position(16);
        tags.forEach(
                (tag, value) -> {
                    index.putInt(tag).putInt(value.type).putInt(data.size()).putInt(value.count);
                    data.writeBytes(value.bytes);
                });
        int trailer = data.size();
        index.putInt(0, 62).putInt(4, BIN).putInt(8, trailer).putInt(12, 16);
        data.writeBytes(
                ByteBuffer.allocate(16)
                        .putInt(62)
                        .putInt(BIN)
                        .putInt(-16 * (tags.size() + 1))
                        .putInt(16)
                        .array());
        var file = new ByteArrayOutputStream();
        file.writeBytes(lead);
        file.writeBytes(
                ByteBuffer.allocate(16)
                        .putInt(0x8eade801)
                        .putInt(0)
                        .putInt(tags.size() + 1)
                        .putInt(data.size())
                        .array());
        file.writeBytes(index.array());
        file.writeBytes(data.toByteArray());
        while (file.size() % 8 != 0) {
            file.write(0);
        }
        file.writeBytes(header);
        file.writeBytes(payload);
        return file.toByteArray();
    }
}
