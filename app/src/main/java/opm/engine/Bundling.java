package opm.engine;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.Refused;
import opm.bundle.BatchOrder;
import opm.bundle.BundleSplit;
import opm.bundle.BundleWriter;
import opm.bundle.PackageSource;
import opm.bundle.RepodataFolder;
import opm.host.Output;
import opm.plan.Plan;
import opm.planner.BatchNeeds;
import opm.planner.Planned;
import opm.solve.Verdict;

/// Makes a bundle of a plan whose packages are in the store, after proving that it is enough.
public final class Bundling {
    private final Engine engine;

    public Bundling(Engine engine) {
        this.engine = engine;
    }

    Engine.Bundled write(Solution solution, Engine.Fetched fetched, Path file) throws OpmException {
        Plan plan = fetched.plan();
        var packages = PackageSource.of(engine.store(), engine.host().disk());
        var contents = contents(solution, plan, packages, file);
        return write(
                engine, file, plan, fetched, out -> BundleWriter.write(contents, packages, out));
    }

    /// Writes a bundle as several files.
    ///
    /// @param file what it would be called if it were one
    public List<BundleSplit.Written> writeParts(
            Solution solution, Engine.Fetched fetched, Path file, long partBytes, boolean parity)
            throws OpmException {
        Plan plan = fetched.plan();
        var packages = PackageSource.of(engine.store(), engine.host().disk());
        var contents = contents(solution, plan, packages, file);
        return BundleSplit.write(
                engine.host().disk(), contents, packages, file, partBytes, parity);
    }

    /// Proves the bundle, then says that it is being written, and returns what stands in it.
    private BundleWriter.Contents contents(
            Solution solution, Plan plan, PackageSource packages, Path file) throws OpmException {
        byte[] proof = prove(solution, plan, packages).getBytes(StandardCharsets.UTF_8);
        engine.watcher().begins(Watcher.Stage.WRITE, file.toString());
        List<Nevra> installed = engine.installedNames(plan);
        return new BundleWriter.Contents(plan, installed, proof, new TreeMap<>())
                .with(order(solution, plan));
    }

    private static BatchOrder order(Solution solution, Plan plan) {
        Planned planned = solution.planned();
        return solution.verdict() instanceof Verdict.Solved solved && planned != null
                ? new BatchOrder(
                        BatchNeeds.of(plan, planned.notes(), solved, solution.universe()))
                : BatchOrder.UNKNOWN;
    }

    interface Writing {
        BundleWriter.Written to(Output out) throws OpmException;
    }

    /// Writes a bundle whole or not at all.
    static Engine.Bundled write(
            Engine engine, Path file, Plan plan, Engine.Fetched fetched, Writing writing)
            throws OpmException {
        Path aside = file.resolveSibling(file.getFileName() + ".part");
        boolean whole = false;
        try (Output out = engine.host().disk().create(aside)) {
            BundleWriter.Written written = writing.to(out);
            out.force();
            whole = true;
            return new Engine.Bundled(
                    written.seal(), written.sizeBytes(), plan, fetched.signaturesChecked());
        } finally {
            if (whole) {
                engine.host().disk().rename(aside, file);
            } else {
                engine.host().disk().delete(aside);
            }
        }
    }

    /// Solves the request once more with nothing but the profile and the metadata that goes into
    /// the bundle, and compares the answers.
    ///
    /// @return the proof as text; docs/formats/proof.md
    /// @throws Refused when the bundle alone would not do
    String prove(Solution solution, Plan plan, PackageSource packages) throws OpmException {
        engine.watcher().begins(Watcher.Stage.PROOF, "");
        try (var folder = new TemporaryFolder(engine.host(), engine.options().state())) {
            RepodataFolder.write(plan, packages, engine.host().disk(), folder.path());
            Verdict again =
                    BundleAlone.solve(
                                    engine,
                                    folder.path(),
                                    solution.request(),
                                    solution.policy(),
                                    List.of())
                            .verdict();
            return compare(solution, plan, again);
        }
    }

    private static String compare(Solution solution, Plan plan, Verdict again) throws Refused {
        if (!(again instanceof Verdict.Solved solved)) {
            throw new Refused(
                    "proof: the bundle alone does not answer the request, expected that it does",
                    "This is a fault of opm; please report the request and the profile.");
        }
        var second =
                new Solution(
                        solution.policy(), solution.universe(), solution.request(), solved, null);
        var comes = new TreeSet<>(solution.coming().keySet());
        var goes = new TreeSet<>(solution.leaving().keySet());
        var differs = new ArrayList<String>();
        differences(comes, new TreeSet<>(second.coming().keySet()), "comes", differs);
        differences(goes, new TreeSet<>(second.leaving().keySet()), "goes", differs);
        if (!differs.isEmpty()) {
            throw new Refused(
                    "proof: with the bundle alone " + String.join(", ", differs),
                    "This is a fault of opm; please report the request and the profile.");
        }
        var text = new StringBuilder("opm-proof 1\n");
        text.append("base ").append(plan.target().base().hex()).append('\n');
        plan.asked().forEach(asked -> text.append("asked ").append(asked).append('\n'));
        text.append("solved-again with the profile and the bundle alone\n");
        comes.forEach(pkg -> text.append("comes ").append(pkg.full()).append('\n'));
        goes.forEach(pkg -> text.append("goes ").append(pkg.full()).append('\n'));
        return text.append("equal ").append(comes.size() + goes.size()).append('\n').toString();
    }

    private static void differences(
            Set<Nevra> first, Set<Nevra> second, String word, List<String> differs) {
        for (Nevra pkg : first) {
            if (!second.contains(pkg)) {
                differs.add(pkg + " no longer " + word);
            }
        }
        for (Nevra pkg : second) {
            if (!first.contains(pkg)) {
                differs.add(pkg + " " + word + " too");
            }
        }
    }
}
