package opm.share;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import opm.base.OpmException;
import opm.base.OpmException.Refused;

/// A web server for files that are named beforehand, and for nothing else: `GET`, `HEAD`, ranges.
///
/// One thread a connection, bounded; the kernel copies files to sockets itself (sendfile). A
/// connection that moves nothing for a while is closed.
public final class ShareServer implements AutoCloseable {
    static final int IDLE_SECONDS = 30;
    private static final long LOOK_NANOS = 20_000_000;

    private final ServerSocketChannel listening;
    private final Map<String, Path> files;
    private final Rules rules;
    private final Pace pace;
    private final Set<ShareConnection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicLong sentBytes = new AtomicLong();

    /// Who may have how much.
    ///
    /// @param connections at a time; more are told to come back
    /// @param bytesPerSecond of all together, 0 for no limit
    /// @param anybody also addresses that are not of a local network
    public record Rules(int connections, long bytesPerSecond, boolean anybody) {
        public Rules {
            if (connections < 1 || bytesPerSecond < 0) {
                throw new IllegalArgumentException(
                        connections + " connections, " + bytesPerSecond + " bytes a second");
            }
        }
    }

    private ShareServer(ServerSocketChannel listening, Map<String, Path> files, Rules rules) {
        this.listening = listening;
        this.files = Map.copyOf(files);
        this.rules = rules;
        this.pace = new Pace(rules.bytesPerSecond());
    }

    /// Begins to listen.
    ///
    /// @param host the address to listen at, "" for all
    /// @param port 0 for one that is free
    /// @param files by path, without the first `/`: `sha256/HEX`
    /// @throws Refused when the address is taken, or not ours
    public static ShareServer open(String host, int port, Map<String, Path> files, Rules rules)
            throws OpmException {
        try {
            var address =
                    host.isEmpty()
                            ? new InetSocketAddress(port)
                            : new InetSocketAddress(InetAddress.getByName(host), port);
            var listening = ServerSocketChannel.open();
            try {
                listening.bind(address, rules.connections());
                listening.configureBlocking(false);
                return new ShareServer(listening, files, rules);
            } catch (IOException e) {
                listening.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            throw new Refused(
                            "share: cannot listen at " + host + ":" + port + ": " + e.getMessage(),
                            "Choose another: --listen ADDRESS:PORT.")
                    .because(e);
        }
    }

    /// Returns the port that it listens at.
    public int port() {
        return listening.socket().getLocalPort();
    }

    /// Returns how many bytes of files went out.
    public long sentBytes() {
        return sentBytes.get();
    }

    /// Serves until told otherwise.
    public void run(BooleanSupplier cancelled) {
        while (!cancelled.getAsBoolean() && listening.isOpen()) {
            SocketChannel client = accept();
            if (client != null) {
                begin(client);
            } else {
                LockSupport.parkNanos(LOOK_NANOS);
            }
            long now = System.nanoTime();
            for (ShareConnection connection : connections) {
                if (connection.idleNanos(now) > TimeUnit.SECONDS.toNanos(IDLE_SECONDS)) {
                    connection.close();
                }
            }
        }
    }

    private @org.jspecify.annotations.Nullable SocketChannel accept() {
        try {
            return listening.accept();
        } catch (IOException _) {
            // That one gave up, or there are too many open files: the next may have more luck.
            return null;
        }
    }

    private void begin(SocketChannel client) {
        var connection = new ShareConnection(client, files, pace, sentBytes);
        boolean full = connections.size() >= rules.connections();
        boolean stranger = !rules.anybody() && !isNear(client.socket().getInetAddress());
        connections.add(connection);
        Thread.ofPlatform()
                .daemon()
                .name("share")
                .start(
                        () -> {
                            try {
                                if (stranger) {
                                    connection.refuse("403 Forbidden", "");
                                } else if (full) {
                                    connection.refuse(
                                            "503 Service Unavailable", "Retry-After: 5\r\n");
                                } else {
                                    connection.serve();
                                }
                            } finally {
                                connections.remove(connection);
                            }
                        });
    }

    /// Tells whether an address belongs to a local network, or to this machine.
    static boolean isNear(InetAddress address) {
        if (address.isLoopbackAddress()
                || address.isSiteLocalAddress()
                || address.isLinkLocalAddress()) {
            return true;
        }
        // fc00::/7: what Java calls site local is an older range.
        return !(address instanceof Inet4Address) && (address.getAddress()[0] & 0xfe) == 0xfc;
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException _) {
            // Nothing was written through it.
        }
        connections.forEach(ShareConnection::close);
    }
}
