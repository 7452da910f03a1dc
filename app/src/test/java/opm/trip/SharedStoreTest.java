package opm.trip;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import opm.base.Digest;
import opm.engine.Publishing;
import opm.host.LocalDisk;
import opm.store.Store;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two package managers, one store: what one fetched the other does not fetch.
final class SharedStoreTest {
    private static final Path DEMO = Trip.project().resolve("app/src/main/resources/opm/cli/demo");

    private final Trip trip;

    SharedStoreTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    @AfterEach
    void stop() {
        trip.close();
    }

    private Trip.Said dnf(String root, String repo, String... more) {
        Trip.write(trip.at("dnf.conf"), "[main]\ngpgcheck=0\n");
        var argv = new ArrayList<>(List.of("dnf", "-y", "--config=" + trip.at("dnf.conf")));
        argv.addAll(List.of("--installroot=" + trip.at(root), "--releasever=12"));
        argv.addAll(List.of("--setopt=reposdir=/nonexistent", "--repofrompath=town," + repo));
        argv.addAll(List.of("--setopt=cachedir=" + trip.at(root + "-cache")));
        argv.addAll(List.of("--setopt=module_platform_id=platform:u12"));
        argv.addAll(List.of("--setopt=pluginpath=" + Trip.project().resolve("hooks/dnf4")));
        argv.addAll(List.of(more));
        return trip.run(argv);
    }

    private Trip.Said cache(String... words) {
        var all = new ArrayList<>(List.of("cache"));
        all.addAll(List.of(words));
        all.addAll(List.of("--cache", trip.at("store").toString()));
        return trip.opm(all.toArray(String[]::new)).mustEnd(0);
    }

    private Trip.Said bundle(URI town, String state) {
        return trip.opm(
                "bundle",
                "create",
                "--install",
                "abc-songs",
                "-o",
                state + ".opm",
                "--offline",
                "--profile",
                DEMO + "/school.opmprofile",
                "--repo",
                "town=" + town,
                "--state",
                trip.at(state).toString(),
                "--cache",
                trip.at("store").toString());
    }

    /// dnf's hook, and the script of the others, hand over what was downloaded: opm then bundles
    /// without a network.
    @Test
    void takesWhatDnfDownloaded() throws IOException {
        Trip.needs("dnf", "rpm");
        Trip.needsRoot();
        Path repository = DEMO.resolve("repository");
        URI town = trip.serve(repository);
        trip.opm(
                        "refresh",
                        "--state",
                        trip.at("state").toString(),
                        "--repo",
                        "town=" + town,
                        "--profile",
                        DEMO + "/school.opmprofile")
                .mustEnd(0);
        var words = new ArrayList<>(Trip.opmCommand());
        Trip.write(
                trip.at("opm"),
                "#!/bin/sh\nexec "
                        + String.join(" ", words)
                        + " \"$@\" --cache "
                        + trip.at("store")
                        + " --state "
                        + trip.at("state")
                        + "\n");
        trip.at("opm").toFile().setExecutable(true);
        trip.withVariable("OPM", trip.at("opm").toString());
        dnf("root", town.toString(), "install", "abc-songs").mustEnd(0);
        assertThat(trip.installed(trip.at("root"))).contains("abc-songs-0:3.1-1.noarch");
        assertThat(cache("list").out()).contains("sha256:");
        trip.close();
        bundle(town, "state").mustEnd(0);
        install("b", town).mustEnd(0);
        assertThat(trip.installed(trip.at("b"))).contains("abc-songs-0:3.1-1.noarch");
    }

    private Trip.Said install(String root, URI town) {
        Path key = DEMO.resolve("RPM-GPG-KEY-demo");
        trip.at(root).toFile().mkdirs();
        trip.run("rpmkeys", "--root", trip.at(root).toString(), "--import", key.toString())
                .mustEnd(0);
        return trip.opm(
                "install",
                "--yes",
                "abc-songs",
                "--allow-unsigned",
                "--arch",
                "x86_64",
                "--root",
                trip.at(root).toString(),
                "--state",
                trip.at("state").toString(),
                "--cache",
                trip.at("store").toString(),
                "--repo",
                "town=" + town);
    }

    /// What opm fetched dnf installs from the store as a repository, with the server gone.
    @Test
    void dnfTakesWhatOpmFetched() throws IOException {
        Trip.needs("dnf", "rpm");
        Trip.needsRoot();
        install("a", trip.serve(DEMO.resolve("repository"))).mustEnd(0);
        trip.close();
        cache("publish", trip.at("repos").toString(), "--snapshot", "one", "--promote", "one");
        dnf("b", trip.at("repos/tested").toUri().toString(), "install", "abc-songs").mustEnd(0);
        assertThat(trip.installed(trip.at("b"))).isEqualTo(trip.installed(trip.at("a")));
    }

    /// The script that dnf5 and zypper call reads the folders where those keep packages, once.
    @Test
    void importsAFolder() throws IOException {
        Trip.write(
                trip.at("opm"),
                "#!/bin/sh\necho x >>"
                        + trip.at("calls")
                        + "\nexec "
                        + String.join(" ", Trip.opmCommand())
                        + " \"$@\" --cache "
                        + trip.at("store")
                        + " --state "
                        + trip.at("state")
                        + "\n");
        trip.at("opm").toFile().setExecutable(true);
        trip.withVariable("OPM", trip.at("opm").toString());
        trip.withVariable("OPM_IMPORT_STAMP", trip.at("stamps/imported").toString());
        Path hook = Trip.project().resolve("hooks/opm-import");
        Files.createDirectories(trip.at("packages"));
        Path rpm = DEMO.resolve("repository/Packages/a/abc-songs-3.1-1.noarch.rpm");
        Files.copy(rpm, trip.at("packages/abc.rpm"));
        trip.withVariable("OPM_IMPORT", hook.toString());
        trip.withVariable("OPM_ZYPP_CACHE", trip.at("packages").toString());
        Path frames =
                Files.write(
                        trip.at("frames"), "PLUGINBEGIN\n\n\0COMMITEND\n\n\0".getBytes(US_ASCII));
        trip.run("sh", "-c", Trip.project().resolve("hooks/zypp/opm") + " <" + frames).mustEnd(0);
        assertThat(cache("list").out()).contains("sha256:");
        trip.run(hook.toString(), trip.at("packages").toString()).mustEnd(0);
        assertThat(Files.readAllLines(trip.at("calls"))).as("nothing is new").hasSize(1);
    }

    /// A published repository costs no bytes; dnf installs from it with no network; a promotion is
    /// one rename that a reader of the old state survives, and it can be taken back.
    @Test
    void publishesARepository() throws IOException {
        Trip.needs("dnf", "rpm", "du");
        Trip.needsRoot();
        List<Path> rpms = Trip.rpms(DEMO.resolve("repository"));
        for (Path rpm : rpms) {
            if (rpm.toString().contains("songs") || rpm.toString().contains("abc-base")) {
                cache("add", rpm.toString());
            }
        }
        String repos = trip.at("repos").toString();
        cache("publish", repos, "--snapshot", "one", "--promote", "one");
        Path tested = trip.at("repos/tested");
        dnf("a", tested.toUri().toString(), "install", "abc-songs").mustEnd(0);
        assertThat(trip.installed(trip.at("a"))).contains("abc-songs-0:3.1-1.noarch");

        String readers = Files.readString(tested.resolve("repodata/repomd.xml"));
        var words = new ArrayList<>(List.of("add"));
        rpms.forEach(rpm -> words.add(rpm.toString()));
        cache(words.toArray(String[]::new));
        cache("publish", repos, "--snapshot", "two", "--promote", "two");
        assertThat(Files.readString(tested.resolve("repodata/repomd.xml"))).isNotEqualTo(readers);
        for (String named : readers.split("href=\"")) {
            if (named.startsWith("repodata/")) {
                assertThat(tested.resolve(named.substring(0, named.indexOf('"')))).exists();
            }
        }
        assertThat(Files.getAttribute(tested.resolve("repodata/repomd.xml"), "unix:ino"))
                .isEqualTo(
                        Files.getAttribute(
                                trip.at("repos/snapshots/two/repodata/repomd.xml"), "unix:ino"));
        long blocks = blocks();
        cache("publish", repos, "--rollback");
        cache("publish", repos, "--promote", "two");
        assertThat(blocks()).as("to and fro costs nothing").isEqualTo(blocks);
        cache("publish", repos, "--rollback");
        assertThat(Files.readString(tested.resolve("repodata/repomd.xml"))).isEqualTo(readers);
        assertThat(cache("gc").out()).contains("0 objects are gone");
        assertThat(filesBlocks("store", "repos") - filesBlocks("store"))
                .as("of packages nothing is there twice: metadata alone")
                .isLessThan(100);
    }

    /// Returns what `du` says of the store and the repositories, in KiB.
    private long blocks() {
        return du("store", "repos");
    }

    private long du(String... folders) {
        var argv = new ArrayList<>(List.of("du", "-skc"));
        argv.addAll(List.of(folders));
        return total(trip.run(argv).mustEnd(0).out());
    }

    /// Returns what `du` says of the files alone, in KiB: folders take a block each.
    private long filesBlocks(String... folders) {
        String find = "find " + String.join(" ", folders) + " -type f -print0";
        String du = " | du -kc --files0-from=- | tail -n 1";
        return total(trip.run("sh", "-c", find + du).mustEnd(0).out());
    }

    private static long total(String table) {
        String last = table.strip().lines().reduce((_, line) -> line).orElse("0");
        return Long.parseLong(last.split("\\s")[0]);
    }

    /// Who reads repomd.xml and then all that it names sees one snapshot, however often another is
    /// promoted meanwhile.
    @Test
    void readersSeeOneSnapshot() throws Exception {
        var disk = new LocalDisk();
        var store = new Store(disk, trip.at("store"));
        var digests = new ArrayList<Digest>();
        for (Path rpm : Trip.rpms(DEMO.resolve("repository"))) {
            try (var in = Files.newInputStream(rpm)) {
                digests.add(store.add(in, Digest.Algorithm.SHA256).digest());
            }
        }
        int half = digests.size() / 2;
        var publishing = new Publishing(store, disk, trip.at("repos"));
        publishing.snapshot("one", digests.subList(0, half), 1);
        publishing.snapshot("two", digests, 2);
        publishing.snapshot("three", digests.subList(half + 2, digests.size()), 3);
        publishing.promote("tested", "one");
        var reads = new AtomicInteger();
        var stopped = new AtomicBoolean();
        int promotions = Boolean.getBoolean("opm.soak") ? 1000 : 60;
        var seen = new TreeSet<Integer>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var writer = threads.submit(() -> promote(publishing, promotions, reads, stopped));
            try {
                while (!writer.isDone()) {
                    seen.add(readAll(trip.at("repos/tested")));
                    reads.incrementAndGet();
                }
            } finally {
                stopped.set(true);
            }
            writer.get();
        }
        assertThat(reads.get()).isGreaterThanOrEqualTo(promotions - 1);
        assertThat(seen).containsExactly(digests.size() - half - 2, half, digests.size());
    }

    /// Promotes one after the other, each as soon as a reader has begun after the one before and
    /// ended: who reads may meet one promotion, not two.
    private static boolean promote(
            Publishing publishing, int promotions, AtomicInteger reads, AtomicBoolean stopped)
            throws Exception {
        var names = List.of("two", "three", "one");
        for (int at = 0; at < promotions; at++) {
            publishing.promote("tested", names.get(at % names.size()));
            int read = reads.get();
            while (reads.get() == read && !stopped.get()) {
                Thread.onSpinWait();
            }
        }
        return true;
    }

    /// Reads a repository as a package manager does, every byte of it checked.
    ///
    /// @return how many packages it has
    private static int readAll(Path repository) throws Exception {
        String repomd = Files.readString(repository.resolve("repodata/repomd.xml"));
        var files =
                Pattern.compile(
                                "<checksum type=\"sha256\">([0-9a-f]{64})</checksum>.*?"
                                        + "href=\"([^\"]+)\"",
                                Pattern.DOTALL)
                        .matcher(repomd);
        int count = 0;
        while (files.find()) {
            byte[] bytes = Files.readAllBytes(repository.resolve(files.group(2)));
            assertThat(Digest.sha256Of(bytes).hex()).isEqualTo(files.group(1));
            if (!files.group(2).endsWith("primary.xml")) {
                continue;
            }
            var packages =
                    Pattern.compile(
                                    "<checksum type=\"sha256\"[^>]*>([0-9a-f]{64})<.*?<location"
                                            + " href=\"([^\"]+)\"",
                                    Pattern.DOTALL)
                            .matcher(new String(bytes, UTF_8));
            while (packages.find()) {
                byte[] rpm = Files.readAllBytes(repository.resolve(packages.group(2)));
                assertThat(Digest.sha256Of(rpm).hex()).isEqualTo(packages.group(1));
                count++;
            }
        }
        return count;
    }
}
