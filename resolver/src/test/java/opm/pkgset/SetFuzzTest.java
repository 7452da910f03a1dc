package opm.pkgset;

import static opm.pkgset.Worlds.U32;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import opm.FuzzRounds;
import opm.base.DepKind;
import opm.base.OpmException.Damaged;
import org.junit.jupiter.api.Test;

/// Reading a damaged or hostile set ends as damage, or with an answer; with nothing else, and soon.
class SetFuzzTest {

    @Test
    void cutSets() {
        // A set that was cut anywhere is refused at once.
        byte[] whole = Worlds.everything().toBytes().toArray(ValueLayout.JAVA_BYTE);
        for (int length = 0; length < whole.length; length++) {
            MemorySegment cut = MemorySegment.ofArray(java.util.Arrays.copyOf(whole, length));
            assertThat(refused(cut)).as("length %d", length).isTrue();
        }
    }

    private static boolean refused(MemorySegment bytes) {
        try {
            PackageSet.of(bytes);
            return false;
        } catch (Damaged e) {
            return true;
        }
    }

    @Test
    void checkSeesEveryFlip() {
        // Any flipped bit is found by the full check.
        byte[] whole = Worlds.everything().toBytes().toArray(ValueLayout.JAVA_BYTE);
        for (int at = 0; at < whole.length; at++) {
            byte[] bad = whole.clone();
            bad[at] ^= (byte) (1 << at % 8);
            boolean found = false;
            try {
                PackageSet.of(MemorySegment.ofArray(bad)).check();
            } catch (Damaged e) {
                found = true;
            }
            assertThat(found).as("byte %d", at).isTrue();
        }
    }

    @Test
    void hostileSets() {
        // Whatever the sections hold, every question ends as damage or with an answer.
        byte[] whole = Worlds.everything().toBytes().toArray(ValueLayout.JAVA_BYTE);
        long seed = Long.getLong("opm.fuzz.seed", 4);
        var random = new Random(seed);
        int damaged = 0;
        var rounds = new FuzzRounds("package sets", 4000);
        for (int round = 0; rounds.more(); round++) {
            byte[] bad = whole.clone();
            int changes = 1 + random.nextInt(6);
            for (int change = 0; change < changes; change++) {
                mutate(bad, random);
            }
            sealTable(bad);
            try {
                PackageSet set = PackageSet.of(MemorySegment.ofArray(bad));
                PackageSet.reading(
                        () -> {
                            askEverything(set);
                            return true;
                        });
                new Queries(List.of(set)).named("f*");
            } catch (Damaged e) {
                damaged++;
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError("seed " + seed + " round " + round, e);
            }
        }
        assertThat(damaged).isBetween(rounds.done() / 20, rounds.done() - 1);
    }

    static void mutate(byte[] bytes, Random random) {
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(4)) {
            case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes[at] = (byte) random.nextInt();
            case 2 -> {
                int word = at & ~3;
                int value = random.nextInt(64);
                for (int index = 0; index < 4; index++) {
                    bytes[word + index] = (byte) (value >>> 8 * index);
                }
            }
            default -> {
                int word = at & ~3;
                for (int index = 0; index < 4; index++) {
                    bytes[word + index] = (byte) 0xff;
                }
            }
        }
    }

    /// Makes the checksum of the table right again, so that the damage gets past it.
    static void sealTable(byte[] bytes) {
        MemorySegment all = MemorySegment.ofArray(bytes);
        int count = all.get(U32, 12);
        if (count < 0 || 32 + count * 32L > bytes.length) {
            return;
        }
        var crc = new CRC32C();
        crc.update(bytes, 0, 24);
        crc.update(bytes, 32, count * 32);
        all.set(U32, 24, (int) crc.getValue());
    }

    private static void askEverything(PackageSet set) {
        Worlds.dump(set);
        for (int name = 0; name < set.nameCount(); name++) {
            set.string(name);
            int end = set.providersEnd(name);
            for (int row = set.providersStart(name); row < end; row++) {
                set.provider(row);
                set.dep(set.providerRelation(row));
            }
            set.relationsStart(name);
            set.packagesEnd(name);
        }
        for (int one = 0; one < set.evrCount(); one++) {
            set.compareEvr(one, set, 0);
            set.matchEvr(one, 0);
            set.evrId(set.evrValue(one));
        }
        set.files().owners("/usr/bin/vim");
        set.files().match(new Glob("/*"), (_, _) -> {});
        set.translate(set, 0);
        PackageSet other = new PackageSetBuilder().add("vim-1-1.x86_64").build();
        for (int id = 0; id < other.stringCount(); id++) {
            set.translate(other, id);
        }
        ask(() -> new Queries(List.of(set)).search(List.of("editor"), true));
        ask(() -> new Queries(List.of(set)).whatRequires("bash"));
        ask(() -> new Queries(List.of(set)).whatNeeds(DepKind.SUPPLEMENTS, "bash"));
        ask(() -> new Queries(List.of(set)).whatProvides("/bin/*"));
        var builder = new PackageSetBuilder();
        var copier = new SetCopier(set, builder);
        for (int pkg = 0; pkg < set.packageCount(); pkg++) {
            copier.begin(pkg).end();
        }
        builder.build();
    }

    private interface Question {
        Object ask() throws Damaged;
    }

    private static void ask(Question question) {
        try {
            question.ask();
        } catch (Damaged e) {
            throw new BrokenSet(String.valueOf(e.getMessage()));
        }
    }
}
