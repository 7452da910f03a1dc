package opm.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PlainWireTest {
    private static final int SMALL_BYTES = 16 << 10;
    private static final byte[] HEAD = new byte[100];

    @TempDir Path folder;

    /// A file that is larger than the socket holds goes whole to a client that reads late: while
    /// the socket is full, the sender waits and is not told that the file has no more.
    @Test
    void lateReader() throws Exception {
        var file = new byte[2 << 20];
        new Random(1).nextBytes(file);
        Path path = Files.write(folder.resolve("file"), file);
        try (var listening = ServerSocketChannel.open();
                var client = SocketChannel.open();
                var content = FileChannel.open(path)) {
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            client.setOption(StandardSocketOptions.SO_RCVBUF, SMALL_BYTES);
            client.connect(listening.getLocalAddress());
            SocketChannel served = listening.accept();
            served.setOption(StandardSocketOptions.SO_SNDBUF, SMALL_BYTES);
            var all = new FutureTask<>(() -> sent(served, content));
            Thread sender = Thread.ofVirtual().start(all);
            while (sender.getState() != Thread.State.WAITING && !all.isDone()) {
                Thread.onSpinWait();
            }
            assertThat(all.isDone()).isFalse();
            var come = ByteBuffer.allocate(file.length + HEAD.length + 1);
            while (client.read(come) >= 0) {
                // The rest is on its way.
            }
            assertThat(all.get()).isEqualTo(file.length);
            assertThat(Arrays.copyOfRange(come.array(), HEAD.length, come.position()))
                    .isEqualTo(file);
        }
    }

    private static long sent(SocketChannel served, FileChannel content) throws IOException {
        try (var wire = new PlainWire(served)) {
            // As for each answer: from then on the channel does not block inside.
            wire.write(ByteBuffer.wrap(HEAD));
            long at = 0;
            long more;
            do {
                more = wire.send(content, at, 1 << 20);
                at += more;
            } while (more > 0);
            return at;
        }
    }
}
