package opm.testcase;

import opm.solve.Jobs;
import opm.solve.TagsPool;

/// Reads and writes references to packages and repositories: `NAME-EVR.ARCH@REPO`.
final class Refs {
    static final String SYSTEM = "@SYSTEM";
    private final TagsPool pool;

    Refs(TagsPool pool) {
        this.pool = pool;
    }

    // ---------------------------------------------------------------- writing

    /// Writes a package with its repository.
    String write(int pkg) {
        return pkg == TagsPool.SYSTEM_PACKAGE
                ? SYSTEM
                : human(pkg) + "@" + plain(pool.repoName(pool.repoOf(pkg)));
    }

    /// Writes a package as explanations have it: `NAME-EVR.ARCH`.
    String human(int pkg) {
        if (pkg == 0) {
            return "<NULL>";
        }
        if (pkg == TagsPool.SYSTEM_PACKAGE) {
            return "system:system.noarch";
        }
        String base = pool.wordText(pool.name(pkg)) + "-" + pool.wordText(pool.evr(pkg));
        return pool.arch(pkg) == 0 ? base : base + "." + pool.wordText(pool.arch(pkg));
    }

    private static String plain(String repo) {
        return repo.replace(' ', '_').replace('\t', '_');
    }

    // ---------------------------------------------------------------- reading

    /// Finds a repository; -1 when there is none.
    int repo(String text) {
        if (text.length() > 1 && text.startsWith("#") && isNumber(text.substring(1))) {
            int index = (int) TagsReader.number(text.substring(1)) - 1;
            if (index >= 0 && index < pool.repoCount()) {
                return index;
            }
        }
        for (int repo = 0; repo < pool.repoCount(); repo++) {
            if (plain(pool.repoName(repo)).equals(text)) {
                return repo;
            }
        }
        return -1;
    }

    private static boolean isNumber(String text) {
        return text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /// Finds a package; 0 when there is none.
    ///
    /// Names, versions, architectures and repositories may all contain the signs that part them, so
    /// each way to cut is tried from the right.
    int pkg(String text) {
        if (text.equals(SYSTEM)) {
            return TagsPool.SYSTEM_PACKAGE;
        }
        int repo = -1;
        int end = text.length();
        for (int at = text.lastIndexOf('@'); at >= 0; at = text.lastIndexOf('@', at - 1)) {
            repo = repo(text.substring(at + 1));
            if (repo >= 0) {
                end = at;
                break;
            }
        }
        int arch = 0;
        int dot = text.lastIndexOf('.', end - 1);
        if (dot > 0) {
            arch = pool.findWord(text.substring(dot + 1, end));
            end = arch != 0 ? dot : end;
        }
        for (int dash = text.lastIndexOf('-', end - 1);
                dash > 0;
                dash = text.lastIndexOf('-', dash - 1)) {
            int name = pool.findWord(text.substring(0, dash));
            int evr = pool.findWord(text.substring(dash + 1, end));
            if (name != 0 && evr != 0) {
                int pkg = find(name, evr, arch, repo);
                if (pkg != 0) {
                    return pkg;
                }
            }
        }
        return 0;
    }

    private int find(int name, int evr, int arch, int repo) {
        for (int pkg : pool.providers(name)) {
            if (is(pkg, name, evr, arch) && (repo < 0 || pool.repoOf(pkg) == repo)) {
                return pkg;
            }
        }
        int from = repo < 0 ? 2 : pool.repoStart(repo);
        int to = repo < 0 ? pool.packageCount() : pool.repoEnd(repo);
        for (int pkg = from; pkg < to; pkg++) {
            if (is(pkg, name, evr, arch)) {
                return pkg;
            }
        }
        return 0;
    }

    private boolean is(int pkg, int name, int evr, int arch) {
        return pool.name(pkg) == name
                && pool.evr(pkg) == evr
                && (arch == 0 || pool.arch(pkg) == arch);
    }

    /// Returns the packages that a part of a selection names; all of a repository, all at all.
    int[] members(Job job) {
        return switch (job.select()) {
            case Jobs.PKG -> new int[] {job.what};
            case Jobs.ONE_OF -> job.pkgs;
            case Jobs.REPO -> range(pool.repoStart(job.what), pool.repoEnd(job.what));
            case Jobs.ALL -> range(2, pool.packageCount());
            case Jobs.PROVIDES -> pool.providers(job.what);
            case Jobs.NAME -> {
                var found = new IntBag();
                for (int pkg : pool.providers(job.what)) {
                    if (pool.matchesName(pkg, job.what)) {
                        found.add(pkg);
                    }
                }
                yield found.toArray();
            }
            default -> new int[0];
        };
    }

    private static int[] range(int from, int to) {
        int[] pkgs = new int[to - from];
        for (int i = 0; i < pkgs.length; i++) {
            pkgs[i] = from + i;
        }
        return pkgs;
    }
}
