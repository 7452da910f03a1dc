package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Stub packages of a release-sized repository on the whole way: real rpm, real files.
final class UniverseTripTest {
    private static final int PACKAGES = 150;
    private static final Pattern NEWER = Pattern.compile("\\.1\\.[^.]*$");
    private static final String[] SOLVE = {"--arch", "x86_64", "--no-weak"};
    private static final String[] UPGRADE = {"--upgrade", "--arch", "x86_64", "--no-weak"};

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

        Home dash = Home.of(trip, "dash", repo);
        Home ash = Home.of(trip, "ash", repo);
        var words = new ArrayList<>(List.of(SOLVE));
        words.add("--install");
        words.addAll(asked);
        dash.pack(words.toArray(String[]::new));
        dash.carry("dash");
        ash.carry(dash.box(), "busybox", "ash");
        List<String> installed = trip.installed(dash.root());
        assertThat(closure).containsAll(installed);
        for (String name : asked) {
            assertThat(installed).anyMatch(nevra -> nevra.startsWith(name + "-"));
        }
        assertThat(trip.installed(ash.root())).isEqualTo(installed);
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
        // They are there already: nobody asks who signed them, and signing takes longest.
        String installed = universe.resolve("installed").toString();
        Path old = trip.stubRepo("old", "--from", installed, "--files", "--unsigned");
        Path repo =
                stubs(
                        "repo",
                        upgrade.install(),
                        universe.resolve("updates"),
                        universe.resolve("base"));

        Home home = Home.of(trip, "root", repo);
        trip.install(home.root(), Trip.rpms(old));
        var expected = new TreeSet<>(trip.installed(home.root()));
        for (String pkg : upgrade.install()) {
            expected.removeIf(there -> name(there).equals(name(pkg)));
        }
        expected.addAll(upgrade.install());
        expected.removeAll(upgrade.erase());

        home.pack(UPGRADE);
        home.carry("sh");
        assertThat(trip.installed(home.root())).isEqualTo(List.copyOf(expected));
        home.isUpToDate(SOLVE);
    }

    /// Every one of 1,858 installed packages gets a newer build, in one trip.
    @Test
    @EnabledIfSystemProperty(named = "opm.soak", matches = "true")
    void upgradesAllOfALargeSystem() throws Exception {
        Trip.needs("rpm", "rpmkeys", "createrepo_c", "unshare", "python3");
        Trip.needsRoot();
        Path root = LargeRoot.make(trip, "large");
        Path town = NextRelease.of(trip, new Home(trip, root, List.of()).profile(), "town");
        trip.run("rpmkeys", "--root", root + "", "--import", town + "/RPM-GPG-KEY-stub");
        var home = new Home(trip, root, List.of("town=" + town.toUri()));
        home.pack(UPGRADE);
        trip.run("unshare", "-n", "sh", home.box() + "", "--root", root + "").mustEnd(0);
        List<String> newer =
                trip.installed(root).stream().filter(name -> NEWER.matcher(name).find()).toList();
        // A few ask each other for "older than"; what was their files is not there.
        assertThat(newer).hasSizeGreaterThan(1800);
        var words = new ArrayList<>(List.of("-V"));
        newer.forEach(pkg -> words.add(pkg.replaceFirst("-\\d+:", "-")));
        Trip.Said verified = trip.rpm(root, words.toArray(String[]::new)).mustEnd(0);
        assertThat(verified.out() + verified.err()).isEmpty();
        home.isUpToDate(SOLVE);
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
}
