package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One bundle for many machines: as large as what they need together, and each takes its part.
final class FleetBundleTest {
    private static final boolean SOAK = Boolean.getBoolean("opm.soak");

    private static final int PACKAGES = 12;

    private final Trip trip;

    FleetBundleTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    /// Bytes that no packer makes smaller, so that sizes say something.
    private SmallPackages rpms() {
        return new SmallPackages(trip, "head -c " + (SOAK ? 5_000_000 : 500_000) + " /dev/urandom");
    }

    private Path build(int version) {
        var packages = new ArrayList<String>();
        for (int at = 0; at < PACKAGES; at++) {
            packages.add("p" + at + " " + version);
        }
        return rpms().build("rpms" + version, packages);
    }

    private static String rpm(Path folder, int at, int version) {
        return folder.resolve("noarch/p" + at + "-" + version + "-1.noarch.rpm").toString();
    }

    /// Machines of different packages, a twin of one of them, one that needs nothing, and two that
    /// the bundle does not know.
    @Test
    void eachTakesItsPart() throws IOException {
        Trip.needs("rpm", "rpmbuild", "rpmkeys", "createrepo_c", "dash", "busybox");
        Trip.needsRoot();
        int machines = SOAK ? 50 : 5;
        Path old = build(1);
        Path fresh = build(2);
        var random = new Random(20261121);
        var roots = new ArrayList<Path>();
        var words = new ArrayList<>(List.of("bundle", "create", "--upgrade", "--allow-unsigned"));
        words.addAll(List.of("--repo", "new=" + fresh.toUri(), "--install", "p0"));
        words.addAll(List.of("--state", trip.at("state").toString()));
        words.addAll(List.of("-o", trip.at("x.opm").toString(), "--fleet"));
        for (int at = 0; at < machines; at++) {
            Path root = trip.newRoot("root" + at);
            roots.add(root);
            var own = new ArrayList<>(List.of("-i", "--nodeps"));
            for (int pkg = 1; pkg < PACKAGES; pkg++) {
                if (random.nextInt(3) == 0) {
                    own.add(rpm(old, pkg, 1));
                }
            }
            // The second one is what the first one is.
            if (at == 1) {
                trip.run("cp", "-a", roots.getFirst() + "/.", root.toString()).mustEnd(0);
            } else if (own.size() > 2) {
                trip.rpm(root, own.toArray(String[]::new)).mustEnd(0);
            }
            Path profile = trip.at("m" + at + ".opmprofile");
            trip.opm("profile", "--root", root + "", "-o", profile + "").mustEnd(0);
            words.add(profile.toString());
        }
        Path done = trip.newRoot("done");
        trip.rpm(done, "-i", rpm(fresh, 0, 2)).mustEnd(0);
        trip.opm("profile", "--root", done + "", "-o", trip.at("done.opmprofile") + "").mustEnd(0);
        words.add(trip.at("done.opmprofile").toString());
        String said = trip.opm(words.toArray(String[]::new)).mustEnd(0).out();
        assertThat(said).contains("m1: nothing of its own", "done: nothing of its own");

        Path bundle = trip.at("x.opm");
        var needed = new TreeSet<String>(List.of("p0"));
        roots.forEach(root -> needed.addAll(names(root)));
        long union = 0;
        for (String name : needed) {
            union += Files.size(fresh.resolve("noarch/" + name + "-2-1.noarch.rpm"));
        }
        // The program, metadata, and 12 KiB for each part: 2 % of 60 MB.
        long overhead = SOAK ? union / 50 : 300_000;
        assertThat(Files.size(bundle)).isBetween(union, union + overhead);
        System.out.println("union " + union + ", bundle " + Files.size(bundle));
        trip.run("unzip", "-tq", bundle.toString()).mustEnd(0);
        assertThat(trip.opm("bundle", "inspect", bundle + "").mustEnd(0).out()).contains("  m0");

        Path stranger = stranger(old);
        for (int at = 0; at < machines; at++) {
            Path root = roots.get(at);
            var expected = new TreeSet<>(names(root));
            expected.add("p0");
            if (at % 3 == 2) {
                trip.opm("apply", bundle + "", "--root", root + "", "--yes").mustEnd(0);
            } else {
                List<String> shell = at % 3 == 0 ? List.of("dash") : List.of("busybox", "ash");
                var argv = new ArrayList<>(shell);
                argv.addAll(List.of(bundle.toString(), "--root", root.toString()));
                trip.run(argv).mustEnd(0);
                assertThat(trip.run(argv).mustEnd(0).out()).contains("already");
            }
            assertThat(names(root)).isEqualTo(expected);
            assertThat(trip.installed(root)).allMatch(name -> name.contains("-0:2-1"));
        }
        // Unknown to the bundle: sh says so, opm solves again.
        Trip.Said refused = trip.run("sh", bundle.toString(), "--root", stranger.toString());
        assertThat(refused.mustEnd(5).err()).contains("none of the").contains("hint: ");
        assertThat(trip.installed(stranger)).containsExactly("p1-0:1-1.noarch", "p5-0:3-1.noarch");
        trip.opm("apply", bundle + "", "--root", stranger + "", "--yes").mustEnd(0);
        assertThat(trip.installed(stranger)).contains("p0-0:2-1.noarch", "p5-0:3-1.noarch");
    }

    /// A machine of a package that every other one lacks.
    private Path stranger(Path old) {
        Path root = trip.newRoot("stranger");
        rpms().build("rpms3", List.of("p5 3"));
        trip.rpm(root, "-i", rpm(old, 1, 1), rpm(trip.at("rpms3"), 5, 3)).mustEnd(0);
        return root;
    }

    private TreeSet<String> names(Path root) {
        var names = new TreeSet<String>();
        trip.installed(root).forEach(name -> names.add(name.replaceFirst("-\\d+:.*", "")));
        return names;
    }
}
