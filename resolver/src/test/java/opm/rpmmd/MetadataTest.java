package opm.rpmmd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Unavailable;
import opm.fetch.Fetcher;
import opm.fetch.Progress;
import opm.host.Host;
import opm.host.Net;
import opm.pkgset.Queries;
import opm.rpmmd.Metadata.Freshness;
import opm.store.Store;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The state directory holds whole sets, or nothing.
class MetadataTest {
    private final Path temp;

    MetadataTest(@TempDir Path temp) {
        this.temp = temp;
    }

    private Metadata metadata() {
        return Metadata.in(Host.ofThisMachine(), temp.resolve("state"));
    }

    private static RepositoryConfig config(Path folder) {
        return RepositoryConfig.ofUrl("r", folder.toUri().toString());
    }

    private static Path repository(Path folder, String primary, String filelists) throws Exception {
        Files.createDirectories(folder.resolve("repodata"));
        Files.writeString(folder.resolve("repodata/p.xml"), primary);
        Files.writeString(folder.resolve("repodata/f.xml"), filelists);
        Files.writeString(
                folder.resolve("repodata/repomd.xml"),
                "<repomd xmlns=\"http://linux.duke.edu/metadata/repo\">"
                        + item("primary", "p.xml", primary)
                        + item("filelists", "f.xml", filelists)
                        + "</repomd>");
        return folder;
    }

    private static String item(String type, String file, String content) throws Exception {
        byte[] bytes = content.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        byte[] sum = java.security.MessageDigest.getInstance("SHA-256").digest(bytes);
        return "<data type=\"%s\"><checksum type=\"sha256\">%s</checksum>"
                        .formatted(type, Digest.of(Digest.Algorithm.SHA256, sum).hex())
                + "<location href=\"repodata/%s\"/><size>%d</size></data>"
                        .formatted(file, bytes.length);
    }

    private static final String SUM_A = "a".repeat(64);

    private static String primary(String release) {
        return "<metadata xmlns=\"http://linux.duke.edu/metadata/common\""
                + " xmlns:rpm=\"http://linux.duke.edu/metadata/rpm\" packages=\"1\">"
                + "<package type=\"rpm\"><name>a</name><arch>noarch</arch>"
                + "<version epoch=\"0\" ver=\"1\" rel=\""
                + release
                + "\"/><checksum type=\"sha256\" pkgid=\"YES\">"
                + SUM_A
                + "</checksum><location href=\"a.rpm\"/><format>"
                + "<rpm:requires><rpm:entry name=\"(x and\"/></rpm:requires>"
                + "<file>/usr/bin/a</file></format></package></metadata>";
    }

    private static final String FILELISTS =
            "<filelists xmlns=\"http://linux.duke.edu/metadata/filelists\" packages=\"1\">"
                    + "<package pkgid=\""
                    + SUM_A
                    + "\" name=\"a\" arch=\"noarch\"><version epoch=\"0\" ver=\"1\" rel=\"1\"/>"
                    + "<file>/usr/bin/a</file><file type=\"dir\">/usr/share/a</file>"
                    + "<file>/usr/share/a/data</file></package></filelists>";

    private List<Path> stateFiles() throws IOException {
        Path state = temp.resolve("state");
        if (!Files.exists(state)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(state)) {
            // The store keeps its locks, which are empty, and its notes, which hold no bytes of
            // anybody's.
            return all.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().contains("/store/opm/locks/"))
                    .filter(file -> !file.endsWith("store/opm/notes"))
                    .toList();
        }
    }

    @Test
    void refreshReusesTheSet() throws Exception {
        // A second refresh of an unchanged repository takes the set that is there.
        Path folder = repository(temp.resolve("repo"), primary("1"), FILELISTS);
        Metadata.Loaded first = metadata().load(config(folder), Freshness.NOW);
        assertThat(first.changed()).isTrue();
        assertThat(first.unreadable()).isEqualTo(1);
        assertThat(first.set().nevra(0).toString()).isEqualTo("a-1-1.noarch");
        assertThat(first.baseUrls()).hasSize(1);
        Files.delete(folder.resolve("repodata/p.xml"));
        Metadata.Loaded second = metadata().load(config(folder), Freshness.NOW);
        assertThat(second.changed()).isFalse();
        assertThat(second.set().digest()).isEqualTo(first.set().digest());
        Files.delete(folder.resolve("repodata/repomd.xml"));
        assertThat(metadata().load(config(folder), Freshness.OFFLINE).set().packageCount())
                .isEqualTo(1);
        assertThatThrownBy(() -> metadata().load(config(folder), Freshness.NOW))
                .isInstanceOf(Unavailable.class);
    }

    /// When the answers of those tests were sent.
    private static final String DATE = "Wed, 03 Jan 2024 00:00:00 GMT";

    @Test
    void aFileOfThisSecondMayChangeUnseen() throws Exception {
        // A server that writes seconds would say that nothing changed: it is asked for all of it.
        Path folder = repository(temp.resolve("repo"), primary("1"), FILELISTS);
        Host here = Host.ofThisMachine();
        var conditions = new ArrayList<Boolean>();
        Net net =
                request -> {
                    Path file = folder.resolve(request.uri().getPath().substring(1));
                    if (file.endsWith("repomd.xml")) {
                        conditions.add(request.headers().containsKey("If-Modified-Since"));
                    }
                    Net.Response whole = here.net().get(Net.Request.of(file.toUri()));
                    return new Validated(whole, false, "Last-Modified", DATE);
                };
        var host = new Host(here.disk(), here.commands(), net, here.clock());
        var metadata = Metadata.in(host, temp.resolve("state"));
        var repo = RepositoryConfig.ofUrl("r", "http://r.example/");
        metadata.load(repo, Freshness.NOW);
        metadata.load(repo, Freshness.NOW);
        assertThat(conditions).containsExactly(false, false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ETag", "Last-Modified"})
    void asksWhetherItChanged(String validator) throws Exception {
        // Who has the same repomd.xml is not sent it again, until it is another one.
        Path folder = repository(temp.resolve("repo"), primary("1"), FILELISTS);
        var statuses = Collections.synchronizedList(new ArrayList<Integer>());
        boolean etag = validator.equals("ETag");
        String condition = etag ? "If-None-Match" : "If-Modified-Since";
        var value = new AtomicReference<>(etag ? "\"one\"" : "Mon, 01 Jan 2024 00:00:00 GMT");
        Host here = Host.ofThisMachine();
        Net net =
                request -> {
                    Path file = folder.resolve(request.uri().getPath().substring(1));
                    boolean repomd = file.endsWith("repomd.xml");
                    boolean same = value.get().equals(request.headers().get(condition));
                    if (repomd) {
                        statuses.add(same ? 304 : 200);
                    }
                    Net.Response whole = here.net().get(Net.Request.of(file.toUri()));
                    return new Validated(whole, repomd && same, validator, value.get());
                };
        var host = new Host(here.disk(), here.commands(), net, here.clock());
        var metadata = Metadata.in(host, temp.resolve("state"));
        var repo = RepositoryConfig.ofUrl("r", "http://r.example/");
        assertThat(metadata.load(repo, Freshness.NOW).changed()).isTrue();
        assertThat(metadata.load(repo, Freshness.NOW).changed()).isFalse();
        assertThat(statuses).containsExactly(200, 304);
        repository(folder, primary("2"), FILELISTS);
        value.set(etag ? "\"two\"" : "Tue, 02 Jan 2024 00:00:00 GMT");
        Metadata.Loaded fresh = metadata.load(repo, Freshness.NOW);
        assertThat(fresh.changed()).isTrue();
        assertThat(fresh.set().nevra(0).toString()).isEqualTo("a-1-2.noarch");
        assertThat(metadata.load(repo, Freshness.NOW).changed()).isFalse();
        assertThat(statuses).containsExactly(200, 304, 200, 304);
        for (Path file : stateFiles()) {
            if (file.endsWith("repomd.xml")) {
                Files.writeString(file, Files.readString(file) + " ");
            }
        }
        metadata.load(repo, Freshness.NOW);
        assertThat(statuses).as("the file kept is another one").endsWith(304, 200);
    }

    /// An answer with a validator, or that nothing changed.
    private record Validated(Net.Response whole, boolean same, String name, String value)
            implements Net.Response {
        @Override
        public int status() {
            return same ? 304 : whole.status();
        }

        @Override
        public @Nullable String header(String asked) {
            if (asked.equalsIgnoreCase("date")) {
                return DATE;
            }
            return asked.equalsIgnoreCase(name) ? value : whole.header(asked);
        }

        @Override
        public long startsAtByte() {
            return whole.startsAtByte();
        }

        @Override
        public long bodyBytes() {
            return same ? 0 : whole.bodyBytes();
        }

        @Override
        public long totalBytes() {
            return whole.totalBytes();
        }

        @Override
        public InputStream body() {
            return same ? InputStream.nullInputStream() : whole.body();
        }

        @Override
        public URI finalUri() {
            return whole.finalUri();
        }

        @Override
        public void close() {
            whole.close();
        }
    }

    @Test
    void anOldStateGoes() throws Exception {
        // When a repository changes, the set of its old state is removed.
        Path folder = repository(temp.resolve("repo"), primary("1"), FILELISTS);
        Metadata.Loaded old = metadata().load(config(folder), Freshness.NOW);
        repository(folder, primary("2"), FILELISTS);
        Metadata.Loaded fresh = metadata().load(config(folder), Freshness.NOW);
        assertThat(fresh.changed()).isTrue();
        assertThat(fresh.set().nevra(0).toString()).isEqualTo("a-1-2.noarch");
        assertThat(stateFiles().stream().filter(f -> f.toString().endsWith(".opmset"))).hasSize(1);
        // Who still has the old one mapped can read on.
        assertThat(old.set().nevra(0).toString()).isEqualTo("a-1-1.noarch");
    }

    @Test
    void whatIsNamedAndAbsentIsUnavailable() throws Exception {
        // A mirror that is being filled has repomd.xml first: wait, nothing is damaged.
        Path folder = repository(temp.resolve("repo"), primary("1"), FILELISTS);
        Files.delete(folder.resolve("repodata/p.xml"));
        assertThatThrownBy(() -> metadata().load(config(folder), Freshness.NOW))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("404");
        assertThat(stateFiles()).isEmpty();
    }

    @Test
    void aBrokenDownloadGoesOn() throws Exception {
        // What an earlier run fetched of a file is not fetched again.
        Path folder = repository(temp.resolve("repo"), primary("1"), FILELISTS);
        byte[] whole = Files.readAllBytes(folder.resolve("repodata/p.xml"));
        Repomd.Item item =
                Repomd.parse(Files.readAllBytes(folder.resolve("repodata/repomd.xml"))).primary();
        Host real = Host.ofThisMachine();
        var store = new Store(real.disk(), temp.resolve("state/store"));
        try (var partial = store.partial(item.checksum(), item.sizeBytes())) {
            java.util.Objects.requireNonNull(partial).write(whole, 0, 100);
        }
        var asked = new ArrayList<Long>();
        Net counting =
                request -> {
                    if (request.uri().getPath().endsWith("/p.xml")) {
                        asked.add(request.fromByte());
                    }
                    return real.net().get(request);
                };
        var fetcher = new Fetcher(store, counting, real.clock());
        var metadata =
                new Metadata(
                        real, temp.resolve("state"), store, fetcher, Progress.NONE, () -> false);
        assertThat(metadata.load(config(folder), Freshness.NOW).set().packageCount()).isEqualTo(1);
        assertThat(asked).containsExactly(100L);
        assertThat(store.objects()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "package=\"-1\"",
                "package=\"1099511627777\"",
                "package=\"99999999999999999999\"",
                "installed=\"17592186044417\"",
                "archive=\"x\""
            })
    void sizesAreBounded(String size) throws Exception {
        // A size that no package has would make sums overflow and disks seem full.
        String bad = primary("1").replace("<location", "<size " + size + "/><location");
        Path folder = repository(temp.resolve("repo"), bad, FILELISTS);
        assertThatThrownBy(() -> metadata().load(config(folder), Freshness.NOW))
                .isInstanceOf(Damaged.class);
        assertThat(stateFiles()).isEmpty();
        String good = primary("1").replace("<location", "<size package=\"7\"/><location");
        repository(folder, good, FILELISTS);
        assertThat(metadata().load(config(folder), Freshness.NOW).set().ref(0).packageBytes())
                .isEqualTo(7);
    }

    @Test
    void offlineWithoutAStateIsUnavailable() {
        // Nothing is fetched offline, so nothing can be answered.
        assertThatThrownBy(() -> metadata().load(config(temp), Freshness.OFFLINE))
                .isInstanceOf(Unavailable.class);
    }

    /// Whoever asks for one path after the other does not fill the disk; what was asked last is
    /// there, what was asked long ago is read anew.
    @Test
    void fewSetsOfPathsAreKept() throws Exception {
        Path folder = repository(temp.resolve("repo"), primary("1"), FILELISTS);
        Metadata.Loaded plain = metadata().load(config(folder), Freshness.NOW);
        metadata().withAllFiles(plain);
        Metadata.Loaded first = metadata().withPaths(plain, List.of("/nowhere/0"));
        for (int at = 1; at < 3 * Limits.PATH_SETS; at++) {
            Metadata.Loaded more = metadata().withPaths(plain, List.of("/nowhere/" + at));
            assertThat(metadata().withPaths(plain, List.of("/nowhere/" + at)).set().digest())
                    .isEqualTo(more.set().digest());
        }
        first.set().check();
        try (Stream<Path> sets = Files.list(temp.resolve("state/sets"))) {
            assertThat(sets).hasSize(2 + Limits.PATH_SETS);
        }
        Metadata.Loaded again = metadata().withPaths(plain, List.of("/nowhere/0"));
        assertThat(again.set().digest()).isEqualTo(first.set().digest());
    }

    @Test
    void filelistsOnDemand() throws Exception {
        // Paths that only filelists know become part of a second set, which is then kept.
        Path folder = repository(temp.resolve("repo"), primary("1"), FILELISTS);
        Metadata.Loaded plain = metadata().load(config(folder), Freshness.NOW);
        assertThat(plain.set().files().owners("/usr/share/a/data")).isEmpty();
        var asked = List.of("/usr/share/a/data", "/nowhere");
        Metadata.Loaded more = metadata().withPaths(plain, asked);
        assertThat(more.set().files().owners("/usr/share/a/data")).containsExactly(0);
        assertThat(more.set().files().owners("/usr/bin/a")).containsExactly(0);
        assertThat(more.set().askedPaths().contains("/nowhere")).isTrue();
        assertThat(more.set().askedPaths().contains("/elsewhere")).isFalse();
        more.set().check();
        assertThat(metadata().withPaths(more, asked)).isSameAs(more);
        Files.delete(folder.resolve("repodata/f.xml"));
        Metadata.Loaded again = metadata().withPaths(plain, asked);
        assertThat(again.set().digest()).isEqualTo(more.set().digest());
        Metadata.Loaded third = metadata().withPaths(more, List.of("/usr/share/a"));
        assertThat(new Queries(List.of(third.set())).owners("/usr/share/a")).hasSize(1);
        assertThat(third.set().files().owners("/usr/share/a/data")).containsExactly(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "centos7.7-minimal",
                "cs9-appstream",
                "cs9-baseos-subset",
                "epel8-20250302",
                "fedora32-subset",
                "opensuse-obs-virtualbox-11.1",
                "rpmsphere-noarch",
                "suse-missing-packages",
            })
    void damageLeavesNothing(String name) throws Exception {
        // A damaged or truncated metadata file ends as damage, soon, and leaves no file.
        Path original = Shared.path("corpus/real/repos/" + name);
        long seed = 20261121;
        var random = new Random(seed);
        byte[] repomd = Files.readAllBytes(original.resolve("repodata/repomd.xml"));
        Repomd.Item primary = Repomd.parse(repomd).primary();
        byte[] bytes = Files.readAllBytes(original.resolve(primary.location()));
        Path copy = temp.resolve("copy");
        Files.createDirectories(copy.resolve("repodata"));
        Files.write(copy.resolve("repodata/repomd.xml"), repomd);
        for (int round = 0; round < 12; round++) {
            boolean cut = round % 2 == 0;
            int at = random.nextInt(bytes.length);
            byte[] bad = cut ? java.util.Arrays.copyOf(bytes, at) : bytes.clone();
            if (!cut) {
                bad[at] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(copy.resolve(primary.location()), bad);
            long start = System.nanoTime();
            assertThatThrownBy(() -> metadata().load(config(copy), Freshness.NOW))
                    .as("seed %d round %d at %d", seed, round, at)
                    .isInstanceOf(Damaged.class)
                    .matches(e -> ((OpmException) e).exitStatus() == 3);
            assertThat((System.nanoTime() - start) / 1e9).isLessThan(5.0);
            assertThat(stateFiles()).isEmpty();
        }
        Files.write(copy.resolve(primary.location()), bytes);
        for (int round = 0; round < 16; round++) {
            // A cut or flip in repomd.xml is damage, names a file that is not there, or changes
            // something that nobody needs; the packages are then all there.
            byte[] bad =
                    round % 2 == 0
                            ? java.util.Arrays.copyOf(repomd, random.nextInt(repomd.length))
                            : repomd.clone();
            if (round % 2 == 1) {
                bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(copy.resolve("repodata/repomd.xml"), bad);
            try {
                Metadata.Loaded loaded = metadata().load(config(copy), Freshness.NOW);
                assertThat(loaded.repomd().primary().checksum()).isEqualTo(primary.checksum());
                deleteState();
            } catch (Damaged | Unavailable e) {
                assertThat(stateFiles()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"centos7.7-minimal", "cs9-baseos-subset", "rpmsphere-noarch"})
    void damagedFilelistsLeaveTheSet(String name) throws Exception {
        // A damaged filelists file is damage; the set without it stays, and nothing else.
        Path original = Shared.path("corpus/real/repos/" + name);
        var random = new Random(7);
        byte[] repomd = Files.readAllBytes(original.resolve("repodata/repomd.xml"));
        Repomd.Item item = java.util.Objects.requireNonNull(Repomd.parse(repomd).item("filelists"));
        byte[] bytes = Files.readAllBytes(original.resolve(item.location()));
        Path copy = temp.resolve("copy");
        Files.createDirectories(copy.resolve("repodata"));
        Files.write(copy.resolve("repodata/repomd.xml"), repomd);
        String primary = Repomd.parse(repomd).primary().location();
        Files.copy(original.resolve(primary), copy.resolve(primary));
        Metadata.Loaded loaded = metadata().load(config(copy), Freshness.NOW);
        List<Path> before = stateFiles();
        for (int round = 0; round < 10; round++) {
            int at = random.nextInt(bytes.length);
            byte[] bad = round % 2 == 0 ? java.util.Arrays.copyOf(bytes, at) : bytes.clone();
            if (round % 2 == 1) {
                bad[at] ^= 1;
            }
            Files.write(copy.resolve(item.location()), bad);
            assertThatThrownBy(() -> metadata().withPaths(loaded, List.of("/usr/bin/env")))
                    .isInstanceOf(Damaged.class);
            assertThat(stateFiles()).isEqualTo(before);
        }
        Files.write(copy.resolve(item.location()), bytes);
        Metadata.Loaded more = metadata().withPaths(loaded, List.of("/usr/share/doc"));
        assertThat(more.set().packageCount()).isEqualTo(loaded.set().packageCount());
        assertThat(more.set().askedPaths().contains("/usr/share/doc")).isTrue();
    }

    private void deleteState() throws IOException {
        for (Path file : stateFiles()) {
            Files.delete(file);
        }
    }
}
