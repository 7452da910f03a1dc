package opm.solve;

import opm.base.Arch;
import opm.base.Dep;
import opm.base.Sense;

/// Finds what a spec of a request means: a file, packages by name, or something provided.
///
/// The forms are tried in this order, and the first that anything matches wins: an absolute path;
/// a name, alone or with `.arch` or `OP version`; `name-version` and longer, up to a full package
/// name; something provided; the same with patterns. What is wanted is then a dependency, where
/// there is one for it, so that the solver sees the same job as libsolv would make of it.
final class Specs {
    private final SetPool pool;

    Specs(SetPool pool) {
        this.pool = pool;
    }

    /// Adds the jobs that a spec amounts to; false when nothing matches.
    boolean add(Jobs jobs, int action, String spec) {
        if (spec.startsWith("/")) {
            int word = pool.words.id(spec);
            if (pool.isProvided(word)) {
                jobs.add(action | Jobs.PROVIDES, word);
                return true;
            }
        }
        if (spec.startsWith("(")) {
            return addRich(jobs, action, spec);
        }
        return named(jobs, action, spec)
                || versioned(jobs, action, spec)
                || provided(jobs, action, spec);
    }

    private boolean addRich(Jobs jobs, int action, String spec) {
        Dep dep;
        try {
            dep = Dep.parse(spec);
        } catch (IllegalArgumentException _) {
            return false;
        }
        jobs.add(action | Jobs.PROVIDES, pool.dep(dep));
        return true;
    }

    // ---------------------------------------------------------------- names

    private boolean named(Jobs jobs, int action, String spec) {
        int op = operator(spec);
        if (op >= 0) {
            return related(jobs, action, spec, op);
        }
        return byName(jobs, action, spec, 0, 0) || dotArch(jobs, action, spec, 0, 0);
    }

    /// `name OP version`, blanks optional.
    private boolean related(Jobs jobs, int action, String spec, int at) {
        int end = at;
        while (end < spec.length() && "<=>!".indexOf(spec.charAt(end)) >= 0) {
            end++;
        }
        String sign = spec.substring(at, end).replace("!=", "<>");
        Sense sense = Sense.ofSign(sign);
        String name = spec.substring(0, at).strip();
        String evr = spec.substring(end).strip();
        if (sense == Sense.NONE || name.isEmpty() || evr.isEmpty()) {
            return false;
        }
        int bound = pool.words.id(normal(evr));
        int op = SetPool.op(sense);
        if (byName(jobs, action, name, op, bound) || dotArch(jobs, action, name, op, bound)) {
            return true;
        }
        int word = pool.words.id(name);
        int rel = pool.rels.id(word, op, bound);
        if (!pool.isProvided(rel)) {
            return false;
        }
        jobs.add(action | Jobs.PROVIDES, rel);
        return true;
    }

    private static int operator(String spec) {
        for (int at = 1; at < spec.length(); at++) {
            if ("<=>".indexOf(spec.charAt(at)) >= 0) {
                return spec.charAt(at - 1) == '!' ? at - 1 : at;
            }
        }
        return -1;
    }

    /// Drops an epoch of 0, which sets do not write.
    private static String normal(String evr) {
        return evr.startsWith("0:") ? evr.substring(2) : evr;
    }

    private boolean dotArch(Jobs jobs, int action, String spec, int op, int evr) {
        int dot = spec.lastIndexOf('.');
        if (dot <= 0 || !isArch(spec.substring(dot + 1))) {
            return false;
        }
        int arch = pool.words.id(spec.substring(dot + 1));
        var names = names(spec.substring(0, dot));
        boolean any = false;
        for (int i = 0; i < names.size; i++) {
            int dep = pool.rels.id(names.at[i], Rels.ARCH, arch);
            any |= addName(jobs, action | Jobs.SETARCH, dep, op, evr);
        }
        return any;
    }

    private boolean isArch(String text) {
        return text.equals("src")
                || text.equals("nosrc")
                || text.equals("noarch")
                || pool.archs.score(pool.words.find(text)) != 0
                || Arch.compatible(text).size() > 2;
    }

    private boolean byName(Jobs jobs, int action, String spec, int op, int evr) {
        IntList names = names(spec);
        boolean any = false;
        for (int i = 0; i < names.size; i++) {
            any |= addName(jobs, action, names.at[i], op, evr);
        }
        return any;
    }

    private IntList names(String spec) {
        var names = new IntList();
        if (Globs.isGlob(spec)) {
            pool.matchNames(spec, false, names);
        } else {
            names.push(pool.words.id(spec));
        }
        return names;
    }

    private boolean addName(Jobs jobs, int action, int dep, int op, int evr) {
        int wanted = op == 0 ? dep : pool.rels.id(dep, op, evr);
        if (!isNamed(wanted)) {
            return false;
        }
        int set = 0;
        if (op == Rels.EQ) {
            set = pool.words.text(evr).indexOf('-') >= 0 ? Jobs.SETEVR : Jobs.SETEV;
        }
        jobs.add(action | set | Jobs.NAME, wanted);
        return true;
    }

    private boolean isNamed(int dep) {
        for (int at = pool.provides(dep); pool.data[at] != 0; at++) {
            if (pool.matchesName(pool.data[at], dep)) {
                return true;
            }
        }
        return false;
    }

    // ---------------------------------------------------------------- name-version-release.arch

    private boolean versioned(Jobs jobs, int action, String spec) {
        int dot = spec.lastIndexOf('.');
        boolean hasArch = dot > 0 && isArch(spec.substring(dot + 1));
        return hasArch
                        && versioned(
                                jobs,
                                action | Jobs.SETARCH,
                                spec.substring(0, dot),
                                pool.words.id(spec.substring(dot + 1)))
                || versioned(jobs, action, spec, 0);
    }

    private boolean versioned(Jobs jobs, int action, String spec, int arch) {
        int dash = spec.length();
        for (int part = 0; part < 2; part++) {
            dash = spec.lastIndexOf('-', dash - 1);
            if (dash <= 0) {
                return false;
            }
            if (nevr(jobs, action, spec.substring(0, dash), spec.substring(dash + 1), arch)) {
                return true;
            }
        }
        return false;
    }

    private boolean nevr(Jobs jobs, int action, String name, String evr, int arch) {
        IntList names = names(name);
        boolean any = false;
        for (int i = 0; i < names.size; i++) {
            int base = arch == 0 ? names.at[i] : pool.rels.id(names.at[i], Rels.ARCH, arch);
            if (!isNamed(base)) {
                continue;
            }
            IntList evrs = evrs(base, normal(evr), evr.indexOf(':') >= 0);
            for (int j = 0; j < evrs.size; j++) {
                any |= addName(jobs, action, base, Rels.EQ, evrs.at[j]);
            }
        }
        return any;
    }

    /// Returns the versions of packages called so that a text means: with its epoch where it gives
    /// one, else with whatever epoch they have.
    private IntList evrs(int dep, String wanted, boolean epoch) {
        var found = new IntList();
        boolean glob = Globs.isGlob(wanted);
        boolean release = wanted.indexOf('-') >= 0;
        for (int at = pool.provides(dep); pool.data[at] != 0; at++) {
            int pkg = pool.data[at];
            if (!pool.matchesName(pkg, dep)) {
                continue;
            }
            String own = pool.evrText(pkg);
            String bare = epoch ? own : own.substring(own.indexOf(':') + 1);
            String shown = release ? bare : bare.substring(0, Math.max(0, bare.lastIndexOf('-')));
            if (glob ? Globs.matches(wanted, shown) : wanted.equals(shown)) {
                found.pushUnique(
                        release
                                ? pool.evr(pkg)
                                : pool.words.id(own.substring(0, own.lastIndexOf('-'))));
            }
        }
        return found;
    }

    // ---------------------------------------------------------------- provides

    private boolean provided(Jobs jobs, int action, String spec) {
        if (operator(spec) >= 0) {
            return false;
        }
        var names = new IntList();
        if (Globs.isGlob(spec)) {
            pool.matchProvides(spec, names);
        } else {
            names.push(pool.words.id(spec));
        }
        boolean any = false;
        for (int i = 0; i < names.size; i++) {
            if (pool.isProvided(names.at[i])) {
                jobs.add(action | Jobs.PROVIDES, names.at[i]);
                any = true;
            }
        }
        return any;
    }
}
