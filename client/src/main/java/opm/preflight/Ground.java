package opm.preflight;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import opm.base.Digest.Algorithm;
import opm.base.OpmException;
import opm.host.Disk;
import opm.host.Disk.Kind;
import opm.host.StreamFailure;
import org.jspecify.annotations.Nullable;

/// The names of a root as they are, overlaid with what earlier batches will have made of them.
///
/// A key is a path whose folders are followed through symbolic links, inside the root: two packages
/// that bring `/lib64/x` and `/usr/lib64/x` bring one file, as for rpm (lib/fprint.c).
final class Ground {
    private static final int MOST_LINKS = 40;

    private final @Nullable Disk disk;
    private final String root;
    private final Map<String, Item> laid = new HashMap<>();
    private final Map<String, Boolean> gone = new HashMap<>();
    private final Map<String, String> comingLinks = new HashMap<>();
    private final Map<String, String> folders = new HashMap<>();

    /// What the disk said of names of the batch that is looked at: each is asked for several times.
    private final Map<String, Kind> seen = new HashMap<>();

    /// Small letters → name, where a file system does not tell them apart.
    private final Map<String, String> folded = new HashMap<>();

    private Ground(@Nullable Disk disk, String root) {
        this.disk = disk;
        this.root = root;
    }

    static Ground of(Disk disk, Path root) {
        return new Ground(disk, root.getNameCount() == 0 ? "" : root.toString());
    }

    /// A machine that nobody can look at from here.
    static Ground unseen() {
        return new Ground(null, "");
    }

    boolean isSeen() {
        return disk != null;
    }

    /// Takes note of the symbolic links that a batch brings: rpm follows them too.
    void expectLinks(Iterable<Item> items) {
        comingLinks.clear();
        folders.clear();
        for (Item item : items) {
            if (item.type() == Item.Type.LINK && !item.entry().isGhost()) {
                comingLinks.put(item.path(), item.entry().linkTo());
            }
        }
        folders.clear();
    }

    /// Returns the key of a path.
    String key(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? path : folder(path.substring(0, slash), 0) + path.substring(slash);
    }

    private String folder(String path, int links) {
        if (path.isEmpty() || links > MOST_LINKS) {
            return path;
        }
        String known = folders.get(path);
        if (known != null) {
            return known;
        }
        int slash = path.lastIndexOf('/');
        String above = folder(path.substring(0, Math.max(0, slash)), links);
        String name = path.substring(slash + 1);
        String here = above + "/" + name;
        String found =
                switch (name) {
                    case "", "." -> above;
                    case ".." -> above.substring(0, Math.max(0, above.lastIndexOf('/')));
                    default -> followed(path, here, above, links);
                };
        folders.put(path, found);
        return found;
    }

    private String followed(String path, String here, String above, int links) {
        Kind kind = kind(here);
        String target = kind == Kind.LINK ? target(here) : null;
        if (target == null && kind != Kind.DIRECTORY) {
            target = comingLinks.get(path);
        }
        if (target == null || target.isEmpty()) {
            return here;
        }
        String full = target.startsWith("/") ? target : above + "/" + target;
        return folder(full.endsWith("/") ? full.substring(0, full.length() - 1) : full, links + 1);
    }

    /// Returns what a key stands for, symbolic links not followed; absent where nobody can look.
    Kind kind(String key) {
        Item item = laid.get(key);
        if (item != null) {
            return switch (item.type()) {
                case DIRECTORY -> Kind.DIRECTORY;
                case LINK -> Kind.LINK;
                case FILE -> Kind.FILE;
                case OTHER -> Kind.OTHER;
            };
        }
        if (disk == null || gone.containsKey(key)) {
            return Kind.ABSENT;
        }
        return seen.computeIfAbsent(key, unseen -> disk.kind(path(unseen)));
    }

    /// Tells whether a key is a folder, or a link to one.
    boolean isFolder(String key) {
        return switch (kind(key)) {
            case DIRECTORY -> true;
            case LINK -> {
                String end = folder(key, 0);
                yield !end.equals(key) && kind(end) == Kind.DIRECTORY;
            }
            case ABSENT, FILE, OTHER -> key.isEmpty();
        };
    }

    private Path path(String key) {
        return Path.of(root + (key.isEmpty() ? "/" : key));
    }

    @Nullable String target(String key) {
        Item item = laid.get(key);
        if (item != null) {
            return item.entry().linkTo();
        }
        Path target = disk == null || gone.containsKey(key) ? null : disk.linkTarget(path(key));
        return target == null ? null : target.toString();
    }

    /// Returns the size of the file that a key stands for.
    long sizeBytes(String key) throws OpmException {
        Item item = laid.get(key);
        if (item != null) {
            return item.entry().sizeBytes();
        }
        return disk == null ? 0 : disk.size(path(key));
    }

    /// Returns the digest of a file's content, in the algorithm that has so many digits.
    String digest(String key, int digits) throws OpmException {
        Item item = laid.get(key);
        if (item != null) {
            return item.entry().digest();
        }
        if (disk == null) {
            return "";
        }
        try (InputStream in = disk.read(path(key))) {
            var hash = Algorithm.ofHexLength(digits).engine();
            var buffer = new byte[1 << 16];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                hash.update(buffer, 0, count);
            }
            return HexFormat.of().formatHex(hash.digest());
        } catch (IOException e) {
            throw StreamFailure.of(e, path(key).toString());
        }
    }

    /// Returns another name that is or will be there, and differs from a key only in capitals; null
    /// for none. For file systems that do not tell such names apart.
    @Nullable String twin(String key) throws OpmException {
        String other = folded.get(key.toLowerCase(Locale.ROOT));
        if (other != null && !other.equals(key)) {
            return other;
        }
        String above = key.substring(0, Math.max(0, key.lastIndexOf('/')));
        if (disk == null || !disk.isDirectory(path(above))) {
            return null;
        }
        String name = Standing.baseName(key);
        for (Path there : disk.list(path(above))) {
            String found = String.valueOf(there.getFileName());
            if (!found.equals(name) && found.equalsIgnoreCase(name)) {
                return above + "/" + found;
            }
        }
        return null;
    }

    /// Takes note of a name on a file system that does not tell capitals from small letters.
    void fold(String key) {
        folded.put(key.toLowerCase(Locale.ROOT), key);
    }

    /// A batch has brought this.
    void lay(String key, Item item) {
        gone.remove(key);
        laid.put(key, item);
    }

    /// A batch has removed this.
    void remove(String key) {
        laid.remove(key);
        gone.put(key, true);
    }

    /// What was worked out about folders counts no more.
    void settle() {
        comingLinks.clear();
        folders.clear();
        seen.clear();
    }
}
