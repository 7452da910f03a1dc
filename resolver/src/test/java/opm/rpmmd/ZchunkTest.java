package opm.rpmmd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import opm.FuzzRounds;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.fetch.Fetcher;
import opm.fetch.Progress;
import opm.host.Host;
import opm.host.Net;
import opm.pkgset.PackageSet;
import opm.pkgset.PackageSetBuilder;
import opm.rpmmd.Metadata.Freshness;
import opm.store.Store;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// zchunk files are read whole or refused, and of a changed one only what changed is fetched.
class ZchunkTest {

    @TempDir Path temp;
    private long fetched;
    private int ranges;

    private static byte[] unpacked(byte[] file) throws OpmException {
        try (InputStream in = Codec.unpacked(new ByteArrayInputStream(file), "test.zck")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw Codec.failure(e, "test.zck");
        }
    }

    private static List<String> chunks(int count) {
        return IntStream.range(0, count)
                .mapToObj(n -> "<package number=\"" + n + "\"/>\n".repeat(1 + n % 5))
                .toList();
    }

    @Test
    void everyForm() throws Exception {
        // Packed by zstd, with a dictionary or without, or not at all: the same comes out.
        List<String> chunks = chunks(50);
        String all = String.join("", chunks);
        for (String dictionary : new String[] {"", "<package number=\"1\"/>\n".repeat(20)}) {
            for (int packing : new int[] {Zchunk.PLAIN, Zchunk.ZSTD}) {
                byte[] file = ZchunkFiles.of(chunks, dictionary, packing);
                assertThat(new String(unpacked(file), StandardCharsets.UTF_8)).isEqualTo(all);
            }
        }
        assertThat(unpacked(ZchunkFiles.of(List.of(), "", Zchunk.ZSTD))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"primary.xml.zck", "primary-deltatemplate.xml.zck"})
    void real(String name) throws Exception {
        // openSUSE's files become the packages that are in them, and what unzck makes of them.
        Path file = Shared.path("corpus/real/zck/" + name);
        byte[] bytes = unpacked(Files.readAllBytes(file));
        String xml = new String(bytes, StandardCharsets.UTF_8);
        int packages = xml.split("<package ", -1).length - 1;
        var builder = new PackageSetBuilder();
        new PrimaryReader(new ByteArrayInputStream(bytes), name, builder, false).read();
        assertThat(packages).isEqualTo(290);
        assertThat(builder.build().packageCount()).isEqualTo(packages);
        Process unzck;
        try {
            unzck = new ProcessBuilder("unzck", "-c", file.toString()).start();
        } catch (IOException e) {
            Assumptions.abort("unzck is not installed");
            return;
        }
        byte[] theirs = unzck.getInputStream().readAllBytes();
        assertThat(unzck.waitFor()).isZero();
        assertThat(bytes).isEqualTo(theirs);
    }

    @Test
    void damage() throws Exception {
        // Cut anywhere, or with any byte changed, a file is damaged and nothing else.
        byte[] file = ZchunkFiles.of(chunks(9), "<package number", Zchunk.ZSTD);
        for (int length = 6; length < file.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(file, length);
            assertThatThrownBy(() -> unpacked(cut)).isInstanceOf(Damaged.class);
        }
        for (int at = 5; at < file.length; at++) {
            byte[] bad = file.clone();
            bad[at] ^= (byte) (1 << at % 8);
            assertThatThrownBy(() -> unpacked(bad)).as("byte %d", at).isInstanceOf(Damaged.class);
        }
        byte[] more = java.util.Arrays.copyOf(file, file.length + 1);
        assertThatThrownBy(() -> unpacked(more)).isInstanceOf(Damaged.class);
    }

    @Test
    void hostile() throws Exception {
        // Whatever the head says, with right checksums, reading ends as damage or with bytes.
        byte[] file = ZchunkFiles.of(chunks(9), "<package number", Zchunk.ZSTD);
        int head = Zchunk.headBytes(file);
        long seed = Long.getLong("opm.fuzz.seed", 5);
        var random = new Random(seed);
        int right = 0;
        var rounds = new FuzzRounds("zchunk files", 3000);
        for (int round = 0; rounds.more(); round++) {
            byte[] bad = file.clone();
            for (int count = random.nextInt(3); count >= 0; count--) {
                bad[40 + random.nextInt(bad.length - 40)] = (byte) random.nextInt(256);
            }
            int sum = 6;
            while (bad[sum++] >= 0) {
                // The length of the head goes on.
            }
            var engine = Digest.Algorithm.SHA256.engine();
            engine.update(bad, 0, sum);
            engine.update(bad, sum + 32, head - sum - 32);
            System.arraycopy(engine.digest(), 0, bad, sum, 32);
            try {
                unpacked(bad);
                right++;
            } catch (Damaged e) {
                assertThat(e.getMessage()).as("seed %d round %d", seed, round).contains("zck");
            }
        }
        assertThat(right).as("seed %d", seed).isLessThan(rounds.done());
    }

    /// Returns how much memory this process has asked for; 0 where nobody says.
    private static long addressedKib() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmSize:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }

    @Test
    void whatIsRefusedLeavesNothing() throws Exception {
        // A file that cannot be opened gives back what zstd was given for it: 95 KiB each.
        byte[] file = ZchunkFiles.of(chunks(9), "<package number", Zchunk.ZSTD);
        byte[] cutHead = java.util.Arrays.copyOf(file, Zchunk.headBytes(file) - 1);
        byte[] cutDictionary = java.util.Arrays.copyOf(file, Zchunk.headBytes(file) + 1);
        long before = addressedKib();
        for (int round = 0; round < 4000; round++) {
            assertThatThrownBy(() -> unpacked(cutHead)).isInstanceOf(Damaged.class);
            assertThatThrownBy(() -> unpacked(cutDictionary)).isInstanceOf(Damaged.class);
        }
        assertThat(addressedKib() - before).isLessThan(256 << 10);
    }

    // ---- by ranges

    private static String item(String type, String file, byte[] bytes) {
        byte[] sum = Digest.Algorithm.SHA256.engine().digest(bytes);
        return "<data type=\"%s\"><checksum type=\"sha256\">%s</checksum>"
                        .formatted(type, Digest.of(Digest.Algorithm.SHA256, sum).hex())
                + "<location href=\"repodata/%s\"/><size>%d</size></data>"
                        .formatted(file, bytes.length);
    }

    private static List<String> packages(int release, int changed) {
        var list = new ArrayList<String>();
        list.add("<metadata xmlns=\"http://linux.duke.edu/metadata/common\">");
        var random = new Random(1);
        for (int number = 0; number < 600; number++) {
            var words = new StringBuilder();
            for (int word = 0; word < 60; word++) {
                words.append(Integer.toString(random.nextInt(1 << 20), 36)).append(' ');
            }
            int version = number % (600 / changed) == 3 ? release : 1;
            list.add(
                    "<package type=\"rpm\"><name>p%d</name><arch>noarch</arch>".formatted(number)
                            + "<version epoch=\"0\" ver=\"%d\" rel=\"1\"/>".formatted(version)
                            + "<summary>" + words + version + "</summary></package>");
        }
        list.add("</metadata>");
        return list;
    }

    private List<String> publish(List<String> packages) throws IOException {
        Path data = temp.resolve("repo/repodata");
        Files.createDirectories(data);
        byte[] plain = String.join("", packages).getBytes(StandardCharsets.UTF_8);
        byte[] chunked = ZchunkFiles.of(packages, "", Zchunk.ZSTD);
        Files.write(data.resolve("p.xml"), plain);
        Files.write(data.resolve("p.zck"), chunked);
        Files.writeString(
                data.resolve("repomd.xml"),
                "<repomd xmlns=\"http://linux.duke.edu/metadata/repo\">"
                        + item("primary", "p.xml", plain)
                        + item("primary_zck", "p.zck", chunked)
                        + "</repomd>");
        return packages;
    }

    private PackageSet refreshed(boolean withRanges) throws OpmException {
        fetched = 0;
        ranges = 0;
        Host real = Host.ofThisMachine();
        Net net =
                request -> {
                    boolean part = request.untilByte() >= 0 || request.fromByte() > 0;
                    Net.Response got =
                            real.net().get(withRanges ? request : Net.Request.of(request.uri()));
                    if (request.uri().getPath().endsWith(".zck")) {
                        synchronized (this) {
                            fetched += part && withRanges ? got.bodyBytes() : got.totalBytes();
                            ranges += part ? 1 : 0;
                        }
                    }
                    assertThat(request.uri().getPath()).doesNotEndWith("p.xml");
                    return got;
                };
        var store = new Store(real.disk(), temp.resolve("state/store"));
        var fetcher = new Fetcher(store, net, real.clock());
        var host = new Host(real.disk(), real.commands(), net, real.clock());
        URI uri = temp.resolve("repo").toUri();
        return new Metadata(
                        host, temp.resolve("state"), store, fetcher, Progress.NONE, () -> false)
                .load(RepositoryConfig.ofUrl("r", uri.toString()), Freshness.NOW)
                .set();
    }

    private static Digest expected(List<String> packages) throws OpmException {
        byte[] bytes = String.join("", packages).getBytes(StandardCharsets.UTF_8);
        var builder = new PackageSetBuilder();
        new PrimaryReader(new ByteArrayInputStream(bytes), "test", builder, false).read();
        return builder.build().digest();
    }

    @Test
    void onlyWhatChanged() throws Exception {
        // Of a changed file come its head and little more than the changed chunks.
        List<String> first = publish(packages(1, 12));
        assertThat(refreshed(true).digest()).isEqualTo(expected(first));
        long whole = fetched;
        List<String> second = publish(packages(2, 12));
        assertThat(refreshed(true).digest()).isEqualTo(expected(second));
        var head = Zchunk.read(
                Files.newInputStream(temp.resolve("repo/repodata/p.zck")));
        long changed =
                IntStream.range(0, 600)
                        .filter(n -> n % 50 == 3)
                        .mapToLong(n -> head.chunks().get(n + 2).bytes())
                        .sum();
        assertThat(fetched - head.headBytes()).isBetween(changed, changed * 6 / 5);
        assertThat(fetched).isLessThan(whole / 4);
        assertThat(ranges).isEqualTo(14);
        List<String> third = publish(packages(3, 12));
        assertThat(refreshed(false).digest()).as("no ranges").isEqualTo(expected(third));
        List<String> fourth = publish(packages(4, 600));
        assertThat(refreshed(true).digest()).as("all changed").isEqualTo(expected(fourth));
        try (var files = Files.list(temp.resolve("state/files"))) {
            assertThat(files).as("the old ones went").hasSize(1);
        }
    }
}
