package opm.thin;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import opm.base.DepKind;
import opm.base.Digest;
import opm.base.Evr;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.RpmDep;
import opm.base.Sense;
import opm.host.StreamFailure;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Step;
import opm.rpm.RpmFile;
import org.jspecify.annotations.Nullable;

/// Completes a plan by what its packages say, now that they are here: which of them are unsigned,
/// and which installed packages that the answer did not know of they take the place of. rpm would
/// do that anyway; a plan names every package that goes.
public final class Arrived {
    private final Wording words;
    private final Files files;
    private final TreeSet<String> unsigned = new TreeSet<>();

    /// Where the packages are.
    public interface Files {
        InputStream open(Digest digest) throws OpmException;
    }

    public Arrived(Files files, Wording words) {
        this.files = files;
        this.words = words;
    }

    /// Returns the plan as it will be.
    ///
    /// @param mayBeUnsigned null for none, empty for all, else names
    public Plan complete(
            Plan plan, List<Nevra> installed, @Nullable List<String> mayBeUnsigned)
            throws OpmException {
        var there = new ArrayList<>(installed);
        var batches = new ArrayList<Batch>();
        var artifacts = plan.artifactsByDigest();
        for (Batch batch : plan.batches()) {
            var steps = new ArrayList<>(batch.steps());
            Set<Nevra> goes = new HashSet<>(batch.goes());
            for (Step step : batch.steps()) {
                Nevra comes = step.comes();
                Digest rpm = step.rpm();
                if (comes != null && rpm != null) {
                    RpmFile file = read(artifacts.get(rpm), comes, plan);
                    if (!file.isSigned() && isAllowed(comes, mayBeUnsigned)) {
                        unsigned.add(comes.name());
                    }
                    for (Nevra old : there) {
                        if (!old.name().equals(comes.name())
                                && isObsoleted(old, file.words().dependencies(DepKind.OBSOLETES))
                                && goes.add(old)) {
                            steps.add(new Step.Replaced(old, comes));
                        }
                    }
                }
            }
            there.removeAll(goes);
            there.addAll(batch.comes());
            batches.add(new Batch(steps));
        }
        return new Plan(
                plan.target(),
                plan.asked(),
                plan.sources(),
                plan.artifacts(),
                batches,
                List.copyOf(unsigned));
    }

    private static boolean isAllowed(Nevra pkg, @Nullable List<String> names) {
        return names != null && (names.isEmpty() || names.contains(pkg.name()));
    }

    private static boolean isObsoleted(Nevra pkg, List<RpmDep> obsoletes) {
        for (RpmDep one : obsoletes) {
            if (one.name().equals(pkg.name())
                    && (one.sense() == Sense.NONE
                            || one.sense().accepts(pkg.evr().matches(Evr.parse(one.evr()))))) {
                return true;
            }
        }
        return false;
    }

    private RpmFile read(@Nullable Artifact artifact, Nevra comes, Plan plan) throws OpmException {
        if (artifact == null) {
            throw new IllegalArgumentException(comes + " has no file in " + plan.asked());
        }
        try (InputStream in = files.open(artifact.digest())) {
            RpmFile file = RpmFile.read(in, artifact.fileName());
            if (!file.words().nevra().equals(comes)) {
                throw words.damaged("wrong-digest", artifact.path());
            }
            return file;
        } catch (IOException e) {
            throw StreamFailure.of(e, artifact.fileName());
        }
    }
}
