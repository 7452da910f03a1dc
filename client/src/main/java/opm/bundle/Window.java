package opm.bundle;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// The bytes of one entry.
final class Window extends FilterInputStream {
    private long leftBytes;

    Window(InputStream in, long sizeBytes) {
        super(in);
        leftBytes = sizeBytes;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (leftBytes == 0) {
            return length == 0 ? 0 : -1;
        }
        int got = in.read(bytes, offset, (int) Math.min(length, leftBytes));
        leftBytes -= Math.max(got, 0);
        return got;
    }

    @Override
    public long skip(long count) throws IOException {
        long skipped = in.skip(Math.min(count, leftBytes));
        leftBytes -= skipped;
        return skipped;
    }

    @Override
    public int available() throws IOException {
        return (int) Math.min(in.available(), leftBytes);
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
