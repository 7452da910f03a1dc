package opm.pkgset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import opm.FuzzRounds;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import org.junit.jupiter.api.Test;

/// Steps between sets that know all files, advisories and changelogs land as others do.
class IncrementSectionsTest {
    private static final Path FIXTURES =
            Path.of(System.getProperty("opm.root", ".")).resolve("fixtures/increments");
    private static final long SEED = Long.getLong("opm.fuzz.seed", 11);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] id(String nevra) {
        return bytes(Digest.sha256Of(bytes(nevra)).hex());
    }

    private interface Content {
        void to(ByteSink sink) throws OpmException;
    }

    private static PackageSet made(Content content) throws OpmException {
        var out = new ByteArrayOutputStream();
        content.to(out::write);
        return PackageSet.of(Bytes.of(ByteBuffer.wrap(out.toByteArray())));
    }

    /// A set whose packages are a few of always the same, some of them with other files, vendors
    /// and changelogs than before, one now and then with so many files that blocks end in it.
    ///
    /// @param sections of [StepSections]
    private static PackageSet world(Random random, int sections) throws OpmException {
        var names = new LinkedHashSet<String>();
        for (int left = random.nextInt(9); left > 0; left--) {
            names.add("p" + random.nextInt(6) + "-1-" + random.nextInt(3) + ".noarch");
        }
        var core = new PackageSetBuilder();
        for (String name : names) {
            // Some have the checksum of another, one has none.
            String alike = name.replace("p4", "p5");
            var pkg = core.begin(Nevra.parse(name)).vendor("v" + random.nextInt(8) / 7);
            if (!name.startsWith("p3")) {
                pkg.checksum(Digest.sha256(new String(id(alike), StandardCharsets.US_ASCII)));
            }
            pkg.end();
        }
        PackageSet set = core.build();
        if ((sections & StepSections.FILES) != 0) {
            var files = new FileListBuilder(set);
            for (String name : names) {
                if (files.begin(id(name), 0, 64)) {
                    for (String path : paths(name, random)) {
                        files.file(bytes(path), 0, bytes(path).length);
                    }
                    files.end();
                }
            }
            set = made(files::writeTo);
        }
        if ((sections & StepSections.BULK) != 0) {
            var bulk = new BulkBuilder(set);
            for (Bulk.Kind kind : Bulk.Kind.values()) {
                for (int record = random.nextInt(4); record > 0; record--) {
                    bulk.add(kind, bytes("record " + random.nextInt(5) + " of many words\n"));
                }
            }
            for (String name : names) {
                int changes = random.nextInt(6) / 3;
                byte[] record = bytes(("- changed " + name + "\n").repeat(changes));
                bulk.changelog(id(name), 0, 64, record);
            }
            set = made(bulk::writeTo);
        }
        return set;
    }

    private static List<String> paths(String name, Random random) {
        var paths = new ArrayList<String>();
        String own = name.substring(0, name.indexOf('-'));
        int variant = random.nextInt(6) / 5;
        for (int file = 0; file < 5 + variant; file++) {
            paths.add("/usr/share/" + own + "/" + file);
            paths.add("/usr/lib/common/" + own + "." + file);
        }
        if (random.nextInt(12) == 0) {
            for (int file = 0; file < 900; file++) {
                paths.add("/usr/share/many/" + own + "/" + file + "x".repeat(file % 199));
            }
        }
        return paths;
    }

    @Test
    void anyStepLands() throws OpmException {
        // Whatever two sets of a kind hold, the step between them leads from one to the other.
        var rounds = new FuzzRounds("increments", 40);
        for (int round = 0; rounds.more(); round++) {
            var random = new Random(SEED + round);
            int sections = 1 + round % 3;
            PackageSet old = world(random, sections);
            PackageSet next = world(random, sections);
            byte[] step = Increment.between(old, next);
            PackageSet landed = Increment.apply(old, step);
            assertThat(landed.digest())
                    .as("seed %d, round %d", SEED, round)
                    .isEqualTo(next.digest());
            landed.check();
        }
    }

    @Test
    void oneChecksumForTwo() throws OpmException {
        // The files of two packages with one checksum are the first one's: when it changes, they
        // come anew, although the other one stays.
        var sets = new PackageSet[2];
        byte[] checksum = id("both");
        for (int at = 0; at < 2; at++) {
            var core = new PackageSetBuilder();
            for (String name : List.of("p4-1-0.noarch", "p5-1-0.noarch")) {
                core.begin(Nevra.parse(name))
                        .vendor(name.startsWith("p4") ? "v" + at : "v")
                        .checksum(Digest.sha256(new String(checksum, StandardCharsets.US_ASCII)))
                        .end();
            }
            var files = new FileListBuilder(core.build());
            assertThat(files.begin(checksum, 0, 64)).isTrue();
            files.file(bytes("/etc/both"), 0, 9);
            files.end();
            sets[at] = made(files::writeTo);
        }
        PackageSet landed = Increment.apply(sets[0], Increment.between(sets[0], sets[1]));
        assertThat(landed.digest()).isEqualTo(sets[1].digest());
        assertThat(landed.allFiles(0)).containsExactly("/etc/both");
    }

    @Test
    void kindsAreNotMixed() throws OpmException {
        // From a set without file lists no step leads to one with them.
        PackageSet plain = world(new Random(1), 0);
        PackageSet files = world(new Random(1), StepSections.FILES);
        assertThatThrownBy(() -> Increment.between(plain, files))
                .isInstanceOf(BadRequest.class)
                .hasMessageContaining("different kinds");
    }

    @Test
    void onlyWhatChangedIsTold() throws OpmException {
        // Of many files of a package that was built again, those are told that are new.
        var one = new PackageSet[2];
        for (int release = 0; release < 2; release++) {
            String name = "p1-1-" + release + ".noarch";
            var core = new PackageSetBuilder();
            core.begin(Nevra.parse(name))
                    .checksum(Digest.sha256(new String(id(name), StandardCharsets.US_ASCII)))
                    .end();
            var files = new FileListBuilder(core.build());
            files.begin(id(name), 0, 64);
            for (int file = 0; file < 2000; file++) {
                byte[] path = bytes("/usr/share/doc/p1/" + Math.floorMod(file * 7919L, 2003));
                files.file(path, 0, path.length);
            }
            byte[] more = bytes("/usr/share/doc/p1/release-" + release);
            files.file(more, 0, more.length);
            files.end();
            one[release] = made(files::writeTo);
        }
        assertThat(Increment.between(one[0], one[1])).hasSizeLessThan(260);
    }

    @Test
    void damagedSteps() throws OpmException {
        // Changed steps end as damage, or lead to the same set; never to another.
        var rounds = new FuzzRounds("damaged increments", 60);
        var random = new Random(SEED);
        PackageSet old = world(random, StepSections.FILES | StepSections.BULK);
        PackageSet next = world(random, StepSections.FILES | StepSections.BULK);
        byte[] step = Increment.between(old, next);
        for (int round = 0; rounds.more(); round++) {
            byte[] bad = step.clone();
            for (int change = random.nextInt(3); change >= 0; change--) {
                // Behind the digests: another one of these is refused before anything is read.
                bad[74 + random.nextInt(bad.length - 74)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(Increment.apply(old, bad).digest()).isEqualTo(next.digest());
            } catch (Damaged e) {
                assertThat(e.getMessage()).isNotEmpty();
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + SEED + " round " + round, e);
            }
        }
    }

    @Test
    void deltas() {
        // Any bytes come back from what they share with any others.
        var random = new Random(SEED);
        for (int round = 0; round < 2000; round++) {
            var old = new byte[random.nextInt(200)];
            random.nextBytes(old);
            var next = new ByteArrayOutputStream();
            for (int piece = random.nextInt(6); piece > 0; piece--) {
                int from = random.nextInt(old.length + 1);
                next.write(old, from, random.nextInt(old.length - from + 1));
                next.writeBytes(bytes("new".repeat(random.nextInt(4))));
            }
            var out = new VarOutput();
            ByteDelta.write(old, next.toByteArray(), out);
            var in = new VarInput(out.buffer(), 0, out.size(), "delta");
            assertThat(ByteDelta.read(in, old, 1 << 20)).isEqualTo(next.toByteArray());
            assertThat(in.atEnd()).isTrue();
            assertThat(out.size()).isLessThanOrEqualTo(next.size() + 12);
        }
    }

    @Test
    void fixtures() throws Exception {
        // Steps of both versions that were published once are taken for ever.
        for (int sections : new int[] {0, StepSections.FILES | StepSections.BULK}) {
            PackageSet old = world(new Random(33), sections);
            PackageSet next = world(new Random(34), sections);
            Path file = FIXTURES.resolve(sections == 0 ? "plain-1.step" : "sections-2.step");
            if (!System.getProperty("opm.accept", "").isEmpty()) {
                Files.createDirectories(FIXTURES);
                Files.write(file, Increment.between(old, next));
            }
            byte[] step = Files.readAllBytes(file);
            assertThat(Increment.apply(old, step).digest()).isEqualTo(next.digest());
            assertThat(Increment.between(old, next)).isEqualTo(step);
        }
    }
}
