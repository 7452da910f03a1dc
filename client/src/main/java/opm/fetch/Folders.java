package opm.fetch;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import opm.base.OpmException;
import opm.host.Disk;
import opm.store.Store;

/// Takes files that lie around, whoever brought them: a download manager, a stick, another cache.
///
/// A file is a candidate when it has the size, or, where that is not known, the name; what its
/// bytes are is checked like those of any source.
public final class Folders {
    /// Folders in folders that are looked into.
    private static final int DEPTH = 16;

    /// Files that are tried for one that is wanted.
    private static final int CANDIDATES = 8;

    private final Disk disk;
    private final Map<Long, List<Path>> bySize = new HashMap<>();
    private final Map<String, List<Path>> byName = new HashMap<>();

    /// Looks through folders.
    public Folders(Disk disk, List<Path> folders) throws OpmException {
        this.disk = disk;
        for (Path folder : folders) {
            add(folder.toAbsolutePath().normalize(), DEPTH);
        }
    }

    private void add(Path folder, int depth) throws OpmException {
        for (Path path : disk.list(folder)) {
            if (!disk.isDirectory(path)) {
                if (disk.exists(path)) {
                    bySize.computeIfAbsent(disk.size(path), _ -> new ArrayList<>()).add(path);
                    byName.computeIfAbsent(name(path), _ -> new ArrayList<>()).add(path);
                }
            } else if (depth > 0) {
                add(path, depth - 1);
            }
        }
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    /// Returns the same with what lies in the folders as first sources: those of its name before
    /// those that only have its size.
    public Wanted with(Wanted wanted) {
        var found = new ArrayList<Path>();
        List<Path> named = byName.getOrDefault(wanted.label(), List.of());
        if (wanted.sizeBytes() == Store.ANY_SIZE) {
            found.addAll(named);
        } else {
            List<Path> sized = bySize.getOrDefault(wanted.sizeBytes(), List.of());
            sized.stream().filter(path -> name(path).equals(wanted.label())).forEach(found::add);
            sized.stream().filter(path -> !name(path).equals(wanted.label())).forEach(found::add);
        }
        var sources = new ArrayList<URI>();
        found.stream().limit(CANDIDATES).forEach(path -> sources.add(path.toUri()));
        sources.addAll(wanted.sources());
        return new Wanted(wanted.digest(), wanted.sizeBytes(), sources, wanted.label());
    }
}
