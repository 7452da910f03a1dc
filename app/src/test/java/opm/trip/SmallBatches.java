package opm.trip;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import opm.base.OpmException;
import opm.bundle.BundleReader;
import opm.bundle.BundleWriter;
import opm.bundle.PackageSource;
import opm.host.Disk;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Step;
import org.jspecify.annotations.Nullable;

/// Bundles of the same packages in smaller batches than opm makes: tests want many boundaries.
final class SmallBatches {
    private SmallBatches() {}

    /// Writes a bundle with a batch for so many packages, and what they replace.
    static Plan write(Disk disk, Path whole, Path box, int packages) throws Exception {
        return write(disk, whole, box, packages, (_, _) -> 0);
    }

    /// Writes a bundle whose batches come in an order.
    static Plan write(
            Disk disk, Path whole, Path box, int packages, Comparator<Batch> order)
            throws Exception {
        BundleReader reader = BundleReader.open(disk, whole);
        Plan plan = reader.plan();
        List<Batch> batches = new ArrayList<>();
        for (Batch batch : plan.batches()) {
            List<Step> steps = new ArrayList<>();
            int count = 0;
            for (Step step : batch.steps()) {
                if (!(step instanceof Step.Replaced) && count++ % packages == 0 && count > 1) {
                    batches.add(new Batch(steps));
                    steps.clear();
                }
                steps.add(step);
            }
            batches.add(new Batch(steps));
        }
        batches.sort(order);
        Plan small =
                new Plan(
                        plan.target(),
                        plan.asked(),
                        plan.sources(),
                        plan.artifacts(),
                        batches,
                        plan.unsigned());
        var contents =
                new BundleWriter.Contents(
                        small, reader.installed(), new byte[0], new TreeMap<String, byte[]>());
        PackageSource source =
                new PackageSource() {
                    @Override
                    public InputStream open(Artifact artifact) throws OpmException {
                        return reader.read(reader.find(artifact.path()).orElseThrow());
                    }

                    @Override
                    public @Nullable Noted noted(Artifact artifact) {
                        return null;
                    }
                };
        try (var out = disk.create(box)) {
            BundleWriter.write(contents, source, out);
        }
        return small;
    }
}
