package opm.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import opm.engine.Options;
import opm.engine.PlainOptions;
import opm.host.Host;
import opm.server.Caller;
import opm.server.HttpRequest;
import opm.server.HttpResponse;
import opm.server.WebServer;
import opm.web.WebRoutes;
import opm.workshop.Workshop;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LeavingTest {
    private static final int HOLES = 14;
    private static final int LOOKS = 50; // of some hundred before the solver's own bound
    private static final int LAST_LOOKS = 10;

    @TempDir Path folder;
    private final AtomicInteger looks = new AtomicInteger();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final CountDownLatch noticed = new CountDownLatch(1);
    private volatile @Nullable Caller solving;
    private volatile boolean left;
    private int tries = 20_000; // of the solving thread alone
    private int last; // written by the solving thread, read when it ended

    /// One pigeon more than there are holes: of each pigeon a package for each hole, none beside
    /// another of the same hole. A solver of this kind takes for ever to find out.
    @SuppressWarnings("unchecked") // an array of lists
    private static void pigeons(TinyWorld world) throws Exception {
        var packages = new ArrayList<List<String>>();
        var all = new ArrayList<>(List.of("pigeons-1-1.noarch"));
        for (int pigeon = 0; pigeon <= HOLES; pigeon++) {
            all.add("requires: pigeon" + pigeon);
            for (int hole = 0; hole < HOLES; hole++) {
                var one = new ArrayList<>(List.of("p" + pigeon + "h" + hole + "-1-1.noarch"));
                one.add("provides: pigeon" + pigeon);
                for (int other = 0; other < pigeon; other++) {
                    one.add("conflicts: p" + other + "h" + hole);
                }
                packages.add(one);
            }
        }
        packages.add(all);
        world.repo("pigeons", packages.toArray(List[]::new));
    }

    private Options options() {
        return PlainOptions.of(folder, folder.resolve("state"))
                .only("pigeons", folder.resolve("pigeons").toUri().toString());
    }

    /// A solve without end, on a clock that stands still so that no quota ends it, ends where it is
    /// when the connection is closed.
    @Test
    void theSolveEnds() throws Exception {
        pigeons(TinyWorld.in(folder));
        byte[] profile = Files.readAllBytes(folder.resolve("tiny.opmprofile"));
        var stock = List.of(new Workshop.Stock("tiny", "Tiny", profile));
        var over = new AtomicBoolean();
        try (var workshop = new Workshop(Host.ofThisMachine(), options(), stock, 1, this::nanos)) {
            var web = new WebRoutes(workshop, InstantSource.system(), null);
            var server =
                    WebServer.open(
                            "127.0.0.1", 0, request -> answer(web, request), WebServer.Rules.PLAIN);
            Thread.ofPlatform().daemon().start(() -> server.run(over::get));
            try (server) {
                String visit = "/v/" + workshop.pick("tiny").id();
                form(server, visit + "/basket", "do=add&verb=install&spec=pigeons");
                int before = looks.get();
                try (var client = open(server)) {
                    send(client, "GET " + visit + "/state.json HTTP/1.1\r\n\r\n");
                    while (looks.get() < before + LOOKS && ended.getCount() > 0) {
                        LockSupport.parkNanos(1_000_000);
                    }
                    assertThat(ended.getCount()).isEqualTo(1);
                }
                left = true;
                assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
                assertThat(noticed.getCount()).isZero();
                assertThat(last).isLessThan(LAST_LOOKS);
            } finally {
                over.set(true);
            }
        }
    }

    /// A look of the solver at the clock: waits until the server has seen that the client left.
    private long nanos() {
        looks.incrementAndGet();
        Caller now = solving;
        if (left && now != null) {
            for (; tries > 0 && noticed.getCount() > 0; tries--) {
                if (now.gone().getAsBoolean()) {
                    noticed.countDown();
                }
                LockSupport.parkNanos(1_000_000);
            }
            last++;
        }
        return 0;
    }

    private HttpResponse answer(WebRoutes web, HttpRequest request) {
        if (!request.path().endsWith("/state.json")) {
            return web.answer(request);
        }
        solving = request.caller();
        try {
            return web.answer(request);
        } finally {
            solving = null;
            ended.countDown();
        }
    }

    private static Socket open(WebServer server) throws Exception {
        return new Socket(InetAddress.getLoopbackAddress(), server.port());
    }

    private static void send(Socket client, String text) throws Exception {
        client.getOutputStream().write(text.getBytes(US_ASCII));
    }

    private static void form(WebServer server, String path, String fields) throws Exception {
        try (var client = open(server)) {
            send(
                    client,
                    "POST " + path + " HTTP/1.1\r\nConnection: close\r\n"
                            + "Content-Type: application/x-www-form-urlencoded\r\n"
                            + "Content-Length: " + fields.length() + "\r\n\r\n" + fields);
            var said = new String(client.getInputStream().readAllBytes(), US_ASCII);
            assertThat(said).startsWith("HTTP/1.1 303 ");
        }
    }
}
