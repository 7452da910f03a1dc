package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An update in three trips, each within its budget: real rpm, real files.
final class BudgetTripTest {
    private final Trip trip;

    BudgetTripTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    /// Every part leaves the machine whole, what waits is brought by the next, and the last one
    /// ends where the update in one piece would.
    @Test
    void anUpdateInThreeTrips() throws IOException {
        Trip.needs("rpm", "rpmkeys", "createrepo_c", "unshare", "python3");
        Trip.needsRoot();
        Path universe = Trip.shared("universe/sample2000");
        Golden upgrade =
                Objects.requireNonNull(
                        Golden.read(universe.resolve("golden/special.json"), "installed")
                                .get("upgrade-all"));
        Path old =
                trip.stubRepo("old", "--from", universe.resolve("installed").toString(), "--files");
        Path list = trip.at("new.nevras");
        Trip.write(list, String.join("\n", upgrade.install()) + "\n");
        Path repo =
                trip.stubRepo(
                        "repo",
                        "--from",
                        universe.resolve("updates").toString(),
                        "--from",
                        universe.resolve("base").toString(),
                        "--nevras",
                        list.toString(),
                        "--files");
        Path root = trip.newRoot("root", repo.resolve("RPM-GPG-KEY-stub"));
        trip.install(root, Trip.rpms(old));
        var expected = new TreeSet<>(trip.installed(root));
        for (String pkg : upgrade.install()) {
            expected.removeIf(there -> name(there).equals(name(pkg)));
        }
        expected.addAll(upgrade.install());
        expected.removeAll(upgrade.erase());

        long whole = bytes(bundle(root, repo, "--upgrade", "--assumeno"));
        Path queue = trip.at("box.queue");
        long first = whole * 30 / 100;
        assertThat(bytes(bundle(root, repo, "--upgrade", "--budget", first + "")))
                .isPositive()
                .isLessThanOrEqualTo(first);
        long waiting = carry(root, queue);
        long second = whole * 40 / 100;
        assertThat(bytes(bundle(root, repo, "--budget", second + "")))
                .isPositive()
                .isLessThanOrEqualTo(second);
        assertThat(carry(root, queue)).isPositive().isLessThan(waiting);
        assertThat(trip.installed(root)).isNotEqualTo(List.copyOf(expected));
        bundle(root, repo);
        assertThat(carry(root, queue)).isZero();
        assertThat(trip.installed(root)).isEqualTo(List.copyOf(expected));
    }

    private static String name(String nevra) {
        return nevra.replaceFirst("-[^-]+-[^-]+$", "");
    }

    private static long bytes(String document) {
        var matcher = Pattern.compile("\"downloadBytes\":(\\d+)").matcher(document);
        long last = -1;
        while (matcher.find()) {
            last = Long.parseLong(matcher.group(1));
        }
        return last;
    }

    /// Packs a bundle for the root as it is now, and returns what was said.
    private String bundle(Path root, Path repo, String... options) {
        Path profile = trip.at("home.opmprofile");
        trip.opm("profile", "--root", root.toString(), "-o", profile.toString()).mustEnd(0);
        var words = new ArrayList<>(List.of("bundle", "create", "--profile", profile.toString()));
        words.addAll(List.of("--arch", "x86_64", "--no-weak", "--json"));
        words.addAll(List.of("--repo", "stubs=" + trip.serve(repo)));
        words.addAll(List.of("--queue", trip.at("box.queue").toString()));
        words.addAll(List.of("--state", trip.at("state").toString()));
        words.addAll(List.of("-o", trip.at("x.opm").toString()));
        words.addAll(List.of(options));
        String said = trip.opm(words.toArray(String[]::new)).mustEnd(0).out();
        trip.close();
        return said;
    }

    /// Applies the bundle with sh, and returns how many packages wait now.
    private long carry(Path root, Path queue) throws IOException {
        String bundle = trip.at("x.opm").toString();
        trip.run(List.of("unshare", "-n", "sh", bundle, "--root", root.toString())).mustEnd(0);
        Trip.Said verified = trip.rpm(root, "-Va").mustEnd(0);
        assertThat(verified.out() + verified.err()).isEmpty();
        return Files.exists(queue) ? Files.readAllLines(queue).size() - 1 : 0;
    }
}
