package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// What a browser asks for, as the two sides see it that give: limits, caps, kills. Half of the
/// packages come from a mirror that scripts may read, half through the server.
@EnabledIfSystemProperty(named = "opm.soak", matches = "true")
final class WebTransferTest {
    private static final int PACKAGES = 32;
    private static final int PACKAGE_BYTES = 12_000_000;
    private static final int KILLS = 20;
    private static final int STREAMS = 4;
    private static final long CHUNK = 1 << 20;
    private static final long FLUSH = 1 << 20;

    private final Trip trip;

    WebTransferTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    /// The cap of a day lets just so many bytes come, also when the browser is killed at it.
    @Test
    void capIsExact() throws IOException {
        long cap = 50_000_000;
        try (var world = Cafe.make(trip, PACKAGES, PACKAGE_BYTES)) {
            String visit;
            try (var chromium = world.browser()) {
                visit = chromium.visit(world.door().address(), world.profile(), "all");
                chromium.set("down-cap", cap / 1_000_000);
                chromium.click("#down-start");
                chromium.untilStatus("The limit of today", 60);
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
                while (world.bytes() < cap - CHUNK && System.nanoTime() < end) {
                    LockSupport.parkNanos(10_000_000);
                }
                chromium.kill();
            }
            long first = world.bytes();
            System.out.println("cap " + cap + ": " + first + " bytes were served");
            assertThat(first).isBetween(cap - CHUNK, cap + CHUNK);
            try (var chromium = world.browser()) {
                chromium.open(visit);
                chromium.until("document.querySelector('#down-start')");
                chromium.click("#down-start");
                chromium.untilStatus("The limit of today", 60);
                assertThat(world.bytes()).isBetween(first, cap + CHUNK);
                chromium.set("down-cap", 0);
                chromium.click("#down-start");
                chromium.until("document.querySelector('#down-save')", 300);
            }
        }
    }

    /// The line is used as the limit says, also when that changes while four streams run.
    @Test
    void rateIsKept() throws IOException {
        try (var world = Cafe.make(trip, PACKAGES, PACKAGE_BYTES);
                var chromium = world.browser()) {
            chromium.visit(world.door().address(), world.profile(), "all");
            chromium.set("down-rate", 2000);
            chromium.click("#down-start");
            for (int rate : new int[] {2000, 500, 5000, 1000}) {
                chromium.set("down-rate", rate);
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(3));
                long begin = System.nanoTime();
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(22));
                double worst = 0;
                for (long from = 0; from <= 12; from++) {
                    double share = world.share(begin, from, 10, rate);
                    worst = Math.abs(share - 1) > Math.abs(worst) ? share - 1 : worst;
                }
                double share = world.share(begin, 0, 22, rate);
                System.out.printf(
                        "%d kB/s: %.3f of it over 22 s; the worst 10 s are off by %.3f%n",
                        rate, share, worst);
                assertThat(share).isBetween(0.95, 1.05);
                assertThat(worst).isBetween(-0.05, 0.05);
            }
        }
    }

    /// After each of 20 kills each stream fetches again no more than a chunk and what was not
    /// flushed; what is whole is not fetched again; the bundle is that of the command line.
    @Test
    void killedAtRandom() throws IOException {
        long seed = Long.getLong("opm.seed", 1);
        var random = new Random(seed);
        Path saved = Files.createDirectory(trip.at("saved"));
        try (var world = Cafe.make(trip, PACKAGES, PACKAGE_BYTES)) {
            String visit;
            try (var chromium = world.browser()) {
                visit = chromium.visit(world.door().address(), world.profile(), "all");
                chromium.set("down-rate", 12_000);
            }
            var reached = new HashMap<String, Long>();
            var again = new ArrayList<Long>();
            var known = new ArrayList<Traffic.Sent>();
            for (int at = 0; at <= KILLS; at++) {
                try (var chromium = world.browser()) {
                    chromium.downloadTo(saved);
                    chromium.open(visit);
                    chromium.until("document.querySelector('#down-start')");
                    chromium.set("down-rate", at == KILLS ? 0 : at % 3 == 0 ? 40_000 : 8000);
                    chromium.click("#down-start");
                    if (at == KILLS) {
                        chromium.save(saved);
                    } else {
                        LockSupport.parkNanos(1_000_000L * (100 + random.nextInt(1800)));
                        chromium.kill();
                    }
                }
                var fresh = new ArrayList<>(world.sent());
                fresh.removeAll(known);
                known.addAll(fresh);
                int streams = note(fresh, reached, again);
                assertThat(streams).as("streams that fetch again").isLessThanOrEqualTo(STREAMS);
            }
            long most = again.stream().mapToLong(Long::longValue).max().orElse(0);
            long sum = again.stream().mapToLong(Long::longValue).sum();
            System.out.println(
                    KILLS + " kills, seed " + seed + ": " + again.size()
                            + " streams began again; most of one " + most + " bytes, all " + sum);
            assertThat(again).isNotEmpty().allMatch(bytes -> bytes <= CHUNK + FLUSH);
            assertThat(reached).hasSize(PACKAGES + 2);
        }
        assertThat(saved.resolve("box.opm")).isNotEmptyFile();
    }

    /// Adds what one browser fetched, and how much of it had been fetched before.
    ///
    /// @return how many files some of which came again
    private static int note(
            List<Traffic.Sent> fresh, Map<String, Long> reached, List<Long> again) {
        var first = new HashMap<String, Long>();
        var last = new HashMap<String, Long>();
        for (Traffic.Sent sent : fresh) {
            String file = sent.path.substring(sent.path.lastIndexOf('/') + 1);
            first.merge(file, sent.from, Math::min);
            last.merge(file, sent.until(), Math::max);
        }
        int streams = 0;
        for (var entry : first.entrySet()) {
            long twice = reached.getOrDefault(entry.getKey(), 0L) - entry.getValue();
            if (twice > 0) {
                again.add(twice);
                streams++;
            }
            if (twice > CHUNK + FLUSH) {
                System.out.println(entry.getKey() + " had " + reached.get(entry.getKey()));
                fresh.stream()
                        .filter(sent -> sent.path.endsWith("/" + entry.getKey()))
                        .forEach(one -> System.out.println(one.path + " " + one.from + "-"
                                + one.until()));
            }
        }
        last.forEach((file, until) -> reached.merge(file, until, Math::max));
        return streams;
    }
}
