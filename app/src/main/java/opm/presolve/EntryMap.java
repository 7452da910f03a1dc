package opm.presolve;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import opm.base.Limits;
import opm.base.OpmException.BadRequest;
import opm.solve.Globs;
import opm.thin.Platform;

/// Names that mean other packages on other systems, as manifests of activities use them.
///
/// One rule a line, `ENTRY SYSTEM PACKAGE...`; SYSTEM is a glob of the platform, `fedora/43`. The
/// first rule of an entry that fits counts; one without packages says that nothing is needed. `#`
/// begins a comment.
public final class EntryMap {
    /// One that maps nothing.
    public static final EntryMap NONE = new EntryMap("", List.of());

    private final String text;
    private final List<String[]> rules;

    private EntryMap(String text, List<String[]> rules) {
        this.text = text;
        this.rules = rules;
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
        return new EntryMap(text, rules);
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
        return found;
    }

    /// Returns what it was read from.
    String text() {
        return text;
    }
}
