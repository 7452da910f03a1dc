package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import opm.base.Nevra;
import opm.host.Host;
import opm.host.RpmCommand;
import opm.repack.Regenerated;
import opm.repack.Repack;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Packages made again from an installed system verify and install like the originals.
final class RepackTest {
    @TempDir Path folder;

    /// Hard links, links, empty files, ghosts: the payload is the original's byte for
    /// byte, under every packer; and each thing that makes it impossible is named.
    @Test
    void everyKindOfFile() throws Exception {
        Trip.needs("rpm", "rpmbuild", "rpmkeys");
        Trip.needsRoot();
        try (var trip = new Trip(folder)) {
            var names = new ArrayList<String>();
            var command = new ArrayList<>(List.of("rpmbuild", "-bb", "--quiet"));
            command.addAll(
                    List.of(
                            "--define",
                            "_topdir " + trip.at("build"),
                            "--define",
                            "_rpmdir " + trip.at("rpms"),
                            "--define",
                            "_build_name_fmt %%{NAME}.rpm"));
            for (String packer : List.of("w9.gzdio", "w2.xzdio", "w3.zstdio", "w.ufdio")) {
                String name = "p" + packer.replaceAll("[^a-z]", "");
                names.add(name);
                Trip.write(trip.at(name + ".spec"), spec(name, packer));
                command.add(trip.at(name + ".spec").toString());
            }
            trip.run(command).mustEnd(0);
            Path root = trip.newRoot("root");
            trip.install(root, Trip.rpms(trip.at("rpms")), "--nosignature");
            for (Regenerated made : regenerate(trip, root)) {
                assertThat(made).isInstanceOf(Regenerated.Made.class);
                assertThat(((Regenerated.Made) made).isExact()).as(made.toString()).isTrue();
            }
            Path second = trip.newRoot("second");
            trip.install(second, Trip.rpms(trip.at("again")), "--nosignature");
            assertThat(trip.installed(second)).isEqualTo(trip.installed(root));
            assertThat(trip.rpm(second, "-Va").out()).isEmpty();
            Files.writeString(root.resolve("srv/" + names.get(0) + "/b"), "two\n");
            Files.delete(root.resolve("srv/" + names.get(1) + "/z"));
            var whys = new TreeMap<String, String>();
            for (Regenerated made : regenerate(trip, root)) {
                if (made instanceof Regenerated.Impossible(var pkg, var why, var detail)) {
                    whys.put(pkg.name(), why + " " + detail);
                }
            }
            // The content of hard links is read from the last name.
            assertThat(whys)
                    .hasSize(2)
                    .containsEntry(names.get(0), "CHANGED /srv/" + names.get(0) + "/z")
                    .containsEntry(names.get(1), "MISSING /srv/" + names.get(1) + "/z");
        }
    }

    private static String spec(String name, String packer) {
        return """
        %define _binary_payload PACKER
        %define __os_install_post %{nil}
        Name: NAME
        Version: 1
        Release: 1
        Summary: A test
        License: Apache-2.0
        BuildArch: noarch
        %description
        A test.
        %install
        mkdir -p %{buildroot}/srv/NAME/d
        cd %{buildroot}/srv/NAME
        echo one >b; ln b c; ln b z; seq 90000 >y; ln y d/y2; ln -s b l
        : >empty; : >empty2; ln empty2 empty3; echo g >ghost; echo text >'name with ä'
        %files
        /srv/NAME
        %ghost /srv/NAME/ghost
        """
                .replace("NAME", name)
                .replace("PACKER", packer);
    }

    /// Real packages of another time and distribution, signed: nine of ten at least come again, and
    /// rpmkeys says OK at the level that wants a signature of everything. All of them in a soak.
    @Test
    void centos7() throws Exception {
        Trip.needs("rpm", "rpmkeys");
        Trip.needsRoot();
        Path keys = Trip.shared("corpus/real/keys");
        var rpms = new ArrayList<>(Trip.rpms(Trip.shared("corpus/real/rpms/centos7-closed")));
        rpms.removeIf(file -> file.toString().matches(".*(release-7-12|2[.]1[.]11-53).*"));
        if (!Boolean.getBoolean("opm.soak")) {
            rpms.removeIf(file -> !file.toString().matches(".*/(bind|dejavu|libgcc|root|moz).*"));
        }
        try (var trip = new Trip(folder)) {
            Path[] both = {
                keys.resolve("RPM-GPG-KEY-CentOS-7"), keys.resolve("RPM-GPG-KEY-EPEL-7")
            };
            Path root = trip.newRoot("root", both);
            trip.install(root, rpms, "--nodeps");
            mostComeAgain(trip, root, trip.newRoot("second", both), List.of("centos-release"));
        }
    }

    /// In a soak: a root of some hundred packages made of Debian's, which are unsigned.
    @Test
    void deb() throws Exception {
        String repo = System.getProperty("opm.debrepo", "");
        assumeTrue(!repo.isEmpty(), "skipped: -Dopm.debrepo names no folder of packages");
        try (var trip = new Trip(folder)) {
            Path root = trip.newRoot("root");
            trip.install(root, Trip.rpms(Path.of(repo)), "--nosignature", "--noscripts");
            mostComeAgain(trip, root, trip.newRoot("second"), null);
        }
    }

    /// @param unsigned names of packages without a signature; null for all
    private void mostComeAgain(Trip trip, Path root, Path second, @Nullable List<String> unsigned)
            throws Exception {
        List<Regenerated> all = regenerate(trip, root);
        long exact = 0;
        var bad = new ArrayList<String>();
        for (Regenerated one : all) {
            switch (one) {
                case Regenerated.Made made -> exact += made.isExact() ? 1 : 0;
                case Regenerated.Impossible(var pkg, var why, var detail) ->
                        bad.add(pkg + " " + why + " " + detail);
            }
        }
        List<Path> files = Trip.rpms(trip.at("again"));
        for (Path file : files) {
            boolean signed =
                    unsigned != null
                            && unsigned.stream()
                                    .noneMatch(n -> file.getFileName().toString().startsWith(n));
            String level = "_pkgverify_level " + (signed ? "all" : "digest");
            trip.run(
                            "rpmkeys",
                            "--root",
                            root.toString(),
                            "--define",
                            level,
                            "-K",
                            file.toString())
                    .mustEnd(0);
        }
        System.out.printf(
                "%d packages: %d made again, %d of them bit by bit; not: %s%n",
                all.size(), files.size(), exact, bad);
        assertThat(files.size()).isGreaterThanOrEqualTo((all.size() * 9 + 9) / 10);
        trip.install(second, files, "--noscripts", "--nodeps", "--nosignature");
        assertThat(trip.installed(second)).hasSameSizeAs(files);
        assertThat(trip.rpm(second, "-Va", "--nodeps").out()).isEmpty();
    }

    /// Makes all packages of a root again, into the folder `again`.
    private static List<Regenerated> regenerate(Trip trip, Path root) throws Exception {
        Path work = Files.createDirectories(trip.at("work"));
        Path again = trip.at("again");
        trip.run("rm", "-rf", again.toString()).mustEnd(0);
        Files.createDirectories(again);
        var host = Host.ofThisMachine();
        List<Nevra> pkgs = trip.installed(root).stream().map(Nevra::parse).toList();
        String dbpath = trip.run("rpm", "-E", "%_dbpath").out().strip();
        var made = Collections.synchronizedList(new ArrayList<Regenerated>());
        new Repack(host, RpmCommand.at(root, dbpath, host.commands()))
                .regenerate(
                        pkgs,
                        work,
                        one -> {
                            made.add(one);
                            if (one instanceof Regenerated.Made done) {
                                Path file = done.file();
                                try {
                                    Files.move(file, again.resolve(file.getFileName()));
                                } catch (java.io.IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            }
                        });
        return made;
    }
}
