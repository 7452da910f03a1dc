package opm.sign;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import opm.base.OpmException.Damaged;

/// The public half of a key: two bytes `Ed`, eight of its name, 32 of the key, as base64.
public final class VerifyKey {
    static final int ID_BYTES = 8;
    private static final int BYTES = 2 + ID_BYTES + Ed25519.KEY_BYTES;

    private final byte[] bytes;

    private VerifyKey(byte[] bytes) {
        this.bytes = bytes;
    }

    static VerifyKey of(byte[] id, byte[] point) {
        var bytes = ByteBuffer.allocate(BYTES).put((byte) 'E').put((byte) 'd').put(id).put(point);
        return new VerifyKey(bytes.array());
    }

    /// Reads a file as minisign and signify write it, or just its line of base64.
    ///
    /// @param what it is called in messages
    public static VerifyKey parse(byte[] file, String what) throws Damaged {
        List<String> lines = Lines.of(file);
        for (String line : lines) {
            if (!line.startsWith(Lines.UNTRUSTED) && !line.isBlank()) {
                return new VerifyKey(Lines.bytes(line, BYTES, what, "Ed"));
            }
        }
        throw Lines.damaged(what);
    }

    /// Returns the file.
    public String text() {
        return Lines.UNTRUSTED + "minisign public key " + id() + "\n" + base64() + "\n";
    }

    /// Returns the line that says it all, short enough for a chat.
    public String base64() {
        return Lines.base64(bytes);
    }

    /// Returns its name as minisign shows it: 16 capital hexadecimal digits.
    public String id() {
        return id(bytes);
    }

    static String id(byte[] marked) {
        long id = ByteBuffer.wrap(marked, 2, ID_BYTES).order(ByteOrder.LITTLE_ENDIAN).getLong();
        return HexFormat.of().withUpperCase().toHexDigits(id);
    }

    boolean verify(byte[] message, byte[] signature) {
        return Ed25519.verify(Arrays.copyOfRange(bytes, 2 + ID_BYTES, BYTES), message, signature);
    }
}
