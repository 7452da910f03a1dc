package opm.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/// Looks for the end of a stream without waiting for more of it.
final class Ends {
    private Ends() {}

    /// Tells whether the other side has closed; what came instead lies in `ahead`.
    static boolean seen(SocketChannel channel, ByteBuffer ahead) {
        try {
            channel.configureBlocking(false);
            try {
                return channel.read(ahead) < 0;
            } finally {
                channel.configureBlocking(true);
            }
        } catch (IOException _) {
            return true;
        }
    }
}
