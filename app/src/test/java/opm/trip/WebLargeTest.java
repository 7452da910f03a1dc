package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// A job of 4 GB in a browser. Needs 24 GB of disk; `-Dopm.web.large=20` makes it half as large.
@EnabledIfSystemProperty(named = "opm.soak", matches = "true")
final class WebLargeTest {
    private static final int PACKAGES = Integer.getInteger("opm.web.large", 40);
    private static final int PACKAGE_BYTES =
            Integer.getInteger("opm.web.large.bytes", 100_000_000);
    private static final int REPOS = 8;
    private static final long HEAP_BYTES = 256 << 20;
    private static final double DISK_SHARE = 1.05;

    private final Trip trip;

    WebLargeTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    /// What a browser used at the most.
    private static final class Peaks {
        private long process;
        private long page;
        private long other; // of the process, before anything is fetched
        private long quota;
        private long disk;

        void look(Chromium chromium, Path kept) {
            process = Math.max(process, chromium.scriptBytes());
            page = Math.max(page, chromium.heapBytes());
            String usage =
                    chromium.eval("navigator.storage.estimate().then(said => said.usage)");
            quota = Math.max(quota, Long.parseLong(Objects.requireNonNull(usage)));
            disk = Math.max(disk, sizes(kept).stream().mapToLong(Sized::bytes).sum());
        }
    }

    private record Sized(Path file, long bytes) {}

    /// The page and its workers use no more memory for many bytes than for few; packages and the
    /// bundle that is written straight to a file are never there twice; its bytes are the server's.
    @Test
    void onlyOnceOnDisk() throws IOException {
        Trip.needs("rpm", "rpmkeys", "createrepo_c", "python3", "chromium");
        Trip.needsRoot();
        long room = 6L * PACKAGES * PACKAGE_BYTES;
        assumeTrue(
                Files.getFileStore(trip.at("")).getUsableSpace() > room,
                "skipped: needs " + room + " bytes of disk");
        var options = new ArrayList<>(List.of("--state", trip.at("state").toString()));
        var mirrors = new ArrayList<FaultyMirror>();
        var parcels = new Parcels(trip, PACKAGES, PACKAGE_BYTES);
        Path key = trip.at("key");
        try {
            for (int at = 0; at < REPOS; at++) {
                String name = "repo" + at;
                String cache = trip.at("cache-" + at).toString();
                Path repo = parcels.repo(name, at, REPOS, "--cache", cache);
                trip.run("rm", "-r", cache, trip.at(name + ".recipe").toString()).mustEnd(0);
                key = Parcels.key(repo);
                var mirror = new FaultyMirror(repo, at % 2 == 0, 0);
                mirrors.add(mirror);
                options.addAll(List.of("--repo", name + "=" + mirror.address()));
            }
            Path root = trip.newRoot("root", key);
            Path profile = trip.at("box.opmprofile");
            trip.opm("profile", "--root", root + "", "-o", profile + "").mustEnd(0);
            try (var server =
                    WebClient.serve(trip.at("serve.log"), options.toArray(String[]::new))) {
                download(server, profile);
            }
        } finally {
            mirrors.forEach(FaultyMirror::close);
        }
    }

    private void download(WebClient server, Path profile) throws IOException {
        Path kept = trip.at("browser");
        var peaks = new Peaks();
        String visit;
        long start = System.nanoTime();
        try (var chromium = Chromium.start(kept)) {
            visit = chromium.visit(server.address(), profile, "all");
            chromium.eval(
                    "(window.showSaveFilePicker = async () => (await navigator.storage"
                            + ".getDirectory()).getFileHandle('mine.opm', {create: true})) && 1");
            chromium.click("#down-file");
            chromium.until("document.querySelector('#down-target').innerText.includes('mine')");
            peaks.other = chromium.scriptBytes() - chromium.heapBytes();
            chromium.click("#down-start");
            long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(30);
            for (boolean saved = false; !saved; ) {
                peaks.look(chromium, kept);
                LockSupport.parkNanos(500_000_000);
                saved = "true".equals(chromium.eval("!!document.querySelector('#down-saved')"));
                assertThat(System.nanoTime()).as("does not end").isLessThan(end);
                assertThat(chromium.eval("document.querySelector('#down-start').textContent"))
                        .isNotEqualTo("Go on");
            }
            peaks.look(chromium, kept);
        }
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
        Sized bundle =
                sizes(kept).stream()
                        .max((one, other) -> Long.compare(one.bytes(), other.bytes()))
                        .orElseThrow();
        System.out.printf(
                "%d packages, bundle %d bytes, %d s; at most: heap of the page %.1f MiB,"
                        + " memory of its process %.1f MiB, of which %.1f no heap, "
                        + "folder of the browser %d bytes (%.4f), storage it counts %d (%.4f)%n",
                PACKAGES,
                bundle.bytes(),
                seconds,
                peaks.page / 1048576.0,
                peaks.process / 1048576.0,
                peaks.other / 1048576.0,
                peaks.disk,
                (double) peaks.disk / bundle.bytes(),
                peaks.quota,
                (double) peaks.quota / bundle.bytes());
        String address = visit.replaceFirst("[?#].*", "") + "/box.opm";
        String expected;
        // One after the other: the server leaves who reads nothing for long.
        try (var of = URI.create(address).toURL().openStream()) {
            expected = digest(of);
        }
        try (var mine = Files.newInputStream(bundle.file())) {
            assertThat(digest(mine)).isEqualTo(expected);
        }
        assertThat(bundle.bytes()).isGreaterThan((long) PACKAGES * PACKAGE_BYTES);
        // Workers do not tell of their heaps: no more than what the process has taken since.
        assertThat(peaks.process - peaks.other).isBetween(1L << 20, HEAP_BYTES);
        assertThat(peaks.disk).isLessThan((long) (bundle.bytes() * DISK_SHARE));
    }

    private static String digest(InputStream in) throws IOException {
        try {
            var hash = MessageDigest.getInstance("SHA-256");
            new DigestInputStream(in, hash).transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(hash.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /// Returns every file under a folder that others write to meanwhile.
    private static List<Sized> sizes(Path folder) {
        var all = new ArrayList<Sized>();
        try {
            Files.walkFileTree(
                    folder,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes about) {
                            all.add(new Sized(file, about.size()));
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult visitFileFailed(Path file, IOException gone) {
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult postVisitDirectory(
                                Path one, @Nullable IOException e) {
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }
}
