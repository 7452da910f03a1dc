package opm.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import opm.base.DepKind;
import opm.base.Digest;
import opm.base.Evr;
import opm.base.Nevra;
import opm.base.RpmDep;
import opm.base.Sense;
import opm.profile.InstalledPackage;
import opm.profile.ProfileText;
import opm.profile.SystemProfile;

/// A machine and two repositories that fit on a page, written into a folder: what the snapshots
/// look at.
///
/// A package is `name-evr.arch`, then facts: `requires: a`, `provides: b = 1`, `file: /path`,
/// `summary: text`, `size: bytes`.
final class TinyWorld {
    private static final String UPDATEINFO =
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <updates>
              <update from="tiny" status="stable" type="security" version="1">
                <id>TINY-2026-1</id><title>shell is mended</title>
                <issued date="2026-01-01 00:00:00"/><severity>Important</severity>
                <references>
                  <reference href="https://tiny.example/1" id="CVE-2026-0001" type="cve"/>
                </references>
                <pkglist><collection>
                  <package name="shell" epoch="0" version="5.2" release="4" arch="x86_64"/>
                </collection></pkglist>
              </update>
              <update from="tiny" status="stable" type="bugfix" version="1">
                <id>TINY-2026-2</id><title>shell wants a restart</title>
                <pkglist><collection>
                  <package name="shell" epoch="0" version="5.2" release="4" arch="x86_64">
                    <reboot_suggested>True</reboot_suggested>
                  </package>
                </collection></pkglist>
              </update>
            </updates>
            """;

    private static final String COMPS =
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <!DOCTYPE comps PUBLIC "-//Red Hat, Inc.//DTD Comps info//EN" "comps.dtd">
            <comps>
              <group>
                <id>writing</id><name>Writing</name><description>For authors</description>
                <uservisible>true</uservisible>
                <packagelist>
                  <packagereq type="mandatory">editor</packagereq>
                  <packagereq type="default">absent-here</packagereq>
                  <packagereq type="optional">spell</packagereq>
                  <packagereq type="conditional" requires="shell">editor-common</packagereq>
                </packagelist>
              </group>
              <group>
                <id>secret</id><name>Secret</name><uservisible>false</uservisible>
                <packagelist><packagereq type="mandatory">spell</packagereq></packagelist>
              </group>
            </comps>
            """;

    private final Path folder;
    private String applications = "";

    TinyWorld(Path folder) {
        this.folder = folder;
    }

    static TinyWorld in(Path folder) throws IOException {
        var world = new TinyWorld(folder);
        world.repo(
                "base",
                List.of(
                        "editor-2:9.0-1.x86_64",
                        "requires: editor-common = 2:9.0-1",
                        "requires: libtext.so.1()(64bit)",
                        "recommends: spell",
                        "file: /usr/bin/editor",
                        "size: 1840220",
                        "summary: A text editor"),
                List.of(
                        "editor-common-2:9.0-1.noarch",
                        "size: 7200000",
                        "summary: Files that every editor needs"),
                List.of(
                        "libtext-1.4-3.x86_64",
                        "provides: libtext.so.1()(64bit)",
                        "size: 96000",
                        "summary: A library of text"),
                List.of(
                        "spell-3.1-2.noarch",
                        "size: 420000",
                        "summary: Knows how words are spelled"),
                List.of("shell-5.2-1.x86_64", "file: /bin/sh", "size: 1500000", "summary: A shell"),
                List.of("broken-1-1.x86_64", "requires: nothing-has-this", "summary: Cannot work"),
                List.of("fight-a-1-1.x86_64", "conflicts: fight-b", "summary: One of two"),
                List.of("fight-b-1-1.x86_64", "summary: The other of two"));
        world.repo(
                "updates",
                List.of("shell-5.2-4.x86_64", "file: /bin/sh", "size: 1510000", "summary: A shell"),
                List.of(
                        "newtools-2-1.noarch",
                        "obsoletes: oldtools < 2",
                        "provides: oldtools = 2",
                        "size: 30000",
                        "summary: Tools under a new name"));
        world.profile(
                List.of("shell-5.2-1.x86_64", "file: /bin/sh", "size: 1500000"),
                List.of("oldtools-1-1.noarch", "size: 28000"),
                List.of("leaf-1-1.noarch", "requires: oldtools", "size: 1000"));
        Path cases = Path.of(System.getProperty("opm.root", "..")).resolve("cases/testcase");
        Files.copy(cases.resolve("problem.t"), folder.resolve("problem.t"));
        return world;
    }

    private static String value(List<String> pkg, String key, String absent) {
        return pkg.stream()
                .filter(fact -> fact.startsWith(key + ": "))
                .map(fact -> fact.substring(key.length() + 2))
                .findFirst()
                .orElse(absent);
    }

    private static List<RpmDep> deps(List<String> pkg, DepKind kind) {
        var deps = new ArrayList<RpmDep>();
        for (String fact : pkg) {
            if (fact.startsWith(kind.word() + ": ")) {
                String dep = fact.substring(kind.word().length() + 2);
                String[] words = dep.split(" ");
                deps.add(
                        words.length == 1 || dep.startsWith("(")
                                ? RpmDep.on(dep)
                                : new RpmDep(words[0], Sense.ofSign(words[1]).bits(), words[2]));
            }
        }
        if (kind == DepKind.PROVIDES) {
            Nevra nevra = Nevra.parse(pkg.getFirst());
            deps.add(new RpmDep(nevra.name(), Sense.EQ.bits(), nevra.evr().toString()));
        }
        return deps;
    }

    @SafeVarargs
    final void profile(List<String>... packages) throws IOException {
        var installed = new ArrayList<InstalledPackage>();
        for (List<String> pkg : packages) {
            Map<DepKind, List<RpmDep>> dependencies = new EnumMap<>(DepKind.class);
            for (DepKind kind : DepKind.values()) {
                dependencies.put(kind, deps(pkg, kind));
            }
            installed.add(
                    new InstalledPackage(
                            Nevra.parse(pkg.getFirst()),
                            "Tiny World",
                            1_700_000_000,
                            1_700_000_100,
                            Long.parseLong(value(pkg, "size", "0")),
                            "",
                            null,
                            InstalledPackage.Reason.USER,
                            "base",
                            "",
                            dependencies,
                            pkg.stream()
                                    .filter(fact -> fact.startsWith("file: "))
                                    .map(fact -> fact.substring("file: ".length()))
                                    .toList()));
        }
        var profile =
                new SystemProfile(
                        new SystemProfile.Distro("tiny", "1", "platform:tiny1", "Tiny World 1"),
                        "x86_64",
                        "",
                        "4.18.0",
                        List.of(),
                        0,
                        0,
                        List.of(),
                        List.of(),
                        List.of(),
                        Map.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        installed);
        Files.write(folder.resolve("tiny.opmprofile"), ProfileText.write(profile));
    }

    /// Gives the repositories that are written from now on a collection of AppStream.
    void applications(String xml) {
        applications = xml;
    }

    @SafeVarargs
    final void repo(String id, List<String>... packages) throws IOException {
        var primary = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        primary.append("<metadata xmlns=\"http://linux.duke.edu/metadata/common\"");
        primary.append(" xmlns:rpm=\"http://linux.duke.edu/metadata/rpm\" packages=\"")
                .append(packages.length)
                .append("\">\n");
        var filelists = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        filelists.append("<filelists xmlns=\"http://linux.duke.edu/metadata/filelists\"");
        filelists.append(" packages=\"").append(packages.length).append("\">\n");
        for (List<String> pkg : packages) {
            primary(primary, pkg);
            filelists(filelists, pkg);
        }
        primary.append("</metadata>\n");
        filelists.append("</filelists>\n");
        Path repodata = Files.createDirectories(folder.resolve(id + "/repodata"));
        var repomd = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        repomd.append("<repomd xmlns=\"http://linux.duke.edu/metadata/repo\">\n");
        repomd.append("<revision>1700000000</revision>\n");
        data(repomd, repodata, "primary", primary.toString());
        data(repomd, repodata, "filelists", filelists.toString());
        if (id.equals("updates")) {
            data(repomd, repodata, "updateinfo", UPDATEINFO);
            data(repomd, repodata, "group", COMPS);
        }
        if (!applications.isEmpty()) {
            data(repomd, repodata, "appstream", applications);
        }
        repomd.append("</repomd>\n");
        Files.writeString(repodata.resolve("repomd.xml"), repomd);
    }

    private static void data(StringBuilder repomd, Path repodata, String type, String text)
            throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Files.write(repodata.resolve(type + ".xml"), bytes);
        repomd.append("<data type=\"").append(type).append("\"><checksum type=\"sha256\">");
        repomd.append(sha256(bytes)).append("</checksum><open-checksum type=\"sha256\">");
        repomd.append(sha256(bytes)).append("</open-checksum><location href=\"repodata/");
        repomd.append(type).append(".xml\"/><timestamp>1700000000</timestamp><size>");
        repomd.append(bytes.length).append("</size><open-size>").append(bytes.length);
        repomd.append("</open-size></data>\n");
    }

    private static void primary(StringBuilder xml, List<String> pkg) {
        Nevra nevra = Nevra.parse(pkg.getFirst());
        long size = Long.parseLong(value(pkg, "size", "1000"));
        String file =
                nevra.name() + "-" + nevra.evr().versionRelease() + "." + nevra.arch() + ".rpm";
        xml.append("<package type=\"rpm\"><name>").append(nevra.name()).append("</name>");
        xml.append("<arch>").append(nevra.arch()).append("</arch>").append(version(nevra.evr()));
        xml.append("<checksum type=\"sha256\" pkgid=\"YES\">").append(pkgId(nevra));
        xml.append("</checksum><summary>").append(value(pkg, "summary", ""));
        xml.append("</summary><description>").append(value(pkg, "summary", ""));
        xml.append(", made for tests.</description><packager></packager>");
        xml.append("<url>https://tiny.example/</url><time file=\"1\" build=\"1700000000\"/>");
        xml.append("<size package=\"").append(size).append("\" installed=\"").append(size * 3);
        xml.append("\" archive=\"").append(size * 3).append("\"/><location href=\"Packages/");
        xml.append(file).append("\"/><format><rpm:license>MIT</rpm:license>");
        xml.append("<rpm:vendor>Tiny World</rpm:vendor><rpm:group>Unspecified</rpm:group>");
        xml.append("<rpm:buildhost>tiny</rpm:buildhost><rpm:sourcerpm>").append(nevra.name());
        xml.append(".src.rpm</rpm:sourcerpm><rpm:header-range start=\"1\" end=\"2\"/>");
        for (DepKind kind : DepKind.values()) {
            List<RpmDep> deps = deps(pkg, kind);
            if (!deps.isEmpty()) {
                xml.append("<rpm:").append(kind.word()).append('>');
                deps.forEach(dep -> xml.append(entry(dep)));
                xml.append("</rpm:").append(kind.word()).append('>');
            }
        }
        for (String fact : pkg) {
            if (fact.startsWith("file: ")) {
                xml.append("<file>").append(fact.substring("file: ".length())).append("</file>");
            }
        }
        xml.append("</format></package>\n");
    }

    private static void filelists(StringBuilder xml, List<String> pkg) {
        Nevra nevra = Nevra.parse(pkg.getFirst());
        xml.append("<package pkgid=\"").append(pkgId(nevra)).append("\" name=\"");
        xml.append(nevra.name()).append("\" arch=\"").append(nevra.arch()).append("\">");
        xml.append(version(nevra.evr()));
        xml.append("<file>/usr/share/doc/").append(nevra.name()).append("/README</file>");
        for (String fact : pkg) {
            if (fact.startsWith("file: ")) {
                xml.append("<file>").append(fact.substring("file: ".length())).append("</file>");
            }
        }
        xml.append("</package>\n");
    }

    private static String version(Evr evr) {
        return "<version epoch=\"%d\" ver=\"%s\" rel=\"%s\"/>"
                .formatted(evr.epoch(), evr.version(), evr.release());
    }

    private static String entry(RpmDep dep) {
        String name = dep.name().replace("&", "&amp;").replace("<", "&lt;");
        if (dep.evr().isEmpty()) {
            return "<rpm:entry name=\"" + name + "\"/>";
        }
        Evr evr = Evr.parse(dep.evr());
        String word =
                switch (Sense.ofFlags(dep.flags())) {
                    case LT -> "LT";
                    case LE -> "LE";
                    case EQ -> "EQ";
                    case GE -> "GE";
                    case GT -> "GT";
                    case NONE, NE, ANY -> throw new IllegalArgumentException(dep.toString());
                };
        String release = evr.release().isEmpty() ? "" : " rel=\"" + evr.release() + "\"";
        return "<rpm:entry name=\"%s\" flags=\"%s\" epoch=\"%d\" ver=\"%s\"%s/>"
                .formatted(name, word, evr.epoch(), evr.version(), release);
    }

    /// There are no payloads in this world, so any digest will do; it has to differ from others.
    private static String pkgId(Nevra nevra) {
        return sha256(nevra.full().getBytes(StandardCharsets.UTF_8));
    }

    private static String sha256(byte[] bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance(Digest.Algorithm.SHA256.jdkName());
            return HexFormat.of().formatHex(digest.digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
