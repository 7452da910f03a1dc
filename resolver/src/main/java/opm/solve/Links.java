package opm.solve;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Ties SUSE's pseudo packages to the real ones that they were made from.
///
/// `application:`, `pattern:` and `product:` packages exist in metadata only. Each comes and goes
/// with packages of its own repository that carry the matching provides.
final class Links {
    private final Pool pool;

    /// What one pseudo package is tied to.
    private static final class Link {
        int requires;
        int provides;

        /// The real packages.
        final IntList real = new IntList();

        /// The pseudo packages that share them.
        final IntList pseudo = new IntList();
    }

    Links(Pool pool) {
        this.pool = pool;
    }

    boolean isLinked(int pkg) {
        String name = pool.nameText(pkg);
        return name.startsWith("application:")
                || name.startsWith("pattern:")
                || name.startsWith("product:");
    }

    /// Returns the real packages of a pseudo one; none for a real one.
    IntList realOf(int pkg) {
        return find(pkg).real;
    }

    private Link find(int pkg) {
        var link = new Link();
        String name = pool.nameText(pkg);
        if (name.startsWith("application:")) {
            findApplication(pkg, link);
        } else if (name.startsWith("pattern:")) {
            findPattern(pkg, link);
        } else if (name.startsWith("product:")) {
            findProduct(pkg, link);
        }
        return link;
    }

    private void findApplication(int pkg, Link link) {
        int appData = 0;
        int pkgName = 0;
        for (int at = pool.deps(Pool.REQUIRES, pkg); pool.depData[at] != 0; at++) {
            int dep = pool.depData[at];
            if (dep > 0 && dep != pool.preMarker) {
                if (pool.words.text(dep).startsWith("appdata(")) {
                    appData = dep;
                } else {
                    pkgName = dep;
                }
            }
        }
        int requires = appData != 0 ? appData : pkgName;
        if (requires == 0) {
            return;
        }
        String text = pool.words.text(requires);
        String wanted = appData != 0 ? "application-" + text : "application-appdata(" + text + ")";
        int provides = 0;
        for (int at = pool.deps(Pool.PROVIDES, pkg); pool.depData[at] != 0; at++) {
            int dep = pool.depData[at];
            if (provides == 0 && dep > 0 && pool.words.text(dep).equals(wanted)) {
                provides = dep;
            }
        }
        if (provides == 0) {
            return;
        }
        for (int pass = 0; pass < 2 && link.real.isEmpty(); pass++) {
            for (int at = pool.provides(requires); pool.data[at] != 0; at++) {
                int other = pool.data[at];
                if (sameRepo(other, pkg)
                        && (pkgName == 0 || pass == 1 || pool.name(other) == pkgName)) {
                    link.real.push(other);
                }
            }
            if (pkgName == 0 || appData == 0) {
                break;
            }
        }
        for (int at = pool.provides(provides); pool.data[at] != 0; at++) {
            if (sameRepo(pool.data[at], pkg)) {
                link.pseudo.push(pool.data[at]);
            }
        }
        link.requires = requires;
        link.provides = provides;
    }

    private boolean sameRepo(int one, int two) {
        return one != Pool.SYSTEM && pool.repoOf[one] == pool.repoOf[two];
    }

    private void findPattern(int pkg, Link link) {
        for (int at = pool.deps(Pool.PROVIDES, pkg); pool.depData[at] != 0; at++) {
            int dep = pool.depData[at];
            if (dep < 0
                    && pool.rels.op(dep) == Rels.EQ
                    && pool.rels.left(dep) > 0
                    && pool.words.text(pool.rels.left(dep)).equals("autopattern()")) {
                link.provides = dep;
                link.requires = pool.rels.right(dep);
                break;
            }
        }
        if (link.requires == 0) {
            return;
        }
        for (int at = pool.provides(link.requires); pool.data[at] != 0; at++) {
            int other = pool.data[at];
            if (pool.name(other) == link.requires && sameBuild(other, pkg)) {
                link.real.push(other);
            }
        }
        for (int at = pool.provides(link.provides); pool.data[at] != 0; at++) {
            if (sameBuild(pool.data[at], pkg)) {
                link.pseudo.push(pool.data[at]);
            }
        }
    }

    private boolean sameBuild(int one, int two) {
        return sameRepo(one, two)
                && pool.evr(one) == pool.evr(two)
                && pool.vendor(one) == pool.vendor(two);
    }

    private void findProduct(int pkg, Link link) {
        String wanted = "product(" + pool.nameText(pkg).substring(8) + ")";
        int rel = 0;
        for (int at = pool.deps(Pool.REQUIRES, pkg); pool.depData[at] != 0; at++) {
            int dep = pool.depData[at];
            if (rel == 0
                    && dep < 0
                    && pool.rels.op(dep) == Rels.EQ
                    && pool.rels.right(dep) == pool.evr(pkg)
                    && pool.words.text(pool.rels.left(dep)).equals(wanted)) {
                rel = dep;
            }
        }
        if (rel == 0) {
            rel = pool.rels.id(pool.words.id(wanted), Rels.EQ, pool.evr(pkg));
        }
        for (int at = pool.provides(rel); pool.data[at] != 0; at++) {
            int other = pool.data[at];
            if (sameRepo(other, pkg) && pool.arch(other) == pool.arch(pkg)) {
                link.real.push(other);
            }
        }
        long built = link.real.size > 1 ? keepSameBuildTime(pkg, link.real) : 0;
        if (!link.real.isEmpty() || !pool.isInstalled(pkg)) {
            for (int at = pool.provides(pool.name(pkg)); pool.data[at] != 0; at++) {
                int other = pool.data[at];
                if (pool.name(other) == pool.name(pkg)
                        && sameRepo(other, pkg)
                        && pool.arch(other) == pool.arch(pkg)
                        && pool.evr(other) == pool.evr(pkg)
                        && (built == 0 || pool.buildTime(other) == built)) {
                    link.pseudo.push(other);
                }
            }
        }
        link.requires = rel;
        link.provides = pool.rels.id(pool.name(pkg), Rels.EQ, pool.evr(pkg));
    }

    private long keepSameBuildTime(int pkg, IntList real) {
        long built = pool.buildTime(pkg);
        if (built == 0) {
            return 0;
        }
        boolean all = true;
        var kept = new IntList();
        for (int i = 0; i < real.size; i++) {
            long other = pool.buildTime(real.at[i]);
            all &= other != 0;
            if (other == 0 || other == built) {
                kept.push(real.at[i]);
            }
        }
        if (kept.isEmpty()) {
            return 0;
        }
        real.clear();
        real.pushAll(kept);
        return all ? built : 0;
    }

    /// Adds the rules that tie a pseudo package, and remembers installed partners.
    void rules(State state, PkgRules to, int pkg, @Nullable IntList queue) {
        if (!isLinked(pkg)) {
            return;
        }
        Link link = find(pkg);
        if (link.real.isEmpty()) {
            return;
        }
        IntList real = link.real;
        real.push(0);
        to.rule(Rule.REQUIRES, -pkg, real.at, 0, link.requires);
        real.truncate(real.size - 1);
        IntList pseudo = link.pseudo;
        pseudo.sort(
                (one, two) ->
                        pool.name(one) != pool.name(two)
                                ? pool.name(one) - pool.name(two)
                                : one - two);
        for (int end, start = 0; start < pseudo.size; start = end) {
            var group = new IntList();
            for (end = start;
                    end < pseudo.size && pool.name(pseudo.at[end]) == pool.name(pseudo.at[start]);
                    end++) {
                group.push(pseudo.at[end]);
            }
            group.push(0);
            for (int i = 0; i < real.size; i++) {
                to.rule(Rule.REQUIRES, -real.at[i], group.at, 0, link.provides);
            }
        }
        if (queue == null) {
            return;
        }
        queue.pushAll(real);
        queue.pushAll(pseudo);
        if (state.isInstalled(pkg)) {
            remember(state, pkg, link);
        }
    }

    private static void remember(State state, int pkg, Link link) {
        int[] buddies =
                Objects.requireNonNullElseGet(state.buddies, () -> new int[state.to - state.from]);
        state.buddies = buddies;
        if (link.real.size == 1) {
            buddies[pkg - state.from] = link.real.at[0];
        }
        for (int i = 0; i < link.real.size; i++) {
            int real = link.real.at[i];
            if (!state.isInstalled(real)) {
                continue;
            }
            int known = buddies[real - state.from];
            boolean ambiguous = link.pseudo.size > 1 || known != 0 && known != pkg;
            buddies[real - state.from] = ambiguous ? 1 : pkg;
        }
    }

    /// Orders two pseudo packages of equal version by the versions of the real ones.
    int compare(int one, int two) {
        if (!isLinked(two) || pool.name(one) != pool.name(two)) {
            return 0;
        }
        IntList a = realOf(one);
        IntList b = realOf(two);
        if (!sameNames(a) || !sameNames(b) || pool.name(a.at[0]) != pool.name(b.at[0])) {
            return 0;
        }
        int aLow = lowest(a, 1);
        int aHigh = lowest(a, -1);
        int bLow = lowest(b, 1);
        int bHigh = lowest(b, -1);
        if (pool.compareEvr(aLow, aHigh) == 0 && pool.compareEvr(bLow, bHigh) == 0) {
            return pool.compareEvr(aLow, bHigh);
        }
        if (pool.compareEvr(aLow, bHigh) > 0) {
            return 1;
        }
        return pool.compareEvr(aHigh, bLow) < 0 ? -1 : 0;
    }

    private boolean sameNames(IntList pkgs) {
        for (int i = 1; i < pkgs.size; i++) {
            if (pool.name(pkgs.at[i]) != pool.name(pkgs.at[0])) {
                return false;
            }
        }
        return !pkgs.isEmpty();
    }

    private int lowest(IntList pkgs, int sign) {
        int found = pkgs.at[0];
        for (int i = 1; i < pkgs.size; i++) {
            if (pool.compareEvr(pkgs.at[i], found) * sign < 0) {
                found = pkgs.at[i];
            }
        }
        return found;
    }
}
