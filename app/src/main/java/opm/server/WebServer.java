package opm.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.Refused;

/// A web server: one virtual thread a connection, as many as [Limits#SERVED_CONNECTIONS]; those
/// that take too long are closed.
public final class WebServer implements AutoCloseable {
    private static final long LOOK_MILLIS = 200;

    private final ServerSocketChannel listening;
    private final Handler handler;
    private final DateLine date = new DateLine();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();

    /// What stands behind the addresses; asked by many threads.
    public interface Handler {
        HttpResponse answer(HttpRequest request);
    }

    private WebServer(ServerSocketChannel listening, Handler handler) {
        this.listening = listening;
        this.handler = handler;
    }

    /// Begins to listen.
    ///
    /// @param host the address to listen at, "" for all
    /// @param port 0 for one that is free
    public static WebServer open(String host, int port, Handler handler) throws OpmException {
        try {
            var address =
                    host.isEmpty()
                            ? new InetSocketAddress(port)
                            : new InetSocketAddress(InetAddress.getByName(host), port);
            var listening = ServerSocketChannel.open();
            try {
                listening.bind(address, Limits.SERVED_CONNECTIONS);
                return new WebServer(listening, handler);
            } catch (IOException e) {
                listening.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            throw new Refused(
                            "serve: cannot listen at " + host + ":" + port + ": " + e.getMessage(),
                            "Choose another: --listen ADDRESS:PORT.")
                    .because(e);
        }
    }

    /// Returns the port that it listens at.
    public int port() {
        return listening.socket().getLocalPort();
    }

    /// Serves until told otherwise.
    public void run(BooleanSupplier cancelled) {
        Thread.ofPlatform().daemon().name("accept").start(this::accept);
        while (!cancelled.getAsBoolean() && listening.isOpen()) {
            try {
                Thread.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            long now = System.nanoTime();
            for (Connection connection : connections) {
                if (connection.takesTooLong(now)) {
                    connection.close();
                }
            }
        }
    }

    private void accept() {
        while (listening.isOpen()) {
            try {
                begin(listening.accept());
            } catch (IOException e) {
                // That one gave up, or there are too many open files: the next may have more luck.
                pause();
            }
        }
    }

    private static void pause() {
        java.util.concurrent.locks.LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }

    private void begin(SocketChannel client) {
        var connection = new Connection(client, handler, date);
        boolean full = connections.size() >= Limits.SERVED_CONNECTIONS;
        connections.add(connection);
        Thread.ofVirtual()
                .start(
                        () -> {
                            try {
                                connection.serve(full);
                            } finally {
                                connections.remove(connection);
                            }
                        });
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException _) {
            // Nothing was written through it.
        }
        connections.forEach(Connection::close);
    }
}
