package opm.profile;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/// Roots for the tests of profiles, and the programs that make them.
final class Worlds {
    /// The project's own folder.
    static final Path PROJECT = Path.of(System.getProperty("opm.root", "..")).toAbsolutePath();

    private static final String SPEC =
            """
            Name: a
            Version: 1~rc1
            Release: 2^git
            Epoch: 3
            Summary: One with everything
            License: none
            Vendor: Père & Söhne
            BuildArch: noarch
            Requires: b >= 1, /usr/share/opm/named
            Requires(post): /bin/sh
            Requires: (x if (/opt/opm/rich or y) else z)
            Conflicts: old < 2
            Obsoletes: older <= 1:1-1
            Recommends: r
            Suggests: s
            Supplements: (u and v)
            Enhances: e = 5
            Provides: p = 7-8, bare
            %description
            x
            %package -n b
            Summary: Plain
            %description -n b
            x
            %package -n c-b
            Summary: Sorts between
            %description -n c-b
            x
            %install
            cd %{buildroot}
            mkdir -p usr/bin etc/opm usr/share/opm opt/opm
            touch usr/bin/a etc/opm/a.conf usr/share/opm/named usr/share/opm/other opt/opm/rich
            touch "usr/bin/with space" usr/bin/ñandú "$(printf 'usr/bin/latin-\\351')"
            %files
            "/usr/bin/with space"
            /usr/bin/a
            /usr/bin/ñ*
            /usr/bin/latin*
            /etc/opm
            %files -n b
            /usr/share/opm
            %files -n c-b
            /opt/opm/rich
            """;

    private Worlds() {}

    static boolean has(String program) {
        return Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /// The shells that are here, each as the words that start it.
    static List<List<String>> shells() {
        var found = new ArrayList<List<String>>();
        for (var shell : List.of(List.of("dash"), List.of("busybox", "ash"), List.of("bash"))) {
            if (has(shell.getFirst())) {
                found.add(shell);
            }
        }
        if (found.isEmpty()) {
            found.add(List.of("sh"));
        }
        return found;
    }

    /// Base tools that stand in for the usual ones: all of busybox, and the awk that RHEL has.
    ///
    /// @param folder where to put the programs that start them
    /// @return a PATH for each
    static List<String> toolboxes(Path folder) throws IOException {
        var found = new ArrayList<String>();
        if (has("busybox")) {
            var tools = "awk sed sort cut stat mktemp readlink sha256sum find tr uname cat rm";
            found.add(toolbox(folder.resolve("busybox"), tools.split(" "), "busybox "));
        }
        if (has("gawk")) {
            found.add(toolbox(folder.resolve("gawk"), new String[] {"awk"}, "g"));
        }
        return found;
    }

    private static String toolbox(Path box, String[] tools, String prefix) throws IOException {
        Files.createDirectories(box);
        for (String tool : tools) {
            Path file = box.resolve(tool);
            Files.writeString(file, "#!/bin/sh\nexec " + prefix + tool + " \"$@\"\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        return box + ":" + System.getenv("PATH");
    }

    /// Where the shared test data is, or null.
    static @org.jspecify.annotations.Nullable Path shared() {
        String named = System.getenv("OPM_SHARED");
        Path path = named == null ? PROJECT.resolve("../shared") : Path.of(named);
        return Files.isDirectory(path.resolve("corpus/real")) ? path : null;
    }

    /// Runs a program and returns what it printed.
    static byte[] run(Map<String, String> env, List<String> argv) throws Exception {
        var err = Files.createTempFile("opm-test", ".err");
        try {
            var builder = new ProcessBuilder(argv).redirectError(err.toFile());
            builder.environment().putAll(env);
            var process = builder.start();
            process.getOutputStream().close();
            byte[] out = process.getInputStream().readAllBytes();
            if (!process.waitFor(300, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError(argv + " failed: " + Files.readString(err));
            }
            return out;
        } finally {
            Files.delete(err);
        }
    }

    static byte[] run(List<String> argv) throws Exception {
        return run(Map.of(), argv);
    }

    /// Builds three small packages with rpmbuild, one of them with every kind of dependency.
    static List<Path> builtRpms(Path folder) throws Exception {
        Files.createDirectories(folder);
        Path spec = folder.resolve("a.spec");
        Files.writeString(spec, SPEC);
        run(
                Map.of("HOME", folder.toString(), "LC_ALL", "C.UTF-8"),
                List.of(
                        "rpmbuild",
                        "-bb",
                        "--quiet",
                        "--define",
                        "_topdir " + folder.resolve("top"),
                        "--define",
                        "_invalid_encoding_terminates_build 0",
                        spec.toString()));
        try (var files = Files.walk(folder.resolve("top/RPMS"))) {
            return files.filter(f -> f.toString().endsWith(".rpm")).sorted().toList();
        }
    }

    /// Records packages in the database of a root without unpacking them.
    static void record(Path root, String dbpath, List<Path> rpms) throws Exception {
        var argv =
                new ArrayList<>(
                        List.of(
                                "rpm",
                                "--root",
                                root.toString(),
                                "--dbpath",
                                dbpath,
                                "-i",
                                "--justdb",
                                "--nodeps",
                                "--replacefiles",
                                "--noscripts",
                                "--notriggers",
                                "--nosignature",
                                "--ignorearch",
                                "--ignoreos"));
        if (Files.exists(Path.of("/etc/debian_version"))) {
            argv.add("--force-debian");
        }
        rpms.forEach(rpm -> argv.add(rpm.toString()));
        run(argv);
    }

    static void gunzip(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        try (InputStream in = new GZIPInputStream(Files.newInputStream(from))) {
            Files.copy(in, to);
        }
    }

    static void write(Path root, String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /// Configures a root as dnf, yum and zypp users do, with secrets in every place.
    static void configure(Path root) throws IOException {
        write(
                root,
                "usr/lib/os-release",
                """
                NAME="Opm \\"Linux\\""
                ID=opm
                VERSION_ID='7.3'
                PLATFORM_ID="platform:el7"
                PRETTY_NAME="Opm \\"Linux\\" \\$7.3\t(x)"
                """);
        write(
                root,
                "etc/dnf/dnf.conf",
                """
                # comment
                [main]
                gpgcheck=1
                best = False
                installonly_limit=3
                excludepkgs=kernel*, foo-?.x86_64
                  bar
                proxy=http://joe:secret@proxy:3128/
                proxy_username=joe
                proxy_password = secret
                [indnf]
                baseurl=file:///srv/repo
                """);
        write(root, "etc/yum.conf", "[main]\r\nplugins=1\r\nexclude=baz\r\n");
        write(root, "etc/zypp/zypp.conf", "## x\n[main]\nsolver.onlyRequires = true\n");
        write(root, "usr/share/dnf5/libdnf.conf.d/20-x.conf", "[main]\nbest=True\n");
        write(
                root,
                "etc/yum.repos.d/b.repo",
                """
                [b]
                name=B $releasever - $basearch
                baseurl=https://joe:pa:ss@word@mirror.example/$releasever/,http://two.example/x?token=Q_Q&arch=$basearch
                 https://three.example/?SOMETOKEN
                mirrorlist=https://mirrors.example/?repo=b-$releasever&arch=$basearch&customer=ZZ
                enabled=1
                username=joe
                password=x
                sslclientkey=/etc/pki/key.pem
                sslclientcert=/etc/pki/cert.pem
                priority=10
                module_hotfixes=true
                gpgkey=file:///etc/pki/rpm-gpg/B
                \tfile:///etc/pki/rpm-gpg/C

                  stray
                [b-source]
                enabled=0
                ; end
                [main]
                ignored=here
                [] broken
                dropped=1
                [noend
                dropped=2
                """);
        write(
                root,
                "etc/yum.repos.d/a.repo",
                "[a]\nbaseurl=\n  http://a.example/\n=odd\nnoequals\nempty=\n");
        write(root, "etc/yum.repos.d/.hidden.repo", "[hidden]\nname=no\n");
        write(root, "etc/yum.repos.d/not.repo.rpmsave", "[saved]\nname=no\n");
        write(
                root,
                "etc/distro.repos.d/d.repo",
                "[d]\nmetalink=https://m.example/?repo=d;arch=x86_64\n");
        write(
                root,
                "etc/zypp/repos.d/z.repo",
                "[z]\nautorefresh=1\nbaseurl=dir:///z?credentials=SCC&ssl_verify=no\n");
        write(root, "etc/dnf/repos.override.d/99.repo", "[b]\nenabled=0\n");
        write(root, "etc/dnf/vars/stream", "9-stream\nsecond line\n");
        write(root, "etc/yum/vars/stream", "8-stream\n");
        write(root, "etc/dnf/vars/mytoken", "Q_Q\n");
        write(root, "etc/dnf/vars/mirror", "http://joe:x@m.example/?k=v\n");
        write(root, "etc/dnf/vars/empty", "");
        write(root, "etc/dnf/plugins/versionlock.list", "# c\n\nbash-0:5.*\n  !zsh-*\t \n");
        write(root, "etc/zypp/locks", "\ntype: package\nmatch_type: glob\nsolvable_name: vim\n");
        write(
                root,
                "etc/dnf/modules.d/nodejs.module",
                "[nodejs]\nname=nodejs\nstream=18\nprofiles=common\nstate=enabled\n");
        write(root, "etc/dnf/protected.d/dnf.conf", "dnf\n# c\n");
        Path link = root.resolve("etc/yum.repos.d/l.repo");
        write(root, "srv/linked.repo", "[linked]\nname=Linked\n");
        Files.createSymbolicLink(link, Path.of("/srv/linked.repo"));
        Files.createSymbolicLink(root.resolve("etc/os-release"), Path.of("../usr/lib/os-release"));
    }
}
