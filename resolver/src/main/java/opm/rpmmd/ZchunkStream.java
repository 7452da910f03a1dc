package opm.rpmmd;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.List;

/// Unpacks a zchunk file; every chunk matched its checksum before a byte of it is handed out.
final class ZchunkStream extends InputStream {
    private final InputStream in;
    private final Zchunk head;
    private final MessageDigest data;

    /// Memory that no collector gives back: closed, whatever happens.
    private final ZstdDecompressCtx zstd;

    private byte[] open = {};
    private int at;
    private int next;
    private boolean ended;

    ZchunkStream(InputStream in) throws IOException {
        this.in = in;
        head = Zchunk.read(in);
        data = head.dataEngine();
        zstd = new ZstdDecompressCtx();
        boolean done = false;
        try {
            loadDictionary(head.chunks());
            done = true;
        } catch (ZstdException e) {
            throw new IOException("zchunk: " + e.getMessage(), e);
        } finally {
            if (!done) {
                zstd.close();
            }
        }
    }

    private void loadDictionary(List<Zchunk.Chunk> chunks) throws IOException {
        if (chunks.isEmpty()) {
            return;
        }
        next = 1;
        byte[] dictionary = unpacked(chunks.getFirst());
        if (dictionary.length > 0) {
            zstd.loadDict(dictionary);
        }
    }

    private byte[] unpacked(Zchunk.Chunk chunk) throws IOException {
        byte[] packed = in.readNBytes(chunk.bytes());
        if (!head.isRight(chunk, packed)) {
            throw new IOException("zchunk: a chunk does not match its checksum");
        }
        data.update(packed);
        if (packed.length == 0) {
            if (chunk.openBytes() > 0) {
                throw new IOException("zchunk: a chunk without bytes");
            }
            return packed;
        }
        if (head.packing() == Zchunk.PLAIN) {
            return packed;
        }
        var bytes = new byte[chunk.openBytes()];
        try {
            int count =
                    zstd.decompressByteArray(bytes, 0, bytes.length, packed, 0, packed.length);
            if (count != bytes.length) {
                throw new IOException("zchunk: a chunk of " + count + " bytes");
            }
        } catch (ZstdException e) {
            throw new IOException("zchunk: " + e.getMessage(), e);
        }
        return bytes;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (at == open.length) {
            if (next == head.chunks().size()) {
                end();
                return -1;
            }
            open = unpacked(head.chunks().get(next++));
            at = 0;
        }
        int count = Math.min(length, open.length - at);
        System.arraycopy(open, at, into, offset, count);
        at += count;
        return count;
    }

    private void end() throws IOException {
        if (!ended && (!head.isWhole(data) || in.read() >= 0)) {
            throw new IOException("zchunk: the content does not match its checksum");
        }
        ended = true;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public void close() throws IOException {
        zstd.close();
        in.close();
    }
}
