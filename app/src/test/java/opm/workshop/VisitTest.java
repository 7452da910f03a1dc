package opm.workshop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import opm.plan.Plan;
import opm.plan.PlanText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One visit that is asked many things, some of them at once.
final class VisitTest {
    @TempDir Path folder;

    private Workshop workshop(HostileMirror mirror) {
        Map<String, String> repos = Map.of("town", mirror.address());
        return HostileRepositoriesTest.workshop(folder.resolve("state"), repos);
    }

    /// Who types finds packages while the same visit is busy with something else.
    @Test
    void searchWaitsForNoSolve() throws Exception {
        try (var mirror = new HostileMirror();
                Workshop workshop = workshop(mirror)) {
            workshop.refresh("x86_64", _ -> {});
            Visit visit = workshop.open(HostileRepositoriesTest.PROFILE);
            List<Hit> hits;
            synchronized (visit) {
                hits =
                        CompletableFuture.supplyAsync(
                                        () -> {
                                            try {
                                                return visit.search("vim", false);
                                            } catch (opm.base.OpmException e) {
                                                throw new AssertionError(e);
                                            }
                                        })
                                .get(60, TimeUnit.SECONDS);
            }
            assertThat(hits).hasSize(1);
        }
    }

    /// What is kept of an answer changes no later one, nor does forgetting it: the same choices
    /// have the same plan, and a package costs the same.
    @Test
    void whatIsKeptChangesNothing() throws Exception {
        try (var mirror = new HostileMirror();
                Workshop workshop = workshop(mirror)) {
            workshop.refresh("x86_64", _ -> {});
            Visit visit = workshop.open(HostileRepositoriesTest.PROFILE);
            Basket vim = Basket.EMPTY.with(Basket.item("install", "vim"));
            Cost cost = visit.cost("vim");
            visit.choose(vim);
            byte[] plan = plan(visit);
            visit.choose(Basket.EMPTY);
            visit.choose(vim);
            assertThat(plan(visit)).isEqualTo(plan);
            visit.cool();
            visit.choose(Basket.EMPTY);
            visit.choose(vim);
            assertThat(plan(visit)).isEqualTo(plan);
            Visit fresh = workshop.open(HostileRepositoriesTest.PROFILE);
            fresh.choose(vim);
            assertThat(plan(fresh)).isEqualTo(plan);
            assertThat(fresh.cost("vim")).isEqualTo(cost);
            assertThat(cost.comes()).isEqualTo(1);
        }
    }

    /// The first path that only file lists know has them read, for everybody; however many nobody
    /// has, no set is written for them, and those that somebody has are found.
    @Test
    void fileListsAreReadOnce() throws Exception {
        try (var mirror = new HostileMirror();
                Workshop workshop = workshop(mirror)) {
            workshop.refresh("x86_64", _ -> {});
            Visit visit = workshop.open(HostileRepositoriesTest.PROFILE);
            for (int path = 0; path < 100; path++) {
                assertThat(visit.search("/usr/share/vim/" + path, true)).isEmpty();
            }
            String words = "/usr/share/vim/words";
            assertThat(visit.search(words, false)).hasSize(1);
            Visit other = workshop.open(HostileRepositoriesTest.PROFILE);
            assertThat(other.search(words, false)).hasSize(1);
            other.choose(Basket.EMPTY.with(Basket.item("install", words)));
            assertThat(Visit.rows(Objects.requireNonNull(other.solution()))).hasSize(1);
            try (Stream<Path> sets = Files.list(folder.resolve("state/sets"))) {
                assertThat(sets.map(set -> set.getFileName().toString().length()))
                        .containsExactlyInAnyOrder(
                                64 + ".opmset".length(), 64 + "-all.opmset".length());
            }
        }
    }

    private static byte[] plan(Visit visit) throws Exception {
        Plan plan = Objects.requireNonNull(visit.solution()).plan();
        return PlanText.write(Objects.requireNonNull(plan));
    }
}
