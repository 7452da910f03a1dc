package opm.pkgset;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException.Damaged;

/// What a machine has that lies on a base it does not change: an image below, its own packages
/// above, and whiteouts for packages of the base that it does not have.
///
/// A package of its own hides those of the base of its name and architecture.
public final class Overlay {
    private final PackageSet own;
    private final Set<String> hidden;

    /// @param hidden whiteouts: `NAME` or `NAME.ARCH`
    public Overlay(PackageSet own, Collection<String> hidden) {
        this.own = own;
        this.hidden = Set.copyOf(hidden);
    }

    /// Returns what names the effective set: another base, another overlay, another key.
    public Digest key(PackageSet base) {
        String text =
                "opm-overlay 1\nbase "
                        + base.digest().hex()
                        + "\nown "
                        + own.digest().hex()
                        + "\nhidden "
                        + String.join(" ", hidden.stream().sorted().toList())
                        + "\nend\n";
        return Digest.sha256Of(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    /// Returns those of the whiteouts that the base has no package for; sorted.
    public List<String> idle(PackageSet base) throws Damaged {
        return PackageSet.reading(
                () -> {
                    var idle = new ArrayList<>(hidden.stream().sorted().toList());
                    for (int pkg = 0; pkg < base.packageCount(); pkg++) {
                        Nevra nevra = base.nevra(pkg);
                        idle.remove(nevra.name());
                        idle.remove(nevra.nameArch());
                    }
                    return idle;
                });
    }

    /// Makes the set of what the machine has in effect.
    public PackageSetBuilder on(PackageSet base) throws Damaged {
        return PackageSet.reading(
                () -> {
                    var builder = new PackageSetBuilder().installedSystem();
                    var above = new HashSet<String>();
                    for (int pkg = 0; pkg < own.packageCount(); pkg++) {
                        above.add(own.nevra(pkg).nameArch());
                    }
                    var below = new SetCopier(base, builder);
                    for (int pkg = 0; pkg < base.packageCount(); pkg++) {
                        Nevra nevra = base.nevra(pkg);
                        if (!above.contains(nevra.nameArch())
                                && !hidden.contains(nevra.name())
                                && !hidden.contains(nevra.nameArch())) {
                            below.begin(pkg).end();
                        }
                    }
                    var over = new SetCopier(own, builder);
                    for (int pkg = 0; pkg < own.packageCount(); pkg++) {
                        over.begin(pkg).end();
                    }
                    return builder;
                });
    }
}
