package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// One machine at home, and its trip: profile, bundle, the way back without a network.
///
/// @param root where it is installed
/// @param repos what the place with a network has, each `ID=ADDRESS`
record Home(Trip trip, Path root, List<String> repos) {
    /// Makes a machine whose trips go to one repository of stub packages, whose key it trusts.
    static Home of(Trip trip, String name, Path repo) {
        Path root = trip.newRoot(name, repo.resolve("RPM-GPG-KEY-stub"));
        return new Home(trip, root, List.of("stubs=" + repo.toUri()));
    }

    /// Writes the machine's profile.
    Path profile() {
        Path profile = trip.at(root.getFileName() + ".opmprofile");
        trip.opm("profile", "--root", root.toString(), "-o", profile.toString()).mustEnd(0);
        return profile;
    }

    private List<String> asked(List<String> words, List<String> options) {
        var all = new ArrayList<>(words);
        repos.forEach(repo -> all.addAll(List.of("--repo", repo)));
        all.addAll(List.of("--state", trip.at("state").toString()));
        all.addAll(options);
        return all;
    }

    private Trip.Said opm(List<String> words) {
        return trip.opm(words.toArray(String[]::new));
    }

    /// Returns the file into which [#pack] writes.
    Path box() {
        return trip.at(root.getFileName() + ".opm");
    }

    /// Packs a bundle for the machine as it is now; returns what was said.
    Trip.Said pack(String... options) {
        var words = List.of("bundle", "create", "--profile", profile() + "", "-o", box() + "");
        return opm(asked(words, List.of(options))).mustEnd(0);
    }

    /// Applies the bundle by its own program, without a network; every file of every package is as
    /// it was packed then.
    Trip.Said carry(String... shell) {
        return carry(box(), shell);
    }

    /// Applies a bundle that was packed for another machine with the same packages.
    Trip.Said carry(Path box, String... shell) {
        var argv = new ArrayList<>(List.of("unshare", "-n"));
        argv.addAll(List.of(shell));
        argv.addAll(List.of(box.toString(), "--root", root.toString()));
        Trip.Said said = trip.run(argv).mustEnd(0);
        Trip.Said verified = trip.rpm(root, "-Va").mustEnd(0);
        assertThat(verified.out() + verified.err()).isEmpty();
        return said;
    }

    /// Asks what there is to update: exit status 0 says nothing, against the same repositories.
    void isUpToDate(String... options) {
        var words = List.of("upgrade", "--check", "--root", root.toString());
        opm(asked(words, List.of(options))).mustEnd(0);
    }
}
