package opm.words;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSetBuilder;
import opm.solve.Cause;
import opm.solve.Problem;
import opm.solve.Repair;
import opm.solve.Request;
import org.junit.jupiter.api.Test;

/// An explanation is short, whatever there is to explain, and always has a way out.
final class SentencesTest {
    private static final long SEED = 20261121;
    private final Random random = new Random(SEED);
    private final List<PackageRef> packages = new ArrayList<>();
    private final Sentences sentences = new Sentences(Messages.of(Messages.choose("en", Map.of())));

    SentencesTest() {
        var builder = new PackageSetBuilder();
        for (int number = 10; number < 50; number++) {
            builder.add("p" + number + "-1-1.noarch");
        }
        var set = builder.build();
        for (int pkg = 0; pkg < set.packageCount(); pkg++) {
            packages.add(set.ref(pkg));
        }
    }

    private PackageRef any() {
        return packages.get(random.nextInt(packages.size()));
    }

    private Cause cause() {
        return switch (random.nextInt(6)) {
            case 0 -> new Cause.Asked(new Request.Item(Request.Verb.INSTALL, any().nevra().name()));
            case 1 -> new Cause.Conflicts(any(), "x", any());
            case 2 -> new Cause.Installed(any());
            case 3 -> new Cause.NothingProvides(any(), "y");
            default -> new Cause.Requires(any(), "z", List.of(any(), any()));
        };
    }

    private Repair repair() {
        var acts = new ArrayList<Repair.Act>();
        for (int count = 1 + random.nextInt(9); count > 0; count--) {
            acts.add(new Repair.Erase(any()));
        }
        return new Repair(acts, new Repair.Cost(random.nextInt(3), random.nextInt(3), 1000));
    }

    private Problem problem() {
        var causes = new ArrayList<Cause>();
        for (int count = 1 + random.nextInt(20); count > 0; count--) {
            causes.add(cause());
        }
        var repairs = new ArrayList<Repair>();
        for (int count = 1 + random.nextInt(8); count > 0; count--) {
            repairs.add(repair());
        }
        return new Problem(causes, repairs);
    }

    /// Twelve lines at most, with a way out for each problem shown; everything with --verbose.
    @Test
    void twelveLinesAndAWayOut() {
        for (int round = 0; round < 2_000; round++) {
            var problems = new ArrayList<Problem>();
            for (int count = 1 + random.nextInt(round % 2 == 0 ? 1 : 12); count > 0; count--) {
                problems.add(problem());
            }
            List<String> lines = sentences.of(problems, false);
            String title = "seed " + SEED + " round " + round + "\n" + String.join("\n", lines);
            assertThat(lines).as(title).hasSizeLessThanOrEqualTo(12);
            long ways = lines.stream().filter(line -> line.startsWith("  * ")).count();
            assertThat(ways).as(title).isGreaterThanOrEqualTo(Math.min(problems.size(), 3));
            List<String> all = sentences.of(problems, true);
            long causes = problems.stream().mapToLong(one -> one.causes().size()).sum();
            assertThat(all.stream().filter(line -> line.strip().startsWith("- ")).count())
                    .as(title)
                    .isEqualTo(causes);
        }
    }

    /// Below what requires something stands what keeps its providers out.
    @Test
    void causesStandBelowWhatTheyLeadTo() {
        PackageRef top = packages.get(0);
        PackageRef middle = packages.get(1);
        var problem =
                new Problem(
                        List.of(
                                new Cause.NothingProvides(middle, "gone"),
                                new Cause.Requires(top, "middle", List.of(middle)),
                                new Cause.Asked(new Request.Item(Request.Verb.INSTALL, "p10"))),
                        List.of(repair()));
        assertThat(sentences.of(List.of(problem), false).subList(1, 4))
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("  - p10 is to be installed"),
                        line -> assertThat(line).startsWith("    - p10-1-1.noarch requires"),
                        line ->
                                assertThat(line)
                                        .startsWith("      - p11-1-1.noarch requires gone"));
    }
}
