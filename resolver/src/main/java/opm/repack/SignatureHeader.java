package opm.repack;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/// The front of a package file: lead and signature header, made of what the database keeps.
///
/// Not byte for byte the original's: space that signers reserved is not there. docs: rpm's
/// docs/manual/format_v4.md.
final class SignatureHeader {
    private static final int INT32 = 4;
    private static final int STRING = 6;
    private static final int BIN = 7;
    private static final int STRING_ARRAY = 8;
    private static final int REGION = 62;
    private static final int ENTRY_BYTES = 16;

    @SuppressWarnings("ArrayRecordComponent") // one owner, never compared
    private record Value(int type, int count, byte[] bytes) {}

    private final Map<Integer, Value> values = new TreeMap<>();

    void binary(int tag, byte[] bytes) {
        values.put(tag, new Value(BIN, bytes.length, bytes));
    }

    void texts(int tag, byte[] zeroEnded) {
        int count = 0;
        for (byte b : zeroEnded) {
            count += b == 0 ? 1 : 0;
        }
        values.put(tag, new Value(STRING_ARRAY, count, zeroEnded));
    }

    void text(int tag, String text) {
        values.put(tag, new Value(STRING, 1, (text + "\0").getBytes(StandardCharsets.US_ASCII)));
    }

    void number(int tag, long number) {
        values.put(tag, new Value(INT32, 1, ByteBuffer.allocate(4).putInt((int) number).array()));
    }

    /// Returns the bytes before the main header, padded to eight.
    byte[] bytes(String nvr) {
        var data = new ByteArrayOutputStream();
        var index = ByteBuffer.allocate(values.size() * ENTRY_BYTES);
        for (var entry : values.entrySet()) {
            Value value = entry.getValue();
            while (value.type == INT32 && data.size() % 4 != 0) {
                data.write(0);
            }
            index.putInt(entry.getKey()).putInt(value.type);
            index.putInt(data.size()).putInt(value.count);
            data.writeBytes(value.bytes);
        }
        int entries = values.size() + 1;
        int trailerAt = data.size();
        var trailer = ByteBuffer.allocate(ENTRY_BYTES);
        trailer.putInt(REGION).putInt(BIN).putInt(-ENTRY_BYTES * entries).putInt(ENTRY_BYTES);
        data.writeBytes(trailer.array());
        int size = 16 + entries * ENTRY_BYTES + data.size();
        var all = ByteBuffer.allocate(96 + (size + 7) / 8 * 8);
        lead(all, nvr);
        all.putInt(0x8eade801).putInt(0).putInt(entries).putInt(data.size());
        all.putInt(REGION).putInt(BIN).putInt(trailerAt).putInt(ENTRY_BYTES);
        all.put(index.array()).put(data.toByteArray());
        return all.array();
    }

    private static void lead(ByteBuffer all, String nvr) {
        byte[] name = nvr.getBytes(StandardCharsets.UTF_8);
        all.putInt(0xedabeedb).put((byte) 3).put((byte) 0);
        all.putShort((short) 0).putShort((short) 1);
        all.put(name, 0, Math.min(65, name.length));
        all.position(76).putShort((short) 1).putShort((short) 5);
        all.position(96);
    }
}
