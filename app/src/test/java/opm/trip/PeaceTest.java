package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// opm beside dnf and rpm on one machine: each sees what the other did, and nothing is broken.
final class PeaceTest {
    @TempDir Path folder;

    private static final String SPEC =
            """
            Name: NAME
            Version: VERSION
            Release: 1
            Summary: A test
            License: Apache-2.0
            BuildArch: noarch
            MORE
            %description
            A test.
            %install
            mkdir -p %{buildroot}/srv %{buildroot}/etc
            echo NAME VERSION >%{buildroot}/srv/NAME
            printf 'one\\ntwo VERSION\\nthree\\nfour\\nfive\\n' >%{buildroot}/etc/NAME.conf
            %files
            /srv/NAME
            %config(noreplace) /etc/NAME.conf
            """;

    private static void build(Trip trip) {
        for (String version : List.of("1", "2")) {
            var command = new ArrayList<>(List.of("rpmbuild", "-bb", "--quiet"));
            for (String macro :
                    List.of(
                            "_topdir " + trip.at("build"),
                            "_rpmdir " + trip.at("rpms/" + version),
                            "__os_install_post %{nil}")) {
                command.addAll(List.of("--define", macro));
            }
            for (String name : List.of("tool", "part", "lone")) {
                Path spec = trip.at(name + version + ".spec");
                String more = name.equals("tool") ? "Requires: part" : "";
                Trip.write(
                        spec,
                        SPEC.replace("NAME", name)
                                .replace("VERSION", version)
                                .replace("MORE", more));
                command.add(spec.toString());
            }
            trip.run(command).mustEnd(0);
            trip.run("createrepo_c", "-q", trip.at("rpms/" + version).toString()).mustEnd(0);
        }
    }

    private static Trip.Said opm(Trip trip, Path root, String... words) {
        var all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--root", root.toString(), "--state", trip.at("state").toString()));
        return trip.opm(all.toArray(String[]::new));
    }

    private static Trip.Said dnf(Trip trip, Path root, String... words) {
        var all = new ArrayList<>(List.of("dnf", "-y", "--installroot=" + root));
        all.addAll(List.of("--setopt=reposdir=" + trip.at("none"), "--releasever=1"));
        all.addAll(List.of(words));
        return trip.run(all);
    }

    /// A file that was edited and changed by its package in other lines: shown three ways, merged
    /// without a network, of the old version in the store.
    private static void mergesWhatWasEdited(Trip trip, Path root) throws Exception {
        Path conf = root.resolve("etc/lone.conf");
        Files.writeString(conf, "one\ntwo 1\nthree\nfour\nmine\n");
        String repo = "here=" + trip.at("rpms/2");
        Trip.Said said =
                opm(trip, root, "upgrade", "lone", "--repo", repo, "--allow-unsigned", "--yes")
                        .mustEnd(0);
        assertThat(said.out()).contains("/etc/lone.conf.rpmnew");
        assertThat(root.resolve("etc/lone.conf.rpmnew")).exists();
        assertThat(opm(trip, root, "config", "diff", "--offline").mustEnd(0).out())
                .contains(" - two 1\n p two 2\n", " - five\n m mine\n");
        opm(trip, root, "config", "merge", "/etc/lone.conf", "--offline").mustEnd(0);
        assertThat(conf).hasContent("one\ntwo 2\nthree\nfour\nmine\n");
        assertThat(root.resolve("etc/lone.conf.rpmnew")).doesNotExist();
    }

    /// dnf installs, opm installs a tool and its part, dnf agrees about why they are there, then
    /// removes one behind opm's back: opm notices, shows it, and takes it back without a network.
    /// `dnf check` is clean and `dnf history` works all the way.
    @Test
    void dnfAndOpmTakeTurns() throws Exception {
        Trip.needs("rpm", "rpmbuild", "dnf", "createrepo_c", "sqlite3");
        Trip.needsRoot();
        try (var trip = new Trip(folder)) {
            build(trip);
            Files.createDirectories(trip.at("none"));
            Path root = trip.newRoot("root");
            String repo = "here=" + trip.at("rpms/1");
            dnf(trip, root, "--repofrompath=here," + trip.at("rpms/1"), "--nogpgcheck", "makecache")
                    .mustEnd(0);
            // So that dnf has been at work here, and keeps its notes.
            Path history = root.resolve("var/lib/dnf/history.sqlite");
            dnf(trip, root, "history").mustEnd(0);
            assertThat(history).exists();
            var install = new ArrayList<>(List.of("install", "tool", "lone", "--repo", repo));
            install.addAll(List.of("--allow-unsigned", "--yes"));
            opm(trip, root, install.toArray(String[]::new)).mustEnd(0);
            dnf(trip, root, "-C", "check").mustEnd(0);
            dnf(trip, root, "-C", "history").mustEnd(0);
            assertThat(dnf(trip, root, "-C", "repoquery", "--userinstalled").mustEnd(0).out())
                    .contains("tool-")
                    .doesNotContain("part-");
            trip.rpm(root, "-e", "tool").mustEnd(0);
            assertThat(opm(trip, root, "history", "list").mustEnd(0).out())
                    .containsPattern("2 .*by others");
            assertThat(opm(trip, root, "history", "show", "2").mustEnd(0).out())
                    .contains("- tool-1-1.noarch");
            assertThat(opm(trip, root, "history", "diff", "yesterday", "now").mustEnd(0).out())
                    .contains("+ part-1-1.noarch")
                    .doesNotContain("tool");
            String unneeded = dnf(trip, root, "-C", "--assumeno", "autoremove").out();
            assertThat(unneeded).contains("part");
            assertThat(opm(trip, root, "autoremove", "--assumeno", "--offline").out())
                    .contains("part");
            opm(trip, root, "undo", "--offline", "--yes").mustEnd(0);
            assertThat(trip.installed(root)).hasSize(3);
            mergesWhatWasEdited(trip, root);
            dnf(trip, root, "-C", "check").mustEnd(0);
            dnf(trip, root, "-C", "history").mustEnd(0);
        }
    }
}
