package opm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import opm.plan.PlanText;
import opm.presolve.Shelf;
import opm.thin.Platform;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Trees of presolved answers, built whole and again.
final class PresolveTest {
    private static final int WORLDS = Boolean.getBoolean("opm.soak") ? 300 : 3;

    @TempDir Path folder;

    private Here build(Path world, String tree, String... more) {
        var words = new ArrayList<>(List.of("presolve", "build", "--all"));
        words.addAll(List.of("--baseline", world.resolve("tiny.opmprofile").toString()));
        words.addAll(List.of("--repo", "base=" + world.resolve("base").toUri()));
        words.addAll(List.of("--state", world.resolve("state").toString()));
        words.addAll(List.of("-o", folder.resolve(tree).toString(), "--json", "--no-color"));
        words.addAll(List.of(more));
        return Here.run(Map.of(), System.getProperty("opm.root", ".."), words);
    }

    private static long number(Here ran, String name) {
        int at = ran.out().indexOf("\"" + name + "\"");
        String after = ran.out().substring(at + name.length() + 2);
        return Long.parseLong(after.replaceFirst("^\\s*:\\s*", "").split("\\D", 2)[0]);
    }

    /// Old clients find name, version, release and path, the requested package first; new ones the
    /// rest. The plan says the same.
    @Test
    void anAnswerIsWhatTheSeedSays() throws Exception {
        TinyWorld.in(folder);
        assertThat(build(folder, "tree").status()).isZero();
        Path answers = folder.resolve("tree/packages/tiny/1");
        assertThat(Files.readString(answers.resolve("editor")))
                .isEqualTo(
                        Files.readString(
                                Path.of(System.getProperty("opm.root", ".."))
                                        .resolve("fixtures/presolve/editor.json")));
        var plan = PlanText.read(Files.readAllBytes(answers.resolve("editor.plan")));
        assertThat(plan.batches()).hasSize(1);
        assertThat(plan.artifacts())
                .extracting(artifact -> artifact.path())
                .allMatch(path -> path.startsWith("-/rpm/base/Packages/"));
        assertThat(answers.resolve("broken")).doesNotExist();
        assertThat(Files.readString(answers.resolve("-/unsolvable")))
                .contains("broken\tnothing provides nothing-has-this");
        assertThat(Files.readString(folder.resolve("tree/packages/index.html")))
                .isEqualTo("[\n\"tiny-1\"\n]\n");
    }

    /// A tree that is brought up to date is the tree that is built from nothing; what does not
    /// change keeps inode and time; and what was written is what differs.
    @Test
    void changesAreFound() throws IOException {
        for (int seed = 0; seed < WORLDS; seed++) {
            var random = new Random(seed);
            Path place = Files.createDirectories(folder.resolve("world" + seed));
            var world = new TinyWorld(place);
            var packages = new TreeMap<Integer, List<String>>();
            int count = 6 + random.nextInt(20);
            for (int pkg = 0; pkg < count; pkg++) {
                packages.put(pkg, random(random, pkg, count, 1));
            }
            world.profile(installed(random, packages));
            write(world, packages);
            String tree = "tree" + seed;
            assertThat(build(place, tree).status()).as("seed %s", seed).isZero();
            for (int round = 0; round < 3; round++) {
                change(random, packages, count, round + 2);
                write(world, packages);
                var before = stamps(tree);
                Here ran = build(place, tree, "--may-shrink");
                assertThat(ran.status()).as("seed %s: %s", seed, ran.err()).isZero();
                var after = stamps(tree);
                build(place, "whole" + seed + "-" + round);
                assertThat(contents(tree))
                        .as("seed %s, round %s", seed, round)
                        .isEqualTo(contents("whole" + seed + "-" + round));
                var written = new TreeSet<String>();
                after.forEach(
                        (name, stamp) -> {
                            if (!stamp.equals(before.get(name))) {
                                written.add(name.replaceFirst("\\.plan$", ""));
                            }
                        });
                assertThat(number(ran, "written")).as("seed %s", seed).isEqualTo(written.size());
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static void write(TinyWorld world, Map<Integer, List<String>> packages)
            throws IOException {
        world.repo("base", packages.values().toArray(List[]::new));
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static List<String>[] installed(Random random, Map<Integer, List<String>> packages) {
        var some = new ArrayList<List<String>>();
        for (List<String> pkg : packages.values()) {
            if (random.nextInt(5) == 0) {
                some.add(pkg);
            }
        }
        return some.toArray(new List[0]);
    }

    private static void change(
            Random random, Map<Integer, List<String>> packages, int count, int version) {
        int changes = 1 + random.nextInt(3);
        for (int at = 0; at < changes; at++) {
            int pkg = random.nextInt(count);
            if (random.nextInt(6) == 0) {
                packages.remove(pkg);
            } else {
                packages.put(pkg, random(random, pkg, count, version));
            }
        }
    }

    private static List<String> random(Random random, int pkg, int count, int version) {
        var facts = new ArrayList<String>();
        facts.add("p" + pkg + "-" + version + "-1.noarch");
        String[] kinds = {
            "requires", "requires", "requires", "recommends", "supplements", "conflicts",
            "obsoletes", "provides", "suggests"
        };
        int deps = random.nextInt(4);
        for (int at = 0; at < deps; at++) {
            String kind = kinds[random.nextInt(kinds.length)];
            int other = random.nextInt(count);
            String name = random.nextInt(3) == 0 ? "cap" + other % 5 : "p" + other;
            boolean fights = kind.equals("conflicts") || kind.equals("obsoletes");
            if (other == pkg || fights && random.nextInt(3) > 0) {
                continue;
            }
            String sense = fights ? " < " : kind.equals("provides") ? " = " : " >= ";
            boolean bare = random.nextInt(3) == 0;
            String dep = name + (bare ? "" : sense + (1 + random.nextInt(2)));
            if ((kind.equals("requires") || kind.equals("recommends")) && random.nextBoolean()) {
                String op = List.of("or", "or", "and", "if").get(random.nextInt(4));
                dep = "(" + dep + " " + op + " p" + random.nextInt(count) + ")";
            }
            facts.add(kind + ": " + dep);
        }
        facts.add("provides: cap" + pkg % 5 + " = " + version);
        return facts;
    }

    private Map<String, String> stamps(String tree) throws IOException {
        var found = new TreeMap<String, String>();
        for (Path file : answers(tree)) {
            found.put(
                    file.getFileName().toString(),
                    Files.getAttribute(file, "unix:ino") + " " + Files.getLastModifiedTime(file));
        }
        return found;
    }

    private Map<String, String> contents(String tree) throws IOException {
        var found = new TreeMap<String, String>();
        for (Path file : answers(tree)) {
            found.put(file.getFileName().toString(), Files.readString(file));
        }
        for (String page : List.of("index.html", "links.html")) {
            found.put(
                    "the " + page,
                    Files.readString(folder.resolve(tree).resolve("packages/tiny-1", page)));
        }
        return found;
    }

    private List<Path> answers(String tree) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(tree).resolve("packages/tiny/1"))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().equals("updates"))
                    .toList();
        }
    }

    /// The page of all links is written when a name comes or goes, and where it is missing.
    @Test
    void linksAreWrittenSeldom() throws Exception {
        var world = new TinyWorld(folder);
        world.profile(List.of("shell-5-1.x86_64"));
        world.repo("base", List.of("editor-1-1.noarch"));
        build(folder, "tree");
        Path links = folder.resolve("tree/packages/tiny-1/links.html");
        Object first = Files.getAttribute(links, "unix:ino");
        String editor = Files.readString(links);
        assertThat(editor).contains("<a href=\"../tiny/1/editor.plan\">");
        world.repo("base", List.of("editor-2-1.noarch"));
        build(folder, "tree");
        assertThat(Files.getAttribute(links, "unix:ino")).isEqualTo(first);
        Files.delete(links);
        build(folder, "tree");
        assertThat(links).hasContent(editor);
        world.repo("base", List.of("editor-2-1.noarch"), List.of("vim-1-1.noarch"));
        build(folder, "tree");
        assertThat(Files.readString(links)).contains("<a href=\"../tiny/1/vim\">");
    }

    /// A repository that is half copied changes nothing but the alarm; a whole one ends it.
    @Test
    void aBrokenRepositoryLeavesWhatWasThere() throws Exception {
        TinyWorld.in(folder);
        build(folder, "tree");
        var before = contents("tree");
        Path primary = folder.resolve("base/repodata/primary.xml");
        String whole = Files.readString(primary, StandardCharsets.UTF_8);
        Path repomd = folder.resolve("base/repodata/repomd.xml");
        String index = Files.readString(repomd);
        Files.writeString(primary, whole.substring(0, whole.length() / 2));
        Files.writeString(repomd, index.replace("1700000000", "1700000001"));
        Path state = folder.resolve("other");
        Here failed = build(folder, "tree", "--state", state.toString());
        assertThat(failed.status()).isNotZero();
        assertThat(contents("tree")).isEqualTo(before);
        assertThat(folder.resolve("tree/.build/failed")).exists();
        var shelf = new Shelf(folder.resolve("tree"));
        assertThat(shelf.metrics()).contains("opm_presolve_build_failed 1\n");
        assertThat(shelf.alarm()).isNotEmpty();
        Files.writeString(primary, whole);
        Files.writeString(repomd, index);
        assertThat(build(folder, "tree").status()).isZero();
        assertThat(folder.resolve("tree/.build/failed")).doesNotExist();
        assertThat(shelf.metrics()).contains("opm_presolve_build_failed 0\n");
        assertThat(shelf.alarm()).isNull();
        assertThat(contents("tree")).isEqualTo(before);
    }

    /// Applications are found by the ids that AppStream gives them on every system; the file of
    /// rules counts before, and an id that means another package later is solved again.
    @Test
    void applicationsHaveOneNameEverywhere() throws Exception {
        var world = new TinyWorld(folder);
        world.profile(List.of("shell-5-1.x86_64"));
        String xml =
                """
                <?xml version="1.0" encoding="UTF-8"?>
                <components version="0.14" origin="tiny">
                  <component type="desktop-application">
                    <id>org.tiny.Editor</id><pkgname>editor</pkgname><pkgname>words</pkgname>
                    <name>Editor</name><name xml:lang="es">Editor</name>
                    <description><p>Writes <em>words</em>.</p></description>
                  </component>
                  <component type="addon"><id>org.tiny.Plugin</id></component>
                  <component><id>org.tiny.Ruled</id><pkgname>words</pkgname></component>
                </components>
                """;
        world.applications(xml);
        var editor = List.of("editor-1-1.noarch");
        var words = List.of("words-1-1.noarch");
        world.repo("base", editor, words);
        Path rules = Files.writeString(folder.resolve("rules"), "org.tiny.Ruled * editor\n");
        assertThat(build(folder, "tree", "--map", rules + "").status()).isZero();
        assertThat(contents("tree").keySet())
                .contains("org.tiny.Editor", "org.tiny.Ruled", "editor", "words")
                .doesNotContain("org.tiny.Plugin");
        assertThat(plan("org.tiny.Editor")).contains("editor-0:1-1", "words-0:1-1");
        assertThat(plan("org.tiny.Ruled")).contains("editor-0:1-1").doesNotContain("words-0");
        assertThat(new Shelf(folder.resolve("tree")).search(new Platform("tiny", "1"), "TINY.ed"))
                .containsExactly("org.tiny.Editor");
        world.applications(xml.replace("<pkgname>editor</pkgname>", ""));
        world.repo("base", editor, words);
        Here again = build(folder, "tree", "--map", rules + "", "--state", folder + "/anew");
        assertThat(number(again, "written")).isEqualTo(1);
        assertThat(plan("org.tiny.Editor")).contains("words-0:1-1").doesNotContain("editor-0");
    }

    private String plan(String name) throws IOException {
        return Files.readString(folder.resolve("tree/packages/tiny/1/" + name + ".plan"));
    }
}
