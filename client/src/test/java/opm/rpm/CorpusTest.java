package opm.rpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import opm.base.ByteText;
import opm.base.DepKind;
import opm.base.Digest;
import opm.base.OpmException.Damaged;
import opm.base.RpmDep;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real packages of twenty years say here what they say to `rpm` and to `createrepo_c`.
class CorpusTest {
    private static final String FORMAT =
            "%{NAME}|%|EPOCH?{%{EPOCH}}:{0}|:%{VERSION}-%{RELEASE}|%{ARCH}|%{BUILDTIME}|%{LONGSIZE}"
                    + "|%|SOURCERPM?{%{SOURCERPM}}|\\n"
                    + "[P|%{PROVIDENAME}|%{PROVIDEFLAGS}|%{PROVIDEVERSION}\\n]"
                    + "[R|%{REQUIRENAME}|%{REQUIREFLAGS}|%{REQUIREVERSION}\\n]"
                    + "[C|%{CONFLICTNAME}|%{CONFLICTFLAGS}|%{CONFLICTVERSION}\\n]"
                    + "[O|%{OBSOLETENAME}|%{OBSOLETEFLAGS}|%{OBSOLETEVERSION}\\n]"
                    + "[M|%{RECOMMENDNAME}|%{RECOMMENDFLAGS}|%{RECOMMENDVERSION}\\n]"
                    + "[S|%{SUGGESTNAME}|%{SUGGESTFLAGS}|%{SUGGESTVERSION}\\n]"
                    + "[U|%{SUPPLEMENTNAME}|%{SUPPLEMENTFLAGS}|%{SUPPLEMENTVERSION}\\n]"
                    + "[E|%{ENHANCENAME}|%{ENHANCEFLAGS}|%{ENHANCEVERSION}\\n]"
                    + "[F|%{FILENAMES}|%{FILEMODES:octal}|%{FILEFLAGS}|%{LONGFILESIZES}"
                    + "|%{FILEDIGESTS}"
                    + "|%{FILELINKTOS}|%{FILEUSERNAME}|%{FILEGROUPNAME}\\n]"
                    + "[L|%{CHANGELOGTIME}|%{CHANGELOGNAME}\\n]";

    @TempDir Path folder;

    /// The real packages, or the few that rpmbuild makes here and now.
    private List<Path> packages() throws Exception {
        String named = System.getenv("OPM_SHARED");
        Path shared =
                named == null
                        ? Path.of(System.getProperty("opm.root", ".."), "../shared")
                        : Path.of(named);
        if (Files.isDirectory(shared.resolve("corpus/real/rpms"))) {
            try (var files = Files.walk(shared.resolve("corpus/real/rpms"))) {
                return files.filter(f -> f.toString().endsWith(".rpm")).sorted().toList();
            }
        }
        assumeTrue(has("rpmbuild"), "skipped: there is neither ../shared nor rpmbuild");
        Path spec = folder.resolve("x.spec");
        Files.writeString(
                spec,
                "Name: x\nVersion: 1\nRelease: 1\nEpoch: 2\nSummary: x\nLicense: x\n"
                        + "BuildArch: noarch\n"
                        + "Requires: (a if b), c >= 1\nRecommends: r\n%description\nx\n"
                        + "%install\nmkdir -p %{buildroot}/opt/x\n"
                        + "touch %{buildroot}/opt/x/y\n%files\n/opt/x\n");
        output(
                "rpmbuild",
                "-bb",
                "--quiet",
                "--define",
                "_topdir " + folder.resolve("top"),
                spec.toString());
        try (var files = Files.walk(folder.resolve("top/RPMS"))) {
            return files.filter(f -> f.toString().endsWith(".rpm")).sorted().toList();
        }
    }

    private static boolean has(String program) {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(path -> Files.isExecutable(Path.of(path, program)));
    }

    private static @Nullable String output(String... argv) throws Exception {
        var builder = new ProcessBuilder(argv).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("LC_ALL", "C");
        var process = builder.start();
        process.getOutputStream().close();
        String out = ByteText.decode(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return process.exitValue() == 0 ? out : null;
    }

    /// All that rpm prints about a package we print too; what rpm cannot read we refuse.
    @Test
    void agreesWithRpm() throws Exception {
        assumeTrue(has("rpm"), "skipped: there is no rpm on this machine");
        int compared = 0;
        for (Path path : packages()) {
            String said =
                    output(
                            "rpm",
                            "-qp",
                            "--nosignature",
                            "--nodigest",
                            "--qf",
                            FORMAT,
                            path.toString());
            RpmFile file;
            try (InputStream in = new BufferedInputStream(Files.newInputStream(path))) {
                file = RpmFile.read(in, path.getFileName().toString());
            } catch (Damaged e) {
                // What rpm reads without digests may still be damaged; with them it must be.
                assertThat(output("rpmkeys", "-K", "--nosignature", path.toString()))
                        .as("%s: %s", path, e.getMessage())
                        .isNull();
                continue;
            }
            assertThat(said).as("rpm reads %s", path).isNotNull();
            assertThat(describe(file))
                    .as(path.toString())
                    .isEqualTo(withoutNones(String.valueOf(said)));
            compared++;
        }
        assertThat(compared).isPositive();
    }

    /// rpm prints `(none)` where packages of rpm 3 have no column at all.
    private static String withoutNones(String said) {
        return said.replace("(none)", "");
    }

    private static String describe(RpmFile file) throws Damaged {
        RpmWords words = file.words();
        var text = new StringBuilder();
        text.append(
                String.join(
                        "|",
                        words.nevra().name(),
                        words.nevra().evr().full(),
                        words.headerArch(),
                        Long.toString(words.buildTimeSeconds()),
                        Long.toString(words.installedBytes()),
                        words.sourceRpm()));
        text.append('\n');
        for (DepKind kind : DepKind.values()) {
            for (RpmDep dep : words.dependencies(kind)) {
                text.append(kind.letter()).append('|').append(dep.name()).append('|');
                text.append(Integer.toUnsignedString(dep.flags())).append('|').append(dep.evr());
                text.append('\n');
            }
        }
        for (RpmFileEntry entry : words.files()) {
            text.append("F|").append(entry.path()).append('|');
            text.append(Integer.toOctalString(entry.mode())).append('|').append(entry.flags());
            text.append('|').append(entry.sizeBytes()).append('|').append(entry.digest());
            text.append('|').append(entry.linkTo()).append('|').append(entry.user()).append('|');
            text.append(entry.group()).append('\n');
        }
        for (var change : words.changelog()) {
            text.append("L|").append(change.timeSeconds()).append('|').append(change.author());
            text.append('\n');
        }
        return text.toString();
    }

    /// Where the header starts and ends is what createrepo_c writes into primary.xml.
    @Test
    void agreesWithCreaterepo() throws Exception {
        assumeTrue(has("createrepo_c"), "skipped: there is no createrepo_c on this machine");
        Path repo = Files.createDirectory(folder.resolve("repo"));
        Map<String, Path> byName = new HashMap<>();
        for (Path path : packages()) {
            String name = path.getFileName().toString();
            if (byName.putIfAbsent(name, path) == null) {
                Files.copy(path, repo.resolve(name));
            }
        }
        output(
                "createrepo_c",
                "--quiet",
                "--no-database",
                "--general-compress-type=gz",
                repo.toString());
        Path primary;
        try (var files = Files.list(repo.resolve("repodata"))) {
            primary =
                    files.filter(f -> f.toString().endsWith("primary.xml.gz"))
                            .findFirst()
                            .orElseThrow();
        }
        String xml;
        try (var in = new java.util.zip.GZIPInputStream(Files.newInputStream(primary))) {
            xml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        var pattern =
                Pattern.compile(
                        "<size package=\"\\d+\" installed=\"(\\d+)\" archive=\"(\\d+)\"/>\\s*"
                                + "<location href=\"([^\"]+)\".*?"
                                + "<rpm:header-range start=\"(\\d+)\" end=\"(\\d+)\"",
                        Pattern.DOTALL);
        int compared = 0;
        for (var match : pattern.matcher(xml).results().toList()) {
            Path path = java.util.Objects.requireNonNull(byName.get(match.group(3)));
            RpmFile file;
            try (InputStream in = Files.newInputStream(path)) {
                file = RpmFile.read(in, "x");
            } catch (Damaged _) {
                continue;
            }
            assertThat(file.headerStart()).as("%s", path).isEqualTo(Long.parseLong(match.group(4)));
            assertThat(file.headerEnd()).as("%s", path).isEqualTo(Long.parseLong(match.group(5)));
            assertThat(file.words().installedBytes()).isEqualTo(Long.parseLong(match.group(1)));
            // createrepo_c does not know the tags of rpm 6 and says 0 then.
            if (!match.group(2).equals("0")) {
                assertThat(file.words().archiveBytes())
                        .as("%s", path)
                        .isEqualTo(Long.parseLong(match.group(2)));
            }
            compared++;
        }
        assertThat(compared).isPositive();
    }

    /// The payload digests of headers are those of the payloads that follow them.
    @Test
    void payloadDigests() throws Exception {
        for (Path path : packages()) {
            try (InputStream in = Files.newInputStream(path)) {
                RpmFile file = RpmFile.read(in, "x");
                Digest wanted = file.words().payloadDigest();
                if (wanted != null && !path.toString().contains("corrupted")) {
                    var found = MessageDigest.getInstance(wanted.algorithm().jdkName());
                    found.update(in.readAllBytes());
                    assertThat(Digest.of(wanted.algorithm(), found.digest()))
                            .as("%s", path)
                            .isEqualTo(wanted);
                }
            } catch (Damaged _) {
                // Said by agreesWithRpm.
            }
        }
    }

    /// Damaged copies of real packages answer or are refused; nothing else comes out.
    @Test
    void survivesDamage() throws Exception {
        long seed = 20261121;
        var random = new Random(seed);
        for (Path path : packages()) {
            byte[] front = front(path);
            int answered = 0;
            for (int round = 0; round < 150; round++) {
                byte[] changed = front.clone();
                for (int left = 1 + random.nextInt(4); left > 0; left--) {
                    changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
                }
                answered += RpmFileTest.answersOrDamaged(changed) ? 1 : 0;
                RpmFileTest.answersOrDamaged(Arrays.copyOf(front, random.nextInt(front.length)));
            }
            assertThat(answered).as("seed %d: flips in %s that pass", seed, path).isLessThan(150);
        }
    }

    /// At most the first 64 KiB: the headers of most packages, and no payload worth reading.
    private static byte[] front(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            return in.readNBytes(64 << 10);
        }
    }

    /// Which packages are signed is what rpm says too.
    @Test
    void signatures() throws Exception {
        assumeTrue(has("rpm"), "skipped: there is no rpm on this machine");
        String format = "%|RSAHEADER?{y}|%|DSAHEADER?{y}|%|SIGGPG?{y}|%|SIGPGP?{y}|%|SIGPGP5?{y}|";
        var disagree = new ArrayList<String>();
        for (Path path : packages()) {
            try (InputStream in = Files.newInputStream(path)) {
                boolean ours = RpmFile.read(in, "x").isSigned();
                String said =
                        output(
                                "rpm",
                                "-qp",
                                "--nosignature",
                                "--nodigest",
                                "--qf",
                                format,
                                path.toString());
                // rpm 4.18 does not know tag 278 of rpm 6.
                boolean theirs = said != null && !said.isEmpty();
                if (ours != theirs && !path.toString().contains("mldsa")) {
                    disagree.add(path + ": ours " + ours + ", rpm " + said);
                }
            } catch (Damaged _) {
                // Said by agreesWithRpm.
            }
        }
        assertThat(disagree).isEmpty();
    }
}
