package opm.pkgset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import opm.FuzzRounds;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import org.junit.jupiter.api.Test;

/// All files of all packages, found again by path, glob and package.
class FileListTest {
    private static String checksum(int pkg) {
        return String.format("%064x", pkg + 1);
    }

    private static PackageSet packages(int count) {
        var builder = new PackageSetBuilder();
        for (int pkg = 0; pkg < count; pkg++) {
            builder.begin(Nevra.parse("p" + (char) ('a' + pkg) + "-1-1.noarch"))
                    .checksum(Digest.sha256(checksum(pkg)))
                    .end();
        }
        return builder.build();
    }

    private static byte[] bytes(PackageSet set, Map<Integer, List<String>> files)
            throws OpmException {
        return bytes(new FileListBuilder(set), files);
    }

    private static byte[] bytes(FileListBuilder builder, Map<Integer, List<String>> files)
            throws OpmException {
        for (Map.Entry<Integer, List<String>> pkg : files.entrySet()) {
            byte[] id = checksum(pkg.getKey()).getBytes(StandardCharsets.US_ASCII);
            if (builder.begin(id, 0, id.length)) {
                for (String path : pkg.getValue()) {
                    byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
                    builder.file(bytes, 0, bytes.length);
                }
                builder.end();
            }
        }
        var out = new ByteArrayOutputStream();
        builder.writeTo(out::write);
        return out.toByteArray();
    }

    private static PackageSet set(byte[] bytes) throws Damaged {
        return PackageSet.of(Bytes.of(ByteBuffer.wrap(bytes)));
    }

    private static Map<Integer, List<String>> world(Random random, int packages, int files) {
        var world = new TreeMap<Integer, List<String>>();
        String[] words = {"usr", "share", "doc", "lib", "ä", "a b", "x".repeat(300), "etc", "vim"};
        for (int pkg = 0; pkg < packages; pkg++) {
            var paths = new ArrayList<String>();
            int count = random.nextInt(files);
            for (int file = 0; file < count; file++) {
                var path = new StringBuilder();
                for (int depth = random.nextInt(5); depth >= 0; depth--) {
                    path.append('/').append(words[random.nextInt(words.length)]);
                }
                paths.add(path.append(random.nextInt(40)).toString());
            }
            world.put(pkg, paths);
        }
        return world;
    }

    @Test
    void asTheListsSay() throws OpmException {
        // Paths, globs and packages give what a plain search of the lists gives.
        var random = new Random(Long.getLong("opm.fuzz.seed", 9));
        Map<Integer, List<String>> world = world(random, 20, 3000);
        PackageSet set = set(bytes(packages(20), world));
        set.check();
        FileList all = java.util.Objects.requireNonNull(set.fileList());
        assertThat(all.blockCount()).isGreaterThan(3);
        var owners = new TreeMap<String, TreeSet<Integer>>();
        world.forEach(
                (pkg, paths) -> {
                    paths.forEach(
                            path -> owners.computeIfAbsent(path, _ -> new TreeSet<>()).add(pkg));
                    assertThat(set.allFiles(pkg)).isEqualTo(List.copyOf(new TreeSet<>(paths)));
                });
        // Each question unpacks a block, so every ninth path; all of them were seen above.
        int at = 0;
        for (Map.Entry<String, TreeSet<Integer>> one : owners.entrySet()) {
            if (at++ % 9 == 0) {
                assertThat(all.owners(one.getKey())).containsExactly(ints(one.getValue()));
            }
        }
        assertThat(all.owners("/nowhere")).isEmpty();
        assertThat(all.owners("no path")).isEmpty();
        for (String glob :
                new String[] {"/usr/share/doc*", "/usr/*", "*vim3", "/etc?", "/[el]*"}) {
            var pattern = new Glob(glob);
            var expected = new TreeSet<String>();
            owners.keySet().stream().filter(pattern::matches).forEach(expected::add);
            var found = new TreeSet<String>();
            all.match(pattern, (dir, name, _) -> found.add(dir + name));
            assertThat(found).as(glob).isEqualTo(expected);
        }
    }

    @Test
    void orderAndDoublesDoNotShow() throws OpmException {
        // The order of packages and files, and doubled files, change no byte.
        var random = new Random(11);
        Map<Integer, List<String>> world = world(random, 12, 500);
        byte[] one = bytes(packages(12), world);
        var shuffled = new java.util.LinkedHashMap<Integer, List<String>>();
        var order = new ArrayList<>(world.keySet());
        Collections.shuffle(order, random);
        for (Integer pkg : order) {
            var paths = new ArrayList<>(world.getOrDefault(pkg, List.of()));
            paths.addAll(world.getOrDefault(pkg, List.of()));
            Collections.shuffle(paths, random);
            shuffled.put(pkg, paths);
        }
        assertThat(bytes(packages(12), shuffled)).isEqualTo(one);
        // Adding the same files to a set that has them changes nothing.
        assertThat(bytes(set(one), world)).isEqualTo(one);
    }

    @Test
    void runsDoNotShow() throws OpmException {
        // One run or hundreds, in order or not: the same bytes.
        var random = new Random(Long.getLong("opm.fuzz.seed", 12));
        Map<Integer, List<String>> world = world(random, 25, 900);
        byte[] one = bytes(packages(25), world);
        for (int bytes : new int[] {0, 300, 5000, 40_000}) {
            if (bytes > 300) {
                world.values().forEach(Collections::sort);
            }
            assertThat(bytes(new FileListBuilder(packages(25), bytes), world))
                    .as("runs of %d bytes", bytes)
                    .isEqualTo(one);
        }
    }

    @Test
    void onlyOnce() throws OpmException {
        // A package whose files come a second time keeps those that came first.
        var builder = new FileListBuilder(packages(2));
        byte[] id = checksum(1).getBytes(StandardCharsets.US_ASCII);
        byte[] path = "/etc/a".getBytes(StandardCharsets.US_ASCII);
        assertThat(builder.begin(id, 0, id.length)).isTrue();
        builder.file(path, 0, path.length);
        builder.end();
        assertThat(builder.begin(id, 0, id.length)).isFalse();
        var out = new ByteArrayOutputStream();
        builder.writeTo(out::write);
        assertThat(set(out.toByteArray()).allFiles(1)).containsExactly("/etc/a");
    }

    @Test
    void damage() throws OpmException {
        // Whatever the blocks hold, a question ends as damage or with an answer.
        var random = new Random(Long.getLong("opm.fuzz.seed", 13));
        byte[] whole = bytes(packages(5), world(random, 5, 60));
        var rounds = new FuzzRounds("sets with files", 1500);
        while (rounds.more()) {
            byte[] bad = whole.clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                bad[bad.length - 33 - random.nextInt(bad.length / 2)] = (byte) random.nextInt();
            }
            try {
                PackageSet set = set(bad);
                PackageSet.reading(
                        () -> {
                            FileList all = set.fileList();
                            if (all != null) {
                                all.owners("/usr/share3");
                                all.match(new Glob("*1"), (_, _, _) -> {});
                                all.of(2);
                                all.check();
                            }
                            return true;
                        });
            } catch (Damaged e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
        byte[] flipped = whole.clone();
        flipped[flipped.length - 200] ^= 1;
        assertThatThrownBy(() -> set(flipped).check()).isInstanceOf(Damaged.class);
    }

    @Test
    void packing() {
        // Any bytes come back from their packed form.
        var random = new Random(17);
        var lz = new Lz();
        for (int round = 0; round < 300; round++) {
            var raw = new byte[random.nextInt(round % 10 == 0 ? Lz.MOST_BYTES + 1 : 400)];
            int letters = 1 + random.nextInt(6);
            for (int at = 0; at < raw.length; at++) {
                raw[at] = (byte) random.nextInt(letters);
            }
            var packed = new VarOutput();
            lz.pack(raw, raw.length, packed);
            var back = new byte[raw.length];
            Lz.unpack(packed.buffer(), packed.size(), back, back.length);
            assertThat(back).isEqualTo(raw);
        }
    }

    private static int[] ints(TreeSet<Integer> numbers) {
        return numbers.stream().mapToInt(number -> number).toArray();
    }
}
