package opm.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;

/// Bytes as they are; files go by sendfile.
final class PlainWire implements Wire {
    private static final int AHEAD_BYTES = 1024;

    private final SocketChannel channel;
    private ByteBuffer ahead = ByteBuffer.allocate(0);

    PlainWire(SocketChannel channel) {
        this.channel = channel;
    }

    @Override
    public SocketChannel channel() {
        return channel;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        if (!ahead.hasRemaining()) {
            return channel.read(into);
        }
        int count = Math.min(ahead.remaining(), into.remaining());
        into.put(ahead.slice(ahead.position(), count));
        ahead.position(ahead.position() + count);
        return count;
    }

    @Override
    public void write(ByteBuffer out) throws IOException {
        while (out.hasRemaining()) {
            channel.write(out);
        }
    }

    @Override
    public long send(FileChannel file, long at, long bytes) throws IOException {
        long sent = file.transferTo(at, bytes, channel);
        // A virtual thread's channel does not block inside: where the socket is full, sendfile says
        // 0, as it does at the end. A write waits.
        return sent > 0 ? sent : Wire.super.send(file, at, bytes);
    }

    @Override
    public void endOutput() throws IOException {
        channel.shutdownOutput();
    }

    /// What it sent meanwhile is kept for [#read]; who has sent that much has not left.
    @Override
    public boolean hasLeft() {
        ahead = ahead.capacity() == 0 ? ByteBuffer.allocate(AHEAD_BYTES) : ahead.compact();
        try {
            return ahead.hasRemaining() && Ends.seen(channel, ahead);
        } finally {
            ahead.flip();
        }
    }
}
