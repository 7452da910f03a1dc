package opm.presolve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import opm.base.OpmException;
import opm.base.OpmException.Refused;
import opm.engine.Ground;
import opm.engine.OpenRepo;
import opm.pkgset.PackageSet;
import org.jspecify.annotations.Nullable;

/// What a build leaves for the next one: the sets that its answers came from, by repository.
///
/// | file in `.build/OS-RELEASE` | what                                                 |
/// |-----------------------------|------------------------------------------------------|
/// | `sets`                      | what was published; then `DIGEST ID` of each         |
/// | `DIGEST.opmset`             | a set                                                |
/// | `unsolvable`                | `NAME` TAB why                                       |
/// | `names`                     | what was published; then all names with an answer    |
///
/// @param root the index of the answers that were published with it
/// @param sets of the repositories, in order
record Kept(String root, List<PackageSet> sets, SortedMap<String, String> unsolvable) {
    private static final int TEXT_BYTES = 64 << 20;

    Kept {
        sets = List.copyOf(sets);
    }

    /// Reads it; null when there is nothing that can be used.
    static @Nullable Kept read(Path folder) throws OpmException {
        byte[] list = Publication.read(folder.resolve("sets"), TEXT_BYTES);
        byte[] without = Publication.read(folder.resolve("unsolvable"), TEXT_BYTES);
        if (list == null || without == null) {
            return null;
        }
        List<String> lines = text(list);
        if (lines.isEmpty()) {
            return null;
        }
        var sets = new ArrayList<PackageSet>();
        for (String line : lines.subList(1, lines.size())) {
            int space = line.indexOf(' ');
            Path file = folder.resolve(line.substring(0, Math.max(0, space)) + ".opmset");
            if (space != 64 || !Files.exists(file)) {
                return null;
            }
            sets.add(PackageSet.open(file));
        }
        var unsolvable = new TreeMap<String, String>();
        for (String line : text(without)) {
            int tab = line.indexOf('\t');
            unsolvable.put(line.substring(0, Math.max(0, tab)), line.substring(tab + 1));
        }
        return new Kept(lines.getFirst(), sets, unsolvable);
    }

    /// Returns the names that have an answer in an index, sorted; null where that is not known.
    static @Nullable List<String> names(Path folder, String root) throws OpmException {
        byte[] bytes = Publication.read(folder.resolve("names"), TEXT_BYTES);
        List<String> lines = bytes == null ? List.of() : text(bytes);
        return lines.isEmpty() || !lines.getFirst().equals(root)
                ? null
                : lines.subList(1, lines.size());
    }

    /// Tells whether the repositories still are what they were.
    boolean isOf(Ground ground) {
        boolean same = sets.size() == ground.repos().size();
        for (int at = 0; same && at < sets.size(); at++) {
            same = sets.get(at).digest().equals(ground.repos().get(at).set().digest());
        }
        return same;
    }

    private static List<String> text(byte[] bytes) {
        return new String(bytes, java.nio.charset.StandardCharsets.UTF_8).lines().toList();
    }

    static void write(
            Path folder,
            String root,
            Collection<String> answered,
            Ground ground,
            SortedMap<String, String> unsolvable)
            throws OpmException {
        String lines = root + "\n" + String.join("\n", answered) + "\n";
        Publication.write(folder.resolve("names"), Publication.utf8(lines));
        var list = new StringBuilder(root).append('\n');
        var names = new ArrayList<String>();
        for (OpenRepo repo : ground.repos()) {
            String hex = repo.set().digest().hex();
            names.add(hex + ".opmset");
            copy(repo.set(), folder.resolve(hex + ".opmset"));
            list.append(hex).append(' ').append(repo.id()).append('\n');
        }
        var without = new StringBuilder();
        unsolvable.forEach(
                (name, why) -> without.append(name).append('\t').append(why).append('\n'));
        Publication.write(folder.resolve("unsolvable"), Publication.utf8(without.toString()));
        Publication.write(folder.resolve("sets"), Publication.utf8(list.toString()));
        for (String file : Publication.list(folder)) {
            if (file.endsWith(".opmset") && !names.contains(file)) {
                try {
                    Files.deleteIfExists(folder.resolve(file));
                } catch (IOException e) {
                    throw failed(e);
                }
            }
        }
    }

    private static void copy(PackageSet set, Path file) throws OpmException {
        if (Files.exists(file)) {
            return;
        }
        Path aside = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.createDirectories(file.getParent());
            try (var out = Files.newOutputStream(aside)) {
                set.copyTo(
                        (bytes, from, count) -> {
                            try {
                                out.write(bytes, from, count);
                            } catch (IOException e) {
                                throw failed(e);
                            }
                        });
            }
            Files.move(aside, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private static OpmException failed(IOException e) {
        return new Refused("presolve tree: " + e, "See that the disk has room and may be written.")
                .because(e);
    }
}
