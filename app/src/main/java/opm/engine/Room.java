package opm.engine;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.Refused;
import opm.fetch.Wanted;
import opm.pkgset.PackageRef;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Step;
import opm.planner.Planned;
import opm.planner.RunSize;
import org.jspecify.annotations.Nullable;

/// Whether a change has room where all its packages are fetched before the first is installed, and
/// how small its steps have to be where it has not: then each batch is fetched when the one before
/// is installed, and let go of after it.
///
/// An estimate from what repositories say about sizes, because nothing is here yet: a batch takes
/// its packages, then all its files beside the old ones. [LookAhead] is exact, and comes later.
final class Room {
    private final Engine engine;
    private final Map<Nevra, PackageRef> coming;
    private final Map<Nevra, PackageRef> leaving;

    /// Whether packages and what they install share a file system.
    private final boolean isOne;

    private final long freeBytes;
    private final long reserveBytes;

    private Room(Engine engine, Solution solution, Plan plan) throws OpmException {
        this.engine = engine;
        coming = solution.coming();
        leaving = solution.leaving();
        var disk = engine.host().disk();
        isOne = disk.isOneFileSystem(engine.store().root(), engine.options().root());
        freeBytes = disk.freeBytes(engine.store().root());
        reserveBytes = plan.reserveBytes();
    }

    /// Returns the plan in the largest steps that have room one by one.
    ///
    /// @return null where there is room for all packages at once, or where fetching less at a time
    ///     is no help: the store's disk is another one, and has room
    /// @throws Refused when the smallest steps are too large
    static @Nullable Planned inSteps(Engine engine, Solution solution) throws OpmException {
        Planned usual = solution.planned();
        if (usual == null || engine.options().oneBatch()) {
            return null;
        }
        var room = new Room(engine, solution, usual.plan());
        long all = room.lackingBytes(usual.plan());
        long needed = all + (room.isOne ? room.peak(usual.plan(), false) : 0);
        if (needed + room.reserveBytes <= room.freeBytes) {
            return null;
        }
        Planned steps = usual;
        long least = room.peak(steps.plan(), true) + room.reserveBytes;
        for (RunSize size : List.of(RunSize.SMALL, RunSize.LEAST)) {
            if (least <= room.freeBytes) {
                return steps;
            }
            steps = solution.cut(usual.plan(), size);
            least = room.peak(steps.plan(), true) + room.reserveBytes;
        }
        if (least <= room.freeBytes) {
            return steps;
        }
        throw new Refused(
                engine.store().root()
                        + ": "
                        + room.freeBytes
                        + " bytes are free, "
                        + least
                        + " are needed even in the smallest steps",
                "Make room and run the same again; `opm cache gc` removes packages that nothing"
                        + " needs.");
    }

    /// Tells whether files do not all have room in the store, with what an applier needs.
    static boolean isTooLittle(Engine engine, Plan plan, List<Wanted> files)
            throws OpmException {
        long bytes = files.stream().mapToLong(Wanted::sizeBytes).sum() + plan.reserveBytes();
        return bytes > engine.host().disk().freeBytes(engine.store().root());
    }

    private long lackingBytes(Plan plan) {
        return plan.artifacts().stream().mapToLong(this::lackingBytes).sum();
    }

    private long lackingBytes(Artifact artifact) {
        return engine.store().has(artifact.digest()) ? 0 : artifact.sizeBytes();
    }

    /// Returns how much more than now lies on the store's disk at the worst moment.
    ///
    /// @param fetches whether each batch is fetched before it is installed, and let go of after it
    private long peak(Plan plan, boolean fetches) {
        var files = new HashMap<Digest, Artifact>(plan.artifactsByDigest());
        long level = 0;
        long peak = 0;
        for (Batch batch : plan.batches()) {
            long packages = 0;
            long written = 0;
            long old = 0;
            for (Digest rpm : batch.rpms()) {
                Artifact artifact = files.get(rpm);
                packages += artifact == null || !fetches ? 0 : lackingBytes(artifact);
            }
            for (Step step : batch.steps()) {
                written +=
                        switch (step) {
                            case Step.Install(var pkg, _, _) -> bytes(coming, pkg);
                            case Step.Upgrade(_, var to, _) -> bytes(coming, to);
                            case Step.Downgrade(_, var to, _) -> bytes(coming, to);
                            case Step.Reinstall(var pkg, _) -> bytes(coming, pkg);
                            case Step.Replaced _, Step.Erase _ -> 0;
                        };
            }
            for (Nevra pkg : batch.goes()) {
                old += bytes(leaving, pkg);
            }
            long most = packages + (isOne ? written : 0);
            peak = Math.max(peak, level + most);
            level += isOne ? written - old : 0;
        }
        return peak;
    }

    private static long bytes(Map<Nevra, PackageRef> known, Nevra pkg) {
        PackageRef ref = known.get(pkg);
        return ref == null ? 0 : Math.max(0, ref.installedBytes());
    }
}
