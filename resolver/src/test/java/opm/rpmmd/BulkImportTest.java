package opm.rpmmd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import opm.base.Digest;
import opm.base.Evr;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.host.Access;
import opm.host.Host;
import opm.pkgset.PackageSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Advisories, groups, module streams and changelogs in a set are those of its repository.
final class BulkImportTest {
    private static final String SUM = "ab".repeat(32);
    private static final String PRIMARY =
            "<metadata packages=\"1\"><package type=\"rpm\"><name>a</name><arch>noarch</arch>"
                    + "<version epoch=\"0\" ver=\"1\" rel=\"2\"/><checksum type=\"sha256\">"
                    + SUM
                    + "</checksum><location href=\"a-1-2.noarch.rpm\"/></package></metadata>";
    private static final String UPDATES =
            "<updates><update type=\"security\"><id>U-1</id><title>Ä</title>"
                    + "<severity>Low</severity><issued date=\"2026-11-21\"/><references>"
                    + "<reference type=\"cve\" id=\"CVE-1\" title=\"t\" href=\"h\"/></references>"
                    + "<pkglist><collection><package name=\"a\" version=\"1\" release=\"2\""
                    + " epoch=\"0\" arch=\"noarch\"><reboot_suggested/></package>"
                    + "<package name=\"b\" version=\"1\" release=\"2\" epoch=\"3\""
                    + " arch=\"noarch\"/>"
                    + "</collection></pkglist></update></updates>";
    private static final String COMPS =
            "<comps><group><id>g</id><name>Group</name><description>d</description>"
                    + "<uservisible>false</uservisible><packagelist>"
                    + "<packagereq type=\"conditional\" requires=\"b\">a</packagereq>"
                    + "</packagelist></group><environment><id>e</id><name>E</name><grouplist>"
                    + "<groupid>g</groupid></grouplist></environment></comps>";
    private static final String OTHER =
            "<otherdata packages=\"1\"><package pkgid=\""
                    + SUM
                    + "\" name=\"a\" arch=\"noarch\"><version epoch=\"0\" ver=\"1\" rel=\"2\"/>"
                    + "<changelog author=\"A &lt;a@b&gt;\" date=\"1700000000\">- more\n- yet"
                    + "</changelog><changelog author=\"B\" date=\"x\">- first</changelog>"
                    + "</package></otherdata>";
    private static final String MODULES =
            "---\ndocument: modulemd\nversion: 2\ndata:\n  name: m\n  stream: s\n"
                    + "  version: 1\n  artifacts:\n    rpms:\n    - a-0:1-2.noarch\n...\n";

    @TempDir Path folder;

    private void publish(Map<String, String> items) throws Exception {
        Path data = Files.createDirectories(folder.resolve("repo/repodata"));
        var list = new StringBuilder("<repomd>");
        for (Map.Entry<String, String> item : items.entrySet()) {
            Path file = data.resolve(item.getKey() + ".xml");
            Files.writeString(file, item.getValue());
            list.append("<data type=\"" + item.getKey() + "\"><checksum type=\"sha256\">")
                    .append(Digest.sha256Of(Files.readAllBytes(file)).hex())
                    .append("</checksum><location href=\"repodata/" + file.getFileName() + "\"/>")
                    .append("</data>");
        }
        Files.writeString(data.resolve("repomd.xml"), list + "</repomd>");
    }

    private PackageSet built(String name) throws OpmException, java.io.IOException {
        var importer = new Importer(Host.ofThisMachine().disk());
        Path repo = folder.resolve("repo");
        PackageSet plain = importer.folder(repo, false).build();
        var out = new ByteArrayOutputStream();
        importer.folderBulk(repo, plain).writeTo(out::write);
        Path file = folder.resolve(name + ".opmset");
        Files.write(file, out.toByteArray());
        PackageSet set = PackageSet.open(file);
        set.check();
        return set;
    }

    private Metadata.Loaded loaded(Metadata metadata, Path place) throws OpmException {
        var repo = RepositoryConfig.ofUrl("r", place.toUri().toString());
        return metadata.load(repo, Metadata.Freshness.NOW);
    }

    @Test
    void theSameFromBoth() throws Exception {
        // A set with all of it, taken for a repository, answers as the repository does.
        publish(
                Map.of(
                        "primary", PRIMARY,
                        "updateinfo", UPDATES,
                        "group", COMPS,
                        "modules", MODULES,
                        "other", OTHER));
        built("all");
        Metadata metadata = Metadata.in(Host.ofThisMachine(), folder.resolve("state"));
        Metadata.Loaded repo = loaded(metadata, folder.resolve("repo"));
        Metadata.Loaded set = loaded(metadata, folder.resolve("all.opmset"));
        List<Advisory> advisories = metadata.advisories(set, "b"::equals);
        assertThat(advisories).isEqualTo(metadata.advisories(repo, "b"::equals)).hasSize(1);
        assertThat(advisories.getFirst().packages())
                .containsExactly(
                        new Advisory.Item(
                                new Nevra("a", new Evr(0, "1", "2"), "noarch"), true, false),
                        new Advisory.Item(
                                new Nevra("b", new Evr(3, "1", "2"), "noarch"), false, false));
        assertThat(metadata.advisories(set, _ -> false))
                .isEqualTo(metadata.advisories(repo, _ -> false));
        assertThat(metadata.groups(set)).isEqualTo(metadata.groups(repo)).hasSize(2);
        assertThat(metadata.modules(set)).isEqualTo(metadata.modules(repo));
        assertThat(metadata.modules(set).streams()).hasSize(1);
        assertThat(metadata.changes(set, Map.of(SUM, 0)))
                .isEqualTo(metadata.changes(repo, Map.of(SUM, 0)))
                .isEqualTo(
                        Map.of(
                                SUM,
                                List.of(
                                        new Change(1_700_000_000L, "A <a@b>", "- more\n- yet"),
                                        new Change(0, "B", "- first"))));
        assertThat(set.baseUrls().getFirst()).endsWith("/");
        assertThat(metadata.withAllFiles(set).set()).isSameAs(set.set());
    }

    @Test
    void aRepositoryThatSaysNothing() throws Exception {
        // Without any of it the sections are there and empty: nothing is asked of anybody again.
        publish(Map.of("primary", PRIMARY));
        PackageSet set = built("bare");
        assertThat(set.bulk()).isNotNull();
        Metadata metadata = Metadata.in(Host.ofThisMachine(), folder.resolve("state"));
        Metadata.Loaded bare = loaded(metadata, folder.resolve("bare.opmset"));
        assertThat(metadata.advisories(bare, _ -> true)).isEmpty();
        assertThat(metadata.groups(bare)).isEmpty();
        assertThat(metadata.modules(bare).streams()).isEmpty();
        assertThat(metadata.changes(bare, Map.of(SUM, 0))).isEqualTo(Map.of(SUM, List.of()));
    }

    @Test
    void whatNobodyVouchesFor() throws Exception {
        // A set has no signature: a repository that wants one is not had so.
        publish(Map.of("primary", PRIMARY));
        built("bare");
        var plain = RepositoryConfig.ofUrl("r", folder.resolve("bare.opmset").toUri().toString());
        var strict =
                new RepositoryConfig(
                        "r",
                        "r",
                        plain.baseUrls(),
                        "",
                        "",
                        99,
                        1000,
                        true,
                        true,
                        true,
                        List.of(),
                        List.of(),
                        List.of(),
                        false,
                        0,
                        "",
                        "",
                        Access.USUAL);
        assertThatThrownBy(() -> SetRepository.open(strict)).isInstanceOf(BadRequest.class);
    }

    @Test
    void damagedRecords() throws Exception {
        // Records of any bytes are read, or are damaged; nothing else.
        publish(Map.of("primary", PRIMARY, "updateinfo", UPDATES, "group", COMPS, "other", OTHER));
        var bulk = Objects.requireNonNull(built("all").bulk());
        var advisory = bulk.records(opm.pkgset.Bulk.Kind.ADVISORY).getFirst();
        var group = bulk.records(opm.pkgset.Bulk.Kind.GROUP).getFirst();
        byte[] changes = bulk.changelog(0);
        var random = new Random(Long.getLong("opm.fuzz.seed", 5));
        int damaged = 0;
        for (int round = 0; round < 3000; round++) {
            byte[] bad = List.of(advisory, group, changes).get(round % 3).clone();
            int at = random.nextInt(bad.length);
            bad[at] = (byte) random.nextInt(round % 2 == 0 ? 256 : 4);
            bad = random.nextInt(4) == 0 ? java.util.Arrays.copyOf(bad, at) : bad;
            try {
                switch (round % 3) {
                    case 0 -> BulkRecords.advisory(bad);
                    case 1 -> BulkRecords.group(bad);
                    default -> BulkRecords.changes(bad);
                }
            } catch (Damaged e) {
                damaged++;
            }
        }
        assertThat(damaged).isGreaterThan(500);
    }
}
