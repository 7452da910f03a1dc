package opm.rpmmd;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import opm.base.DepKind;
import opm.base.Limits;
import opm.base.OpmException.Damaged;
import opm.pkgset.PackageSet;

/// The module streams of a repository, `modules.yaml`, as far as they decide what is visible.
///
/// Packages of a stream that is not active are hidden, as are packages outside of all modules that
/// share a name with, or provide the name of, a package of an active stream. This is how dnf
/// filters
/// (libdnf, `dnf_sack_filter_modules_v2`). The YAML is read line by line, the way modulemd writes
/// it.
///
/// @param streams in file order
/// @param defaults the stream that is active unless another one is enabled, by module
public record Modules(List<Stream> streams, Map<String, String> defaults) {
    /// One version of a stream.
    ///
    /// @param artifacts full package names, with epoch
    /// @param requires other modules that it needs, with the streams that will do; none for any
    public record Stream(
            String module,
            String stream,
            String version,
            List<String> artifacts,
            Map<String, List<String>> requires) {
        public Stream {
            artifacts = List.copyOf(artifacts);
            requires = Map.copyOf(requires);
        }
    }

    public Modules {
        streams = List.copyOf(streams);
        defaults = Map.copyOf(defaults);
    }

    /// A repository without modules.
    public static final Modules NONE = new Modules(List.of(), Map.of());

    /// Joins what several repositories say; of two defaults the first counts.
    public static Modules of(List<Modules> all) {
        var streams = new ArrayList<Stream>();
        var defaults = new LinkedHashMap<String, String>();
        for (Modules one : all) {
            streams.addAll(one.streams);
            one.defaults.forEach(defaults::putIfAbsent);
        }
        return new Modules(streams, defaults);
    }

    /// Returns the names of the streams of a module, sorted.
    public List<String> streamsOf(String module) {
        return streams.stream()
                .filter(stream -> stream.module.equals(module))
                .map(Stream::stream)
                .distinct()
                .sorted()
                .toList();
    }

    /// Reads unpacked YAML.
    public static Modules parse(byte[] yaml) throws Damaged {
        return new Reader().read(new String(yaml, StandardCharsets.UTF_8));
    }

    /// Returns the streams that are active, by module: those enabled, the defaults of other
    /// modules,
    /// and what these require where there is just one stream to take.
    public Map<String, String> active(Map<String, String> enabled) {
        var active = new LinkedHashMap<>(defaults);
        active.putAll(enabled);
        boolean more = true;
        while (more) {
            more = false;
            for (Stream stream : streams) {
                if (!stream.stream.equals(active.get(stream.module))) {
                    continue;
                }
                for (var needed : stream.requires.entrySet()) {
                    if (needed.getValue().size() == 1
                            && !needed.getKey().equals("platform")
                            && active.putIfAbsent(needed.getKey(), needed.getValue().getFirst())
                                    == null) {
                        more = true;
                    }
                }
            }
        }
        active.values().removeIf(String::isEmpty);
        return active;
    }

    /// Returns the full names of the packages that are hidden, sorted.
    ///
    /// @param enabled the stream that somebody enabled, by module; an empty one disables the module
    /// @param sets where packages outside of all modules are looked for
    public List<String> hidden(Map<String, String> enabled, List<PackageSet> sets) {
        Map<String, String> active = active(enabled);
        var shown = new HashSet<String>();
        var hidden = new TreeSet<String>();
        for (Stream stream : streams) {
            boolean isActive = stream.stream.equals(active.get(stream.module));
            (isActive ? shown : hidden).addAll(stream.artifacts);
        }
        hidden.removeAll(shown);
        if (!shown.isEmpty()) {
            hideNamesakes(shown, sets, hidden);
        }
        return List.copyOf(hidden);
    }

    private static void hideNamesakes(
            Set<String> shown, List<PackageSet> sets, Set<String> hidden) {
        var names = new HashSet<String>();
        for (String artifact : shown) {
            int release = artifact.lastIndexOf('-');
            int version = release <= 0 ? -1 : artifact.lastIndexOf('-', release - 1);
            if (version > 0 && !artifact.endsWith(".src")) {
                names.add(artifact.substring(0, version));
            }
        }
        for (PackageSet set : sets) {
            for (int pkg = 0; pkg < set.packageCount(); pkg++) {
                String full = set.nevra(pkg).full();
                if (!shown.contains(full) && providesAny(set, pkg, names)) {
                    hidden.add(full);
                }
            }
        }
    }

    private static boolean providesAny(PackageSet set, int pkg, Set<String> names) {
        if (names.contains(set.string(set.name(pkg)))) {
            return true;
        }
        for (int rel : set.relations(pkg, DepKind.PROVIDES)) {
            if (!set.isRich(rel) && names.contains(set.string(set.relationName(rel)))) {
                return true;
            }
        }
        return false;
    }

    /// Reads documents; knows the path of keys that leads to each value.
    private static final class Reader {
        private final List<Stream> streams = new ArrayList<>();
        private final Map<String, String> defaults = new LinkedHashMap<>();
        private final List<String> keys = new ArrayList<>();
        private final List<Integer> indents = new ArrayList<>();
        private final Map<String, String> scalars = new LinkedHashMap<>();
        private final List<String> artifacts = new ArrayList<>();
        private final Map<String, List<String>> requires = new LinkedHashMap<>();
        private int skipBelow = -1;

        Modules read(String text) throws Damaged {
            int number = 0;
            for (String line : text.lines().toList()) {
                number++;
                if (line.length() > Limits.LINE_BYTES) {
                    throw new Damaged(
                            "modules.yaml: line " + number + " is longer than a line may be",
                            "Fetch the metadata again.");
                }
                if (line.equals("---") || line.equals("...")) {
                    end();
                } else {
                    line(line);
                }
            }
            end();
            return new Modules(streams, defaults);
        }

        private void line(String line) {
            int indent = 0;
            while (indent < line.length() && line.charAt(indent) == ' ') {
                indent++;
            }
            String rest = line.substring(indent);
            if (rest.isEmpty() || rest.startsWith("#")) {
                return;
            }
            if (skipBelow >= 0) {
                if (indent > skipBelow) {
                    return;
                }
                skipBelow = -1;
            }
            while (rest.startsWith("- ")) {
                pop(indent + 1);
                indent += 2;
                rest = rest.substring(2);
                if (colon(rest) < 0) {
                    value(rest.strip());
                    return;
                }
            }
            int colon = colon(rest);
            if (colon < 0) {
                return;
            }
            pop(indent);
            keys.add(plain(rest.substring(0, colon)));
            indents.add(indent);
            String value = rest.substring(colon + 1).strip();
            if (value.startsWith("|") || value.startsWith(">")) {
                skipBelow = indent;
            } else if (!value.isEmpty()) {
                value(value);
            }
        }

        /// Returns where a key ends, or -1 when the text is no key.
        private static int colon(String text) {
            if (text.startsWith("\"") || text.startsWith("'")) {
                int end = text.indexOf(text.charAt(0), 1);
                return end > 0 && text.startsWith(":", end + 1) ? end + 1 : -1;
            }
            int at = text.indexOf(": ");
            return at >= 0 ? at : text.endsWith(":") ? text.length() - 1 : -1;
        }

        private void pop(int indent) {
            while (!indents.isEmpty() && indents.getLast() >= indent) {
                indents.removeLast();
                keys.removeLast();
            }
        }

        private void value(String value) {
            String path = String.join("/", keys);
            if (path.equals("data/artifacts/rpms")) {
                artifacts.add(plain(value));
            } else if (path.startsWith("data/dependencies/requires/")) {
                requires.put(keys.getLast(), items(value));
            } else if (keys.size() <= 2) {
                scalars.put(path, plain(value));
            }
        }

        private static List<String> items(String value) {
            String inner = value;
            if (value.startsWith("[") && value.endsWith("]")) {
                inner = value.substring(1, value.length() - 1);
            }
            var items = new ArrayList<String>();
            for (String item : inner.split(",")) {
                if (!item.isBlank()) {
                    items.add(plain(item));
                }
            }
            return items;
        }

        private static String plain(String text) {
            String bare = text.strip();
            boolean quoted =
                    bare.length() > 1
                            && (bare.startsWith("\"") || bare.startsWith("'"))
                            && bare.charAt(bare.length() - 1) == bare.charAt(0);
            return quoted ? bare.substring(1, bare.length() - 1) : bare;
        }

        private void end() {
            String kind = scalars.getOrDefault("document", "");
            if (kind.equals("modulemd")) {
                String name = scalars.getOrDefault("data/name", "");
                String stream = scalars.getOrDefault("data/stream", "");
                String version = scalars.getOrDefault("data/version", "");
                if (!name.isEmpty() && !stream.isEmpty()) {
                    streams.add(new Stream(name, stream, version, artifacts, requires));
                }
            } else if (kind.equals("modulemd-defaults")) {
                String module = scalars.getOrDefault("data/module", "");
                String stream = scalars.getOrDefault("data/stream", "");
                if (!module.isEmpty() && !stream.isEmpty()) {
                    defaults.put(module, stream);
                }
            }
            keys.clear();
            indents.clear();
            scalars.clear();
            artifacts.clear();
            requires.clear();
            skipBelow = -1;
        }
    }
}
