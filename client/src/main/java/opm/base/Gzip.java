package opm.base;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;

/// Bytes that somebody sent, packed by gzip or plain.
public final class Gzip {
    private Gzip() {}

    /// Returns what was packed; plain bytes as they are.
    ///
    /// @param mostBytes so many are expected: of packed ones at most one more is returned
    public static byte[] unpacked(byte[] sent, int mostBytes) throws IOException {
        if (sent.length < 2 || sent[0] != 0x1f || (sent[1] & 0xff) != 0x8b) {
            return sent;
        }
        try (var in = new GZIPInputStream(new ByteArrayInputStream(sent))) {
            return in.readNBytes(mostBytes + 1);
        }
    }
}
