package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Machines whose packages no repository knows: what they provide, need and forbid stands in the
/// profile alone.
final class ForeignPackagesTest {
    private final Trip trip;

    ForeignPackagesTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    /// Everything there is of a private vendor; what is asked for leans on it, what is new must not
    /// break it, and it is never taken away.
    @Test
    void privatePackages() {
        Trip.needs("rpm", "rpmbuild", "rpmkeys", "createrepo_c", "unshare");
        Trip.needsRoot();
        var rpms = new SmallPackages(trip, "echo NAME VERSION");
        rpms.build(
                "acme",
                List.of(
                        "acme-lib 1 Vendor: Acme\nProvides: acme(api) = 3",
                        "acme-app 1 Vendor: Acme\nRequires: acme-lib, helper < 3, /srv/base",
                        "acme-old 1 Vendor: Acme\nConflicts: shiny\nObsoletes: gone",
                        "base 1",
                        "helper 1"));
        Path town =
                rpms.build(
                        "town",
                        List.of(
                                "base 2",
                                "helper 2 Requires: base >= 2",
                                "helper 3",
                                "wanted 1 Requires: acme(api) >= 2, helper >= 2",
                                "shiny 1",
                                "gone 9"));
        Path root = trip.newRoot("root");
        trip.install(root, Trip.rpms(trip.at("acme")));
        var home = new Home(trip, root, List.of("town=" + town.toUri()));
        home.pack("--upgrade", "--install", "wanted", "--allow-unsigned");
        home.carry("sh");
        assertThat(trip.installed(root))
                .containsExactly(
                        "acme-app-0:1-1.noarch",
                        "acme-lib-0:1-1.noarch",
                        "acme-old-0:1-1.noarch",
                        "base-0:2-1.noarch",
                        "helper-0:2-1.noarch",
                        "wanted-0:1-1.noarch");
        home.isUpToDate();
        // What a package of theirs forbids is not brought, and the reason names it.
        Trip.Said refused =
                trip.opm(
                        "bundle",
                        "create",
                        "--profile",
                        home.profile().toString(),
                        "--repo",
                        home.repos().getFirst(),
                        "--state",
                        trip.at("state").toString(),
                        "--install",
                        "shiny",
                        "-o",
                        trip.at("no.opm").toString());
        assertThat(refused.mustEnd(6).out()).contains("shiny", "acme-old");
        assertThat(Files.exists(trip.at("no.opm"))).isFalse();
    }

    /// A whole distribution of which there is nothing but its rpm database: each package of it is
    /// updated, by real rpm.
    @Test
    void everythingOfMariner() throws Exception {
        Trip.needs("rpm", "rpmkeys", "createrepo_c", "unshare", "python3", "gzip");
        Trip.needsRoot();
        Path packed = Trip.shared("corpus/real/rpmdb/cbl-mariner-2.0-rpmdb.sqlite.gz");
        Path root = trip.newRoot("mariner");
        String place = trip.rpm(root, "-E", "%_dbpath").mustEnd(0).out().strip();
        Path database = root.resolve(place.substring(1));
        Files.createDirectories(database);
        Files.createDirectories(root.resolve("etc"));
        String unpack = "gzip -dc " + packed + " >" + database.resolve("rpmdb.sqlite");
        trip.run("sh", "-c", unpack).mustEnd(0);
        Trip.write(
                root.resolve("etc/os-release"),
                "ID=mariner\nVERSION_ID=\"2.0\"\nPRETTY_NAME=\"CBL-Mariner/Linux\"\n");
        List<String> before = trip.installed(root);
        assertThat(before).hasSizeGreaterThan(100);

        var bare = new Home(trip, root, List.of());
        Path town = NextRelease.of(trip, bare.profile(), "town");
        var home = new Home(trip, root, List.of("town=" + town.toUri()));
        trip.run("rpmkeys", "--root", root + "", "--import", town + "/RPM-GPG-KEY-stub");
        home.pack("--upgrade");
        String box = home.box().toString();
        Trip.Said dry = trip.run("sh", box, "--root", root.toString(), "--dry-run");
        assertThat(dry.mustEnd(0).out()).contains("mariner 2.0 x86_64");
        assertThat(trip.installed(root)).isEqualTo(before);
        // Its scripts call programs that are stubs here, so rpm does it without them.
        Path unpacked = trip.at("unpacked");
        trip.run("unzip", "-q", box, "-d", unpacked.toString()).mustEnd(0);
        trip.rpm(root, upgrade(unpacked)).mustEnd(0);
        assertThat(trip.installed(root))
                .hasSameSizeAs(before)
                .allMatch(name -> name.matches(".*\\.1\\.[^.]*"));
        home.isUpToDate();
    }

    private static String[] upgrade(Path unpacked) {
        var words = new ArrayList<>(List.of("-U", "--justdb", "--noscripts", "--notriggers"));
        Trip.rpms(unpacked).forEach(file -> words.add(file.toString()));
        return words.toArray(String[]::new);
    }
}
