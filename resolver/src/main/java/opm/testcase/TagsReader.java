package opm.testcase;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import opm.base.DepKind;
import opm.solve.Rels;
import opm.solve.TagsPool;
import org.jspecify.annotations.Nullable;

/// Reads a testtags repository into a pool, versions 0 to 3.
///
/// A line is `=Tag: value`; between `+Tag:` and `-Tag:` every line is a value. What is unknown is
/// passed over, as libsolv does. Source: facts on solver test cases, 2.
final class TagsReader {
    private final TagsPool pool;
    private final DepText deps;
    private final SuseDeps suse;
    private int version;
    private boolean addsSelf = true;
    private @Nullable Pkg open;

    /// The package that is being read.
    private static final class Pkg {
        final int id;
        final Map<DepKind, Set<Integer>> deps = new EnumMap<>(DepKind.class);
        final Set<Integer> pre = new LinkedHashSet<>();
        final List<Integer> ignored = new ArrayList<>();
        final List<Integer> files = new ArrayList<>();

        /// Version 2: provides that look like paths, files unless others follow.
        final List<Integer> paths = new ArrayList<>();

        Pkg(int id) {
            this.id = id;
            for (DepKind kind : DepKind.values()) {
                deps.put(kind, new LinkedHashSet<>());
            }
        }

        Set<Integer> deps(DepKind kind) {
            return deps.getOrDefault(kind, new LinkedHashSet<>());
        }
    }

    TagsReader(TagsPool pool, DepText deps) {
        this.pool = pool;
        this.deps = deps;
        suse = new SuseDeps(pool);
    }

    /// Reads lines into the last repository of the pool.
    void read(Iterable<String> lines) {
        String block = "";
        for (String line : lines) {
            if (!block.isEmpty()) {
                if (line.startsWith("-" + block)) {
                    block = "";
                } else {
                    value(block, line);
                }
            } else if (line.startsWith("+") && line.indexOf(':') > 1) {
                block = line.substring(1, line.indexOf(':') + 1);
            } else if (line.startsWith("=") && line.length() > 4 && line.charAt(4) == ':') {
                value(line.substring(1, 5), line.length() > 6 ? line.substring(6) : "");
            }
        }
        end();
    }

    private void value(String tag, String value) {
        switch (tag) {
            case "Ver:" -> {
                version = (int) number(value);
                addsSelf = version < 3 || value.contains("addselfprovides");
            }
            case "Pkg:" -> begin(value);
            default -> {
                Pkg pkg = open;
                if (pkg != null) {
                    fact(pkg, tag, value);
                }
            }
        }
    }

    /// Reads the digits that a text begins with.
    static long number(String text) {
        long number = 0;
        for (int i = 0; i < text.length() && number < Long.MAX_VALUE / 20; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                break;
            }
            number = number * 10 + digit;
        }
        return number;
    }

    private void begin(String value) {
        String[] words = value.strip().split("[ \t]+");
        if (words.length != 4) {
            return;
        }
        end();
        String evr = words[2].equals("-") ? words[1] : words[1] + "-" + words[2];
        int arch = words[3].equals("-") ? 0 : pool.word(words[3]);
        open = new Pkg(pool.addPackage(pool.word(words[0]), pool.word(evr), arch));
    }

    private void fact(Pkg pkg, String tag, String value) {
        switch (tag) {
            case "Req:" -> {
                int dep = dep(value);
                if (!pkg.pre.contains(dep)) {
                    add(pkg, DepKind.REQUIRES, dep);
                }
            }
            case "Prq:" -> {
                int dep = dep(value);
                if (dep != 0) {
                    pkg.deps(DepKind.REQUIRES).remove(dep);
                    pkg.pre.add(dep);
                }
            }
            case "Prv:" -> provides(pkg, value);
            case "Fls:" -> file(pkg, value);
            case "Ipr:" -> pkg.ignored.add(dep(value));
            case "Vnd:" -> pool.setVendor(pkg.id, pool.word(value));
            case "Tim:" -> pool.setBuildTime(pkg.id, number(value));
            default -> {
                DepKind kind = kind(tag);
                if (kind != null) {
                    add(pkg, kind, dep(value));
                }
            }
        }
    }

    private static @Nullable DepKind kind(String tag) {
        return switch (tag) {
            case "Obs:" -> DepKind.OBSOLETES;
            case "Con:" -> DepKind.CONFLICTS;
            case "Rec:" -> DepKind.RECOMMENDS;
            case "Sug:" -> DepKind.SUGGESTS;
            case "Sup:" -> DepKind.SUPPLEMENTS;
            case "Enh:" -> DepKind.ENHANCES;
            default -> null;
        };
    }

    private int dep(String value) {
        return value.startsWith("/") ? pool.word(value) : deps.read(value);
    }

    private static void add(Pkg pkg, DepKind kind, int dep) {
        if (dep != 0) {
            pkg.deps(kind).add(dep);
        }
    }

    private void provides(Pkg pkg, String value) {
        if (version == 2) {
            if (value.startsWith("/")) {
                pkg.paths.add(pool.word(value));
                return;
            }
            pkg.deps(DepKind.PROVIDES).addAll(pkg.paths);
            pkg.paths.clear();
        }
        add(pkg, DepKind.PROVIDES, dep(value));
    }

    private void file(Pkg pkg, String value) {
        if (value.indexOf('/') >= 0) {
            pkg.files.add(pool.word(value));
        }
    }

    private void end() {
        Pkg pkg = open;
        if (pkg == null) {
            return;
        }
        open = null;
        if (version == 2) {
            pkg.files.addAll(pkg.paths);
            suse.rewrite(
                    pkg.deps(DepKind.PROVIDES),
                    pkg.deps(DepKind.SUPPLEMENTS),
                    pkg.deps(DepKind.CONFLICTS));
        }
        if (addsSelf && !pool.isSource(pkg.id)) {
            int name = pool.name(pkg.id);
            add(pkg, DepKind.PROVIDES, pool.rel(name, Rels.EQ, pool.evr(pkg.id)));
        }
        if (!pkg.pre.isEmpty()) {
            pkg.deps(DepKind.REQUIRES).add(pool.preMarker());
            pkg.deps(DepKind.REQUIRES).addAll(pkg.pre);
        }
        pkg.deps.forEach((kind, list) -> pool.setDeps(pkg.id, kind, ints(list)));
        pool.setFiles(pkg.id, ints(pkg.files));
        pool.setIgnoredOnceInstalled(pkg.id, ints(pkg.ignored));
    }

    private static int[] ints(Iterable<Integer> numbers) {
        var list = new IntBag();
        numbers.forEach(list::add);
        return list.toArray();
    }
}
