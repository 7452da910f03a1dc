package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Looking into bundles: what two carry, and taking things out of one.
final class BundleVerbsTest {
    private final Trip trip;

    BundleVerbsTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    private Path bundle(String name, Path repo, String... wanted) {
        Path file = trip.at(name);
        var words = new ArrayList<>(List.of("bundle", "create", "--install"));
        words.addAll(List.of(wanted));
        words.addAll(List.of("--repo", "r=" + repo.toUri(), "-o", file + ""));
        words.addAll(List.of("--root", trip.at("root") + "", "--state", trip.at("state") + ""));
        trip.opm(words.toArray(String[]::new)).mustEnd(0);
        return file;
    }

    /// A package more, one less, one in another version; and a bundle is equal to itself.
    @Test
    void diffSaysWhatTwoCarry() {
        Trip.needs("rpm", "rpmkeys", "createrepo_c");
        Path recipe = trip.at("recipe");
        var text = new StringBuilder();
        for (String pkg : List.of("a-1-1", "b-1-1", "b-2-1", "c-1-1", "d-1-1")) {
            text.append("package " + pkg + ".noarch\nbuilt: 2026-06-01\n");
            text.append("file /srv/" + pkg + ": p\n");
        }
        Trip.write(recipe, text.toString());
        Path repo = trip.stubRepo("repo", "--recipe", recipe.toString());
        trip.newRoot("root", repo.resolve("RPM-GPG-KEY-stub"));
        Path one = bundle("one.opm", repo, "a", "b-1", "c");
        Path other = bundle("other.opm", repo, "a", "b-2", "d");
        String said = trip.opm("bundle", "diff", one + "", other + "").mustEnd(0).out();
        assertThat(said)
                .contains("^ b-1-1.noarch -> b-2-1.noarch", "- c-1-1.noarch", "+ d-1-1.noarch")
                .contains("* plan")
                .doesNotContain("a-1-1");
        assertThat(trip.opm("bundle", "diff", one + "", one + "").mustEnd(0).out())
                .contains("Both carry the same");
        String json = trip.opm("bundle", "diff", "--json", one + "", other + "").mustEnd(0).out();
        assertThat(json).contains("\"newBytes\"", "Packages/d/d-1-1.noarch.rpm");
    }

    /// All of it is a repository for dnf; or just what is named.
    @Test
    void extractGivesARepositoryOrOneMember() throws Exception {
        Trip.needs("rpm", "rpmkeys", "createrepo_c");
        Path recipe = trip.at("recipe");
        Trip.write(recipe, "package a-1-1.noarch\nbuilt: 2026-06-01\nfile /srv/a: p\n");
        Path repo = trip.stubRepo("repo", "--recipe", recipe.toString());
        trip.newRoot("root", repo.resolve("RPM-GPG-KEY-stub"));
        Path bundle = bundle("one.opm", repo, "a");
        Path all = trip.at("all");
        trip.opm("bundle", "extract", bundle + "", "-o", all + "").mustEnd(0);
        assertThat(all.resolve("repodata/repomd.xml")).exists();
        Path one = trip.at("one");
        var some = new ArrayList<>(List.of("bundle", "extract", bundle + "", "-o", one + ""));
        some.addAll(List.of("--entry", "plan", "Packages/a/a-1-1.noarch.rpm"));
        trip.opm(some.toArray(String[]::new)).mustEnd(0);
        try (var files = Files.walk(one)) {
            assertThat(files.filter(Files::isRegularFile).map(f -> one.relativize(f).toString()))
                    .containsExactlyInAnyOrder("plan", "Packages/a/a-1-1.noarch.rpm");
        }
        assertThat(trip.opm("bundle", "extract", bundle + "", "--entry", "absent").mustEnd(2).err())
                .contains("absent");
        if (Trip.has("dnf")) {
            var words = new ArrayList<>(List.of("dnf", "-q", "--repofrompath", "x," + all));
            words.addAll(List.of("--repo", "x", "--installroot", trip.at("root") + ""));
            words.addAll(List.of("--setopt=reposdir=/nowhere", "--releasever=1"));
            words.addAll(List.of("repoquery", "a"));
            assertThat(trip.run(words).mustEnd(0).out()).contains("a-0:1-1.noarch");
        }
    }
}
