package opm.presolve;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.solve.Globs;
import opm.thin.Platform;
import org.jspecify.annotations.Nullable;

/// Names that mean other packages on other systems, as manifests of activities use them.
///
/// One rule a line, `ENTRY SYSTEM PACKAGE...`; SYSTEM is a glob of the platform, `fedora/43`. The
/// first rule of an entry that fits counts; one without packages says that nothing is needed. `#`
/// begins a comment.
public final class EntryMap {
    /// One that maps nothing.
    public static final EntryMap NONE = new EntryMap("", List.of(), new TreeMap<>());

    private static final String FILE = "entries";
    private static final int FILE_BYTES = 64 << 20;

    private final String text;
    private final List<String[]> rules;
    private final SortedMap<String, List<String>> applications;

    private EntryMap(
            String text, List<String[]> rules, SortedMap<String, List<String>> applications) {
        this.text = text;
        this.rules = rules;
        this.applications = applications;
    }

    /// Returns the same with applications by AppStream's ids; a rule about an id counts before.
    ///
    /// @param names those that are asked for; null for all
    EntryMap beside(SortedMap<String, List<String>> more, @Nullable Set<String> names) {
        var asked = new TreeMap<>(more);
        if (names != null) {
            asked.keySet().retainAll(names);
        }
        return new EntryMap(text, rules, asked);
    }

    /// Reads a file of rules.
    public static EntryMap read(byte[] bytes) throws BadRequest {
        String text = new String(bytes, StandardCharsets.UTF_8);
        var rules = new java.util.ArrayList<String[]>();
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            String rule = line.replaceFirst("#.*", "").strip();
            if (rule.isEmpty()) {
                continue;
            }
            String[] words = rule.split("\\s+");
            if (words.length < 2 || !Tree.isEntry(words[0]) || rules.size() >= Limits.GROUPS) {
                throw new BadRequest(
                        "--map, line " + number + ": found '" + rule + "'",
                        "Expected ENTRY SYSTEM PACKAGE..., for example: editor fedora/* vim");
            }
            rules.add(words);
        }
        return new EntryMap(text, rules, new TreeMap<>());
    }

    /// Returns what each entry means on a platform; entries that no rule fits are not among them.
    SortedMap<String, List<String>> on(Platform platform) {
        var found = new TreeMap<String, List<String>>();
        for (String[] words : rules) {
            if (!found.containsKey(words[0])
                    && (Globs.matches(words[1], platform.toString())
                            || Globs.matches(words[1], platform.os()))) {
                found.put(words[0], List.of(words).subList(2, words.length));
            }
        }
        applications.forEach(
                (id, packages) -> {
                    if (Tree.isEntry(id)) {
                        found.putIfAbsent(id, packages);
                    }
                });
        return found;
    }

    /// Returns the entries that mean something else now than when the last build ended, those that
    /// are new among them.
    ///
    /// @param folder of the builder
    static Set<String> changed(SortedMap<String, List<String>> entries, Path folder)
            throws OpmException {
        byte[] kept = Publication.read(folder.resolve(FILE), FILE_BYTES);
        Set<String> known =
                kept == null
                        ? Set.of()
                        : new HashSet<>(new String(kept, StandardCharsets.UTF_8).lines().toList());
        var changed = new TreeSet<String>();
        entries.forEach(
                (entry, packages) -> {
                    if (!known.contains(line(entry, packages))) {
                        changed.add(entry);
                    }
                });
        return changed;
    }

    /// Keeps what entries mean for the next build.
    static void keep(SortedMap<String, List<String>> entries, Path folder) throws OpmException {
        var out = new StringBuilder();
        entries.forEach((entry, packages) -> out.append(line(entry, packages)).append('\n'));
        Publication.write(folder.resolve(FILE), Publication.utf8(out.toString()));
    }

    private static String line(String entry, List<String> packages) {
        return entry + " " + String.join(" ", packages);
    }

    /// Returns what it was read from.
    String text() {
        return text;
    }
}
