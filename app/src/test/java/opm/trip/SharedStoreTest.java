package opm.trip;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
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

    private static List<Path> files(Path below, String end) throws IOException {
        try (Stream<Path> all = Files.walk(below)) {
            return all.filter(f -> Files.isRegularFile(f) && f.toString().endsWith(end))
                    .sorted()
                    .toList();
        }
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
        var inodes = new HashSet<Object>();
        for (Path object : files(trip.at("store/sha256"), "")) {
            inodes.add(Files.getAttribute(object, "unix:ino"));
        }
        assertThat(files(trip.at("repos"), ".rpm"))
                .as("second names cost nothing")
                .hasSizeGreaterThan(inodes.size())
                .allSatisfy(f -> assertThat(inodes).contains(Files.getAttribute(f, "unix:ino")));
        cache("publish", repos, "--rollback");
        assertThat(Files.readString(tested.resolve("repodata/repomd.xml"))).isEqualTo(readers);
        assertThat(cache("gc").out()).contains("0 objects are gone");
    }
}
