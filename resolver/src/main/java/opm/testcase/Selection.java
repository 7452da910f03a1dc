package opm.testcase;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import opm.base.DepKind;
import opm.solve.Jobs;
import opm.solve.Rels;
import opm.solve.TagsPool;

/// A list of parts, each of which names packages, and what can be done to such a list.
///
/// A part is a [Job] without an action. Source: facts on solver test cases, 12.
final class Selection {
    final List<Job> parts = new ArrayList<>();
    private final TagsPool pool;
    private final Refs refs;

    Selection(TagsPool pool, Refs refs) {
        this.pool = pool;
        this.refs = refs;
    }

    void addNew(int how, int what) {
        for (Job part : parts) {
            if (part.how == how && part.what == what && part.select() != Jobs.ONE_OF) {
                return;
            }
        }
        parts.add(Job.of(how, what));
    }

    /// Drops the parts that name no package.
    void prune() {
        parts.removeIf(part -> refs.members(part).length == 0);
    }

    /// Returns all packages named, ascending.
    int[] packages() {
        var all = new BitSet();
        for (Job part : parts) {
            for (int pkg : refs.members(part)) {
                all.set(pkg);
            }
        }
        return all.stream().toArray();
    }

    /// Makes one part of all.
    void flatten() {
        if (parts.size() <= 1) {
            return;
        }
        for (Job part : parts) {
            if (part.select() == Jobs.ALL) {
                parts.clear();
                parts.add(part);
                return;
            }
        }
        int[] pkgs = packages();
        parts.clear();
        if (pkgs.length > 0) {
            parts.add(Job.packages(0, pkgs));
        }
    }

    // ---------------------------------------------------------------- narrower

    /// Asks each part for a version or an architecture too.
    void filterRel(int op, int evr) {
        for (int i = 0; i < parts.size(); i++) {
            Job part = parts.get(i);
            int select = part.select();
            if (select == Jobs.PKG || select == Jobs.ONE_OF) {
                part = narrowed(part, op, evr);
            } else if (part.names()) {
                part = part.withWhat(pool.rel(unlessSource(part.what, op, evr), op, evr));
            } else {
                continue;
            }
            parts.set(i, part.withHow(part.how | gained(select, op, evr)));
        }
    }

    private Job narrowed(Job part, int op, int evr) {
        int[] all = refs.members(part);
        int[] kept = Arrays.stream(all).filter(pkg -> meets(pkg, op, evr)).toArray();
        if (kept.length == all.length) {
            return part;
        }
        // What the part fixed before is forgotten along with the packages.
        return Job.packages(0, kept);
    }

    private boolean meets(int pkg, int op, int evr) {
        if (op == Rels.ARCH) {
            int arch = pool.arch(pkg);
            return arch == evr
                    || evr == pool.sourceArch() && arch == pool.sourceWithoutSourceArch();
        }
        return op <= 7 && pool.rangesMeet(Rels.EQ, pool.evr(pkg), op, evr);
    }

    /// Source architectures are not stacked.
    private int unlessSource(int dep, int op, int arch) {
        boolean source =
                op == Rels.ARCH
                        && (arch == pool.sourceArch() || arch == pool.sourceWithoutSourceArch());
        return source
                        && dep < 0
                        && pool.op(dep) == Rels.ARCH
                        && pool.right(dep) == pool.sourceArch()
                ? pool.left(dep)
                : dep;
    }

    private int gained(int select, int op, int evr) {
        if (op == Rels.ARCH) {
            return Jobs.SETARCH;
        }
        if (op != Rels.EQ || select == Jobs.PROVIDES) {
            return 0;
        }
        return pool.debian() || pool.wordText(evr).indexOf('-') >= 0 ? Jobs.SETEVR : Jobs.SETEV;
    }

    /// Keeps what a repository has; -1 has nothing.
    void filterRepo(int repo, int setFlags) {
        List<Job> old = List.copyOf(parts);
        parts.clear();
        for (Job part : repo < 0 ? List.<Job>of() : old) {
            int flags = part.how & ~Jobs.SELECT | setFlags;
            switch (part.select()) {
                case Jobs.ALL -> addRepo(repo, flags);
                case Jobs.REPO -> {
                    if (part.what == repo) {
                        addRepo(repo, flags);
                    }
                }
                default -> keep(part, refs.members(part), repo, setFlags);
            }
        }
    }

    private void addRepo(int repo, int flags) {
        if (pool.repoStart(repo) < pool.repoEnd(repo)) {
            parts.add(Job.of(Jobs.REPO | flags, repo));
        }
    }

    private void keep(Job part, int[] all, int repo, int setFlags) {
        int[] kept = Arrays.stream(all).filter(pkg -> pool.repoOf(pkg) == repo).toArray();
        if (kept.length == 0) {
            return;
        }
        Job rest = kept.length == all.length ? part : Job.packages(part.how, kept);
        parts.add(rest.withHow(rest.how | setFlags));
    }

    // ---------------------------------------------------------------- wider

    /// Lets names and provides also mean packages that provider lists leave out: sources, foreign
    /// and disabled ones.
    void addExtra(Set<SelFlag> flags) {
        boolean wanted =
                flags.contains(SelFlag.WITHDISABLED)
                        || flags.contains(SelFlag.WITHBADARCH)
                        || flags.contains(SelFlag.WITHSOURCE)
                                && !flags.contains(SelFlag.INSTALLEDONLY);
        for (int i = 0; wanted && i < parts.size(); i++) {
            Job part = parts.get(i);
            if (part.how == Jobs.NAME || part.how == Jobs.PROVIDES) {
                parts.set(i, widened(part, flags));
            }
        }
    }

    private Job widened(Job part, Set<SelFlag> flags) {
        var all = new BitSet();
        boolean byProvides = part.how == Jobs.PROVIDES;
        if (byProvides) {
            for (int pkg : pool.providers(part.what)) {
                if (installedEnough(pkg, flags)) {
                    all.set(pkg);
                }
            }
        }
        boolean anyExtra = false;
        for (int pkg = 2; pkg < pool.packageCount(); pkg++) {
            if (!byProvides && !pool.matchesName(pkg, part.what) || !installedEnough(pkg, flags)) {
                continue;
            }
            boolean extra = isExtra(pkg);
            if (!allowed(pkg, flags) || byProvides && (!extra || !providesIt(pkg, part.what))) {
                continue;
            }
            anyExtra |=
                    extra
                            && !(pool.isSource(pkg)
                                    && flags.contains(SelFlag.SOURCEONLY)
                                    && !pool.disabled(pkg));
            all.set(pkg);
        }
        return anyExtra && !all.isEmpty() ? Job.packages(part.how, all.stream().toArray()) : part;
    }

    private boolean installedEnough(int pkg, Set<SelFlag> flags) {
        return !flags.contains(SelFlag.INSTALLEDONLY) || pool.isInstalled(pkg);
    }

    private boolean isExtra(int pkg) {
        return pool.isSource(pkg)
                || !pool.isInstalled(pkg) && (pool.disabled(pkg) || pool.foreign(pkg));
    }

    /// Tells whether the flags let a package in; [SelFlag#INSTALLEDONLY] is for the caller.
    boolean allowed(int pkg, Set<SelFlag> flags) {
        boolean sourceOnly = flags.contains(SelFlag.SOURCEONLY);
        if (pool.isSource(pkg)) {
            return (sourceOnly
                            || flags.contains(SelFlag.WITHSOURCE)
                                    && !flags.contains(SelFlag.INSTALLEDONLY))
                    && (flags.contains(SelFlag.WITHDISABLED) || !pool.disabled(pkg));
        }
        return !sourceOnly
                && (pool.isInstalled(pkg)
                        || (flags.contains(SelFlag.WITHDISABLED) || !pool.disabled(pkg))
                                && (flags.contains(SelFlag.WITHBADARCH) || !pool.foreign(pkg)));
    }

    private boolean providesIt(int pkg, int dep) {
        return Arrays.stream(pool.dependencies(pkg, DepKind.PROVIDES))
                .anyMatch(provided -> DepMatch.matches(pool, provided, dep));
    }

    // ---------------------------------------------------------------- joined

    /// Keeps what the other selection names as well; with `invert` what it does not.
    void filter(Selection other, boolean invert) {
        if (parts.isEmpty() || other.parts.isEmpty()) {
            if (!invert || parts.isEmpty()) {
                parts.clear();
            }
            return;
        }
        Job only = parts.size() == 1 ? parts.getFirst() : null;
        if (only != null && !invert && only.select() == Jobs.ALL) {
            int action = only.how & ~(Jobs.SELECT | Jobs.SETMASK);
            parts.clear();
            for (Job part : other.parts) {
                parts.add(part.withHow(part.how & (Jobs.SELECT | Jobs.SETMASK) | action));
            }
            return;
        }
        if (only != null && !invert && only.select() == Jobs.REPO) {
            parts.clear();
            for (Job part : other.parts) {
                parts.add(part.withHow(part.how & (Jobs.SELECT | Jobs.SETMASK)));
            }
            filterRepo(only.what, only.how & ~(Jobs.SELECT | Jobs.NOAUTOSET));
            return;
        }
        Job others = other.parts.size() == 1 ? other.parts.getFirst() : null;
        if (others != null && !invert && others.select() == Jobs.REPO) {
            filterRepo(others.what, others.how & Jobs.SETMASK & ~Jobs.NOAUTOSET);
            return;
        }
        if (other.parts.stream().anyMatch(part -> part.select() == Jobs.ALL)) {
            if (invert) {
                parts.clear();
            }
            return;
        }
        BitSet named = other.within(this);
        if (invert) {
            named.flip(0, pool.packageCount());
        }
        int gained = others == null ? 0 : others.how & Jobs.SETMASK & ~Jobs.NOAUTOSET;
        keepOnly(named, gained);
    }

    /// Returns the packages named; a mere `. ARCH` or kind means those of `base`.
    private BitSet within(Selection base) {
        var named = new BitSet();
        for (Job part : parts) {
            int dep = part.what;
            boolean bare = part.names() && dep < 0 && pool.left(dep) == 0;
            if (bare && pool.op(dep) == Rels.ARCH) {
                for (int pkg : base.packages()) {
                    if (meets(pkg, Rels.ARCH, pool.right(dep))) {
                        named.set(pkg);
                    }
                }
            } else {
                for (int pkg : refs.members(part)) {
                    named.set(pkg);
                }
            }
        }
        return named;
    }

    private void keepOnly(BitSet named, int gained) {
        List<Job> old = List.copyOf(parts);
        parts.clear();
        for (Job part : old) {
            int[] all = refs.members(part);
            int[] kept = Arrays.stream(all).filter(named::get).distinct().toArray();
            if (kept.length == 0) {
                continue;
            }
            Job rest = kept.length == all.length ? part : Job.packages(part.how, kept);
            parts.add(rest.withHow(rest.how | gained));
        }
    }
}
