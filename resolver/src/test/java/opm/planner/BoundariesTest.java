package opm.planner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// After every batch the machine is whole: what is required is there, and no two conflict.
final class BoundariesTest {
    private static final RunSize SMALLEST = new RunSize(1, 1, Long.MAX_VALUE);
    private static final long SEED = Long.getLong("opm.seed", 20261121L);
    private static final int WORLDS = Boolean.getBoolean("opm.soak") ? 20_000 : 400;

    /// One package of a random world, in short words.
    private record Pkg(
            String nevra, Set<String> caps, List<String> requires, List<String> conflicts) {
        String[] facts() {
            var facts = new ArrayList<String>();
            caps.forEach(cap -> facts.add("provides: " + cap));
            requires.forEach(dep -> facts.add("requires: " + dep));
            conflicts.forEach(dep -> facts.add("conflicts: " + dep));
            return facts.toArray(String[]::new);
        }
    }

    /// Random worlds whose beginning and end are whole, changed in the smallest runs that may be:
    /// every boundary in between is whole too, by brute force.
    @Test
    void randomWorldsAreWholeAtEveryBoundary() throws Exception {
        var random = new Random(SEED);
        long boundaries = 0;
        for (int number = 0; number < WORLDS; number++) {
            String what = "world " + number + ", seed " + SEED;
            Map<String, Pkg> before = new TreeMap<>();
            Map<String, Pkg> after = new TreeMap<>();
            fill(random, before, after);
            var world = new World().runsOf(SMALLEST);
            before.values().forEach(pkg -> world.system(pkg.nevra(), pkg.facts()));
            var all = new HashMap<String, Pkg>();
            before.values().forEach(pkg -> all.put(pkg.nevra(), pkg));
            after.forEach(
                    (name, pkg) -> {
                        Pkg old = before.get(name);
                        if (!pkg.equals(old)) {
                            all.put(pkg.nevra(), pkg);
                            world.repo(pkg.nevra(), pkg.facts());
                            world.change(
                                    old == null
                                            ? "+ " + pkg.nevra()
                                            : "^ " + old.nevra() + " " + pkg.nevra());
                        }
                    });
            var there = new TreeSet<String>();
            before.values().forEach(pkg -> there.add(pkg.nevra()));
            for (List<String> batch : world.batches()) {
                for (String step : batch) {
                    String[] words = step.split(" ");
                    there.add(words[1]);
                    if (words[0].equals("upgrade")) {
                        there.remove(words[2]);
                    }
                }
                boundaries++;
                List<Pkg> now = there.stream().map(all::get).toList();
                assertThat(faults(now)).as(what + ", after " + batch).isEmpty();
            }
            assertThat(there)
                    .as(what)
                    .containsExactlyInAnyOrderElementsOf(
                            after.values().stream().map(Pkg::nevra).toList());
        }
        assertThat(boundaries).as("runs are cut").isGreaterThan(3L * WORLDS);
    }

    private static void fill(Random random, Map<String, Pkg> before, Map<String, Pkg> after) {
        int count = 3 + random.nextInt(12);
        int caps = 2 + random.nextInt(8);
        for (int at = 0; at < count; at++) {
            String name = "p" + at;
            int kind = random.nextInt(5); // 0 stays, 1 to 3 is upgraded, 4 is new
            Pkg old = pkg(random, name + "-1-1.noarch", name, caps);
            if (kind < 4) {
                before.put(name, old);
            }
            after.put(name, kind == 0 ? old : pkg(random, name + "-2-1.noarch", name, caps));
        }
        Set<String> first = provided(before);
        Set<String> last = provided(after);
        var both = new TreeSet<>(first);
        both.retainAll(last);
        var only = new TreeSet<>(first);
        only.removeAll(last);
        var later = new TreeSet<>(last);
        later.removeAll(first);
        after.forEach(
                (name, pkg) -> {
                    Pkg old = before.get(name);
                    require(random, pkg, pkg.equals(old) ? both : last);
                    if (!pkg.equals(old)) {
                        conflict(random, pkg, only);
                    }
                    if (old != null && !old.equals(pkg)) {
                        require(random, old, first);
                        conflict(random, old, later);
                    }
                });
    }

    private static Pkg pkg(Random random, String nevra, String name, int caps) {
        var own = new TreeSet<String>(Set.of(name));
        for (int more = random.nextInt(3); more > 0; more--) {
            own.add("cap" + random.nextInt(caps));
        }
        own.add("v-" + nevra.substring(0, nevra.indexOf(".")));
        return new Pkg(nevra, own, new ArrayList<>(), new ArrayList<>());
    }

    private static Set<String> provided(Map<String, Pkg> packages) {
        var all = new TreeSet<String>();
        packages.values().forEach(pkg -> all.addAll(pkg.caps()));
        return all;
    }

    private static void require(Random random, Pkg pkg, Set<String> from) {
        List<String> caps = List.copyOf(from);
        for (int more = random.nextInt(3); more > 0 && !caps.isEmpty(); more--) {
            pkg.requires().add(caps.get(random.nextInt(caps.size())));
        }
    }

    private static void conflict(Random random, Pkg pkg, Set<String> from) {
        List<String> caps = List.copyOf(from);
        if (!caps.isEmpty() && random.nextInt(4) == 0) {
            pkg.conflicts().add(caps.get(random.nextInt(caps.size())));
        }
    }

    private static List<String> faults(List<Pkg> packages) {
        var caps = new TreeSet<String>();
        packages.forEach(pkg -> caps.addAll(pkg.caps()));
        var faults = new ArrayList<String>();
        for (Pkg pkg : packages) {
            pkg.requires().stream()
                    .filter(dep -> !caps.contains(dep))
                    .forEach(dep -> faults.add(pkg.nevra() + " lacks " + dep));
            for (Pkg other : packages) {
                pkg.conflicts().stream()
                        .filter(dep -> !other.equals(pkg) && other.caps().contains(dep))
                        .forEach(dep -> faults.add(pkg.nevra() + " conflicts " + other.nevra()));
            }
        }
        return faults;
    }

    /// Packages come in runs of 20 to 50, and all at once where that is asked for.
    @Test
    void runsHaveTwentyToFifty() throws Exception {
        var world = new World();
        for (int at = 0; at < 230; at++) {
            world.system("p" + at + "-1-1.noarch").repo("p" + at + "-2-1.noarch");
            world.change("^ p" + at + "-1-1.noarch p" + at + "-2-1.noarch");
        }
        List<Integer> sizes = world.batches().stream().map(List::size).toList();
        assertThat(sizes.subList(0, sizes.size() - 1)).allMatch(size -> size >= 20 && size <= 50);
        assertThat(sizes).hasSize(5);
        assertThat(world.runsOf(RunSize.ALL).batches()).hasSize(1);
    }

    /// A circle larger than a run is not cut, and does not carry others with it.
    @Test
    void aCircleIsNotCut() throws Exception {
        var world = new World();
        for (int at = 0; at < 60; at++) {
            int next = (at + 1) % 60;
            world.repo("c" + at + "-1-1.noarch", "requires: c" + next);
            world.change("+ c" + at + "-1-1.noarch");
        }
        for (int at = 0; at < 30; at++) {
            world.repo("x" + at + "-1-1.noarch").change("+ x" + at + "-1-1.noarch");
        }
        List<List<String>> batches = world.batches();
        assertThat(batches.stream().map(List::size)).containsExactlyInAnyOrder(60, 30);
    }

    /// An unchanged package that needs the old version of one thing or the new one of another never
    /// stands without both.
    @Test
    void whatStaysIsNeverWithout() throws Exception {
        World world =
                new World()
                        .runsOf(SMALLEST)
                        .system("mailer-1-1.noarch", "requires: smtpd")
                        .system("exim-1-1.noarch", "provides: smtpd")
                        .repo("exim-2-1.noarch")
                        .repo("postfix-1-1.noarch", "provides: smtpd")
                        .change("^ exim-1-1.noarch exim-2-1.noarch")
                        .change("+ postfix-1-1.noarch");
        assertThat(world.batches().stream().map(batch -> batch.getFirst().split(" ")[1]))
                .containsExactly("postfix-1-1.noarch", "exim-2-1.noarch");
    }

    /// Packages of one source come together: files move between them.
    @Test
    void oneSourceComesTogether() throws Exception {
        World world = new World().runsOf(SMALLEST);
        for (String name : List.of("lib", "tool", "other")) {
            String source =
                    name.equals("other") ? "source: other-2.src.rpm" : "source: lib-2.src.rpm";
            world.system(name + "-1-1.noarch").repo(name + "-2-1.noarch", source);
            world.change("^ " + name + "-1-1.noarch " + name + "-2-1.noarch");
        }
        assertThat(world.batches().stream().map(List::size)).containsExactlyInAnyOrder(1, 2);
    }
}
