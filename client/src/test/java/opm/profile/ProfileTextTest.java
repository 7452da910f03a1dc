package opm.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import opm.base.ByteText;
import opm.base.DepKind;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;
import opm.base.RpmDep;
import opm.profile.InstalledPackage.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A profile is read as it was written or refused with the line that is wrong.
class ProfileTextTest {
    private static final Path FIXTURES = Worlds.PROJECT.resolve("fixtures/profile");
    private static final String SMALLEST = "opm-profile\t1.0\ndistro\t\t\t\t\narch\tx\nrpm\t4\n";

    private static byte[] fixture(String name) throws Exception {
        return Files.readAllBytes(FIXTURES.resolve(name + ".opmprofile"));
    }

    private static SystemProfile read(String name) throws Exception {
        return ProfileText.read(fixture(name), name);
    }

    /// Closes a text with the digest that it needs.
    private static byte[] sealed(String text) throws Exception {
        byte[] body = ByteText.encode(text);
        var sha256 = MessageDigest.getInstance("SHA-256").digest(body);
        var out = new ByteArrayOutputStream();
        out.writeBytes(body);
        String end = "end\t" + HexFormat.of().formatHex(sha256) + "\n";
        out.writeBytes(end.getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }

    /// The released text of format 1 says what it has always said.
    @Test
    void readsTheReleasedFixture() throws Exception {
        SystemProfile profile = read("good");
        assertThat(profile.distro().id()).isEqualTo("fedora");
        assertThat(profile.distro().version()).isEqualTo("43");
        assertThat(profile.arch()).isEqualTo("x86_64");
        assertThat(profile.kernel()).isEqualTo("6.17.1-300.fc43.x86_64");
        assertThat(profile.rpmVersion()).isEqualTo("6.0.0");
        assertThat(profile.rpmlib()).hasSize(2);
        assertThat(profile.ramBytes()).isEqualTo(2_013_265_920L);
        assertThat(profile.capturedAtSeconds()).isEqualTo(1_763_719_200L);
        assertThat(profile.mounts())
                .containsExactly(
                        new SystemProfile.Mount("/", "btrfs", 10_737_418_240L, -1, 4096, false),
                        new SystemProfile.Mount("/boot", "ext4", 536_870_912L, 65536, 1024, false),
                        new SystemProfile.Mount("/srv/media", "iso9660", 0, -1, 2048, true));
        assertThat(profile.mains().getFirst().stripped())
                .containsExactly("proxy:user", "proxy_password");
        assertThat(profile.excludes()).containsExactly("kernel-debug*", "foo");
        assertThat(profile.repos())
                .extracting(Repo::id)
                .containsExactly("fedora", "intern", "fedora");
        assertThat(profile.repos().get(2).override()).isTrue();
        assertThat(profile.variables()).containsEntry("stream", "43-stable");
        assertThat(profile.withheld()).containsExactly("/etc/dnf/vars/token");
        assertThat(profile.keys().getFirst().armor()).hasSize(5);
        assertThat(profile.releasever()).isEqualTo("43");
        InstalledPackage bash = profile.packages().getFirst();
        assertThat(bash.nevra().full()).isEqualTo("bash-0:5.3.0-2.fc43.x86_64");
        assertThat(bash.reason()).isEqualTo(Reason.USER);
        assertThat(bash.fromRepo()).isEqualTo("fedora");
        assertThat(bash.vendor()).isEqualTo("Fedora Project");
        assertThat(bash.dependencies(DepKind.OBSOLETES))
                .containsExactly(new RpmDep("bash-extra", 10, "1:4-1"));
        assertThat(bash.dependencies(DepKind.RECOMMENDS))
                .containsExactly(RpmDep.on("(bash-completion if shell-users)"));
        assertThat(bash.files()).contains("/usr/bin/ñandú");
        assertThat(profile.packages().get(1).header()).isNull();
        assertThat(profile.packages().get(2).modularity()).isEqualTo("nodejs:22:20250720:abc");
    }

    /// What is read is written again byte for byte, UTF-8 or not.
    @Test
    void writesWhatItRead() throws Exception {
        for (String name : List.of("good", "latin1")) {
            assertThat(ProfileText.write(read(name))).as(name).isEqualTo(fixture(name));
        }
        assertThat(read("latin1").packages().getFirst().files()).contains("/usr/bin/latin-\uDCE9");
    }

    /// A newer minor version may say more than we understand; we understand the rest.
    @Test
    void readsNewerMinorVersions() throws Exception {
        SystemProfile newer = read("newer-minor");
        SystemProfile good = read("good");
        assertThat(newer.repos()).isEqualTo(good.repos());
        assertThat(newer.mounts()).isEqualTo(good.mounts());
        assertThat(newer.packages()).hasSameSizeAs(good.packages());
        assertThat(newer.packages().getFirst().reason()).isEqualTo(Reason.UNKNOWN);
        assertThat(newer.arch()).isEqualTo("x86_64");
    }

    /// Packed or not is the same.
    @Test
    void readsGzip() throws Exception {
        assertThat(ProfileText.read(gzip(fixture("good")), "x")).isEqualTo(read("good"));
        byte[] cut = gzip(fixture("good"));
        assertThatThrownBy(() -> ProfileText.read(Arrays.copyOf(cut, cut.length - 20), "x"))
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("not whole");
    }

    private static byte[] gzip(byte[] bytes) throws Exception {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    static Stream<String> badOnes() throws Exception {
        try (var files = Files.list(FIXTURES)) {
            return files
                    .map(f -> f.getFileName().toString())
                    .filter(name -> name.startsWith("bad-") && name.endsWith(".opmprofile"))
                    .map(name -> name.replace(".opmprofile", ""))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    /// Each bad file is refused in the words that stand beside it.
    @ParameterizedTest
    @MethodSource("badOnes")
    void refusesBadFixtures(String name) throws Exception {
        String expected = Files.readString(FIXTURES.resolve(name + ".opmprofile.expected")).strip();
        assertThatThrownBy(() -> read(name))
                .isInstanceOf(name.equals("bad-newer-major") ? Refused.class : Damaged.class)
                .hasMessageContaining(name + ": ")
                .hasMessageContaining(expected)
                .satisfies(e -> assertThat(((OpmException) e).hint()).isNotEmpty());
    }

    /// Not one byte can be changed, and not one taken away, without being noticed.
    @Test
    void noticesEveryChange() throws Exception {
        byte[] good = fixture("good");
        for (int at = 0; at < good.length; at++) {
            byte[] flipped = good.clone();
            flipped[at] ^= 0x04;
            refused(flipped, "flipped at " + at);
            refused(Arrays.copyOf(good, at), "cut at " + at);
        }
        refused(Arrays.copyOf(good, good.length + 1), "one byte more");
    }

    private static void refused(byte[] bytes, String what) {
        assertThatThrownBy(() -> ProfileText.read(bytes, "x"))
                .as(what)
                .isInstanceOfAny(Damaged.class, Refused.class)
                .hasMessageContaining("expected");
    }

    /// Lines taken away, doubled and swapped give an answer or a failure of ours, never a bug.
    @Test
    void survivesAnyOrderOfLines() throws Exception {
        List<String> lines = new String(fixture("good"), StandardCharsets.UTF_8).lines().toList();
        for (int at = 0; at < lines.size() - 1; at++) {
            for (int other = 0; other < lines.size() - 1; other += 9) {
                var changed = new java.util.ArrayList<>(lines.subList(0, lines.size() - 1));
                String line = changed.remove(at);
                answers(changed);
                changed.add(Math.min(other, changed.size()), line);
                answers(changed);
                changed.add(line);
                answers(changed);
            }
        }
    }

    private static void answers(List<String> lines) throws Exception {
        try {
            ProfileText.read(sealed(String.join("\n", lines) + "\n"), "x");
        } catch (Damaged | Refused e) {
            assertThat(e.hint()).isNotEmpty();
        }
    }

    /// The smallest profile that there is, and nothing smaller.
    @Test
    void readsTheSmallest() throws Exception {
        assertThat(ProfileText.read(sealed(SMALLEST), "x").packages()).isEmpty();
        for (String needed : List.of("distro\t\t\t\t\n", "arch\tx\n", "rpm\t4\n")) {
            assertThatThrownBy(() -> ProfileText.read(sealed(SMALLEST.replace(needed, "")), "x"))
                    .isInstanceOf(Damaged.class);
        }
    }

    /// One past each bound is refused; the bounds themselves are far away from real machines.
    @Test
    void refusesJustPastItsBounds() throws Exception {
        String fits = "protect\t" + "x".repeat(Limits.LINE_BYTES - 8) + "\n";
        assertThat(ProfileText.read(sealed(SMALLEST + fits), "x").protectedNames()).hasSize(1);
        assertThatThrownBy(
                        () ->
                                ProfileText.read(
                                        sealed(SMALLEST + "protect\tx" + fits.substring(8)), "x"))
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("at most " + Limits.LINE_BYTES);
        String many = "protect\tx\n".repeat(Limits.PROFILE_LINES - 4);
        assertThat(ProfileText.read(sealed(SMALLEST + many), "x").protectedNames())
                .hasSize(Limits.PROFILE_LINES - 4);
        assertThatThrownBy(() -> ProfileText.read(sealed(SMALLEST + many + "protect\tx\n"), "x"))
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("at most " + Limits.PROFILE_LINES);
    }

    /// So is a package with more dependencies than any has.
    @Test
    void refusesTooManyDependencies() throws Exception {
        String pkg = "pkg\ta-0:1-1.noarch\t\t0\t0\t0\t\t-\t\t\t\n";
        String dependencies = "R\ta\n".repeat(Limits.DEPENDENCIES);
        assertThat(ProfileText.read(sealed(SMALLEST + pkg + dependencies), "x").packages())
                .hasSize(1);
        assertThatThrownBy(
                        () ->
                                ProfileText.read(
                                        sealed(SMALLEST + pkg + dependencies + "R\ta\n"), "x"))
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("at most " + Limits.DEPENDENCIES);
    }

    /// A small file that unpacks to more than any machine says is given up early.
    @Test
    void refusesBombs() throws Exception {
        byte[] bomb = gzip(new byte[Limits.PROFILE_BYTES + 1]);
        assertThat(bomb.length).isLessThan(1 << 20);
        assertThatThrownBy(() -> ProfileText.read(bomb, "x"))
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("more than " + Limits.PROFILE_BYTES);
    }

    /// Text that would break lines and fields is written without what breaks them.
    @Test
    void writesOneFactPerLine() {
        assertThat(ProfileWriter.clean("a\tb\nc\rd")).isEqualTo("a b c d");
    }
}
