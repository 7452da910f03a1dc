package opm.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;

/// Bytes through TLS, by the JDK's engine over a blocking channel.
final class TlsWire implements Wire {
    private final SocketChannel channel;
    private final SSLEngine engine;
    private ByteBuffer sealedIn; // to be read
    private ByteBuffer sealedOut; // to be written
    private ByteBuffer plain; // to be read

    TlsWire(SocketChannel channel, SSLEngine engine) {
        this.channel = channel;
        this.engine = engine;
        engine.setUseClientMode(false);
        int packet = engine.getSession().getPacketBufferSize();
        sealedIn = ByteBuffer.allocate(packet).flip();
        sealedOut = ByteBuffer.allocate(packet);
        plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize()).flip();
    }

    @Override
    public SocketChannel channel() {
        return channel;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        while (!plain.hasRemaining()) {
            if (!opened()) {
                return -1;
            }
        }
        int count = Math.min(plain.remaining(), into.remaining());
        into.put(plain.slice(plain.position(), count));
        plain.position(plain.position() + count);
        return count;
    }

    /// Goes on with what has arrived, perhaps by a step of the handshake alone.
    ///
    /// @return false at the end
    private boolean opened() throws IOException {
        plain.clear();
        SSLEngineResult result;
        try {
            result = engine.unwrap(sealedIn, plain);
        } catch (IOException e) {
            say(); // the alert that tells the other side why
            throw e;
        } finally {
            plain.flip();
        }
        switch (result.getStatus()) {
            case BUFFER_UNDERFLOW -> {
                if (!more()) {
                    return false;
                }
            }
            case BUFFER_OVERFLOW ->
                    plain =
                            ByteBuffer.allocate(engine.getSession().getApplicationBufferSize())
                                    .flip();
            case CLOSED -> {
                return plain.hasRemaining();
            }
            case OK -> {}
        }
        return keepsUp(result.getHandshakeStatus());
    }

    /// Does what the handshake wants of this side.
    private boolean keepsUp(HandshakeStatus status) throws IOException {
        HandshakeStatus now = status;
        while (now == HandshakeStatus.NEED_TASK || now == HandshakeStatus.NEED_WRAP) {
            if (now == HandshakeStatus.NEED_WRAP) {
                if (!say()) {
                    return false;
                }
            } else {
                for (Runnable task = engine.getDelegatedTask();
                        task != null;
                        task = engine.getDelegatedTask()) {
                    task.run();
                }
            }
            now = engine.getHandshakeStatus();
        }
        return true;
    }

    private boolean more() throws IOException {
        int packet = engine.getSession().getPacketBufferSize();
        if (packet > sealedIn.capacity()) {
            sealedIn = ByteBuffer.allocate(packet).put(sealedIn);
        } else {
            sealedIn.compact();
        }
        try {
            return channel.read(sealedIn) >= 0;
        } finally {
            sealedIn.flip();
        }
    }

    /// Writes what the engine has to say of its own.
    private boolean say() throws IOException {
        return seal(ByteBuffer.allocate(0));
    }

    /// @return false when nothing more can be said
    private boolean seal(ByteBuffer out) throws IOException {
        sealedOut.clear();
        SSLEngineResult result = engine.wrap(out, sealedOut);
        if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
            sealedOut = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
            return true;
        }
        sealedOut.flip();
        while (sealedOut.hasRemaining()) {
            channel.write(sealedOut);
        }
        return result.getStatus() != SSLEngineResult.Status.CLOSED;
    }

    @Override
    public void write(ByteBuffer out) throws IOException {
        while (out.hasRemaining()) {
            if (!seal(out) || !keepsUp(engine.getHandshakeStatus())) {
                throw new IOException("the other side has closed");
            }
        }
    }

    @Override
    public void endOutput() throws IOException {
        engine.closeOutbound();
        say();
        channel.shutdownOutput();
    }

    @Override
    public boolean hasLeft() {
        sealedIn.compact();
        try {
            return sealedIn.hasRemaining() && Ends.seen(channel, sealedIn);
        } finally {
            sealedIn.flip();
        }
    }
}
