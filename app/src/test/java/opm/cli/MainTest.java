package opm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import opm.host.Disk;
import opm.host.Host;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// What holds for every command line: two lines for a failure, one document for `--json`.
final class MainTest {
    @TempDir private Path folder;

    private Ran ran = new Ran(0, "", "");

    @BeforeEach
    void world() throws IOException {
        TinyWorld.in(folder);
    }

    private int run(Host host, String line) {
        ran = Ran.in(folder, host, List.of(line.replace("WORLD", folder.toString()).split(" ")));
        return ran.status();
    }

    private int run(String line) {
        return run(Host.ofThisMachine(), line);
    }

    private String said() {
        return ran.out();
    }

    /// Reads all of standard output as JSON and counts the documents.
    private int documents() {
        int documents = 0;
        int depth = 0;
        try (var json = new JsonFactory().createParser(ObjectReadContext.empty(), said())) {
            for (JsonToken token; (token = json.nextToken()) != null; ) {
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
                documents += depth == 0 ? 1 : 0;
            }
        }
        return documents;
    }

    /// A machine whose disk has a fault of opm's own making: it throws what nobody expects.
    private static Host broken() {
        Host real = Host.ofThisMachine();
        Disk disk =
                (Disk)
                        Proxy.newProxyInstance(
                                Disk.class.getClassLoader(),
                                new Class<?>[] {Disk.class},
                                (_, method, _) -> {
                                    throw new IllegalStateException(method.getName());
                                });
        return new Host(disk, real.commands(), real.net(), real.clock());
    }

    /// Also a bug of opm ends with one document, and with two lines for people.
    @Test
    void aBugIsADocumentToo() {
        assertThat(run(broken(), "list --json --profile WORLD/tiny.opmprofile")).isEqualTo(1);
        assertThat(documents()).isEqualTo(1);
        assertThat(said()).contains("\"kind\":\"bug\"", "\"exit\":1", "\"command\":\"list\"");
        assertThat(ran.err().lines()).hasSize(2);
        assertThat(run(broken(), "list --profile WORLD/tiny.opmprofile")).isEqualTo(1);
        assertThat(ran.err().lines()).hasSize(2);
    }

    /// Every failure is two lines on standard error, whatever explanation stands on the other side.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "install fight-a fight-b --profile WORLD/tiny.opmprofile --repo base=WORLD/base",
                "install nothing-like-it --profile WORLD/tiny.opmprofile --repo base=WORLD/base",
                "install editor --profile WORLD/absent --repo base=WORLD/base",
                "refresh --repo gone=WORLD/gone --profile WORLD/tiny.opmprofile",
                "nonsense",
                "install",
            })
    void failuresAreTwoLines(String line) {
        int status = run(line);
        assertThat(status).isNotZero();
        List<String> lines = ran.err().lines().toList();
        assertThat(lines).as(line).hasSize(2);
        assertThat(lines.getFirst()).startsWith("opm: ");
        assertThat(lines.getLast()).startsWith("hint: ");
        assertThat(run(line + " --json")).isEqualTo(status);
        assertThat(documents()).as(line + "\n" + said()).isEqualTo(1);
    }

    /// The first word of a family alone does the obvious, and options stand anywhere around it.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "history --root WORLD",
                "--root WORLD history",
                "history --root WORLD list",
                "--root WORLD history list",
                "history list --root WORLD --quiet",
            })
    void historyLists(String line) {
        assertThat(run(line)).as(line + ran.err()).isZero();
        assertThat(run(line + " --json")).isZero();
        assertThat(said()).contains("\"command\":\"history list\"", "\"changes\":[]");
    }

    /// Options of one command stand before its name as well.
    @Test
    void optionsOfACommandStandBeforeIt() {
        String options = "--profile WORLD/tiny.opmprofile --repo base=WORLD/base ";
        assertThat(run("-o WORLD/x.opm bundle " + options + "create --upgrade --assumeno"))
                .as(ran.err())
                .isZero();
    }

    /// A root without packages has an empty list, which is an answer.
    @Test
    void nothingInstalledIsAnEmptyList() throws IOException {
        Path root = Files.createDirectories(folder.resolve("empty"));
        org.junit.jupiter.api.Assumptions.assumeTrue(
                Host.ofThisMachine().commands().has("rpm")
                        && "root".equals(System.getProperty("user.name")),
                "skipped: needs rpm, and the rights of root");
        assertThat(run("list --installed --arch x86_64 --root " + root))
                .as(ran.err())
                .isZero();
        assertThat(said()).isEmpty();
    }

    /// Where the bundle cannot lie is said before anything is fetched.
    @Test
    void aMissingFolderIsSaidFirst() {
        String line =
                "bundle create --profile WORLD/tiny.opmprofile --repo gone=WORLD/gone"
                        + " --upgrade -o ";
        assertThat(run(line + "WORLD/absent/x.opm")).isEqualTo(2);
        assertThat(ran.err()).contains("absent", "mkdir -p");
        assertThat(run(line + "WORLD")).isEqualTo(2);
        assertThat(run(line + "WORLD/x.opm")).isEqualTo(4);
        assertThat(folder.resolve("x.opm.part")).doesNotExist();
    }

    /// Another release is asked for explicitly, and comes as one plan.
    @Test
    void anotherReleaseIsAPlan() throws IOException {
        Files.move(folder.resolve("base"), folder.resolve("release-1"));
        Files.move(folder.resolve("updates"), folder.resolve("release-2"));
        String line =
                "distro-sync --json --assumeno --profile WORLD/tiny.opmprofile --state WORLD/s";
        assertThat(run(line + " --repo os=WORLD/release-$releasever")).isZero();
        assertThat(said()).contains("\"nothing-to-do\"");
        assertThat(run(line + " --releasever 2 --repo os=WORLD/release-$releasever")).isZero();
        assertThat(said())
                .contains("\"action\":\"upgrade\",\"nevra\":\"shell-0:5.2-4.x86_64\"")
                .contains("\"action\":\"install\",\"nevra\":\"newtools-0:2-1.noarch\"");
    }

    /// What needs a restart is left out and named.
    @Test
    void nothingThatNeedsARestart() {
        String line =
                "upgrade shell --assumeno --profile WORLD/tiny.opmprofile --state WORLD/s"
                        + " --repo updates=WORLD/updates";
        assertThat(run(line)).isZero();
        assertThat(said()).contains("shell", "5.2-4");
        assertThat(run(line + " --no-reboot")).isZero();
        assertThat(said()).contains("Nothing to do");
        assertThat(ran.err())
                .contains("start again: shell-5.2-4.x86_64");
        assertThat(run(line + " --no-reboot --smallest-download")).isEqualTo(2);
    }

    /// A budget takes what mends security first, and names what is left.
    @Test
    void whatFitsIntoABudget() {
        String line =
                "upgrade --assumeno --profile WORLD/tiny.opmprofile --state WORLD/s"
                        + " --repo updates=WORLD/updates --repo base=WORLD/base --budget ";
        assertThat(run(line + "2M")).isZero();
        assertThat(said()).contains("newtools", "shell");
        assertThat(ran.err()).doesNotContain("next time");
        assertThat(run(line + "1475K")).isZero();
        assertThat(said()).contains("shell").doesNotContain("newtools");
        assertThat(ran.err()).contains("the budget ends: 1 packages, 29 k: newtools");
        assertThat(run(line + "1min --limit-rate 1K")).isZero();
        assertThat(said()).contains("replacing oldtools").doesNotContain("shell");
        assertThat(run(line + "10K")).isEqualTo(5);
        assertThat(ran.err()).contains("no part of the request fits").contains("30000 bytes");
        assertThat(run(line + "1min")).isEqualTo(2);
        assertThat(run(line + "much")).isEqualTo(2);
        assertThat(run(line + "2M --no-reboot")).isEqualTo(2);
    }

    /// What waits is read strictly: it is somebody's request.
    @Test
    void whatWaitsIsReadStrictly() throws IOException {
        String line =
                "bundle create --assumeno --profile WORLD/tiny.opmprofile --state WORLD/s"
                        + " --repo updates=WORLD/updates --repo base=WORLD/base -o WORLD/x.opm"
                        + " --queue WORLD/queue";
        assertThat(run(line)).isEqualTo(2);
        assertThat(ran.err()).contains("nothing to do");
        Path queue = folder.resolve("queue");
        Files.writeString(queue, "opm-queue 1\nupgrade shell.x86_64 5\nupgrade gone.noarch 5\n");
        assertThat(run(line)).isZero();
        assertThat(said()).contains("shell").doesNotContain("newtools");
        assertThat(queue).exists();
        for (String bad : List.of("", "opm-queue 2\n", "opm-queue 1\nerase shell 5\n")) {
            Files.writeString(queue, bad);
            assertThat(run(line)).as(bad).isEqualTo(2);
            assertThat(ran.err()).contains("expected what --budget left out");
        }
    }

    /// What somebody asked for is what the profile says of it.
    @Test
    void whatPeopleAskedFor() {
        assertThat(run("list --user-installed --profile WORLD/tiny.opmprofile --repo b=WORLD/base"))
                .isZero();
        assertThat(said()).contains("leaf.noarch", "shell.x86_64").doesNotContain("editor");
        assertThat(run("mark user leaf --profile WORLD/tiny.opmprofile")).isEqualTo(2);
    }

    /// What is to say nothing says nothing, and the exit status says it all.
    @Test
    void quietIsQuiet() {
        Path bundle =
                Path.of(System.getProperty("opm.root", ".."))
                        .resolve("fixtures/bundle/two-packages.opm");
        assertThat(run("bundle verify --quiet " + bundle)).isZero();
        assertThat(said()).isEmpty();
        assertThat(run("bundle verify " + bundle)).isZero();
        assertThat(said()).isNotEmpty();
    }

    /// Two plans side by side: what each does that the other does not.
    @Test
    void plansAreCompared() throws Exception {
        Path one = folder.resolve("one.plan");
        Path other = folder.resolve("other.plan");
        plan("upgrade shell", one);
        plan("upgrade shell oldtools", other);
        assertThat(run("plan diff " + one + " " + one)).isZero();
        assertThat(said()).contains("Both do the same.");
        assertThat(run("plan diff " + one + " " + other)).isZero();
        assertThat(said())
                .contains("B + newtools-2-1.noarch", "B - oldtools-1-1.noarch", "A: 1 package")
                .doesNotContain("shell");
        assertThat(run("plan diff --json " + one + " " + other)).isZero();
        assertThat(said()).contains("\"package\":\"newtools.noarch\"", "\"downloadBytesB\":");
    }

    private void plan(String request, Path file) throws Exception {
        var engine =
                new opm.engine.Engine(
                        Host.ofThisMachine(),
                        new opm.engine.Options(
                                Path.of("/"),
                                folder.resolve("tiny.opmprofile"),
                                opm.engine.Options.Base.NONE,
                                new java.util.LinkedHashMap<>(
                                        Map.of("u", folder.resolve("updates").toUri().toString())),
                                null,
                                opm.engine.Options.Switches.NONE,
                                null,
                                null,
                                folder.resolve("s"),
                                opm.engine.Options.Stores.USUAL,
                                null,
                                null,
                                false,
                                List.of(),
                                opm.solve.Policy.Style.DNF,
                                Map.of(),
                                0,
                                null,
                                false,
                                false),
                        opm.engine.Watcher.NOBODY);
        var words = List.of(request.split(" "));
        var solution =
                engine.solve(
                        ChangeVerb.request(
                                opm.solve.Request.Verb.UPGRADE, words.subList(1, words.size())),
                        List.of(request));
        Files.write(
                file, opm.plan.PlanText.write(java.util.Objects.requireNonNull(solution.plan())));
    }

    /// A name that ends with .gz gets packed bytes, as sh/opm-profile.sh does it.
    @Test
    void aPackedProfileIsPacked() throws IOException {
        Path file = folder.resolve("p.gz");
        assertThat(run("profile --profile WORLD/tiny.opmprofile -o " + file + " --quiet")).isZero();
        assertThat(said()).isEmpty();
        try (var in = new GZIPInputStream(Files.newInputStream(file))) {
            assertThat(in.readAllBytes())
                    .isEqualTo(Files.readAllBytes(folder.resolve("tiny.opmprofile")));
        }
        assertThat(run("upgrade --check --repo updates=WORLD/updates --profile " + file))
                .isEqualTo(100);
    }

    /// A disabled repository that would help is named, once its metadata is at hand; before that,
    /// that nobody looked at it.
    @Test
    void disabledRepositoriesThatWouldHelp() throws IOException {
        Path repos = Files.createDirectory(folder.resolve("repos.d"));
        Files.writeString(
                repos.resolve("tiny.repo"),
                """
                [updates]
                baseurl=file://%1$s/updates
                [extra]
                baseurl=file://%1$s/base
                enabled=0
                """
                        .formatted(folder));
        String machine = " --profile WORLD/tiny.opmprofile --reposdir WORLD/repos.d";
        assertThat(run("install --assumeno spell" + machine)).isEqualTo(6);
        assertThat(said()).contains("Not looked at, because disabled: extra");
        assertThat(run("refresh --enablerepo=ex*" + machine)).isZero();
        assertThat(run("install --assumeno spell" + machine)).isEqualTo(6);
        assertThat(said()).contains("* enable the repository extra: --enable-repo extra");
        assertThat(run("install --assumeno --json spell" + machine)).isEqualTo(6);
        assertThat(said()).contains("\"enable\":[\"extra\"]");
        assertThat(run("install --assumeno --enable-repo extra spell" + machine)).isZero();
        assertThat(run("install --assumeno nonesuch" + machine)).isEqualTo(6);
        assertThat(said()).doesNotContain("enable the repository");
    }
}
