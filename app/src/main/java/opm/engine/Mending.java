package opm.engine;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.bundle.BundleReader;
import opm.bundle.BundleRepair;
import opm.bundle.Entry;
import opm.bundle.Spare;
import opm.fetch.Wanted;
import opm.host.Disk;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;
import opm.plan.Artifact;
import opm.plan.Plan;
import opm.store.Stored;
import org.jspecify.annotations.Nullable;

/// Makes a damaged bundle whole with what lies in other copies, in the store, and at mirrors.
public final class Mending {
    private final Engine engine;
    private final Disk disk;
    private final Path file;
    private @Nullable Map<String, Artifact> artifacts;
    private @Nullable Map<Digest, List<URI>> addresses;

    public Mending(Engine engine, Path file) {
        this.engine = engine;
        this.disk = engine.host().disk();
        this.file = file;
    }

    /// Mends what can be.
    ///
    /// @param from files, folders and addresses that are asked before the store and the mirrors
    public BundleRepair.Result run(List<String> from) throws OpmException {
        var spares = new ArrayList<Spare>();
        for (String place : from) {
            spares.addAll(spares(place));
        }
        spares.add(Spare.packages(disk, "store", this::inStore));
        if (!engine.options().offline()) {
            spares.add(Spare.packages(engine.host().net(), "mirrors", this::atMirrors));
        }
        return new BundleRepair(disk, file, spares).run();
    }

    private List<Spare> spares(String place) throws OpmException {
        if (place.contains("://")) {
            URI uri;
            try {
                uri = URI.create(place);
            } catch (IllegalArgumentException e) {
                throw new BadRequest("--from " + place + ": this is no address", "Check it.")
                        .because(e);
            }
            boolean isBundle = place.toLowerCase(Locale.ROOT).endsWith(".opm");
            var net = engine.host().net();
            return List.of(isBundle ? Spare.bundle(net, uri) : Spare.folder(net, uri));
        }
        Path path = Path.of(place).toAbsolutePath().normalize();
        if (disk.isDirectory(path)) {
            return Spare.folder(disk, path, file);
        }
        if (!disk.exists(path)) {
            throw new BadRequest(
                    "--from " + place + ": found nothing there, expected a bundle or a folder",
                    "Name another copy of the bundle, or a folder or address with its packages.");
        }
        return List.of(Spare.bundle(disk, path));
    }

    private @Nullable Path inStore(Entry entry) throws OpmException {
        Artifact artifact = artifacts().get(entry.path());
        Stored stored = artifact == null ? null : engine.store().get(artifact.digest());
        return stored == null ? null : stored.path();
    }

    private List<URI> atMirrors(Entry entry) throws OpmException {
        Artifact artifact = artifacts().get(entry.path());
        if (artifact == null) {
            return List.of();
        }
        Map<Digest, List<URI>> known = addresses;
        if (known == null) {
            addresses = known = addresses();
        }
        return known.getOrDefault(artifact.digest(), List.of());
    }

    /// Looks the packages up in the repositories, as they are now.
    private Map<Digest, List<URI>> addresses() throws OpmException {
        Set<Digest> digests = new HashSet<>();
        artifacts().values().forEach(artifact -> digests.add(artifact.digest()));
        var packages = new ArrayList<PackageRef>();
        for (OpenRepo repo : engine.repos()) {
            PackageSet set = repo.set();
            for (int pkg = 0; pkg < set.packageCount(); pkg++) {
                PackageRef ref = set.ref(pkg);
                Digest digest = ref.checksum();
                if (digest != null && digests.contains(digest)) {
                    packages.add(ref);
                }
            }
        }
        var found = new HashMap<Digest, List<URI>>();
        for (Wanted wanted : engine.wanted(packages)) {
            found.computeIfAbsent(wanted.digest(), _ -> new ArrayList<>())
                    .addAll(wanted.sources());
        }
        return found;
    }

    /// Returns the plan's packages by path; none where the plan itself is damaged.
    private Map<String, Artifact> artifacts() {
        Map<String, Artifact> known = artifacts;
        if (known == null) {
            known = new HashMap<>();
            try {
                for (Plan plan : BundleReader.open(disk, file).plans()) {
                    for (Artifact artifact : plan.artifacts()) {
                        known.put(artifact.path(), artifact);
                    }
                }
            } catch (OpmException e) {
                known.clear(); // then only copies of the bundle can help
            }
            artifacts = known;
        }
        return known;
    }
}
