package opm.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.Refused;
import org.jspecify.annotations.Nullable;

/// A web server: one virtual thread a connection, as many as [Limits#SERVED_CONNECTIONS]; those
/// that take too long are closed.
public final class WebServer implements AutoCloseable {
    private static final long LOOK_MILLIS = 200;

    private static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SLOW_BODY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final ServerSocketChannel listening;
    private final Handler handler;
    private final Rules rules;
    private final Rates rates;
    private final LongSupplier nanos;
    private final DateLine date = new DateLine();
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final Semaphore bodies = new Semaphore(Limits.REQUEST_BODIES_BYTES / 1024);
    private final LongAdder cutOff = new LongAdder();
    private final LongAdder outOfMemory = new LongAdder();
    private final LongAdder turnedAway = new LongAdder();

    /// How it serves.
    ///
    /// @param tls null for none
    /// @param perAddress requests a second of one address; 0 for no bound
    /// @param proxied whether a proxy before it says who asks, in `X-Forwarded-For`
    public record Rules(@Nullable SSLContext tls, int perAddress, boolean proxied) {
        public static final Rules PLAIN = new Rules(null, 0, false);
    }

    /// What stands behind the addresses; asked by many threads.
    public interface Handler {
        HttpResponse answer(HttpRequest request);
    }

    private WebServer(
            ServerSocketChannel listening, Handler handler, Rules rules, LongSupplier nanos) {
        this.nanos = nanos;
        this.listening = listening;
        this.handler = handler;
        this.rules = rules;
        rates = new Rates(rules.perAddress());
    }

    /// Begins to listen.
    ///
    /// @param host the address to listen at, "" for all
    /// @param port 0 for one that is free
    public static WebServer open(String host, int port, Handler handler, Rules rules)
            throws OpmException {
        return open(host, port, handler, rules, System::nanoTime);
    }

    static WebServer open(
            String host, int port, Handler handler, Rules rules, LongSupplier nanos)
            throws OpmException {
        try {
            var address =
                    host.isEmpty()
                            ? new InetSocketAddress(port)
                            : new InetSocketAddress(InetAddress.getByName(host), port);
            var listening = ServerSocketChannel.open();
            try {
                listening.bind(address, Limits.SERVED_CONNECTIONS);
                return new WebServer(listening, handler, rules, nanos);
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
            long now = nanos();
            for (Connection connection : connections) {
                if (connection.takesTooLong(now)) {
                    cutOff.increment();
                    connection.close();
                } else {
                    connection.look();
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

    private void begin(SocketChannel client) throws IOException {
        Connection connection;
        try {
            client.setOption(StandardSocketOptions.TCP_NODELAY, true);
            var peer = (InetSocketAddress) client.getRemoteAddress();
            SSLContext tls = rules.tls();
            Wire wire =
                    tls == null
                            ? new PlainWire(client)
                            : new TlsWire(client, tls.createSSLEngine());
            connection = new Connection(wire, Rates.key(peer.getAddress()), this, date);
        } catch (IOException | RuntimeException e) {
            client.close();
            throw e;
        }
        boolean full = connections.size() >= Limits.SERVED_CONNECTIONS && !madePlace();
        if (full) {
            turnedAway.increment();
        }
        if (connections.size() >= 2 * Limits.SERVED_CONNECTIONS) {
            client.close();
            return;
        }
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

    /// Closes the connection that is of the least use, of the address that has the most: who holds
    /// many open and sends drops makes place for the others.
    private boolean madePlace() {
        long now = nanos();
        Map<String, Integer> counts = new HashMap<>();
        connections.forEach(one -> counts.merge(one.address(), 1, Integer::sum));
        Connection least = null;
        for (Connection one : connections) {
            boolean stale = one.staleNanos(now) >= STALE_NANOS;
            if (stale && (least == null || worse(one, least, counts, now))) {
                least = one;
            }
        }
        if (least == null) {
            return false;
        }
        cutOff.increment();
        connections.remove(least);
        least.close();
        return true;
    }

    private static boolean worse(
            Connection one, Connection other, Map<String, Integer> counts, long now) {
        int more =
                counts.getOrDefault(one.address(), 0) - counts.getOrDefault(other.address(), 0);
        return more > 0 || more == 0 && one.staleNanos(now) > other.staleNanos(now);
    }

    // ---------------------------------------------------------------- for connections

    long nanos() {
        return nanos.getAsLong();
    }

    HttpResponse answer(HttpRequest request) {
        HttpResponse said;
        try {
            said = handler.answer(request);
        } catch (OutOfMemoryError _) {
            // What this request took is free again; those who are served meanwhile must not pay.
            outOfMemory.increment();
            return HttpResponse.error(
                            503, request.path(), "too little memory", "Ask again, or for less.")
                    .with("Retry-After: 30");
        }
        return request.path().equals("/metrics") && said.status() == 200
                ? said.and(metrics())
                : said;
    }

    private String metrics() {
        return "opm_connections "
                + connections.size()
                + "\nopm_connections_cut_off_total "
                + cutOff.sum()
                + "\nopm_connections_turned_away_total "
                + turnedAway.sum()
                + "\nopm_out_of_memory_total "
                + outOfMemory.sum()
                + "\nopm_requests_too_many_total "
                + rates.refused()
                + "\nopm_request_body_kilobytes "
                + (Limits.REQUEST_BODIES_BYTES / 1024 - bodies.availablePermits())
                + "\n";
    }

    /// Returns who asks: the peer, or whom the proxy names last.
    String caller(HttpRequest request, String peer) {
        String named = rules.proxied() ? request.header("x-forwarded-for") : null;
        if (named == null) {
            return peer;
        }
        String last = named.substring(named.lastIndexOf(',') + 1).strip();
        return last.matches("[0-9A-Fa-f:.]{2,45}") ? last : peer;
    }

    boolean isSecure(HttpRequest request) {
        return rules.tls() != null
                || rules.proxied() && "https".equals(request.header("x-forwarded-proto"));
    }

    boolean admits(String caller) {
        return rates.take(caller, nanos());
    }

    /// Takes memory for a body; when there is no more, the one that has been arriving the longest
    /// gives way.
    boolean take(int kilobytes, Connection asking) {
        if (bodies.tryAcquire(kilobytes)) {
            return true;
        }
        long now = nanos();
        Connection slowest = asking;
        for (Connection one : connections) {
            if (one.arrivingNanos(now) > slowest.arrivingNanos(now)) {
                slowest = one;
            }
        }
        if (slowest != asking && slowest.arrivingNanos(now) > SLOW_BODY_NANOS) {
            cutOff.increment();
            slowest.close();
        }
        turnedAway.increment();
        return false;
    }

    void free(int kilobytes) {
        bodies.release(kilobytes);
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
