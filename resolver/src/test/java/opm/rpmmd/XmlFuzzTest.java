package opm.rpmmd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import opm.FuzzRounds;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.pkgset.FileListBuilder;
import opm.pkgset.PackageSet;
import opm.pkgset.PackageSetBuilder;
import org.junit.jupiter.api.Test;

/// Metadata of any bytes is read, or is damaged; nothing else, and in bounded time.
class XmlFuzzTest {
    private static final long SEED = Long.getLong("opm.fuzz.seed", 13);
    private static final String SUM = "ab".repeat(32);
    private static final String PKGID =
            "<package pkgid=\"" + SUM + "\" name=\"a\" arch=\"noarch\">"
                    + "<version epoch=\"0\" ver=\"1\" rel=\"2\"/>";

    /// Reads one kind of metadata.
    private interface Reader {
        void read(InputStream in) throws Exception;
    }

    private static final Map<String, Reader> READERS =
            new TreeMap<>(
                    Map.ofEntries(
                            entry("primary", in -> primary(in, 1)),
                            entry("aside", in -> primary(in, 2)),
                            entry(
                                    "filelists",
                                    in -> new FilelistsReader(in, "x", Set.of("/b")).read()),
                            entry(
                                    "some",
                                    in -> new PackageFilesReader(in, "x", Set.of(SUM)).read()),
                            entry("all", in -> new AllFilesReader(in, "x", files()).read()),
                            entry("other", in -> new ChangelogReader(in, "x", (_, _) -> {}).read()),
                            entry("updateinfo", XmlFuzzTest::advisories),
                            entry("group", in -> new GroupsReader(in, "x").read()),
                            entry("prestodelta", in -> new DeltasReader(in, "x", _ -> true).read()),
                            entry("modules", in -> Modules.parse(in.readAllBytes())),
                            entry("metalink", in -> Mirrors.ofMetalink(in.readAllBytes())),
                            entry("repomd", in -> Repomd.parse(in.readAllBytes()))));

    private static final String FILELISTS =
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<filelists packages=\"1\">"
                    + PKGID
                    + "\n<file>/usr/bin/a</file>\n<file type=\"dir\">/usr/&amp;é</file>\n"
                    + "<file><![CDATA[/b]]></file><!-- c --></package></filelists>";

    private static final String PRIMARY =
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <metadata xmlns="http://linux.duke.edu/metadata/common"
             xmlns:rpm="http://linux.duke.edu/metadata/rpm" packages="1">
            <package type="rpm"><name>a</name><arch>noarch</arch>
            <version epoch="0" ver="1" rel="2"/><checksum type="sha256" pkgid="YES">SUM</checksum>
            <summary>&lt;s&#62;</summary><description>d &#x1F600;</description><url>u</url>
            <time file="1700000000" build="1700000000"/>
            <size package="1" installed="2" archive="3"/><location href="p/a-1-2.noarch.rpm"/>
            <format><rpm:license>l</rpm:license><rpm:vendor>v</rpm:vendor>
            <rpm:group>g</rpm:group><rpm:sourcerpm>a-1-2.src.rpm</rpm:sourcerpm>
            <rpm:header-range start="1" end="2"/>
            <rpm:provides><rpm:entry name="a" flags="EQ" epoch="0" ver="1" rel="2"/></rpm:provides>
            <rpm:requires><rpm:entry name="(b if (c or d))"/>
            <rpm:entry name="/bin/sh" pre="1"/><rpm:entry name="e" flags="GE" ver="2"/>
            </rpm:requires><rpm:recommends><rpm:entry name="f"/></rpm:recommends>
            <file>/usr/bin/a</file><file type="dir">/etc/a.d</file></format></package></metadata>
            """
                    .replace("SUM", SUM);

    private static final String OTHER =
            "<otherdata packages=\"1\">"
                    + PKGID
                    + "<changelog author=\"A &lt;a@b&gt;\" date=\"1700000000\">- m</changelog>"
                    + "<changelog author=\"B\" date=\"x\">- f</changelog></package></otherdata>";

    private static final String UPDATES =
            """
            <!DOCTYPE updates SYSTEM "u.dtd">
            <updates><update type="security"><id>U-1</id><title>Ä</title><severity>Low</severity>
            <issued date="2026-11-21 10:00:00"/><references>
            <reference type="cve" id="CVE-1" title="t" href="h"/></references>
            <pkglist><collection><package name="a" version="1" release="2" epoch="0" arch="noarch">
            <reboot_suggested/></package></collection></pkglist></update></updates>
            """;

    private static final String GROUPS =
            """
            <!DOCTYPE comps PUBLIC "-//c" "comps.dtd">
            <comps><group><id>g</id><name>G</name><name xml:lang="de">H</name>
            <uservisible>false</uservisible><packagelist>
            <packagereq type="conditional" requires="b">a</packagereq></packagelist></group>
            <environment><id>e</id><name>E</name><grouplist><groupid>g</groupid></grouplist>
            </environment></comps>
            """;

    private static final String DELTAS =
            """
            <prestodelta><newpackage name="a" epoch="0" version="2" release="1" arch="noarch">
            <delta oldepoch="0" oldversion="1" oldrelease="1"><filename>d/a.drpm</filename>
            <sequence>a-1-1-0123</sequence><size>9</size><checksum type="sha256">SUM</checksum>
            </delta></newpackage></prestodelta>
            """
                    .replace("SUM", SUM);

    private static final String MODULES =
            """
            ---
            document: modulemd
            version: 2
            data:
              name: m
              stream: s
              version: 1
              artifacts:
                rpms:
                - a-0:1-2.noarch
            ...
            ---
            document: modulemd-defaults
            version: 1
            data: {module: m, stream: "s", profiles: {s: [common]}}
            ...
            """;

    private static final String METALINK =
            """
            <metalink version="3.0" xmlns="http://www.metalinker.org/"
             xmlns:mm0="http://fedorahosted.org/mirrormanager"><files><file name="repomd.xml">
            <mm0:timestamp>1700000000</mm0:timestamp><size>2</size><verification>
            <hash type="md5">00</hash><hash type="sha256">SUM</hash></verification>
            <resources maxconnections="1"><url protocol="http" type="http" location="BR"
             preference="100">http://a/repodata/repomd.xml</url></resources></file></files>
            </metalink>
            """
                    .replace("SUM", SUM);

    private static final String REPOMD =
            """
            <repomd xmlns="http://linux.duke.edu/metadata/repo"><revision>1700000000</revision>
            <tags><content>c</content></tags><data type="primary">
            <checksum type="sha256">SUM</checksum><open-checksum type="sha256">SUM</open-checksum>
            <location href="repodata/p.xml.gz"/><timestamp>1</timestamp><size>2</size>
            <open-size>3</open-size></data></repomd>
            """
                    .replace("SUM", SUM);

    private static final Map<String, String> DOCUMENTS =
            Map.ofEntries(
                    Map.entry("primary", PRIMARY),
                    Map.entry("aside", PRIMARY),
                    Map.entry("filelists", FILELISTS),
                    Map.entry("some", FILELISTS),
                    Map.entry("all", FILELISTS),
                    Map.entry("other", OTHER),
                    Map.entry("updateinfo", UPDATES),
                    Map.entry("group", GROUPS),
                    Map.entry("prestodelta", DELTAS),
                    Map.entry("modules", MODULES),
                    Map.entry("metalink", METALINK),
                    Map.entry("repomd", REPOMD));

    /// What breaks readers.
    private static final List<String> HOSTILE =
            List.of(
                    "<!DOCTYPE a [<!ENTITY b \"&c;&c;\"><!ENTITY c \"&b;\">]>",
                    "&b;",
                    "&#0;",
                    "&#x110000;",
                    "&#xD800;",
                    "&",
                    "<![CDATA[",
                    "]]>",
                    "<!--",
                    "-->",
                    "<?a",
                    "<a:b xmlns:a=\"\">",
                    "<a>".repeat(2000),
                    "</package>",
                    "<package>",
                    "\"",
                    "'",
                    "=",
                    "<",
                    ">",
                    "/>",
                    "-1",
                    "9".repeat(40),
                    "(".repeat(3000),
                    "(a or ".repeat(1500),
                    "x".repeat(70_000),
                    "\0",
                    "\ufeff",
                    "\r\n");

    private static Map.Entry<String, Reader> entry(String kind, Reader reader) {
        return Map.entry(kind, reader);
    }

    private static void primary(InputStream in, int threads) throws OpmException {
        var builder = new PackageSetBuilder().threads(threads);
        Importer.primary(in, "x", builder, false);
        builder.build().check();
    }

    private static FileListBuilder files() throws Damaged {
        PackageSet set =
                new PackageSetBuilder()
                        .begin(opm.base.Nevra.parse("a-1-2.noarch"))
                        .checksum(opm.base.Digest.sha256(SUM))
                        .end()
                        .build();
        return new FileListBuilder(set);
    }

    private static void advisories(InputStream in) throws OpmException {
        new AdvisoriesReader(in, "x", _ -> true, _ -> {}).read();
    }

    private static byte[] bytes(String kind) {
        return Objects.requireNonNull(DOCUMENTS.get(kind)).getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void documentsAreRead() throws Exception {
        // What is damaged below is whole.
        for (Map.Entry<String, Reader> one : READERS.entrySet()) {
            one.getValue().read(new ByteArrayInputStream(bytes(one.getKey())));
        }
    }

    @Test
    void damagedMetadata() {
        var random = new Random(SEED);
        List<String> kinds = List.copyOf(READERS.keySet());
        int damaged = 0;
        var rounds = new FuzzRounds("metadata", 3000);
        while (rounds.more()) {
            String kind = kinds.get(rounds.done() % kinds.size());
            byte[] bad = damaged(bytes(kind), random);
            String what = "seed " + SEED + ", round " + rounds.done() + ", " + kind;
            try {
                Objects.requireNonNull(READERS.get(kind)).read(new ByteArrayInputStream(bad));
            } catch (Damaged e) {
                damaged++;
                assertThat(e.getMessage()).as(what).hasSizeLessThan(1000);
            } catch (Exception | StackOverflowError e) {
                throw new AssertionError(what + ": " + text(bad), e);
            }
        }
        assertThat(damaged).isBetween(rounds.done() / 5, rounds.done() - 1);
    }

    private static String text(byte[] bad) {
        String text = new String(bad, StandardCharsets.UTF_8);
        return text.substring(0, Math.min(text.length(), 4000));
    }

    private static byte[] damaged(byte[] good, Random random) {
        byte[] bad = good;
        for (int change = random.nextInt(3); change >= 0; change--) {
            int at = random.nextInt(bad.length + 1);
            int end = Math.min(bad.length, at + random.nextInt(random.nextInt(10) == 0 ? 400 : 12));
            byte[] put =
                    switch (random.nextInt(5)) {
                        case 0 -> new byte[0];
                        case 1 -> new byte[] {(byte) random.nextInt(256)};
                        case 2 -> {
                            int from = random.nextInt(bad.length + 1);
                            yield Arrays.copyOfRange(
                                    bad, from, Math.min(bad.length, from + random.nextInt(300)));
                        }
                        default ->
                                HOSTILE.get(random.nextInt(HOSTILE.size()))
                                        .getBytes(StandardCharsets.UTF_8);
                    };
            bad = spliced(bad, at, random.nextBoolean() ? at : end, put);
        }
        return random.nextInt(20) == 0 ? Arrays.copyOf(bad, random.nextInt(bad.length + 1)) : bad;
    }

    private static byte[] spliced(byte[] bytes, int from, int to, byte[] put) {
        var spliced = new byte[from + put.length + bytes.length - to];
        System.arraycopy(bytes, 0, spliced, 0, from);
        System.arraycopy(put, 0, spliced, from, put.length);
        System.arraycopy(bytes, to, spliced, from + put.length, bytes.length - to);
        return spliced;
    }
}
