package opm.engine;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.delta.Deltas;
import opm.fetch.Fetcher;
import opm.fetch.Folders;
import opm.fetch.Wanted;
import opm.host.StreamFailure;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Step;
import opm.planner.Planned;
import opm.repack.Regenerated;
import opm.repack.Repack;
import opm.rpm.RpmFile;
import opm.rpmmd.OfferedDelta;
import opm.rpmmd.RepoFiles;
import opm.store.Store;
import opm.store.Stored;
import org.jspecify.annotations.Nullable;

/// Brings packages into the store as what differs from older ones that are here already.
///
/// For each package that an upgrade brings: a delta that its repository offers, when it has at most
/// 75 % of the package's size, and when the older package is in the store, in a folder that the
/// user named, or is installed here and can be made again, and when its header says that the delta
/// fits. Only then is the delta fetched. Whatever goes wrong, the package is then fetched whole
/// like any other; what comes into the store has the digest that the plan names.
final class DeltaPackages {
    private static final int MOST_PERCENT = 75;

    private final Engine engine;
    private final Map<String, Path> made = new ConcurrentHashMap<>();

    DeltaPackages(Engine engine) {
        this.engine = engine;
    }

    private record Candidate(Wanted wanted, Nevra from, Nevra to, String repo) {}

    /// Fetches what can be had so, and nothing else.
    void bring(Planned planned, List<Wanted> wanted) {
        if (engine.options().offline() || isTurnedOff()) {
            return;
        }
        try {
            bringAll(planned, wanted);
        } catch (OpmException _) {
            // A damaged older package, no room for it: what is still lacking is fetched whole.
        }
    }

    private void bringAll(Planned planned, List<Wanted> wanted) throws OpmException {
        var byRepo = new TreeMap<String, List<Candidate>>();
        for (Candidate one : candidates(planned, wanted)) {
            byRepo.computeIfAbsent(one.repo(), _ -> new ArrayList<>()).add(one);
        }
        var saved = new ArrayList<Integer>();
        long savedBytes = 0;
        for (var repo : byRepo.entrySet()) {
            Map<Candidate, OfferedDelta> offers = offers(repo.getKey(), repo.getValue());
            if (offers.isEmpty()) {
                continue;
            }
            try (var folder = new TemporaryFolder(engine.host(), engine.options().state())) {
                regenerate(offers.keySet().stream().map(Candidate::from).toList(), folder.path());
                for (var offer : offers.entrySet()) {
                    if (engine.watcher().cancelled()) {
                        return;
                    }
                    if (bring(offer.getKey(), offer.getValue(), folder.path())) {
                        long full = offer.getKey().wanted().sizeBytes();
                        savedBytes += full - offer.getValue().sizeBytes();
                        saved.add((int) (100 - 100 * offer.getValue().sizeBytes() / full));
                    }
                }
            }
        }
        if (!saved.isEmpty()) {
            saved.sort(null);
            engine.watcher().deltas(saved.size(), savedBytes, saved.get(saved.size() / 2));
        }
    }

    /// dnf.conf(5): `deltarpm`, which is on where it is not named.
    private boolean isTurnedOff() {
        try {
            var main = RepoFiles.main(engine.host().disk(), engine.options().root());
            String word = main.getOrDefault("deltarpm", "1").toLowerCase(Locale.ROOT);
            return List.of("0", "no", "false", "off").contains(word);
        } catch (OpmException _) {
            return false; // whoever needs the configuration itself says what is wrong with it
        }
    }

    private List<Candidate> candidates(Planned planned, List<Wanted> wanted) {
        var upgrades = new HashMap<Digest, Step.Upgrade>();
        Plan plan = planned.plan();
        for (Batch batch : plan.batches()) {
            for (Step step : batch.steps()) {
                if (step instanceof Step.Upgrade upgrade) {
                    upgrades.put(upgrade.rpm(), upgrade);
                }
            }
        }
        var repos = new HashMap<Digest, String>();
        planned.origins().forEach(origin -> repos.put(origin.digest(), origin.repo()));
        var candidates = new ArrayList<Candidate>();
        for (Wanted one : wanted) {
            Step.Upgrade upgrade = upgrades.get(one.digest());
            String repo = repos.get(one.digest());
            if (upgrade != null
                    && repo != null
                    && one.sizeBytes() > 0
                    && !engine.store().has(one.digest())) {
                candidates.add(new Candidate(one, upgrade.from(), upgrade.to(), repo));
            }
        }
        return candidates;
    }

    /// Returns the smallest delta of each package that is small enough.
    private Map<Candidate, OfferedDelta> offers(String repo, List<Candidate> candidates) {
        var byName = new HashMap<String, List<Candidate>>();
        long fullBytes = 0;
        for (Candidate one : candidates) {
            byName.computeIfAbsent(one.to().name(), _ -> new ArrayList<>()).add(one);
            fullBytes += one.wanted().sizeBytes();
        }
        List<OfferedDelta> all;
        try {
            all = engine.repositories().deltas(repo, byName::containsKey, fullBytes);
        } catch (OpmException e) {
            return Map.of(); // packages can be had without
        }
        var best = new HashMap<Candidate, OfferedDelta>();
        for (OfferedDelta delta : all) {
            for (Candidate one : byName.getOrDefault(delta.target().name(), List.of())) {
                long most = one.wanted().sizeBytes() * MOST_PERCENT / 100;
                if (delta.target().equals(one.to())
                        && delta.from().equals(one.from().evr())
                        && delta.sizeBytes() <= most) {
                    best.merge(one, delta, (a, b) -> a.sizeBytes() <= b.sizeBytes() ? a : b);
                }
            }
        }
        return best;
    }

    /// Makes older packages again that are installed here and lie nowhere.
    private void regenerate(List<Nevra> packages, Path folder) throws OpmException {
        var lacking = new ArrayList<Nevra>();
        for (Nevra pkg : packages) {
            Path file = lying(pkg);
            if (file != null) {
                made.put(pkg.full(), file);
            } else if (engine.options().profile() == null) {
                lacking.add(pkg);
            }
        }
        if (lacking.isEmpty()) {
            return;
        }
        new Repack(engine.host(), engine.rpm())
                .regenerate(
                        lacking,
                        folder.resolve("lanes"),
                        one -> {
                            if (one instanceof Regenerated.Made it) {
                                Path kept = folder.resolve("old-" + made.size() + "-" + it.pkg());
                                try {
                                    engine.host().disk().copy(it.file(), kept);
                                    made.put(it.pkg().full(), kept);
                                } catch (OpmException noRoom) {
                                    // Then that one is fetched whole.
                                }
                            }
                        });
    }

    /// Returns where an older package lies, null when it does not.
    private @Nullable Path lying(Nevra pkg) throws OpmException {
        for (OpenRepo repo : engine.repos()) {
            PackageSet set = repo.set();
            int name = set.nameId(pkg.name());
            if (name < 0) {
                continue;
            }
            for (int at = set.packagesStart(name); at < set.packagesEnd(name); at++) {
                Digest digest = new PackageRef(set, at).checksum();
                if (digest != null && set.nevra(at).equals(pkg) && engine.store().has(digest)) {
                    Stored stored = engine.store().get(digest);
                    return stored == null ? null : stored.path();
                }
            }
        }
        String label = pkg.name() + "-" + pkg.evr().versionRelease() + "." + pkg.arch() + ".rpm";
        var nobody = Digest.sha256Of(new byte[0]);
        var wanted = new Wanted(nobody, Store.ANY_SIZE, List.of(), label);
        var folders = new Folders(engine.host().disk(), engine.folders());
        for (URI source : folders.with(wanted).sources()) {
            return Path.of(source);
        }
        return null;
    }

    /// Brings one package; false when it has to be fetched whole.
    private boolean bring(Candidate one, OfferedDelta offer, Path folder) {
        Path base = made.get(one.from().full());
        try {
            if (base == null || !fits(base, offer)) {
                return false;
            }
            Digest digest = offer.digest();
            boolean wasThere = engine.store().has(digest);
            Wanted delta = wanted(one, offer);
            Fetcher.requireAll(
                    engine.fetcher()
                            .fetch(
                                    List.of(delta),
                                    engine.watcher().downloads(),
                                    engine.watcher()::cancelled));
            Stored stored = engine.store().get(digest);
            Path to = folder.resolve("new.rpm");
            new Deltas(engine.host())
                    .apply(base, Objects.requireNonNull(stored).path(), folder, to);
            try (InputStream in = engine.host().disk().read(to)) {
                engine.store().put(in, one.wanted().digest(), one.wanted().sizeBytes());
            } catch (IOException e) {
                throw StreamFailure.of(e, to.toString());
            } finally {
                engine.host().disk().delete(to);
            }
            if (!wasThere) {
                engine.store().remove(digest);
            }
            return true;
        } catch (OpmException e) {
            return false; // the whole package is fetched like any other
        }
    }

    private boolean fits(Path base, OfferedDelta offer) throws OpmException {
        try (InputStream in = engine.host().disk().read(base)) {
            RpmFile head = RpmFile.read(in, base.getFileName().toString());
            return Deltas.fits(head, offer.sequence());
        } catch (IOException e) {
            throw StreamFailure.of(e, base.toString());
        }
    }

    private Wanted wanted(Candidate one, OfferedDelta offer) throws OpmException {
        List<URI> sources = new PlanPackages(engine).sources(one.repo(), offer.location());
        return new Wanted(offer.digest(), offer.sizeBytes(), sources, offer.location());
    }
}
