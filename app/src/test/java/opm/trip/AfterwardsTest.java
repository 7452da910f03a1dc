package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import opm.base.Digest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// dnf and zypper on a machine that a bundle updated: without a network they answer from their
/// caches as before, agree that all is new, and find their configuration as it was.
final class AfterwardsTest {
    private final Trip trip;
    private final Path root;

    AfterwardsTest(@TempDir Path folder) {
        trip = new Trip(folder);
        root = folder.resolve("root");
    }

    private Trip.Said dnf(String... words) {
        var argv = new ArrayList<>(List.of("unshare", "-n", "dnf", "--installroot=" + root));
        argv.addAll(List.of("--config=" + root + "/etc/dnf/dnf.conf", "--releasever=9"));
        argv.add("--setopt=reposdir=" + root + "/etc/yum.repos.d");
        argv.addAll(List.of("--setopt=cachedir=/var/cache/dnf", "--assumeno"));
        argv.add("--setopt=module_platform_id=platform:el9");
        argv.addAll(List.of(words));
        return trip.run(argv);
    }

    private Trip.Said zypper(String... words) {
        var argv = new ArrayList<>(List.of("unshare", "-n", "zypper", "--root", root + ""));
        argv.addAll(List.of("--non-interactive", "--no-gpg-checks"));
        argv.addAll(List.of(words));
        return trip.run(argv);
    }

    /// Everything but rpm's database, opm's folder, the packages' files and the caches' clocks.
    private TreeMap<String, String> files() throws IOException {
        var found = new TreeMap<String, String>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                String path = root.relativize(file).toString();
                if (!path.matches("(?:.*rpmdb.*|srv/.*|var/lib/opm/.*)|.*\\.rpm\\.lock|.*\\.log")) {
                    found.put(path, Digest.sha256Of(Files.readAllBytes(file)).hex());
                }
            }
        }
        return found;
    }

    @Test
    void othersFindWhatTheyLeft() throws IOException {
        Trip.needs("rpm", "rpmbuild", "rpmkeys", "createrepo_c", "unshare", "dnf", "zypper");
        Trip.needsRoot();
        var rpms = new SmallPackages(trip, "echo NAME VERSION");
        List<String> all = List.of("one 1", "two 1 Requires: one", "one 2", "three 1");
        Path town = rpms.build("town", all);
        trip.newRoot("root");
        Path repos = Files.createDirectories(root.resolve("etc/yum.repos.d"));
        Files.createDirectories(root.resolve("etc/dnf"));
        Trip.write(root.resolve("etc/dnf/dnf.conf"), "[main]\ngpgcheck=0\n");
        String home = "[home]\nname=Home\nbaseurl=" + town.toUri() + "\nenabled=1\ngpgcheck=0\n";
        Trip.write(repos.resolve("home.repo"), home);
        trip.rpm(root, "-i", rpms.rpm("town", "one-1"), rpms.rpm("town", "two-1")).mustEnd(0);
        dnf("makecache").mustEnd(0);
        zypper("addrepo", "--no-gpgcheck", town.toUri().toString(), "home").mustEnd(0);
        zypper("refresh").mustEnd(0);
        var machine = new Home(trip, root, List.of("town=" + town.toUri()));
        machine.pack("--upgrade", "--install", "three", "--allow-unsigned");

        Files.move(town, trip.at("gone"));
        String repolist = dnf("-C", "repolist").mustEnd(0).out();
        String lr = zypper("--no-refresh", "lr", "--uri").mustEnd(0).out();
        assertThat(zypper("--no-refresh", "list-updates").mustEnd(0).out()).contains("| one");
        assertThat(dnf("-C", "upgrade").mustEnd(1).out()).contains("one");
        var before = files();
        machine.carry("sh");
        assertThat(files()).isEqualTo(before);

        assertThat(dnf("-C", "repolist").mustEnd(0).out()).isEqualTo(repolist).contains("home");
        assertThat(dnf("-C", "upgrade").mustEnd(0).out()).contains("Nothing to do");
        assertThat(dnf("-C", "check").mustEnd(0).out()).isEmpty();
        assertThat(dnf("-C", "list", "--installed").mustEnd(0).out()).contains("three");
        assertThat(zypper("--no-refresh", "lr", "--uri").mustEnd(0).out()).isEqualTo(lr);
        assertThat(zypper("--no-refresh", "list-updates").mustEnd(0).out())
                .contains("No updates found");
        zypper("--no-refresh", "verify").mustEnd(0);
    }
}
