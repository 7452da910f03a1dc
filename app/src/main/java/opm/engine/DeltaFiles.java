package opm.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Refused;
import opm.delta.Deltas;
import opm.profile.InstalledPackage;
import opm.repack.Regenerated;
import opm.repack.Repack;

/// Deltas between package files, and between what is installed and a package file.
public final class DeltaFiles {
    private final Engine engine;
    private final Deltas deltas;

    public DeltaFiles(Engine engine) {
        this.engine = engine;
        deltas = new Deltas(engine.host());
    }

    /// Makes a delta. See [Deltas#make].
    public Deltas.Made make(Path old, Path fresh, Path to) throws OpmException {
        try (var folder = folder()) {
            return deltas.make(old, fresh, folder.path(), to);
        }
    }

    public Deltas.Facts facts(Path delta) throws OpmException {
        return deltas.facts(delta);
    }

    /// Makes the new package from a package file. See [Deltas#apply].
    public void apply(Path base, Path delta, Path to) throws OpmException {
        try (var folder = folder()) {
            deltas.apply(base, delta, folder.path(), to);
        }
    }

    /// Makes the new package from what is installed: the old package is made again first, of the
    /// header in rpm's database and the files on the disk.
    ///
    /// @throws BadRequest when the package that the delta starts from is not installed
    /// @throws Refused when it cannot be made again, as when one of its files was edited
    public void applyToInstalled(Path delta, Path to) throws OpmException {
        Deltas.Facts facts = deltas.facts(delta);
        var candidates = new ArrayList<Nevra>();
        for (InstalledPackage one : engine.machine().packages()) {
            Nevra pkg = one.nevra();
            String release = pkg.name() + "-" + pkg.evr().versionRelease();
            if (facts.base().equals(pkg.full()) || facts.base().equals(release)) {
                candidates.add(pkg);
            }
        }
        if (candidates.isEmpty()) {
            throw new BadRequest(
                    delta.getFileName()
                            + ": it starts from "
                            + facts.base()
                            + ", which is not installed",
                    "Fetch the whole package.");
        }
        try (var folder = folder()) {
            var made = new ConcurrentLinkedQueue<Regenerated>();
            var kept = folder.path().resolve("old.rpm");
            var failures = new ConcurrentLinkedQueue<OpmException>();
            new Repack(engine.host(), engine.rpm())
                    .regenerate(
                            List.of(candidates.getFirst()),
                            folder.path().resolve("lanes"),
                            one -> {
                                made.add(one);
                                if (one instanceof Regenerated.Made it) {
                                    keep(it.file(), kept, failures);
                                }
                            });
            if (!failures.isEmpty()) {
                throw failures.element();
            }
            if (made.peek() instanceof Regenerated.Impossible why) {
                throw new Refused(
                        candidates.getFirst()
                                + ": found that it cannot be made again from the disk: "
                                + why.why()
                                + (why.detail().isEmpty() ? "" : " " + why.detail()),
                        "Fetch the whole package.");
            }
            deltas.apply(kept, delta, folder.path(), to);
        }
    }

    private void keep(Path file, Path kept, ConcurrentLinkedQueue<OpmException> failures) {
        try {
            engine.host().disk().copy(file, kept);
        } catch (OpmException e) {
            failures.add(e);
        }
    }

    private TemporaryFolder folder() throws OpmException {
        return new TemporaryFolder(engine.host(), engine.options().state());
    }
}
