package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Stub packages of a release-sized repository on the whole way: real rpm, real files.
final class UniverseTripTest {
    private static final int PACKAGES = 150;

    private final Trip trip;

    UniverseTripTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    /// 150 packages reach an empty root, under two shells, without a network.
    @Test
    void installsIntoEmptyRoot() {
        Trip.needs("rpm", "rpmkeys", "createrepo_c", "dash", "busybox", "unshare", "python3");
        Trip.needsRoot();
        Path universe = Trip.shared("universe");
        var asked = new ArrayList<String>();
        var closure = new TreeSet<String>();
        for (var entry : Golden.read(universe.resolve("golden/empty.json"), null).entrySet()) {
            var larger = new TreeSet<>(closure);
            larger.addAll(entry.getValue().install());
            if (larger.size() <= PACKAGES) {
                asked.add(entry.getKey());
                closure = larger;
            }
        }
        assertThat(closure).hasSize(PACKAGES);
        Path repo = stubs("repo", closure, universe.resolve("base"));

        Path key = repo.resolve("RPM-GPG-KEY-stub");
        Path dash = trip.newRoot("dash", key);
        Path ash = trip.newRoot("ash", key);
        Path bundle = bundle(dash, repo, false, asked);
        for (Path root : List.of(dash, ash)) {
            List<String> shell = root.equals(dash) ? List.of("dash") : List.of("busybox", "ash");
            carry(bundle, root, shell);
            List<String> installed = trip.installed(root);
            assertThat(closure).containsAll(installed);
            for (String name : asked) {
                assertThat(installed).anyMatch(nevra -> nevra.startsWith(name + "-"));
            }
        }
        assertThat(trip.installed(ash)).isEqualTo(trip.installed(dash));
    }

    /// An update of everything, with renamed packages, ends where libsolv says it must.
    @Test
    void upgradesAnInstalledSystem() {
        Trip.needs("rpm", "rpmkeys", "createrepo_c", "unshare", "python3");
        Trip.needsRoot();
        Path universe = Trip.shared("universe/sample2000");
        Path golden = universe.resolve("golden/special.json");
        Golden upgrade = Objects.requireNonNull(answers(golden).get("upgrade-all"));
        assertThat(upgrade.unique()).isTrue();
        Path old =
                trip.stubRepo("old", "--from", universe.resolve("installed").toString(), "--files");
        Path repo =
                stubs(
                        "repo",
                        upgrade.install(),
                        universe.resolve("updates"),
                        universe.resolve("base"));

        Path root = trip.newRoot("root", repo.resolve("RPM-GPG-KEY-stub"));
        trip.install(root, Trip.rpms(old));
        var expected = new TreeSet<>(trip.installed(root));
        for (String pkg : upgrade.install()) {
            expected.removeIf(there -> name(there).equals(name(pkg)));
        }
        expected.addAll(upgrade.install());
        expected.removeAll(upgrade.erase());

        carry(bundle(root, repo, true, List.of()), root, List.of("sh"));
        assertThat(trip.installed(root)).isEqualTo(List.copyOf(expected));
    }

    private static Map<String, Golden> answers(Path file) {
        return Golden.read(file, "installed");
    }

    private static String name(String nevra) {
        return nevra.replaceFirst("-[^-]+-[^-]+$", "");
    }

    private Path stubs(String out, Set<String> nevras, Path... sources) {
        Path list = trip.at(out + ".nevras");
        Trip.write(list, String.join("\n", nevras) + "\n");
        var words = new ArrayList<String>();
        for (Path source : sources) {
            words.addAll(List.of("--from", source.toString()));
        }
        words.addAll(List.of("--nevras", list.toString(), "--files"));
        return trip.stubRepo(out, words.toArray(String[]::new));
    }

    private Path bundle(Path root, Path repo, boolean upgrade, List<String> names) {
        Path profile = trip.at("home.opmprofile");
        trip.opm("profile", "--root", root.toString(), "-o", profile.toString()).mustEnd(0);
        Path bundle = trip.at("x.opm");
        var words = new ArrayList<>(List.of("bundle", "create", "--profile", profile.toString()));
        words.addAll(List.of("--arch", "x86_64", "--no-weak"));
        words.addAll(List.of("--repo", "stubs=" + trip.serve(repo)));
        words.addAll(List.of("--state", trip.at("state").toString(), "-o", bundle.toString()));
        if (upgrade) {
            words.add("--upgrade");
        }
        if (!names.isEmpty()) {
            words.add("--install");
            words.addAll(names);
        }
        trip.opm(words.toArray(String[]::new)).mustEnd(0);
        trip.close();
        return bundle;
    }

    private void carry(Path bundle, Path root, List<String> shell) {
        var argv = new ArrayList<>(List.of("unshare", "-n"));
        argv.addAll(shell);
        argv.addAll(List.of(bundle.toString(), "--root", root.toString()));
        trip.run(argv).mustEnd(0);
        Trip.Said verified = trip.rpm(root, "-Va").mustEnd(0);
        assertThat(verified.out() + verified.err()).isEmpty();
    }
}
