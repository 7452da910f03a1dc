package opm.rpmmd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import opm.base.OpmException.BadRequest;
import opm.host.Access;
import opm.host.LocalDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `.repo` files mean what they mean to dnf and zypp.
class RepoFilesTest {
    private static final Variables VARIABLES =
            Variables.of("9.4", "x86_64", Map.of("stream", "9-stream", "empty", ""));

    private static List<RepositoryConfig> parse(String text) throws BadRequest {
        return new RepoFiles(new LocalDisk(), VARIABLES).parse(text, "x.repo");
    }

    @Test
    void everyOption() throws Exception {
        // All options that opm reads, in dnf's spellings.
        RepositoryConfig repo =
                parse(
                                """
                                # a comment
                                [main]
                                gpgcheck=0
                                [base-$releasever]
                                name = Base $releasever
                                baseurl=http://a/$basearch
                                   https://b/${releasever_major}/
                                ; another comment
                                 file:///c
                                enabled=no
                                priority = 10
                                cost=500
                                gpgcheck=True
                                gpgkey=file:///etc/key1, file:///etc/key2
                                excludepkgs=kernel* foo
                                exclude=bar
                                includepkgs=a,b
                                skip_if_unavailable=1
                                metadata_expire=6h
                                username=me
                                password=se=cret
                                unknown=what
                                """)
                        .getFirst();
        assertThat(repo.id()).isEqualTo("base-9.4");
        assertThat(repo.name()).isEqualTo("Base 9.4");
        assertThat(repo.baseUrls())
                .containsExactly("http://a/x86_64/", "https://b/9/", "file:///c/");
        assertThat(repo.enabled()).isFalse();
        assertThat(repo.priority()).isEqualTo(10);
        assertThat(repo.cost()).isEqualTo(500);
        assertThat(repo.gpgCheck()).isTrue();
        assertThat(repo.gpgKeys()).containsExactly("file:///etc/key1", "file:///etc/key2");
        assertThat(repo.excludes()).containsExactlyInAnyOrder("kernel*", "foo", "bar");
        assertThat(repo.includes()).containsExactly("a", "b");
        assertThat(repo.skipIfUnavailable()).isTrue();
        assertThat(repo.expireSeconds()).isEqualTo(6 * 3600);
        assertThat(repo.userName()).isEqualTo("me");
        assertThat(repo.password()).isEqualTo("se=cret");
        assertThat(repo.toString()).doesNotContain("cret");
    }

    @Test
    void defaults() throws Exception {
        // What is not said is as in dnf.
        RepositoryConfig repo = parse("[a]\nbaseurl=http://a/\n").getFirst();
        assertThat(repo).isEqualTo(RepositoryConfig.ofUrl("a", "http://a"));
    }

    @Test
    void certificatesAndProxies(@TempDir Path root) throws Exception {
        // Of the repository, or of [main]; drop-ins of dnf5 come before dnf.conf.
        Path drop = Files.createDirectories(root.resolve("etc/dnf/libdnf5.conf.d"));
        Files.writeString(drop.resolve("1.conf"), "[main]\nproxy=http://one:1\nsslverify=0\n");
        Files.writeString(
                root.resolve("etc/dnf/dnf.conf"),
                "[main]\nproxy=http://two:2\nproxy_username=joe\nproxy_password=p@ss\n"
                        + "sslcacert=/etc/ca\ngpgcheck=0\n");
        var disk = new LocalDisk();
        var files = new RepoFiles(disk, VARIABLES, RepoFiles.main(disk, root));
        List<RepositoryConfig> repos =
                files.parse(
                        """
                        [a]
                        baseurl=http://a/
                        [b]
                        proxy=http://me:mine@three:3
                        sslverify=1
                        sslcacert=/etc/$basearch
                        sslclientcert=/etc/cert
                        sslclientkey=/etc/key
                        [c]
                        proxy=
                        [d]
                        proxy=_none_
                        [e]
                        proxy=four:4
                        proxy_username=x
                        proxy_password=
                        """,
                        "x.repo");
        assertThat(repos.getFirst().access())
                .isEqualTo(new Access("/etc/ca", false, "", "", "http://joe:p%40ss@two:2"));
        assertThat(repos.getFirst().gpgCheck()).isTrue();
        assertThat(repos.get(1).access())
                .isEqualTo(
                        new Access(
                                "/etc/x86_64",
                                true,
                                "/etc/cert",
                                "/etc/key",
                                "http://me:mine@three:3"));
        assertThat(repos.get(2).access().proxy()).isEqualTo(Access.DIRECT);
        assertThat(repos.get(3).access().proxy()).isEqualTo(Access.DIRECT);
        assertThat(repos.get(4).access().proxy()).isEqualTo("http://x:@four:4");
        assertThat(repos.toString()).doesNotContain("p%40ss", "mine");
    }

    @Test
    void zyppPaths() throws Exception {
        // zypp's `path` names a folder below the address.
        assertThat(parse("[a]\nbaseurl=http://a/x\npath=/sub\n").getFirst().baseUrls())
                .containsExactly("http://a/x/sub/");
        assertThat(parse("[a]\nbaseurl=http://a/x/\npath=/\n").getFirst().baseUrls())
                .containsExactly("http://a/x/");
    }

    @Test
    void whatCannotBeMeant() {
        // A value that means nothing is an error that names file, section and option.
        for (String line :
                List.of("enabled=perhaps", "cost=cheap", "metadata_expire=soon", "nonsense")) {
            assertThatThrownBy(() -> parse("[a]\n" + line + "\n"))
                    .as(line)
                    .isInstanceOf(BadRequest.class)
                    .hasMessageContaining("x.repo");
        }
    }

    @Test
    void variables() {
        // Names are found with and without braces, with defaults, and stay when unknown.
        assertThat(VARIABLES.fill("$releasever/$basearch/$arch")).isEqualTo("9.4/x86_64/x86_64");
        assertThat(VARIABLES.fill("${releasever}x$stream-y")).isEqualTo("9.4x9-stream-y");
        assertThat(VARIABLES.fill("$releasever_minor")).isEqualTo("4");
        assertThat(VARIABLES.fill("${none:-d$arch}")).isEqualTo("dx86_64");
        assertThat(VARIABLES.fill("${arch:-d}${arch:+in}${none:+in}${empty:-e}"))
                .isEqualTo("x86_64ine");
        assertThat(VARIABLES.fill("$none ${none} $ ${ a$")).isEqualTo("$none ${none} $ ${ a$");
        assertThat(VARIABLES.fill("${a:-".repeat(60) + "x" + "}".repeat(60))).isNotEmpty();
    }

    @Test
    void foldersAndOwnVariables(@TempDir Path root) throws Exception {
        // Files are read by folder and name; of two sections of one id the later counts.
        Path folder = root.resolve("etc/yum.repos.d");
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("b.repo"), "[x]\nbaseurl=http://b/$mine\n");
        Files.writeString(
                folder.resolve("a.repo"), "[x]\nbaseurl=http://a/\n[y]\nbaseurl=http://y/\n");
        Files.writeString(folder.resolve("c.repo.rpmsave"), "[z]\nbaseurl=http://z/\n");
        Files.createDirectories(root.resolve("etc/dnf/vars"));
        Files.writeString(root.resolve("etc/dnf/vars/mine"), "value\nmore\n");
        var disk = new LocalDisk();
        var variables = Variables.of("", "", RepoFiles.ownVariables(disk, root));
        List<RepositoryConfig> repos =
                new RepoFiles(disk, variables).read(RepoFiles.usualFolders(root));
        assertThat(repos.stream().map(RepositoryConfig::id)).containsExactly("x", "y");
        assertThat(repos.getFirst().baseUrls()).containsExactly("http://b/value/");
    }

    @Test
    void realFiles() throws Exception {
        // Files of Fedora CoreOS are read whole.
        Path folder = Shared.path("corpus/real/config");
        var files = new RepoFiles(new LocalDisk(), Variables.of("41", "aarch64", Map.of()));
        List<RepositoryConfig> repos = files.read(List.of(folder));
        assertThat(repos).hasSizeGreaterThan(8);
        assertThat(repos)
                .allMatch(repo -> !repo.baseUrls().isEmpty() || !repo.metalink().isEmpty());
        assertThat(repos.stream().flatMap(repo -> repo.baseUrls().stream()))
                .noneMatch(url -> url.contains("$"));
    }

    @Test
    void mirrors() throws Exception {
        // Metalinks and mirror lists give usable addresses, best first, and digests of repomd.xml.
        Path folder = Shared.path("corpus/real/mirrors");
        Mirrors good = Mirrors.ofMetalink(Files.readAllBytes(folder.resolve("metalink_good_01")));
        assertThat(good.baseUrls().getFirst())
                .isEqualTo("http://mirror.pnl.gov/fedora/linux/releases/17/Everything/x86_64/os/");
        assertThat(good.baseUrls()).allMatch(url -> url.startsWith("http"));
        assertThat(good.repomds()).hasSize(1);
        Mirrors more =
                Mirrors.ofMetalink(Files.readAllBytes(folder.resolve("metalink_with_alternates")));
        assertThat(more.repomds().size()).isGreaterThan(1);
        Mirrors bad = Mirrors.ofMetalink(Files.readAllBytes(folder.resolve("metalink_bad_02")));
        assertThat(bad.baseUrls()).isEmpty();
        Mirrors list = Mirrors.ofList(Files.readAllBytes(folder.resolve("mirrorlist_01")));
        assertThat(list.baseUrls()).isNotEmpty().allMatch(url -> url.endsWith("/"));
        assertThat(Mirrors.ofList(Files.readAllBytes(folder.resolve("mirrorlist_03"))).baseUrls())
                .isEmpty();
        for (String name : List.of("metalink_really_bad_01", "metalink_really_bad_03")) {
            assertThat(Mirrors.ofMetalink(Files.readAllBytes(folder.resolve(name))).baseUrls())
                    .as(name)
                    .isEmpty();
        }
        byte[] cut = Files.readAllBytes(folder.resolve("metalink_really_bad_02"));
        assertThatThrownBy(() -> Mirrors.ofMetalink(cut))
                .isInstanceOf(opm.base.OpmException.Damaged.class);
    }

    // Version 4, as `opm download --urls --form metalink` and RFC 5854 write it: lower is better.
    @Test
    void readsMetalinksOfVersion4() throws Exception {
        String text =
                "<?xml version=\"1.0\"?><metalink xmlns=\"urn:ietf:params:xml:ns:metalink\">"
                        + "<file name=\"other\"><url>http://no/repodata/repomd.xml</url></file>"
                        + "<file name=\"repomd.xml\"><size>5</size>"
                        + "<hash type=\"md5\">00</hash><hash type=\"sha-256\">"
                        + "ab".repeat(32)
                        + "</hash><url priority=\"2\">http://b/x/repodata/repomd.xml</url>"
                        + "<url priority=\"1\">http://a/x/repodata/repomd.xml</url>"
                        + "<url priority=\"3\">ftp://c/x/repodata/repomd.xml</url>"
                        + "</file></metalink>";
        Mirrors mirrors =
                Mirrors.ofMetalink(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(mirrors.baseUrls()).containsExactly("http://a/x/", "http://b/x/");
        assertThat(mirrors.repomds())
                .containsExactly(opm.base.Digest.sha256("ab".repeat(32)));
    }
}
