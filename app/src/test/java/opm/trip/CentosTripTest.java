package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real packages of CentOS 7, with their real signatures, on the whole way.
final class CentosTripTest {
    private static final List<String> WANTED =
            List.of(
                    "centos-release-0:7-7.1908.0.el7.centos.x86_64",
                    "epel-release-0:7-12.noarch",
                    "libreport-filesystem-0:2.1.11-53.el7.centos.x86_64",
                    "rootfiles-0:8.1-11.el7.noarch",
                    "setup-0:2.8.71-10.el7.noarch",
                    "tzdata-0:2019b-1.el7.noarch");

    private final Trip trip;

    CentosTripTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    /// A machine without a network is updated by one file, under two shells.
    @Test
    void closedSetOverHttpAndBackWithoutNetwork() throws IOException {
        Trip.needs("rpm", "rpmkeys", "createrepo_c", "dash", "busybox", "unshare");
        Trip.needsRoot();
        Path packages = Trip.shared("corpus/real/rpms/centos7-closed");
        Path keys = Trip.shared("corpus/real/keys");
        Path repo = trip.at("repo");
        Files.createDirectories(repo);
        for (Path rpm : Trip.rpms(packages)) {
            Files.copy(rpm, repo.resolve(rpm.getFileName()));
        }
        trip.run("createrepo_c", "--quiet", repo.toString()).mustEnd(0);

        var roots = new ArrayList<Path>();
        for (String name : List.of("dash", "ash")) {
            Path root =
                    trip.newRoot(
                            name,
                            keys.resolve("RPM-GPG-KEY-CentOS-7"),
                            keys.resolve("RPM-GPG-KEY-EPEL-7"));
            // Without dependencies: epel-release asks for a release package that the trip brings.
            trip.install(
                    root,
                    List.of(
                            packages.resolve(
                                    "libreport-filesystem-2.1.11-43.el7.centos.x86_64.rpm"),
                            packages.resolve("epel-release-7-11.noarch.rpm")),
                    "--nodeps");
            roots.add(root);
        }

        Path profile = trip.at("home.opmprofile");
        trip.opm("profile", "--root", roots.getFirst().toString(), "-o", profile.toString())
                .mustEnd(0);
        Path bundle = trip.at("x.opm");
        trip.opm(
                        "bundle",
                        "create",
                        "--profile",
                        profile.toString(),
                        "--repo",
                        "centos=" + trip.serve(repo),
                        "--state",
                        trip.at("state").toString(),
                        "--upgrade",
                        "--install",
                        "setup",
                        "tzdata",
                        "rootfiles",
                        "--allow-unsigned=centos-release",
                        "-o",
                        bundle.toString())
                .mustEnd(0);
        trip.close();
        trip.opm("bundle", "verify", bundle.toString()).mustEnd(0);

        Trip.Said dash = carry(bundle, roots.get(0), "dash");
        Trip.Said ash = carry(bundle, roots.get(1), "busybox", "ash");
        assertThat(ash.out().lines().count()).isEqualTo(dash.out().lines().count());

        for (Path root : roots) {
            new Home(trip, root, List.of("centos=" + repo.toUri())).isUpToDate();
        }

        // What was done is not done again: the installed set is no longer the one of the profile.
        Trip.Said again =
                trip.run(
                        "unshare",
                        "-n",
                        "sh",
                        bundle.toString(),
                        "--root",
                        roots.get(0).toString());
        assertThat(trip.installed(roots.get(0))).isEqualTo(WANTED);
        assertThat(again.out() + again.err()).isNotEmpty();
    }

    private Trip.Said carry(Path bundle, Path root, String... shell) {
        var argv = new ArrayList<>(List.of("unshare", "-n"));
        argv.addAll(List.of(shell));
        argv.addAll(List.of(bundle.toString(), "--root", root.toString()));
        Trip.Said said = trip.run(argv).mustEnd(0);
        assertThat(trip.installed(root)).isEqualTo(WANTED);
        Trip.Said verified = trip.rpm(root, "-Va").mustEnd(0);
        assertThat(verified.out() + verified.err()).isEmpty();
        return said;
    }
}
