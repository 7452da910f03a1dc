package opm.solve;

/// Finds who meets a relation: versions, architectures, rich forms at their best.
///
/// Rich dependencies count as met by whoever may take part, since the rules and not this list say
/// what must hold.
final class Providers {
    private final Pool pool;
    private final IntList found = new IntList();

    Providers(Pool pool) {
        this.pool = pool;
    }

    /// Returns the start of the list in [Pool#data].
    int ofRel(int dep) {
        Rels rels = pool.rels;
        int left = rels.left(dep);
        int right = rels.right(dep);
        int op = rels.op(dep);
        switch (op) {
            case Rels.WITH -> both(left, right, true);
            case Rels.WITHOUT -> both(left, right, false);
            case Rels.AND, Rels.OR -> {
                return either(left, right);
            }
            case Rels.COND, Rels.UNLESS -> {
                int other = rels.hasElse(dep) ? rels.right(right) : 0;
                return other == 0 ? pool.provides(left) : either(left, other);
            }
            case Rels.NAMESPACE -> {
                if (left == pool.otherProviders) {
                    return pool.provides(right);
                }
            }
            case Rels.ARCH -> ofArch(left, right);
            case Rels.MULTIARCH -> {
                if (pool.words.text(right).equals("any")) {
                    return pool.provides(left);
                }
            }
            case Rels.KIND -> ofKind(left, right);
            case Rels.FILECONFLICT -> conflictingFiles(dep, left);
            default -> {
                if (op > 0 && op < 8) {
                    versioned(dep, left, op, right);
                }
            }
        }
        return pool.store(found);
    }

    private void both(int left, int right, boolean wanted) {
        int one = pool.provides(left);
        int two = pool.provides(right);
        for (; pool.data[one] != 0; one++) {
            while (pool.data[two] != 0 && pool.data[two] < pool.data[one]) {
                two++;
            }
            if (pool.data[two] == pool.data[one] == wanted) {
                found.push(pool.data[one]);
            }
        }
    }

    private int either(int left, int right) {
        int one = pool.provides(left);
        int two = pool.provides(right);
        if (pool.data[one] == 0) {
            return two;
        }
        if (pool.data[two] == 0) {
            return one;
        }
        while (pool.data[one] != 0 || pool.data[two] != 0) {
            int a = pool.data[one];
            int b = pool.data[two];
            if (b == 0 || a != 0 && a < b) {
                found.push(a);
                one++;
            } else {
                found.push(b);
                two++;
                if (a == b) {
                    one++;
                }
            }
        }
        return pool.store(found);
    }

    private void ofArch(int left, int arch) {
        if (arch == pool.archs.src || arch == pool.archs.nosrc) {
            for (int pkg = 2; pkg < pool.count; pkg++) {
                if ((pool.arch(pkg) == arch || pool.arch(pkg) == pool.archs.nosrc)
                        && !pool.disabled(pkg)
                        && (left == 0 || pool.matchesName(pkg, left))) {
                    found.push(pkg);
                }
            }
            return;
        }
        if (left == 0) {
            for (int pkg = 2; pkg < pool.count; pkg++) {
                if (pool.arch(pkg) == arch && pool.indexable(pkg)) {
                    found.push(pkg);
                }
            }
            return;
        }
        for (int at = pool.provides(left); pool.data[at] != 0; at++) {
            if (pool.arch(pool.data[at]) == arch) {
                found.push(pool.data[at]);
            }
        }
    }

    private void ofKind(int left, int kind) {
        if (left == 0) {
            for (int pkg = 2; pkg < pool.count; pkg++) {
                if ((pool.isInstalled(pkg) || pool.installable(pkg)) && isKind(pkg, kind)) {
                    found.push(pkg);
                }
            }
            return;
        }
        for (int at = pool.provides(left); pool.data[at] != 0; at++) {
            if (isKind(pool.data[at], kind)) {
                found.push(pool.data[at]);
            }
        }
    }

    private boolean isKind(int pkg, int kind) {
        String name = pool.nameText(pkg);
        if (kind == 0) {
            return true;
        }
        if (kind != 1) {
            return name.startsWith(pool.words.text(kind) + ":");
        }
        int at = 0;
        while (at < name.length() && name.charAt(at) >= 'a' && name.charAt(at) <= 'z') {
            at++;
        }
        return at == name.length() || name.charAt(at) != ':' || at == 0;
    }

    private void conflictingFiles(int dep, int left) {
        for (int at = pool.provides(left); pool.data[at] != 0; at++) {
            int pkg = pool.data[at];
            for (int p = pool.deps(Pool.PROVIDES, pkg); pool.depData[p] != 0; p++) {
                if (pool.depData[p] == dep) {
                    found.push(pkg);
                    break;
                }
            }
        }
    }

    private void versioned(int dep, int left, int op, int evr) {
        int base = left;
        while (base < 0) {
            base = pool.rels.left(base);
        }
        for (int at = pool.provides(left); pool.data[at] != 0; at++) {
            int pkg = pool.data[at];
            if (pool.isSource(pkg) || !pool.has(Pool.PROVIDES, pkg)) {
                if (pool.matchesName(pkg, dep)) {
                    found.push(pkg);
                }
            } else if (provides(pkg, base, op, evr)) {
                found.push(pkg);
            }
        }
        if (found.isEmpty() && pool.words.text(base).startsWith("rpmlib(")) {
            found.push(Pool.SYSTEM);
        }
    }

    private boolean provides(int pkg, int base, int op, int evr) {
        for (int at = pool.deps(Pool.PROVIDES, pkg); pool.depData[at] != 0; at++) {
            int provide = pool.depData[at];
            if (provide > 0) {
                if (provide == base && !pool.deb()) {
                    return true;
                }
            } else if (pool.rels.left(provide) == base
                    && pool.rangesMeet(pool.rels.op(provide), pool.rels.right(provide), op, evr)) {
                return true;
            }
        }
        return false;
    }
}
