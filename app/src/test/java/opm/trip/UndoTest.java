package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Back to what was, and forward again, without a network: from what the store keeps by itself.
final class UndoTest {
    private static final Path DEMO = Trip.project().resolve("app/src/main/resources/opm/cli/demo");

    @TempDir Path folder;

    private int opm(Trip trip, Path root, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--root", root.toString(), "--yes", "--offline"));
        all.addAll(List.of("--state", trip.at("state").toString()));
        return trip.opm(all.toArray(String[]::new)).mustEnd(0).status();
    }

    /// An upgrade with an obsoletes, an installation, and every way between their ends; what rpm
    /// lists is exactly what it was, and every file is as its package says.
    @Test
    void thereAndBackAgain() throws Exception {
        Trip.needs("rpm", "rpmkeys", "createrepo_c");
        Trip.needsRoot();
        try (var trip = new Trip(folder)) {
            Path root = trip.newRoot("root", DEMO.resolve("RPM-GPG-KEY-demo"));
            trip.run("cp", "-r", DEMO.resolve("older").toString(), trip.at("old").toString());
            trip.run("createrepo_c", "-q", trip.at("old").toString()).mustEnd(0);
            Path town = DEMO.resolve("repository");
            List<String> old = new ArrayList<>(List.of("install"));
            for (Path rpm : Trip.rpms(trip.at("old"))) {
                old.add(rpm.getFileName().toString().replaceFirst("-[^-]+-[^-]+$", ""));
            }
            List<List<String>> sets = new ArrayList<>();
            change(trip, root, trip.at("old"), old.toArray(String[]::new));
            sets.add(trip.installed(root));
            change(trip, root, town, "upgrade");
            sets.add(trip.installed(root));
            change(trip, root, town, "install", "abc-atlas");
            sets.add(trip.installed(root));
            assertThat(sets).doesNotHaveDuplicates();

            opm(trip, root, "undo");
            mustBe(trip, root, sets.get(1));
            opm(trip, root, "redo");
            mustBe(trip, root, sets.get(2));
            opm(trip, root, "rollback", "1");
            mustBe(trip, root, sets.get(0));
            opm(trip, root, "rollback", "3");
            mustBe(trip, root, sets.get(2));
            // What came later builds on it: refused before anything changes.
            trip.opm(
                            "undo",
                            "2",
                            "--root",
                            root.toString(),
                            "--yes",
                            "--state",
                            trip.at("state").toString())
                    .mustEnd(5);
            mustBe(trip, root, sets.get(2));
            Trip.Said diff =
                    trip.opm("history", "diff", "1", "now", "--root", root.toString()).mustEnd(0);
            assertThat(diff.out()).contains("+ abc-atlas-1.0-1.noarch");
            assertThat(trip.opm("history", "show", "3", "--root", root.toString()).out())
                    .contains("+ abc-atlas-1.0-1.noarch");
            trip.opm("undo", "77", "--root", root.toString()).mustEnd(2);
        }
    }

    /// Packages that rpm installed, upgraded by opm from a repository or a bundle: an undo without
    /// network leads to exactly the old set, because what left was made again before it did.
    /// Twice, a hundred times in a soak.
    @Test
    void whatOthersInstalledComesBack() throws Exception {
        Trip.needs("rpm", "rpmkeys", "rpmbuild", "createrepo_c");
        Trip.needsRoot();
        long seed = Long.getLong("opm.seed", 6);
        var random = new Random(seed);
        int times = Integer.getInteger("opm.undos", Boolean.getBoolean("opm.soak") ? 100 : 2);
        try (var trip = new Trip(folder)) {
            build(trip);
            Path pristine = trip.newRoot("pristine");
            trip.install(pristine, Trip.rpms(trip.at("rpms/1")), "--nosignature");
            List<String> first = trip.installed(pristine);
            Path root = trip.at("root");
            List<String> names = new ArrayList<>(NAMES);
            for (int time = 1; time <= times; time++) {
                // Nothing is kept from the round before: only what this one keeps by itself.
                trip.run("rm", "-rf", root.toString(), trip.at("state").toString());
                trip.run("cp", "-a", pristine.toString(), root.toString()).mustEnd(0);
                Collections.shuffle(names, random);
                List<String> some = names.subList(0, 1 + random.nextInt(names.size()));
                if (time % 2 == 1) {
                    box(trip, root, trip.at("rpms/2"), some);
                } else {
                    var words = new ArrayList<>(List.of("upgrade", "--allow-unsigned"));
                    words.addAll(some);
                    change(trip, root, trip.at("rpms/2"), words.toArray(String[]::new));
                }
                assertThat(trip.installed(root)).isNotEqualTo(first);
                opm(trip, root, "undo");
                assertThat(trip.installed(root)).as("seed " + seed + " " + time).isEqualTo(first);
                assertThat(trip.rpm(root, "-Va").out()).isEmpty();
            }
        }
    }

    /// Five changes, by repository and by bundle, over packages that rpm installed: back to each
    /// number, in any order; what cannot be kept is named before it goes, and by the undo.
    @Test
    void backAcrossFiveChanges() throws Exception {
        Trip.needs("rpm", "rpmkeys", "rpmbuild", "createrepo_c");
        Trip.needsRoot();
        try (var trip = new Trip(folder)) {
            build(trip);
            Path root = trip.newRoot("root");
            trip.install(root, Trip.rpms(trip.at("rpms/1")), "--nosignature");
            var sets = new ArrayList<>(List.of(trip.installed(root)));
            box(trip, root, trip.at("rpms/2"), NAMES.subList(0, 2));
            sets.add(trip.installed(root));
            change(trip, root, trip.at("rpms/2"), "upgrade", "--allow-unsigned", NAMES.get(2));
            sets.add(trip.installed(root));
            opm(trip, root, "remove", NAMES.get(3));
            sets.add(trip.installed(root));
            change(trip, root, trip.at("rpms/2"), "install", "--allow-unsigned", NAMES.get(3));
            sets.add(trip.installed(root));
            box(trip, root, trip.at("rpms/2"), NAMES);
            sets.add(trip.installed(root));
            assertThat(sets).hasSize(6).doesNotHaveDuplicates();
            for (int to : List.of(0, 3, 5)) {
                opm(trip, root, "rollback", Integer.toString(to));
                mustBe(trip, root, sets.get(to));
            }
            mustPleaseDnf(trip, root);
            trip.run("rm", "-rf", trip.at("state").toString()).mustEnd(0);
            Files.writeString(root.resolve("srv/" + NAMES.get(0) + "/one"), "edited\n");
            var words = new ArrayList<>(List.of("remove", NAMES.get(0), "--yes", "--offline"));
            words.addAll(List.of("--root", root.toString(), "--state"));
            words.add(trip.at("state").toString());
            Trip.Said said = trip.opm(words.toArray(String[]::new)).mustEnd(0);
            assertThat(said.err()).contains("/srv/" + NAMES.get(0) + "/two is not as the package");
            words.set(0, "undo");
            words.remove(1);
            said = trip.opm(words.toArray(String[]::new)).mustEnd(4);
            assertThat(said.err()).contains(NAMES.get(0) + "-2-1.noarch");
        }
    }

    /// dnf finds nothing wrong with the root, and its own history can be read.
    private static void mustPleaseDnf(Trip trip, Path root) {
        if (Dnf.isHere()) {
            var dnf = new Dnf(trip, root, List.of());
            dnf.says("check");
            dnf.says("history");
        }
    }

    private static final List<String> NAMES = List.of("apple", "birch", "cedar", "daisy", "elder");

    /// Builds two versions of some packages, as repositories `rpms/1` and `rpms/2`.
    private static void build(Trip trip) {
        for (String version : List.of("1", "2")) {
            var command = new ArrayList<>(List.of("rpmbuild", "-bb", "--quiet"));
            for (String macro :
                    List.of(
                            "_topdir " + trip.at("build"),
                            "_rpmdir " + trip.at("rpms/" + version),
                            "_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm",
                            "__os_install_post %{nil}")) {
                command.addAll(List.of("--define", macro));
            }
            for (String name : NAMES) {
                Path spec = trip.at(name + version + ".spec");
                Trip.write(spec, SPEC.replace("NAME", name).replace("VERSION", version));
                command.add(spec.toString());
            }
            trip.run(command).mustEnd(0);
            trip.run("createrepo_c", "-q", trip.at("rpms/" + version).toString()).mustEnd(0);
        }
    }

    private static final String SPEC =
            """
            Name: NAME
            Version: VERSION
            Release: 1
            Summary: A test
            License: Apache-2.0
            BuildArch: noarch
            %description
            A test.
            %install
            mkdir -p %{buildroot}/srv/NAME %{buildroot}/etc
            cd %{buildroot}/srv/NAME
            echo NAME VERSION >one; ln one two; ln -s one three; seq VERSION 2000 >many
            echo NAME VERSION >%{buildroot}/etc/NAME.conf
            %files
            /srv/NAME
            %config(noreplace) /etc/NAME.conf
            """;

    private void box(Trip trip, Path root, Path repo, List<String> names) {
        var words = new ArrayList<>(List.of("bundle", "create", "--install"));
        names.forEach(name -> words.add(name + "-2"));
        String box = trip.at("box.opm").toString();
        words.addAll(List.of("-o", box, "--repo", "here=" + repo, "--root", root.toString()));
        words.addAll(List.of("--state", trip.at("builder").toString(), "--yes"));
        words.add("--allow-unsigned");
        trip.opm(words.toArray(String[]::new)).mustEnd(0);
        opm(trip, root, "apply", box);
        trip.run("rm", box).mustEnd(0);
    }

    private static void change(Trip trip, Path root, Path repo, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--root", root.toString(), "--repo", "here=" + repo, "--yes"));
        all.addAll(List.of("--state", trip.at("state").toString()));
        trip.opm(all.toArray(String[]::new)).mustEnd(0);
    }

    private static void mustBe(Trip trip, Path root, List<String> set) {
        assertThat(trip.installed(root)).isEqualTo(set);
        assertThat(trip.rpm(root, "-Va").out()).isEmpty();
    }
}
