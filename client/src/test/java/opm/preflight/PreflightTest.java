package opm.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import opm.apply.ScratchRoot;
import opm.host.Host;
import opm.host.LocalCommands;
import opm.host.RpmCommand;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// What the look ahead predicts is what the real rpm then does: every file of `cases/preflight`.
final class PreflightTest {
    private static final Path CASES =
            Path.of(System.getProperty("opm.root", "..")).resolve("cases/preflight");

    @TempDir Path temp;

    private static List<Case> cases() throws IOException {
        var cases = new ArrayList<Case>();
        try (Stream<Path> files = Files.list(CASES)) {
            for (Path file : files.sorted().toList()) {
                cases.add(Case.read(file));
            }
        }
        return cases;
    }

    /// Each case: the prediction is the expected one, and rpm refuses, breaks off, or leaves
    /// `.rpmnew`, `.rpmsave` and `.rpmorig` behind exactly where it says.
    @TestFactory
    List<DynamicTest> predictionsAreReality() throws Exception {
        Assumptions.assumeTrue(
                "root".equals(System.getProperty("user.name")), "rpm --root needs root: skipped");
        List<Case> cases = cases();
        CaseRpms rpms = CaseRpms.build(cases);
        return cases.stream()
                .map(one -> DynamicTest.dynamicTest(one.name, () -> check(one, rpms)))
                .toList();
    }

    private void check(Case one, CaseRpms rpms) throws Exception {
        Path folder = temp.resolve(one.name);
        var root = new ScratchRoot(folder);
        var undo = new ArrayList<List<String>>();
        try {
            if (!one.olds.isEmpty()) {
                root.install(rpms.files(one, one.olds.values()));
            }
            for (List<String> act : one.disk) {
                undo.addFirst(change(root.folder, act));
            }
            Report report = look(root, one, rpms);
            assertThat(lines(one, report)).as(one.name).isEqualTo(new TreeSet<>(one.expect));
            reality(one, rpms, root, report);
        } finally {
            for (List<String> back : undo) {
                if (!back.isEmpty()) {
                    ScratchRoot.run(back.toArray(String[]::new));
                }
            }
        }
    }

    private static Report look(ScratchRoot root, Case one, CaseRpms rpms) throws Exception {
        var rpm = RpmCommand.at(root.folder, new LocalCommands());
        return Preflight.here(Host.ofThisMachine(), rpm, rpms.plan(one), rpms);
    }

    /// Does something to the root that no package did; returns the command that takes it back.
    private static List<String> change(Path root, List<String> act) throws Exception {
        Path path = root.resolve(act.get(1).substring(1));
        switch (act.getFirst()) {
            case "dir" -> Files.createDirectories(path);
            case "file" -> {
                Files.createDirectories(path.getParent());
                Files.writeString(path, String.join(" ", act.subList(2, act.size())) + "\n");
            }
            case "link" -> {
                Files.createDirectories(path.getParent());
                Files.createSymbolicLink(path, Path.of(act.get(2)));
            }
            case "remove" -> Files.delete(path);
            case "immutable" -> {
                var run = ScratchRoot.run("chattr", "+i", path.toString());
                Assumptions.assumeTrue(run.status() == 0, "no chattr +i here: skipped");
                return List.of("chattr", "-i", path.toString());
            }
            case "read-only" -> {
                var run = ScratchRoot.run("mount", "--bind", path.toString(), path.toString());
                Assumptions.assumeTrue(run.status() == 0, "no mount here: skipped");
                ScratchRoot.ok(
                        ScratchRoot.run("mount", "-o", "remount,ro,bind", path.toString()));
                return List.of("umount", path.toString());
            }
            default -> throw new IllegalArgumentException(act.toString());
        }
        return List.of();
    }

    private static TreeSet<String> lines(Case one, Report report) {
        var lines = new TreeSet<String>();
        for (Finding finding : report.findings()) {
            switch (finding) {
                case Finding.Clash clash ->
                        lines.add(
                                "clash "
                                        + clash.path()
                                        + " "
                                        + (clash.isInstalled()
                                                ? brief(one, clash.pkg())
                                                        + " "
                                                        + brief(one, clash.other())
                                                : sorted(
                                                        brief(one, clash.pkg()),
                                                        brief(one, clash.other()))));
                case Finding.Blocked(var path, var pkg, var why) -> {
                    String word = why.name().toLowerCase(Locale.ROOT).replace('_', '-');
                    lines.add(
                            (why == Finding.Why.MAYBE_PRETRANS ? "maybe " : "blocked " + word + " ")
                                    + path
                                    + " "
                                    + brief(one, pkg));
                }
                case Finding.Config(var path, var pkg, var fate) ->
                        lines.add("config " + fate.suffix() + " " + path + " " + brief(one, pkg));
                case Finding.Feature(var pkg, var feature) ->
                        lines.add("feature " + brief(one, pkg) + " " + feature);
                case Finding.Running it -> lines.add(it.toString());
                case Finding.Unbootable it -> lines.add(it.toString());
                case Finding.Script _, Finding.Unsigned _, Finding.Signed _ -> {}
            }
        }
        return lines;
    }

    private static String sorted(String one, String other) {
        return one.compareTo(other) < 0 ? one + " " + other : other + " " + one;
    }

    private static String brief(Case one, String full) {
        for (Map<String, Case.Pkg> pkgs : List.of(one.olds, one.news)) {
            for (var entry : pkgs.entrySet()) {
                if (one.full(entry.getValue()).equals(full)) {
                    return entry.getKey();
                }
            }
        }
        return full;
    }

    private static void reality(Case one, CaseRpms rpms, ScratchRoot root, Report report)
            throws Exception {
        List<String> arguments = new ArrayList<>(List.of("-U", "--nosignature"));
        if (ScratchRoot.run("rpm", "--help").output().contains("--force-debian")) {
            arguments.add("--force-debian");
        }
        rpms.files(one, one.news.values()).forEach(file -> arguments.add(file.toString()));
        var run = root.rpm("rpm", arguments.toArray(String[]::new));
        String said = one.name + ": " + run.output();
        var installed = root.installed().stream().map(pkg -> pkg.full()).toList();
        List<String> wanted = one.news.values().stream().map(one::full).toList();
        boolean stops = report.findings().stream().anyMatch(Finding::stops);
        assertThat(installed.containsAll(wanted)).as(said).isEqualTo(!stops);
        assertThat(run.status() == 0).as(said).isEqualTo(!stops);
        for (Finding finding : report.findings()) {
            if (finding instanceof Finding.Clash clash) {
                assertThat(run.output())
                        .as(said)
                        .containsPattern("(?i)file " + clash.path() + " (conflicts|from install)");
            }
        }
        if (!stops) {
            assertThat(leftBehind(root.folder)).as(said).isEqualTo(predicted(report));
        }
    }

    private static TreeSet<String> predicted(Report report) {
        var paths = new TreeSet<String>();
        for (Finding finding : report.findings()) {
            if (finding instanceof Finding.Config config) {
                paths.add(config.besides());
            }
        }
        return paths;
    }

    private static TreeSet<String> leftBehind(Path root) throws IOException {
        var paths = new TreeSet<String>();
        try (Stream<Path> all = Files.walk(root)) {
            all.filter(path -> path.toString().matches(".*\\.rpm(new|save|orig)"))
                    .filter(path -> Files.exists(path, LinkOption.NOFOLLOW_LINKS))
                    .forEach(path -> paths.add("/" + root.relativize(path)));
        }
        return paths;
    }

    /// Scripts that fetch or ask are flagged, and the usual ones are not.
    @Test
    void scriptsAreRead() {
        assertThat(worries("systemctl daemon-reload >/dev/null 2>&1 || :")).isEmpty();
        assertThat(worries("# see https://example.org/\n/sbin/ldconfig")).isEmpty();
        assertThat(worries("echo 'more at https://example.org/'")).isEmpty();
        assertThat(worries("for f in a; do read x < /etc/$f; done")).isEmpty();
        assertThat(worries("cat /etc/x | while read a b; do echo $a; done")).isEmpty();
        assertThat(worries("cd /tmp && curl -O https://example.org/x")).containsExactly("NETWORK");
        assertThat(worries("if wget -q x; then :; fi")).containsExactly("NETWORK");
        assertThat(worries("pip3 install foo")).containsExactly("NETWORK");
        assertThat(worries("[ -x /usr/bin/curl ] && echo yes")).isEmpty();
        assertThat(worries("echo -n 'Accept? '\nread answer")).containsExactly("ASKS");
        assertThat(worries("whiptail --yesno x 8 40")).containsExactly("ASKS");
    }

    private static List<String> worries(String text) {
        var script = new Parcel.Script("%post", "/bin/sh", text);
        return Arrays.stream(ScriptWords.worries(script).toArray()).map(String::valueOf).toList();
    }
}
