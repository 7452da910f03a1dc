package opm.packagekit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import opm.base.Nevra;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;

/// Which of the packages found a client wants to see.
///
/// Bits of PackageKit's `PkFilterEnum`, each followed by its opposite.
///
/// @param bits as the client sent them
/// @param installed the set of installed packages
/// @param arch the machine's
record Filters(long bits, PackageSet installed, String arch) {
    private static final int INSTALLED = 2;
    private static final int DEVEL = 4;
    private static final int NEWEST = 16;
    private static final int ARCH = 18;
    private static final int SOURCE = 20;

    /// Keeps what the client wants. What is installed is not offered a second time.
    List<PackageRef> keep(List<PackageRef> found) {
        var kept = new ArrayList<PackageRef>();
        Set<String> seen = new HashSet<>();
        List<PackageRef> sorted =
                found.stream()
                        .map(this::asItIsHere)
                        .distinct()
                        .sorted(Filters::newestFirst)
                        .toList();
        for (PackageRef pkg : sorted) {
            boolean in = isInstalled(pkg);
            if (passes(INSTALLED, in)
                    && passes(DEVEL, isDevel(pkg.nevra().name()))
                    && passes(ARCH, isNative(pkg.nevra().arch()))
                    && passes(SOURCE, pkg.nevra().arch().endsWith("src"))
                    && passesNewest(seen.add((in ? "+" : "-") + pkg.nevra().nameArch()))
                    && (in || seen.add("=" + pkg.nevra().full()))) {
                kept.add(pkg);
            }
        }
        return kept;
    }

    private static int newestFirst(PackageRef one, PackageRef two) {
        Nevra a = one.nevra();
        Nevra b = two.nevra();
        int order = a.name().compareTo(b.name());
        if (order == 0) {
            order = b.evr().compareTo(a.evr());
        }
        return order == 0 ? a.arch().compareTo(b.arch()) : order;
    }

    private boolean passes(int bit, boolean has) {
        boolean wanted = (bits & 1L << bit) != 0;
        boolean unwanted = (bits & 1L << bit + 1) != 0;
        return (!wanted || has) && (!unwanted || !has);
    }

    private boolean passesNewest(boolean isFirst) {
        return passes(NEWEST, isFirst);
    }

    boolean isInstalled(PackageRef pkg) {
        return pkg.set() == installed;
    }

    /// Returns the installed package for one on offer that is the same.
    private PackageRef asItIsHere(PackageRef pkg) {
        int name = isInstalled(pkg) ? -1 : installed.nameId(pkg.nevra().name());
        int end = name < 0 ? -1 : installed.packagesEnd(name);
        for (int here = name < 0 ? 0 : installed.packagesStart(name); here < end; here++) {
            if (installed.nevra(here).equals(pkg.nevra())) {
                return installed.ref(here);
            }
        }
        return pkg;
    }

    private boolean isNative(String of) {
        return of.equals(arch) || of.equals("noarch");
    }

    private static boolean isDevel(String name) {
        return name.endsWith("-devel")
                || name.endsWith("-debuginfo")
                || name.endsWith("-debugsource")
                || name.endsWith("-static");
    }
}
