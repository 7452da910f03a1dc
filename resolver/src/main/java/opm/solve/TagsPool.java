package opm.solve;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The pool of a test case: packages in the order of the file, which is part of the test.
final class TagsPool extends Pool {
    private final Map<Integer, Set<String>> files = new HashMap<>();
    private final Map<String, IntList> owners = new HashMap<>();
    private final Map<Integer, Long> buildTimes = new HashMap<>();
    private final Map<Integer, IntList> ignored = new HashMap<>();
    private final Map<Integer, IntList> byName = new HashMap<>();
    private boolean indexed;
    private boolean linked;
    boolean debian;

    Repo addRepo(String name, int priority, int subPriority) {
        var repo = new Repo(name, repos.size());
        repo.priority = priority;
        repo.subPriority = subPriority;
        repo.start = count;
        repo.end = count;
        repos.add(repo);
        return repo;
    }

    /// Adds a package to the repository added last.
    int addPackage(int name, int evr, int arch) {
        Repo repo = repos.getLast();
        int pkg = addPackages(1);
        repo.end = count;
        names[pkg] = name;
        evrs[pkg] = evr;
        arches[pkg] = arch;
        repoOf[pkg] = (char) repo.index;
        linked |= words.text(name).indexOf(':') >= 0;
        return pkg;
    }

    void setDeps(int pkg, int kind, IntList deps) {
        depsAt[kind][pkg] = storeDeps(deps);
    }

    void setFiles(int pkg, List<String> paths) {
        files.put(pkg, new HashSet<>(paths));
        for (String path : paths) {
            IntList of = owners.computeIfAbsent(path, p -> new IntList());
            if (of.isEmpty() || of.last() != pkg) {
                of.push(pkg);
            }
        }
    }

    void setBuildTime(int pkg, long seconds) {
        buildTimes.put(pkg, seconds);
    }

    void setIgnored(int pkg, IntList deps) {
        ignored.put(pkg, deps);
    }

    /// Forgets what depends on which packages may be used, and on who is installed.
    void changed() {
        forgetProviders(true);
        forgetObsoleters();
        byName.clear();
        indexed = false;
    }

    private void index() {
        if (indexed) {
            return;
        }
        indexed = true;
        for (int pkg = 2; pkg < count; pkg++) {
            if (!indexable(pkg)) {
                continue;
            }
            for (int at = deps(PROVIDES, pkg); depData[at] != 0; at++) {
                int word = depData[at];
                while (word < 0) {
                    word = rels.left(word);
                }
                IntList list = byName.computeIfAbsent(word, w -> new IntList());
                if (list.isEmpty() || list.last() != pkg) {
                    list.push(pkg);
                }
            }
        }
    }

    @Override
    void findProviders(int word, IntList into) {
        index();
        IntList named = byName.get(word);
        if (named != null) {
            into.pushAll(named);
        }
        String text = words.text(word);
        IntList owning = text.startsWith("/") ? owners.get(text) : null;
        if (owning == null) {
            return;
        }
        for (int i = 0; i < owning.size; i++) {
            if (indexable(owning.at[i])) {
                into.pushUnique(owning.at[i]);
            }
        }
        into.sort(Integer::compare);
    }

    @Override
    int loadName(int pkg) {
        return 0;
    }

    @Override
    int loadEvr(int pkg) {
        return 0;
    }

    @Override
    int loadArch(int pkg) {
        return 0;
    }

    @Override
    int loadVendor(int pkg) {
        return 0;
    }

    @Override
    int loadDeps(int kind, int pkg) {
        return depsAt[kind][pkg] = 1;
    }

    @Override
    long buildTime(int pkg) {
        return buildTimes.getOrDefault(pkg, 0L);
    }

    @Override
    boolean ownsFile(int pkg, String path) {
        return files.getOrDefault(pkg, Set.of()).contains(path);
    }

    @Override
    IntList ignoredOnceInstalled(int pkg) {
        return ignored.getOrDefault(pkg, new IntList());
    }

    @Override
    boolean deb() {
        return debian;
    }

    @Override
    boolean mayHaveLinks() {
        return linked;
    }

    @Override
    IntList obsoleting() {
        return having(OBSOLETES, OBSOLETES);
    }

    @Override
    IntList supplementing() {
        return having(SUPPLEMENTS, ENHANCES);
    }

    private IntList having(int one, int two) {
        var found = new IntList();
        for (int pkg = 2; pkg < count; pkg++) {
            if (has(one, pkg) || has(two, pkg)) {
                found.push(pkg);
            }
        }
        return found;
    }
}
