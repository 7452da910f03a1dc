package opm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import opm.base.OpmException.Refused;
import opm.base.OpmException.Unavailable;
import opm.bundle.BundleReader;
import opm.host.Host;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Step;
import opm.solve.Request;
import opm.solve.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A bundle is offered only after the request was solved again with nothing else.
final class BundlingTest {
    private static final Path DEMO =
            Path.of(System.getProperty("opm.root", ".."))
                    .toAbsolutePath()
                    .normalize()
                    .resolve("app/src/main/resources/opm/cli/demo");

    @TempDir Path folder;
    private final Host host = Host.ofThisMachine();

    private Engine engine(boolean offline) {
        Options options =
                PlainOptions.of(Path.of("/"), folder.resolve("state"))
                        .forMachine(DEMO.resolve("school.opmprofile"))
                        .only("town", DEMO.resolve("repository").toUri().toString());
        return new Engine(host, offline ? options.withoutNetwork() : options, Watcher.NOBODY);
    }

    private static Solution atlas(Engine engine) throws Exception {
        Solution solution =
                engine.solve(
                        Request.of(Request.Verb.INSTALL, "abc-atlas"),
                        List.of("install abc-atlas"));
        assertThat(solution.verdict()).isInstanceOf(Verdict.Solved.class);
        return solution;
    }

    private static Engine.Bundled bundle(Engine engine, Path file) throws Exception {
        Solution solution = atlas(engine);
        return engine.bundle(solution, engine.fetch(solution), file);
    }

    /// Returns a plan without the package of one name, as a planner with a fault might make it.
    private static Plan without(Plan plan, String name) {
        var steps = new ArrayList<Step>();
        var artifacts = new ArrayList<>(plan.artifacts());
        for (Batch batch : plan.batches()) {
            for (Step step : batch.steps()) {
                if (step instanceof Step.Install(var pkg, var rpm, _) && pkg.name().equals(name)) {
                    artifacts.removeIf((Artifact artifact) -> artifact.digest().equals(rpm));
                } else {
                    steps.add(step);
                }
            }
        }
        return new Plan(
                plan.target(),
                plan.asked(),
                plan.sources(),
                artifacts,
                List.of(new Batch(steps)),
                plan.unsigned());
    }

    /// The proof names what comes, and is part of the bundle.
    @Test
    void theProofIsInTheBundle() throws Exception {
        Engine engine = engine(false);
        Path file = folder.resolve("atlas.opm");
        Engine.Bundled bundled = bundle(engine, file);
        var bundle = BundleReader.open(host.disk(), file);
        bundle.verify();
        assertThat(bundle.seal()).isEqualTo(bundled.seal());
        assertThat(bundle.proof())
                .startsWith("opm-proof 1\n")
                .contains("\nasked install abc-atlas\n")
                .contains("\ncomes abc-atlas-0:1.0-1.noarch\n")
                .contains("\ncomes abc-maps-0:1.0-1.noarch\n")
                .containsPattern("\nequal \\d+\n$");
    }

    /// Two bundles of one request are the same bytes.
    @Test
    void equalRequestsGiveEqualBytes() throws Exception {
        Path one = folder.resolve("one.opm");
        Path two = folder.resolve("two.opm");
        Engine first = engine(false);
        bundle(first, one);
        Engine second = engine(false);
        bundle(second, two);
        assertThat(two).hasSameBinaryContentAs(one);
    }

    /// A bundle that lacks a dependency is not written, and leaves nothing behind.
    @Test
    void aBundleThatIsNotEnoughIsRefused() throws Exception {
        Engine engine = engine(false);
        Solution solution = atlas(engine);
        Engine.Fetched whole = engine.fetch(solution);
        var lacking =
                new Engine.Fetched(without(whole.plan(), "abc-maps"), whole.signaturesChecked());
        Path file = folder.resolve("lacking.opm");
        assertThatThrownBy(() -> new Bundling(engine).write(solution, lacking, file))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("proof");
        assertThat(Files.exists(file)).isFalse();
        try (var rest = Files.list(folder.resolve("state/tmp"))) {
            assertThat(rest).isEmpty();
        }
    }

    /// `--offline` says what is missing, and fetches nothing.
    @Test
    void offlineNothingIsFetched() throws Exception {
        engine(false).repos();
        Engine engine = engine(true);
        Solution solution = atlas(engine);
        assertThatThrownBy(() -> engine.fetch(solution))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("--offline")
                .hasMessageContaining("abc-");
    }
}
