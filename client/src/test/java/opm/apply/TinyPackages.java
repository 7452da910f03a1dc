package opm.apply;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import opm.base.Digest;

/// Small signed packages with scripts, obsoletes and configuration files, built with rpmbuild.
///
/// Scripts are in Lua, because the scratch roots have no shell. Kept in `target` under a name that
/// depends on their sources, so that they are built once.
public final class TinyPackages {
    /// The kinds of triggers that an upgrade of alpha and the end of gone set off; each fails.
    static final List<String> TRIGGERS =
            List.of(
                    "%triggerprein -- alpha",
                    "%triggerin -- alpha",
                    "%triggerun -- alpha",
                    "%triggerpostun -- alpha",
                    "%filetriggerin -- /usr/share/alpha",
                    "%filetriggerun -- /usr/share/gone",
                    "%filetriggerpostun -- /usr/share/gone",
                    "%transfiletriggerin -- /usr/share/alpha",
                    "%transfiletriggerun -- /usr/share/alpha",
                    "%transfiletriggerpostun -- /usr/share/alpha");

    /// Spec files in short: name, version, and lines that are put into the spec.
    private static final List<List<String>> SOURCES =
            List.of(
                    List.of("alpha", "1", "", "/usr/share/alpha/one"),
                    List.of("alpha", "2", "", "/usr/share/alpha/one /usr/share/alpha/two"),
                    List.of("beta", "1", "Requires: alpha", "/usr/share/beta/text"),
                    List.of("beta", "2", "Requires: alpha >= 2", "/usr/share/beta/text"),
                    List.of("kernel", "1", "", "/lib/modules/1/vmlinuz"),
                    List.of("kernel", "2", "", "/lib/modules/2/vmlinuz"),
                    List.of("oldname", "1", "", "/usr/share/oldname"),
                    List.of("newname", "1", "Obsoletes: oldname < 2", "/usr/share/newname"),
                    List.of("gone", "1", "", "/usr/share/gone"),
                    List.of("conf", "1", "", "%config(noreplace) /etc/conf"),
                    List.of("conf", "2", "", "%config(noreplace) /etc/conf"),
                    List.of(
                            "badpre",
                            "1",
                            "%pre -p <lua>\nerror('pre says no')",
                            "/usr/share/badpre"),
                    List.of(
                            "badpost",
                            "1",
                            "%post -p <lua>\nerror('post fails')",
                            "/usr/share/badpost"),
                    List.of("slow", "1", "", "/usr/share/slow/one"),
                    List.of(
                            "slow",
                            "2",
                            "%post -p <lua>\nposix.sleep(1)\nprint('slow has slept')",
                            "/usr/share/slow/one"),
                    List.of("tail", "1", "Requires: slow", "/usr/share/tail"),
                    List.of("tail", "2", "Requires: slow >= 2", "/usr/share/tail"),
                    List.of("clash", "1", "Conflicts: alpha", "/usr/share/clash"),
                    List.of("epoch", "1", "Epoch: 3", "/usr/share/epoch"),
                    List.of(
                            "trigger",
                            "1",
                            "%transfiletriggerin -p <lua> -- /usr/share\nprint('files came')",
                            "/usr/share/trigger"),
                    List.of("unsigned", "1", "", "/usr/share/unsigned"),
                    List.of("shell", "1", "Provides: /bin/sh", "/usr/share/shell"),
                    script("failpretrans", "1", "%pretrans -p /bin/sh"),
                    script("failpre", "1", "%pre"),
                    script("failpost", "1", "%post"),
                    script("failposttrans", "1", "%posttrans"),
                    script("failpreun", "1", "%preun"),
                    List.of("failpreun", "2", "", "/usr/share/failpreun"),
                    script("failpostun", "1", "%postun"),
                    List.of("failpostun", "2", "", "/usr/share/failpostun"),
                    List.of("hangpre", "1", "%pre\nsleep 1000", "/usr/share/hangpre"),
                    List.of("hangpost", "1", "%post\nsleep 1000", "/usr/share/hangpost"),
                    List.of(
                            "hanglua",
                            "1",
                            "%post -p <lua>\nposix.sleep(1000)",
                            "/usr/share/hanglua"),
                    List.of(
                            "reader",
                            "1",
                            "%post\nread line || echo nobody answers\ncat",
                            "/usr/share/reader"),
                    List.of("triggers", "1", triggers(), "/usr/share/triggers"));

    private static List<String> script(String name, String version, String section) {
        String text = section + "\necho words of " + name + "\nexit 3";
        return List.of(name, version, text, "/usr/share/" + name);
    }

    private static String triggers() {
        return TRIGGERS.stream()
                .map(trigger -> trigger + "\nexit 3")
                .collect(java.util.stream.Collectors.joining("\n"));
    }

    public final Path folder;

    private TinyPackages(Path folder) {
        this.folder = folder;
    }

    /// Returns the packages; skips the test where they cannot be built.
    public static synchronized TinyPackages build() throws Exception {
        ScratchRoot.needs("rpm", "rpmkeys", "rpmbuild", "rpmsign", "gpg");
        String name =
                "tiny-"
                        + Digest.sha256Of(SOURCES.toString().getBytes(UTF_8))
                                .hex()
                                .substring(0, 12);
        return new TinyPackages(ScratchRoot.kept(name, TinyPackages::make));
    }

    public Path key() {
        return folder.resolve("key.asc");
    }

    /// Returns the file of `NAME-VERSION`.
    public Path file(String nameVersion) {
        return folder.resolve(nameVersion + "-1.noarch.rpm");
    }

    public List<Path> files(String... nameVersions) {
        return java.util.Arrays.stream(nameVersions).map(this::file).toList();
    }

    private static void make(Path folder) throws Exception {
        List<String> build =
                new ArrayList<>(
                        List.of(
                                "rpmbuild",
                                "-bb",
                                "--quiet",
                                "--define",
                                "_topdir " + folder.resolve("build"),
                                "--define",
                                "_rpmdir " + folder,
                                "--define",
                                "_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm",
                                "--define",
                                "_binary_payload w3.gzdio",
                                "--define",
                                "__os_install_post %{nil}",
                                "--define",
                                "debug_package %{nil}"));
        for (List<String> source : SOURCES) {
            Path spec = folder.resolve(source.get(0) + "-" + source.get(1) + ".spec");
            Files.writeString(spec, spec(source));
            build.add(spec.toString());
        }
        ScratchRoot.ok(ScratchRoot.run(build.toArray(String[]::new)));
        // gpg-agent's socket has room for about 100 characters, so its home is elsewhere.
        Path home = Files.createTempDirectory("opm-gpg");
        Map<String, String> environment = Map.of("GNUPGHOME", home.toString());
        gpg(
                environment,
                "--passphrase",
                "",
                "--quick-gen-key",
                "opm test <test@invalid>",
                "rsa2048");
        Files.writeString(
                folder.resolve("key.asc"),
                gpg(environment, "--armor", "--export")
                        .output()
                        .replaceFirst("(?s)^.*?(?=-----B)", ""));
        List<String> sign =
                new ArrayList<>(
                        List.of(
                                "rpmsign", "--addsign",
                                "--define", "_gpg_name opm test <test@invalid>",
                                "--define", "__gpg /usr/bin/gpg"));
        try (var files = Files.list(folder)) {
            files.map(Path::toString)
                    .filter(file -> file.endsWith(".rpm") && !file.contains("/unsigned-"))
                    .sorted()
                    .forEach(sign::add);
        }
        ScratchRoot.ok(ScratchRoot.runIn(folder, environment, sign.toArray(String[]::new)));
        ScratchRoot.runIn(folder, environment, "gpgconf", "--kill", "all");
        ScratchRoot.run("rm", "-rf", home.toString(), folder.resolve("build").toString());
    }

    private static ScratchRoot.Run gpg(Map<String, String> environment, String... arguments)
            throws Exception {
        List<String> argv = new ArrayList<>(List.of("gpg", "--batch", "--quiet"));
        argv.addAll(List.of(arguments));
        return ScratchRoot.ok(
                ScratchRoot.runIn(Path.of("."), environment, argv.toArray(String[]::new)));
    }

    private static String spec(List<String> source) {
        String files = source.get(3);
        String path = files.startsWith("%") ? files.substring(files.indexOf('/')) : files;
        var install = new StringBuilder();
        for (String file : path.split(" ")) {
            install.append("install -d %{buildroot}$(dirname ").append(file).append(")\n");
            install.append("echo ").append(source.get(0)).append(' ').append(source.get(1));
            install.append(" >%{buildroot}").append(file).append('\n');
        }
        boolean isScript = source.get(2).startsWith("%");
        return "Name: "
                + source.get(0)
                + "\nVersion: "
                + source.get(1)
                + "\nRelease: 1\nSummary: A test\nLicense: Apache-2.0\nBuildArch: noarch\n"
                + (isScript ? "" : source.get(2) + "\n")
                + "%description\nA test.\n%install\n"
                + install
                + (isScript ? source.get(2) + "\n" : "")
                + "%files\n"
                + files.replace(" /", "\n/").replace("%config(noreplace)\n", "%config(noreplace) ")
                + "\n";
    }
}
