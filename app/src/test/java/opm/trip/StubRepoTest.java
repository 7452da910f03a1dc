package opm.trip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every kind of thing that a stub can hold is there when rpm looks.
final class StubRepoTest {
    private static final String RECIPE =
            """
            # Everything that a recipe can say.
            package foo-1:1.0~rc1-1.x86_64
              summary: Foo
              requires: bar >= 1, (baz if qux), /usr/bin/thing
              requires(pre): bar
              conflicts: quux < 2
              obsoletes: old-foo <= 1:0.9
              recommends: (baz or quux)
              suggests: fred
              supplements: bar = 1-1
              enhances: plugh
              config(noreplace) /etc/foo.conf: a = 1
              file /usr/bin/foo 0755 <<END
            #!/bin/sh
            echo foo
            END
              dir /usr/share/foo
              link /usr/bin/foo2 -> foo
              ghost /var/log/foo
              post <lua>: print("post foo " .. tostring(arg[2]))
              triggerin <lua> (bar): print("bar is here")
              transfiletriggerin <lua> (/usr/share): print("files came")
              changelog: 2024-05-01 Ana <ana@abc.invalid>: First
            package bar-1-1.noarch
              file /usr/share/bar: x
              provides: /usr/bin/thing
            package baz-2^git1-1.noarch
              file /usr/share/foo/baz
            """;

    private final Trip trip;

    StubRepoTest(@TempDir Path folder) {
        trip = new Trip(folder);
    }

    /// A recipe's packages verify at level all, install, run their Lua and pass `rpm -V`.
    @Test
    void recipesInstall() {
        Trip.needs("rpm", "rpmkeys");
        Trip.needsRoot();
        Trip.write(trip.at("recipe"), RECIPE);
        Path repo = trip.stubRepo("repo", "--recipe", trip.at("recipe").toString());
        Path root = trip.newRoot("root", repo.resolve("RPM-GPG-KEY-stub"));

        var words = new java.util.ArrayList<>(List.of("--define", "_pkgverify_level all", "-U"));
        Trip.rpms(repo).forEach(rpm -> words.add(rpm.toString()));
        String said = trip.rpm(root, words.toArray(String[]::new)).mustEnd(0).out();
        assertThat(said.lines())
                .containsExactlyInAnyOrder("post foo 1", "bar is here", "files came");

        assertThat(trip.installed(root))
                .containsExactly(
                        "bar-0:1-1.noarch", "baz-0:2^git1-1.noarch", "foo-1:1.0~rc1-1.x86_64");
        assertThat(trip.rpm(root, "-Va").mustEnd(0).out()).isEmpty();
        assertThat(query(root, "REQUIRE")).contains("bar >= 1", "(baz if qux)  ", "bar  ");
        assertThat(query(root, "CONFLICT")).containsExactly("quux < 2");
        assertThat(query(root, "OBSOLETE")).containsExactly("old-foo <= 1:0.9");
        assertThat(query(root, "RECOMMEND")).containsExactly("(baz or quux)  ");
        assertThat(query(root, "SUGGEST")).containsExactly("fred  ");
        assertThat(query(root, "SUPPLEMENT")).containsExactly("bar = 1-1");
        assertThat(query(root, "ENHANCE")).containsExactly("plugh  ");
        assertThat(trip.rpm(root, "-qc", "foo").out().strip()).isEqualTo("/etc/foo.conf");
    }

    private List<String> query(Path root, String tag) {
        String format = "[%%{%1$sNAME} %%{%1$sFLAGS:depflags} %%{%1$sVERSION}\\n]".formatted(tag);
        return trip.rpm(root, "-q", "--qf", format, "foo").mustEnd(0).out().lines().toList();
    }

    /// The metadata that we write ourselves says what createrepo_c says.
    @Test
    void plainMetadataEqualsThatOfCreaterepo() throws IOException {
        Trip.write(trip.at("recipe"), RECIPE);
        String recipe = trip.at("recipe").toString();
        Path theirs = trip.stubRepo("theirs", "--recipe", recipe);
        Path ours = trip.stubRepo("ours", "--recipe", recipe, "--metadata", "plain");
        for (String kind : List.of("primary", "filelists", "other")) {
            assertThat(sortedLines(metadata(ours, kind)))
                    .as(kind)
                    .isEqualTo(sortedLines(metadata(theirs, kind)));
        }
    }

    private static List<String> sortedLines(String xml) {
        return xml.lines().sorted().toList();
    }

    /// A slice of another repository comes back with the same dependencies and files.
    @Test
    void sliceKeepsDependenciesAndFiles() throws IOException {
        Path source = Trip.shared("universe/sample2000/base");
        Path repo =
                trip.stubRepo(
                        "slice",
                        "--from",
                        source.toString(),
                        "--names",
                        "bash",
                        "libnss3",
                        "libc6",
                        "--files");
        assertThat(Trip.rpms(repo)).hasSize(3);
        for (String name : List.of("bash", "libnss3", "libc6")) {
            String before = entry(metadata(source, "primary"), name);
            String after = entry(metadata(repo, "primary"), name);
            assertThat(found("<rpm:entry [^>]*>", after))
                    .as(name)
                    .containsExactlyInAnyOrderElementsOf(found("<rpm:entry [^>]*>", before));
            assertThat(found("<version [^>]*>|<summary>.*?<", after))
                    .isEqualTo(found("<version [^>]*>|<summary>.*?<", before));
            assertThat(found("<file[^>]*>[^<]*<", entry(metadata(repo, "filelists"), name)))
                    .containsExactlyInAnyOrderElementsOf(
                            found("<file[^>]*>[^<]*<", entry(metadata(source, "filelists"), name)));
        }
    }

    /// Equal input gives equal packages, whether they come from the cache or not.
    @Test
    void equalInputGivesEqualPackages() throws IOException {
        Trip.write(trip.at("recipe"), RECIPE);
        String recipe = trip.at("recipe").toString();
        Path one = trip.stubRepo("one", "--recipe", recipe, "--cache", trip.at("c1").toString());
        Path two = trip.stubRepo("two", "--recipe", recipe, "--cache", trip.at("c2").toString());
        for (Path rpm : Trip.rpms(one)) {
            assertThat(two.resolve(one.relativize(rpm))).hasSameBinaryContentAs(rpm);
        }
        assertThat(Files.readString(two.resolve("RPM-GPG-KEY-stub")))
                .isEqualTo(Files.readString(one.resolve("RPM-GPG-KEY-stub")));
    }

    /// The demo's packages in version control are what their sources say, byte for byte.
    @Test
    void demoPackagesAreWhatTheirSourcesSay() {
        Trip.needs("python3");
        trip.run(Trip.project().resolve("dev.d/demo-repo").toString(), "--check").mustEnd(0);
    }

    private static String metadata(Path repo, String kind) throws IOException {
        String repomd = Files.readString(repo.resolve("repodata/repomd.xml"));
        var matcher =
                Pattern.compile(
                                "<data type=\"" + kind + "\">.*?<location href=\"([^\"]+)\"",
                                Pattern.DOTALL)
                        .matcher(repomd);
        assertThat(matcher.find()).isTrue();
        Path file = repo.resolve(matcher.group(1));
        if (!file.toString().endsWith(".gz")) {
            return Files.readString(file);
        }
        try (var in = new GZIPInputStream(Files.newInputStream(file))) {
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
    }

    private static String entry(String xml, String name) {
        for (String part : xml.split("<package ")) {
            if (part.contains("<name>" + name + "</name>")
                    || part.contains("name=\"" + name + "\" arch")) {
                return part;
            }
        }
        throw new AssertionError("no package " + name);
    }

    private static List<String> found(String regex, String text) {
        return Pattern.compile(regex, Pattern.DOTALL)
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toList());
    }
}
