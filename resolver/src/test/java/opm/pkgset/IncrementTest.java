package opm.pkgset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import org.junit.jupiter.api.Test;

/// A step from one set leads to the other, byte for byte, or ends as damage.
class IncrementTest {
    private static PackageSetBuilder world(Random random) {
        var builder = new PackageSetBuilder();
        int count = random.nextInt(12);
        for (int pkg = 0; pkg < count; pkg++) {
            String name = "p" + random.nextInt(8);
            int release = random.nextInt(3);
            String other = "p" + random.nextInt(8);
            String[] facts = {
                "requires: " + other + " >= " + random.nextInt(3),
                "provides: (" + other + " if q" + random.nextInt(3) + ")",
                "conflicts: q" + random.nextInt(3),
                "file: /usr/bin/" + name + random.nextInt(2),
                "prerequires: " + other,
                "vendor: v" + random.nextInt(3),
                "recommends: (a or " + other + ")",
                "file: /etc/x"
            };
            List<String> some = new ArrayList<>(List.of(facts));
            Collections.shuffle(some, random);
            builder.add(
                    name + "-1-" + release + (random.nextBoolean() ? ".noarch" : ".i686"),
                    some.subList(0, random.nextInt(facts.length)).toArray(String[]::new));
        }
        return builder;
    }

    @Test
    void anyStepLands() throws OpmException {
        // Whatever two sets hold, the step between them leads from one to the other exactly.
        long seed = Long.getLong("opm.fuzz.seed", 3);
        var random = new Random(seed);
        for (int round = 0; round < 400; round++) {
            PackageSet old = world(random).build();
            PackageSet next = world(random).build();
            byte[] step = Increment.between(old, next);
            assertThat(Increment.apply(old, step).digest())
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(next.digest());
        }
    }

    @Test
    void everythingLands() throws OpmException {
        // All facts that a set can hold survive a step, out of nothing and into nothing.
        PackageSetBuilder builder = Worlds.everything();
        builder.asked.clear();
        PackageSet all = builder.build();
        PackageSet nothing = new PackageSetBuilder().installedSystem().build();
        assertThat(Worlds.dump(Increment.apply(nothing, Increment.between(nothing, all))))
                .isEqualTo(Worlds.dump(all));
        assertThat(Increment.apply(all, Increment.between(all, nothing)).digest())
                .isEqualTo(nothing.digest());
        assertThat(Increment.between(all, all)).hasSizeLessThan(80);
    }

    @Test
    void anotherSetIsRefused() throws OpmException {
        // A step is taken from the set it was made for, and from no other.
        PackageSet one = new PackageSetBuilder().add("a-1-1.noarch").build();
        PackageSet two = new PackageSetBuilder().add("a-1-2.noarch").build();
        byte[] step = Increment.between(one, two);
        assertThatThrownBy(() -> Increment.apply(two, step))
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("made for the set");
    }

    @Test
    void damagedSteps() throws OpmException {
        // Cut and flipped steps end as damage, or lead to the same set; never to another.
        var random = new Random(5);
        PackageSet old = world(random).build();
        PackageSetBuilder builder = Worlds.everything();
        builder.asked.clear();
        PackageSet next = builder.build();
        byte[] step = Increment.between(old, next);
        for (int length = 0; length < step.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(step, length);
            assertThatThrownBy(() -> Increment.apply(old, cut))
                    .isInstanceOf(Damaged.class);
        }
        for (int at = 0; at < step.length; at++) {
            byte[] bad = step.clone();
            bad[at] ^= (byte) (1 << random.nextInt(8));
            try {
                assertThat(Increment.apply(old, bad).digest())
                        .as("byte %d", at)
                        .isEqualTo(next.digest());
            } catch (Damaged e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
    }
}
