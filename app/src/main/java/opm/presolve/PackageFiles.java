package opm.presolve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.Refused;
import opm.base.OpmException.Unavailable;
import opm.engine.Engine;
import opm.engine.Ground;
import opm.engine.OpenRepo;
import opm.fetch.Wanted;
import opm.pkgset.PackageRef;
import opm.store.Store;
import org.jspecify.annotations.Nullable;

/// Brings packages into a tree, so that it needs no other server.
final class PackageFiles {
    private final Engine engine;
    private final Path folder;

    /// @param folder of the platform
    PackageFiles(Engine engine, Path folder) {
        this.engine = engine;
        this.folder = folder;
    }

    /// Brings what is not there yet, or is another file.
    ///
    /// @param files by path, relative to the platform's folder
    void bring(Map<String, PackageRef> files) throws OpmException {
        var missing = new ArrayList<Map.Entry<String, PackageRef>>();
        for (Map.Entry<String, PackageRef> entry : files.entrySet()) {
            Digest digest = entry.getValue().checksum();
            Path file = folder.resolve(entry.getKey());
            if (digest != null && !isIt(file, entry.getValue().packageBytes(), digest)) {
                missing.add(entry);
            }
        }
        if (missing.isEmpty()) {
            return;
        }
        List<PackageRef> packages = missing.stream().map(Map.Entry::getValue).distinct().toList();
        List<Wanted> wanted = engine.wanted(packages);
        engine.fetch(wanted);
        for (Map.Entry<String, PackageRef> entry : missing) {
            Digest digest = entry.getValue().checksum();
            if (digest == null || !engine.store().has(digest)) {
                throw new Unavailable(
                        "presolve: " + entry.getValue().nevra() + " could not be fetched",
                        "The old answers stay. Build again when its repository is whole.");
            }
            Path file = folder.resolve(entry.getKey());
            makeFolder(file.getParent());
            engine.store().copyTo(digest, file, Store.Way.COPY);
        }
    }

    /// Removes packages that no repository has any more.
    void sweep(Ground ground) throws OpmException {
        Path packages = Tree.own(folder).resolve("rpm");
        if (!Files.isDirectory(packages)) {
            return;
        }
        var there = new HashSet<Path>();
        for (OpenRepo repo : ground.repos()) {
            for (int pkg = 0; pkg < repo.set().packageCount(); pkg++) {
                PackageRef ref = repo.set().ref(pkg);
                Digest digest = ref.checksum();
                if (digest != null) {
                    String path = Tree.packagePath(repo.id(), ref.location(), digest);
                    there.add(folder.resolve(path));
                }
            }
        }
        try (Stream<Path> files = Files.walk(packages)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!there.contains(file)) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new Refused("presolve tree: " + e, "See that the disk may be written.")
                    .because(e);
        }
    }

    private static void makeFolder(@Nullable Path folder) throws OpmException {
        try {
            if (folder != null) {
                Files.createDirectories(folder);
            }
        } catch (IOException e) {
            throw new Refused("presolve tree: " + e, "See that the disk may be written.")
                    .because(e);
        }
    }

    private static boolean isIt(Path file, long bytes, Digest digest) {
        try {
            if (!Files.isRegularFile(file) || Files.size(file) != bytes) {
                return false;
            }
            MessageDigest sum = digest.algorithm().engine();
            try (var in = Files.newInputStream(file)) {
                byte[] piece = new byte[1 << 16];
                for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
                    sum.update(piece, 0, read);
                }
            }
            return Digest.of(digest.algorithm(), sum.digest()).equals(digest);
        } catch (IOException e) {
            return false;
        }
    }
}
