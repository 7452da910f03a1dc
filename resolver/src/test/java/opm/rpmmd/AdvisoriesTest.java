package opm.rpmmd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.host.Host;
import opm.rpmmd.Metadata.Freshness;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Advisories, groups and modules: read whole, or damage that leaves nothing.
class AdvisoriesTest {
    private static final String PRIMARY =
            "<metadata xmlns=\"http://linux.duke.edu/metadata/common\" packages=\"1\">"
                    + "<package type=\"rpm\"><name>a</name><arch>noarch</arch>"
                    + "<version epoch=\"0\" ver=\"2\" rel=\"1\"/>"
                    + "<checksum type=\"sha256\" pkgid=\"YES\">"
                    + "a".repeat(64)
                    + "</checksum><location href=\"a.rpm\"/></package></metadata>";

    private static final String UPDATES =
            "<updates><update from=\"us\" status=\"stable\" type=\"Security\" version=\"1\">"
                    + "<id>US-1</id><title>a is mended</title><severity>Critical</severity>"
                    + "<issued date=\"2026-01-02 03:04:05\"/><references>"
                    + "<reference href=\"https://us/1\" id=\"CVE-2026-1\" type=\"cve\" title=\"x\"/>"
                    + "<reference href=\"https://us/2\" id=\"77\" type=\"bugzilla\" title=\"bug\"/>"
                    + "</references><pkglist><collection short=\"us\"><name>us</name>"
                    + "<package name=\"a\" version=\"2\" release=\"1\" epoch=\"0\" arch=\"noarch\">"
                    + "<filename>a.rpm</filename><reboot_suggested>True</reboot_suggested>"
                    + "</package><package name=\"b\" version=\"2\" release=\"1\" epoch=\"0\""
                    + " arch=\"noarch\"/></collection></pkglist></update>"
                    + "<update type=\"bugfix\"><id>US-2</id></update></updates>";

    private static final String COMPS =
            "<?xml version=\"1.0\"?><!DOCTYPE comps PUBLIC '-//us//DTD > Comps//EN' 'comps.dtd'>"
                    + "<comps><group><id>g</id><name>Group</name>"
                    + "<name xml:lang=\"de\">Gruppe</name>"
                    + "<description>All</description><uservisible>false</uservisible><packagelist>"
                    + "<packagereq type=\"mandatory\">a</packagereq>"
                    + "<packagereq type=\"optional\">b</packagereq>"
                    + "<packagereq type=\"conditional\" requires=\"a\">c</packagereq>"
                    + "</packagelist></group><environment><id>e</id><name>Env</name><grouplist>"
                    + "<groupid>g</groupid></grouplist></environment></comps>";

    private static final String MODULES =
            "---\ndocument: modulemd\nversion: 2\ndata:\n  name: m\n  stream: \"1\"\n"
                    + "  version: 7\n  artifacts:\n    rpms:\n    - a-0:2-1.noarch\n...\n";

    @TempDir private Path temp;

    private Metadata metadata() {
        return Metadata.in(Host.ofThisMachine(), temp.resolve("state"));
    }

    private Metadata.Loaded load(String updates, String comps, String modules) throws Exception {
        Path folder = temp.resolve("repo");
        Files.createDirectories(folder.resolve("repodata"));
        String items =
                item(folder, "primary", PRIMARY)
                        + item(folder, "updateinfo", updates)
                        + item(folder, "group", comps)
                        + item(folder, "modules", modules);
        Files.writeString(
                folder.resolve("repodata/repomd.xml"),
                "<repomd xmlns=\"http://linux.duke.edu/metadata/repo\">" + items + "</repomd>");
        return metadata()
                .load(RepositoryConfig.ofUrl("r", folder.toUri().toString()), Freshness.NOW);
    }

    private static String item(Path folder, String type, String content) throws Exception {
        byte[] bytes = content.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Files.write(folder.resolve("repodata/" + type), bytes);
        return "<data type=\"%s\"><checksum type=\"sha256\">%s</checksum>"
                        .formatted(type, opm.base.Digest.sha256Of(bytes).hex())
                + "<location href=\"repodata/%s\"/><size>%d</size></data>"
                        .formatted(type, bytes.length);
    }

    @Test
    void advisoriesSayWhatThePublisherSays() throws Exception {
        // Kind, severity, references, packages that the repository has, and what needs a reboot.
        List<Advisory> advisories =
                metadata().advisories(load(UPDATES, COMPS, MODULES), "c"::equals);
        assertThat(advisories).hasSize(2);
        Advisory one = advisories.getFirst();
        assertThat(one.isSecurity()).isTrue();
        assertThat(one.severity()).isEqualTo("Critical");
        assertThat(one.issued()).isEqualTo("2026-01-02 03:04:05");
        assertThat(one.cves()).containsExactly("CVE-2026-1");
        assertThat(one.names("cve-2026-1")).isTrue();
        assertThat(one.names("CVE-2026-11")).isFalse();
        assertThat(one.packages()).hasSize(1);
        assertThat(one.packages().getFirst().pkg().toString()).isEqualTo("a-2-1.noarch");
        assertThat(one.packages().getFirst().reboot()).isTrue();
        assertThat(advisories.getLast().packages()).isEmpty();
    }

    @Test
    void groupsAndModules() throws Exception {
        // The original name counts; a document type is passed over; environments hold groups.
        Metadata.Loaded loaded = load(UPDATES, COMPS, MODULES);
        List<Group> groups = metadata().groups(loaded);
        assertThat(groups).extracting(Group::id).containsExactly("g", "e");
        Group group = groups.getFirst();
        assertThat(group.name()).isEqualTo("Group");
        assertThat(group.visible()).isFalse();
        assertThat(group.names(Group.Part.MANDATORY)).containsExactly("a");
        assertThat(group.packages().getLast())
                .isEqualTo(new Group.Member("c", Group.Part.CONDITIONAL, "a"));
        assertThat(groups.getLast().isEnvironment()).isTrue();
        assertThat(groups.getLast().groups()).containsExactly("g");
        assertThat(metadata().modules(loaded).streams()).hasSize(1);
    }

    @Test
    void damageIsNotKept() throws Exception {
        // What matches its checksum and makes no sense is damage, and is fetched anew next time.
        var bad =
                List.of(
                        UPDATES.substring(0, 300),
                        UPDATES.replace("epoch=\"0\" arch", "epoch=\"-1\" arch"),
                        "<other/>");
        for (String updates : bad) {
            Metadata.Loaded loaded = load(updates, COMPS, MODULES);
            assertThatThrownBy(() -> metadata().advisories(loaded, _ -> false))
                    .as(updates)
                    .isInstanceOf(Damaged.class);
            assertThat(temp.resolve("state/files")).isEmptyDirectory();
        }
        var doctype = COMPS.replace("'comps.dtd'>", "'comps.dtd' [<!ENTITY a \"b\">]>");
        for (String comps : List.of(doctype, COMPS.substring(0, 200), "<comps>")) {
            Metadata.Loaded loaded = load(UPDATES, comps, MODULES);
            assertThatThrownBy(() -> metadata().groups(loaded)).isInstanceOf(Damaged.class);
            assertThat(temp.resolve("state/files")).isEmptyDirectory();
        }
    }

    @Test
    void cutsAndFlipsAreDamageOrHarmless() throws Exception {
        // Whatever happens to the bytes, they are read or refused as damage; nothing else is
        // thrown.
        var random = new Random(20261121);
        for (int round = 0; round < 300; round++) {
            var text = new StringBuilder(round % 2 == 0 ? UPDATES : COMPS);
            int at = random.nextInt(text.length());
            if (random.nextBoolean()) {
                text.setLength(at);
            } else {
                text.setCharAt(at, (char) (32 + random.nextInt(90)));
            }
            String damaged = text.toString();
            try {
                byte[] bytes = damaged.getBytes(java.nio.charset.StandardCharsets.UTF_8);
                var in = new java.io.ByteArrayInputStream(bytes);
                if (round % 2 == 0) {
                    new AdvisoriesReader(in, "u", "a"::equals, _ -> {}).read();
                } else {
                    new GroupsReader(in, "g").read();
                }
            } catch (OpmException e) {
                assertThat(e).as("round " + round).isInstanceOf(Damaged.class);
            }
        }
    }

    @Test
    void realOnes() throws Exception {
        // Those of EPEL 8 and CentOS Stream 9 come out whole.
        Path epel = Shared.path("corpus/real/repos/epel8-20250302");
        Metadata.Loaded loaded =
                metadata()
                        .load(RepositoryConfig.ofUrl("e", epel.toUri().toString()), Freshness.NOW);
        List<Advisory> advisories = metadata().advisories(loaded, _ -> false);
        assertThat(advisories).hasSizeGreaterThan(1000);
        assertThat(advisories.stream().filter(Advisory::isSecurity)).isNotEmpty();
        assertThat(new HashSet<>(advisories)).hasSize(advisories.size());
        assertThat(metadata().groups(loaded)).isNotEmpty();
        metadata().complete(loaded);
    }
}
