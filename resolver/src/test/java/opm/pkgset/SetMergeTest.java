package opm.pkgset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import opm.FuzzRounds;
import opm.base.Dep;
import opm.base.DepKind;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException.Damaged;
import org.junit.jupiter.api.Test;

/// A merged set is, byte for byte, the set that is built of all packages at once.
class SetMergeTest {
    private static final int ROUNDS = 120;

    private static final String[] NAMES = {"a", "b", "lib", "lib.so", "vim", "usr", "bin", "é"};
    private static final String[] VERSIONS = {
        "1", "1.0", "1.00", "1~rc1", "~1", "~", "1^git1", "2:1", "10", "1.a", "1-0", "1-~1", "a"
    };
    private static final String[] DEPS = {
        "a", "lib.so = 1", "lib.so >= 1.00", "vim < ~1", "b = 2:1", "(a or b)", "(a or (b with 1))",
        "((a or b) if vim)", "(vim if (a or b) else lib)", "usr > 1~rc1", "é", "(a without b)"
    };
    private static final String[] FILES = {
        "/", "/usr", "/usr/bin/vim", "/usr/bin/a", "/bin/1", "/vim/usr/lib", "/a/a/a/a", "/usr/é"
    };
    private static final String[] TEXTS = {"", "one", "two", "a text", "long ".repeat(1800)};

    private static String any(String[] of, Random random) {
        return of[random.nextInt(of.length)];
    }

    /// Adds the package of a number: equal numbers are equal packages.
    private static void add(int number, boolean installed, PackageSetBuilder to) {
        var random = new Random(number);
        to.begin(Nevra.parse(any(NAMES, random) + "-" + version(random) + ".noarch"));
        for (int count = random.nextInt(8); count > 0; count--) {
            DepKind kind = DepKind.values()[random.nextInt(DepKind.values().length)];
            to.dep(kind, Dep.parse(any(DEPS, random)));
        }
        for (int count = random.nextInt(4); count > 0; count--) {
            to.file(any(FILES, random));
        }
        if (random.nextBoolean()) {
            to.prerequire(Dep.parse(any(DEPS, random)));
            to.vendor(any(NAMES, random));
            to.location(any(NAMES, random) + "/x.rpm");
        }
        if (random.nextBoolean()) {
            to.checksum(Digest.sha256(("0" + random.nextInt(10)).repeat(32)));
            to.sizes(random.nextInt(3), random.nextInt(3), random.nextInt(3));
            to.buildSeconds(random.nextInt(3)).headerRange(random.nextInt(3), 10);
        }
        for (TextKind kind : TextKind.ALL) {
            to.text(kind, any(TEXTS, random));
        }
        if (installed) {
            to.installed(random.nextInt(3), any(NAMES, random));
        }
        to.end();
    }

    private static String version(Random random) {
        String version = any(VERSIONS, random);
        return version.contains("-") ? version : version + "-" + random.nextInt(2);
    }

    @Test
    void asBuiltAtOnce() throws Exception {
        // However packages are spread over sets, in whatever order these are named, on one thread
        // or two: merging gives the bytes of building.
        var random = new Random(4);
        for (int round = 0; round < ROUNDS; round++) {
            boolean installed = random.nextInt(4) == 0;
            var whole = new PackageSetBuilder();
            var sets = new ArrayList<PackageSet>();
            for (int set = random.nextInt(4); set >= 0; set--) {
                var part = new PackageSetBuilder();
                for (int count = random.nextInt(12); count > 0; count--) {
                    int number = random.nextInt(60);
                    add(number, installed, part);
                    add(number, installed, whole);
                }
                if (random.nextBoolean()) {
                    // What was asked of filelists is known of one set alone.
                    part.askedPaths(List.of("/usr/é", "/nowhere"));
                }
                sets.add(part.build());
            }
            var merged = new PackageSetBuilder().threads(1 + round % 2);
            SetMerge.copy(sets, merged);
            PackageSet set = merged.build();
            assertThat(Worlds.dump(set))
                    .as("round %d", round)
                    .isEqualTo(Worlds.dump(whole.build()));
            set.check();
        }
    }

    @Test
    void largeSets() throws Exception {
        // So many that threads work side by side: texts are packed in the order that names and
        // versions give, and again where a package of both sets, or two of one name and version,
        // make that another one.
        for (var same : Same.values()) {
            var whole = new PackageSetBuilder();
            var sets = new ArrayList<PackageSet>();
            for (int set = 0; set < 3; set++) {
                var part = new PackageSetBuilder();
                for (int number = set; number < 900; number += set == 2 ? 7 : 2) {
                    addNamed(number, set, same, part);
                    addNamed(number, set, same, whole);
                }
                sets.add(part.build());
            }
            var merged = new PackageSetBuilder().threads(2);
            SetMerge.copy(sets.reversed(), merged);
            assertThat(Worlds.dump(merged.build()))
                    .as("%s", same)
                    .isEqualTo(Worlds.dump(whole.build()));
        }
    }

    /// What packages of two sets may have in common.
    private enum Same {
        NOTHING,
        VERSIONS,
        PACKAGES
    }

    /// Adds a package whose name is its number.
    private static void addNamed(int number, int set, Same same, PackageSetBuilder to) {
        int release = same != Same.NOTHING && number % 3 == 0 ? 9 : set;
        to.begin(Nevra.parse("p" + number + "-1-" + release + ".noarch"));
        to.text(TextKind.SUMMARY, "summary " + (number - (same == Same.PACKAGES ? 0 : set)));
        to.text(TextKind.DESCRIPTION, TEXTS[number % TEXTS.length] + (1000 - number));
        to.location("pool/" + number * 7 % 100 + "/" + number);
        to.end();
    }

    @Test
    void everythingTwice() throws Exception {
        // A set that is merged with itself and with nothing stays as it is, but for what was asked.
        PackageSet set = Worlds.everything().build();
        PackageSet nothing = new PackageSetBuilder().installedSystem().build();
        var merged = new PackageSetBuilder();
        SetMerge.copy(List.of(set, nothing, set), merged);
        List<String> was = Worlds.dump(set);
        List<String> is = Worlds.dump(merged.build());
        assertThat(is.subList(1, is.size() - 1)).isEqualTo(was.subList(1, was.size() - 1));
    }

    @Test
    void whatIsOutOfOrderIsDamaged() throws Exception {
        // Rows that do not ascend would give a set that nobody finds anything in.
        PackageSet set = new PackageSetBuilder().add("a-1-1.x86_64").add("b-2-1.x86_64").build();
        byte[] bytes = bytes(set);
        int at = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("ab");
        bytes[at] = 'b';
        bytes[at + 1] = 'a';
        PackageSet turned = PackageSet.of(MemorySegment.ofArray(bytes));
        assertThatThrownBy(() -> SetMerge.copy(List.of(turned), new PackageSetBuilder()))
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("string_offsets: row 2 does not follow");
    }

    @Test
    void theEmptyStringStandsFirstAlone() throws Exception {
        // A second one, where `a` was, ended as an internal error.
        PackageSet set = new PackageSetBuilder().add("a-1-1.x86_64").add("b-2-1.x86_64").build();
        byte[] bytes = bytes(set);
        String starts = "\0\0\0\0\0\0\0\0\1\0\0\0\2\0\0\0";
        int at = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf(starts);
        bytes[at + 8] = 0;
        PackageSet twice = PackageSet.of(MemorySegment.ofArray(bytes));
        assertThatThrownBy(() -> SetMerge.copy(List.of(twice), new PackageSetBuilder()))
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("string_offsets: row 1 does not follow");
    }

    private static byte[] bytes(PackageSet set) throws Exception {
        var out = new java.io.ByteArrayOutputStream();
        set.writeTo(out::write);
        return out.toByteArray();
    }

    @Test
    void hostileSets() {
        // Whatever the sections hold, merging ends as damage or with a set.
        byte[] whole = Worlds.everything().toBytes().toArray(ValueLayout.JAVA_BYTE);
        var random = new Random(Long.getLong("opm.fuzz.seed", 5));
        var rounds = new FuzzRounds("merges", 1000);
        PackageSet other = new PackageSetBuilder().add("vim-1-1.x86_64").build();
        int damaged = 0;
        for (int round = 0; rounds.more(); round++) {
            byte[] bad = whole.clone();
            for (int change = random.nextInt(6); change >= 0; change--) {
                SetFuzzTest.mutate(bad, random);
            }
            SetFuzzTest.sealTable(bad);
            try {
                PackageSet set = PackageSet.of(MemorySegment.ofArray(bad));
                var merged = new PackageSetBuilder().threads(1);
                SetMerge.copy(List.of(set, other), merged);
                merged.build();
            } catch (Damaged e) {
                damaged++;
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError("round " + round, e);
            }
        }
        assertThat(damaged).isBetween(rounds.done() / 20, rounds.done() - 1);
    }
}
