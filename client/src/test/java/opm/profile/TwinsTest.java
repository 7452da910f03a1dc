package opm.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import opm.base.DepKind;
import opm.base.RpmDep;
import opm.host.LocalCommands;
import opm.host.LocalDisk;
import opm.host.RpmCommand;
import opm.profile.InstalledPackage.Reason;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `sh/opm-profile.sh`, under every shell, and the Java capture write the same bytes.
class TwinsTest {
    private static final String DBPATH = "/var/lib/rpm";
    private static final long AT = 1_750_000_000;

    @TempDir Path root;
    @TempDir Path other;
    @TempDir Path toolboxes;

    @BeforeEach
    void needsRpm() {
        assumeTrue(Worlds.has("rpm"), "skipped: there is no rpm on this machine");
    }

    private static byte[] byJava(Path root, String dbpath) throws Exception {
        var commands = new LocalCommands();
        var rpm = RpmCommand.at(root, dbpath, commands);
        return ProfileText.write(ProfileCapture.capture(rpm, new LocalDisk(), commands, AT));
    }

    private static byte[] bySh(List<String> shell, String path, Path root, String dbpath)
            throws Exception {
        var argv = new ArrayList<>(shell);
        argv.addAll(
                List.of(
                        Worlds.PROJECT.resolve("sh/opm-profile.sh").toString(),
                        "--root",
                        root.toString(),
                        "--dbpath",
                        dbpath,
                        "--at",
                        Long.toString(AT)));
        return Worlds.run(Map.of("PATH", path), argv);
    }

    /// Under every shell with the usual tools, then under the plainest with other tools.
    private SystemProfile sameText(Path root, String dbpath) throws Exception {
        byte[] java = byJava(root, dbpath);
        String usual = System.getenv("PATH");
        for (List<String> shell : Worlds.shells()) {
            java = sameText(java, shell, usual, root, dbpath);
        }
        for (String path : Worlds.toolboxes(toolboxes)) {
            java = sameText(java, List.of("sh"), path, root, dbpath);
        }
        SystemProfile read = ProfileText.read(java, "java");
        assertThat(ProfileText.write(read)).as("read and written again").isEqualTo(java);
        return read;
    }

    /// Free space moves under our feet: where the texts differ, both are taken a few times more.
    /// Where it moves each time, the texts are compared without it, and each by its own last line.
    private static byte[] sameText(
            byte[] first, List<String> shell, String path, Path root, String dbpath)
            throws Exception {
        byte[] java = first;
        byte[] sh = bySh(shell, path, root, dbpath);
        for (int tries = 0; tries < 5 && !Arrays.equals(java, sh); tries++) {
            java = byJava(root, dbpath);
            sh = bySh(shell, path, root, dbpath);
        }
        assertThat(still(java)).as("under %s with %s", shell, path).isEqualTo(still(sh));
        assertThat(ProfileText.write(ProfileText.read(sh, "sh"))).isEqualTo(sh);
        return java;
    }

    private static String still(byte[] text) {
        return show(text)
                .replaceAll("(?m)^(mount\t[^\t]*\t[^\t]*)\t\\d+\t(\\d+|-)\t", "$1\t\t\t")
                .replaceAll("(?m)^end\t.*$", "end");
    }

    private static String show(byte[] text) {
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    /// A root without anything is described, and is not changed by that.
    @Test
    void emptyRoot() throws Exception {
        SystemProfile profile = sameText(root, DBPATH);
        assertThat(profile.packages()).isEmpty();
        assertThat(profile.rpmlib())
                .extracting(RpmDep::name)
                .contains("rpmlib(CompressedFileNames)");
        assertThat(profile.mounts()).extracting(SystemProfile.Mount::point).containsExactly("/");
        assertThat(profile.kernel()).isEmpty();
        assertThat(profile.capturedAtSeconds()).isEqualTo(AT);
        try (var left = Files.list(root)) {
            assertThat(left).isEmpty();
        }
    }

    /// Everything that people configure arrives, and nothing that they keep secret does.
    @Test
    void configuredRoot() throws Exception {
        Worlds.configure(root);
        SystemProfile profile = sameText(root, DBPATH);
        String text = show(ProfileText.write(profile));
        assertThat(text)
                .doesNotContain(
                        "secret\n",
                        "joe",
                        "pa:ss",
                        "word@",
                        "SOMETOKEN",
                        "Q_Q",
                        "ZZ",
                        "SCC",
                        "key.pem");
        assertThat(profile.distro())
                .isEqualTo(
                        new SystemProfile.Distro(
                                "opm", "7.3", "platform:el7", "Opm \"Linux\" $7.3 (x)"));
        assertThat(profile.repos())
                .extracting(Repo::id)
                .containsExactly("indnf", "d", "a", "b", "b-source", "linked", "z", "b");
        Repo b = profile.repos().get(3);
        assertThat(b.option("baseurl", ""))
                .isEqualTo(
                        "https://mirror.example/$releasever/ http://two.example/x?arch=$basearch"
                                + " https://three.example/");
        assertThat(b.option("mirrorlist", ""))
                .isEqualTo("https://mirrors.example/?repo=b-$releasever&arch=$basearch");
        assertThat(b.option("gpgkey", ""))
                .isEqualTo("file:///etc/pki/rpm-gpg/B file:///etc/pki/rpm-gpg/C");
        assertThat(b.stripped())
                .containsExactly(
                        "baseurl:user",
                        "baseurl:query",
                        "mirrorlist:query",
                        "username",
                        "password",
                        "sslclientkey");
        assertThat(profile.repos().get(2).option("baseurl", "")).isEqualTo("http://a.example/");
        assertThat(profile.repos().getLast().override()).isTrue();
        assertThat(profile.excludes()).containsExactly("kernel*", "foo-?.x86_64", "bar", "baz");
        assertThat(profile.variables())
                .containsEntry("stream", "9-stream")
                .containsEntry("mirror", "http://m.example/")
                .containsEntry("empty", "");
        assertThat(profile.withheld())
                .containsExactly("/etc/dnf/vars/mirror", "/etc/dnf/vars/mytoken");
        assertThat(profile.locks())
                .extracting(SystemProfile.Lock::text)
                .startsWith("bash-0:5.*", "!zsh-*");
        assertThat(profile.modules())
                .containsExactly(new SystemProfile.Module("nodejs", "18", "enabled", "common"));
        assertThat(profile.protectedNames()).containsExactly("dnf");
    }

    /// Packages of our own making bring every kind of dependency and odd file names.
    @Test
    void builtPackages() throws Exception {
        assumeTrue(Worlds.has("rpmbuild"), "skipped: there is no rpmbuild on this machine");
        Worlds.configure(root);
        Worlds.record(root, DBPATH, Worlds.builtRpms(other));
        SystemProfile profile = sameText(root, DBPATH);
        assertThat(profile.packages())
                .extracting(p -> p.nevra().full())
                .containsExactly(
                        "a-3:1~rc1-2^git.noarch",
                        "b-3:1~rc1-2^git.noarch",
                        "c-b-3:1~rc1-2^git.noarch");
        InstalledPackage a = profile.packages().getFirst();
        assertThat(a.vendor()).isEqualTo("Père & Söhne");
        assertThat(a.reason()).isEqualTo(Reason.UNKNOWN);
        assertThat(a.dependencies(DepKind.REQUIRES))
                .contains(
                        new RpmDep("b", 12, "1"),
                        new RpmDep("(x if (/opt/opm/rich or y) else z)", 0, ""));
        for (DepKind kind : DepKind.values()) {
            assertThat(a.dependencies(kind)).as(kind.word()).isNotEmpty();
        }
        assertThat(a.files())
                .contains(
                        "/etc/opm/a.conf",
                        "/usr/bin/with space",
                        "/usr/bin/ñandú",
                        "/usr/bin/latin-\uDCE9");
        assertThat(profile.packages().get(1).files()).containsExactly("/usr/share/opm/named");
        assertThat(profile.packages().get(2).files()).containsExactly("/opt/opm/rich");
        assertThat(a.header()).isNotNull();
    }

    /// Reasons come from whichever of dnf 5, yum and zypp left them.
    @Test
    void reasons() throws Exception {
        assumeTrue(Worlds.has("rpmbuild"), "skipped: there is no rpmbuild on this machine");
        Worlds.record(root, DBPATH, Worlds.builtRpms(other));
        Worlds.write(root, "var/lib/zypp/AutoInstalled", "# x\nb\n");
        assertThat(reasonsOf(sameText(root, DBPATH)))
                .containsExactly("user ", "dependency ", "user ");
        String yumdb = "var/lib/yum/yumdb/";
        String id = "0123456789012345678901234567890123456789-";
        Worlds.write(root, yumdb + "a/" + id + "a-1~rc1-2^git-noarch/reason", "user");
        Worlds.write(root, yumdb + "a/" + id + "a-1~rc1-2^git-noarch/from_repo", "base");
        Worlds.write(root, yumdb + "b/" + id + "b-1~rc1-2^git-noarch/reason", "dep\n");
        assertThat(reasonsOf(sameText(root, DBPATH)))
                .containsExactly("user base", "dependency ", "- ");
        Worlds.write(
                root,
                "usr/lib/sysimage/libdnf5/packages.toml",
                """
                version = "1.0"

                [packages]
                "a.noarch" = {reason = "Weak Dependency"}
                "b.noarch"={reason="Group"}

                [packages."c-b.noarch"]
                reason = "External User"
                """);
        Worlds.write(
                root,
                "usr/lib/sysimage/libdnf5/nevras.toml",
                "[nevras]\n\"b-3:1~rc1-2^git.noarch\" = {from_repo = \"fedora\"}\n");
        assertThat(reasonsOf(sameText(root, DBPATH)))
                .containsExactly("weak ", "group fedora", "user ");
    }

    /// dnf 4 keeps a history; of each package its last word counts, also `dnf mark`.
    @Test
    void reasonsOfDnf4() throws Exception {
        assumeTrue(Worlds.has("rpmbuild"), "skipped: there is no rpmbuild on this machine");
        assumeTrue(Worlds.has("sqlite3"), "skipped: there is no sqlite3 on this machine");
        Worlds.record(root, DBPATH, Worlds.builtRpms(other));
        Path history = root.resolve("var/lib/dnf/history.sqlite");
        Files.createDirectories(history.getParent());
        // The columns of libdnf 0.69 (dnf 4.14) that are read here.
        Worlds.run(
                List.of(
                        "sqlite3",
                        history.toString(),
                        """
                        CREATE TABLE trans (id INTEGER PRIMARY KEY, state INTEGER);
                        CREATE TABLE repo (id INTEGER PRIMARY KEY, repoid TEXT);
                        CREATE TABLE rpm (item_id INTEGER, name TEXT, arch TEXT);
                        CREATE TABLE trans_item (id INTEGER PRIMARY KEY, trans_id INTEGER,
                            item_id INTEGER, repo_id INTEGER, action INTEGER, reason INTEGER,
                            state INTEGER);
                        INSERT INTO trans VALUES (1, 1), (2, 1), (3, 2);
                        INSERT INTO repo VALUES (1, 'base'), (2, '@System');
                        INSERT INTO rpm VALUES (1, 'a', 'noarch'), (2, 'b', 'noarch'),
                            (3, 'c-b', 'noarch');
                        INSERT INTO trans_item VALUES
                            (1, 1, 1, 1, 1, 2, 1),   -- a installed by the user
                            (2, 1, 2, 1, 1, 1, 1),   -- b installed as a dependency
                            (3, 1, 3, 1, 1, 4, 1),   -- c-b installed as a weak one
                            (4, 2, 2, 2, 11, 2, 1),  -- dnf mark install b
                            (5, 2, 3, 2, 8, 2, 1),   -- a removal says nothing
                            (6, 3, 1, 2, 1, 1, 1);   -- nor does a transaction that failed
                        """));
        assertThat(reasonsOf(sameText(root, DBPATH)))
                .containsExactly("user base", "user @System", "weak base");
    }

    private static List<String> reasonsOf(SystemProfile profile) {
        return profile.packages().stream()
                .map(p -> p.reason().word() + " " + p.fromRepo())
                .toList();
    }

    /// The order in which packages were installed does not show.
    @Test
    void installOrderDoesNotMatter() throws Exception {
        assumeTrue(Worlds.has("rpmbuild"), "skipped: there is no rpmbuild on this machine");
        List<Path> rpms = Worlds.builtRpms(other.resolve("build").toAbsolutePath());
        Path backwards = Files.createDirectories(other.resolve("backwards"));
        for (Path rpm : rpms) {
            Worlds.record(root, DBPATH, List.of(rpm));
        }
        for (Path rpm : rpms.reversed()) {
            Worlds.record(backwards, DBPATH, List.of(rpm));
        }
        SystemProfile one = sameText(root, DBPATH);
        SystemProfile two = sameText(backwards, DBPATH);
        assertThat(one.installedDigest()).isEqualTo(two.installedDigest());
        assertThat(one.packages())
                .extracting(InstalledPackage::nevra)
                .isEqualTo(two.packages().stream().map(InstalledPackage::nevra).toList());
    }

    /// Real CentOS 7 packages, with their real headers.
    @Test
    void realPackages() throws Exception {
        Path shared = Worlds.shared();
        assumeTrue(shared != null, "skipped: there is no ../shared");
        try (var files = Files.list(shared.resolve("corpus/real/rpms/centos7-closed"))) {
            Worlds.record(
                    root,
                    DBPATH,
                    files.filter(f -> f.toString().endsWith(".rpm")).sorted().toList());
        }
        SystemProfile profile = sameText(root, DBPATH);
        assertThat(profile.packages()).hasSizeGreaterThan(10);
        assertThat(profile.releasever()).isEqualTo("7");
        assertThat(profile.installedDigest().hex()).isEqualTo(digestBySh(root));
    }

    private static String digestBySh(Path root) throws Exception {
        String line =
                "rpm --root \"$1\" --dbpath /var/lib/rpm -qa --qf"
                        + " '%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%{ARCH}\\n'"
                        + " | grep -v '^gpg-pubkey-' | LC_ALL=C sort | sha256sum";
        return show(Worlds.run(List.of("sh", "-c", line, "sh", root.toString()))).substring(0, 64);
    }

    /// Databases of other distributions, as they were found.
    @Test
    void realDatabases() throws Exception {
        Path shared = Worlds.shared();
        assumeTrue(shared != null, "skipped: there is no ../shared");
        Path from = shared.resolve("corpus/real/rpmdb");
        Worlds.gunzip(
                from.resolve("cbl-mariner-2.0-rpmdb.sqlite.gz"),
                root.resolve("var/lib/rpm/rpmdb.sqlite"));
        assertThat(sameText(root, DBPATH).packages()).hasSize(129);
        Worlds.gunzip(
                from.resolve("fedora38-libgcc-rpmdb.sqlite.gz"),
                other.resolve("usr/lib/sysimage/rpm/rpmdb.sqlite"));
        assertThat(sameText(other, "/usr/lib/sysimage/rpm").packages())
                .extracting(p -> p.nevra().name())
                .containsExactly("coreutils", "libgcc");
    }

    /// Trusted keys travel whole.
    @Test
    void keys() throws Exception {
        Path shared = Worlds.shared();
        assumeTrue(shared != null, "skipped: there is no ../shared");
        Path key = shared.resolve("corpus/real/keys/RPM-GPG-KEY-CentOS-7");
        Worlds.run(
                List.of(
                        "rpmkeys",
                        "--root",
                        root.toString(),
                        "--dbpath",
                        DBPATH,
                        "--import",
                        key.toString()));
        SystemProfile profile = sameText(root, DBPATH);
        assertThat(profile.keys()).hasSize(1);
        assertThat(profile.packages()).isEmpty();
        List<String> armor = profile.keys().getFirst().armor();
        assertThat(armor.getFirst()).startsWith("-----BEGIN PGP PUBLIC KEY BLOCK");
        assertThat(armor.getLast()).startsWith("-----END PGP PUBLIC KEY BLOCK");
    }
}
