package opm.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import opm.base.Sense;
import opm.profile.Setting;
import opm.profile.SystemProfile;
import opm.rpmmd.RepositoryConfig;
import opm.solve.Filter;
import opm.solve.Filter.Kind;

/// Reads what the machine's configuration keeps out: `excludepkgs` and `includepkgs` of
/// repositories, `includepkgs` of all, and the locks of dnf4, dnf5 and zypper.
///
/// The excludes of all repositories are of the [Policies], as an option of the command line is.
final class ConfiguredFilters {
    private final List<Filter> filters = new ArrayList<>();

    private ConfiguredFilters() {}

    static List<Filter> of(SystemProfile machine, List<RepositoryConfig> repos) {
        var reader = new ConfiguredFilters();
        for (SystemProfile.Config main : machine.mains()) {
            for (Setting option : main.options()) {
                if (option.key().equals("includepkgs")) {
                    reader.add(Kind.INCLUDE, "", option.words());
                }
            }
        }
        for (RepositoryConfig repo : repos) {
            reader.add(Kind.EXCLUDE, repo.id(), repo.excludes());
            reader.add(Kind.INCLUDE, repo.id(), repo.includes());
        }
        var files = new HashMap<String, List<String>>();
        for (SystemProfile.Lock lock : machine.locks()) {
            files.computeIfAbsent(lock.file(), file -> new ArrayList<>()).add(lock.text().strip());
        }
        files.forEach(
                (file, lines) -> {
                    if (file.endsWith(".toml")) {
                        reader.toml(lines);
                    } else if (file.endsWith(".list")) {
                        lines.forEach(reader::line);
                    }
                });
        return List.copyOf(reader.filters);
    }

    /// Returns names of packages that zypper's locks keep as they are: none comes, none goes.
    ///
    /// Source: locks(5) of zypper; `solvable_name` is a shell pattern unless `match_type` says
    /// otherwise.
    static List<String> kept(SystemProfile machine) {
        var names = new ArrayList<String>();
        String type = "glob";
        for (SystemProfile.Lock lock : machine.locks()) {
            String line = lock.text().strip();
            if (!lock.file().endsWith("/locks")) {
                continue;
            }
            if (line.startsWith("match_type:")) {
                type = line.substring("match_type:".length()).strip();
            } else if (line.startsWith("solvable_name:")) {
                String name = line.substring("solvable_name:".length()).strip();
                names.add(type.equals("substring") ? "*" + name + "*" : name);
                type = "glob";
            }
        }
        return names;
    }

    private void add(Kind kind, String source, List<String> patterns) {
        for (String pattern : patterns) {
            filters.add(new Filter(kind, source, pattern));
        }
    }

    /// A line of dnf4's list: a pattern of versions that may come, or with `!` may not.
    private void line(String line) {
        if (line.isEmpty() || line.startsWith("#")) {
            return;
        }
        filters.add(
                line.startsWith("!")
                        ? new Filter(Kind.EXCLUDE, "", line.substring(1).strip())
                        : new Filter(Kind.LOCK, "", line));
    }

    // ---------------------------------------------------------------- versionlock.toml

    /// The file of dnf5: tables `[[packages]]` with a name, each with tables
    /// `[[packages.conditions]]` of a key, a comparator and a value.
    private void toml(List<String> lines) {
        String name = "";
        var conditions = new ArrayList<Filter.Condition>();
        var condition = new HashMap<String, String>();
        for (String line : lines) {
            if (line.startsWith("[[")) {
                close(condition, conditions);
                if (line.startsWith("[[packages]]")) {
                    close(name, conditions);
                    name = "";
                }
                continue;
            }
            int equals = line.indexOf('=');
            if (equals < 0 || line.startsWith("#")) {
                continue;
            }
            String key = line.substring(0, equals).strip();
            String value = unquoted(line.substring(equals + 1).strip());
            if (key.equals("name")) {
                name = value;
            } else {
                condition.put(key, value);
            }
        }
        close(condition, conditions);
        close(name, conditions);
    }

    private void close(String name, List<Filter.Condition> conditions) {
        if (!name.isEmpty()) {
            filters.add(new Filter(Kind.LOCK, "", name, conditions));
        }
        conditions.clear();
    }

    private static void close(Map<String, String> read, List<Filter.Condition> conditions) {
        String key = read.getOrDefault("key", "").toLowerCase(Locale.ROOT);
        String comparator = read.getOrDefault("comparator", "");
        Sense sense = comparator.equals("!=") ? Sense.NE : Sense.ofSign(comparator);
        if (!key.isEmpty() && sense != Sense.NONE) {
            conditions.add(new Filter.Condition(key, sense, read.getOrDefault("value", "")));
        }
        read.clear();
    }

    private static String unquoted(String value) {
        if (value.length() < 2 || "\"'".indexOf(value.charAt(0)) < 0) {
            return value;
        }
        int end = value.indexOf(value.charAt(0), 1);
        return end < 0 ? value.substring(1) : value.substring(1, end);
    }
}
