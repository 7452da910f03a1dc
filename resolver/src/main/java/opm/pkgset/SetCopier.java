package opm.pkgset;

import java.util.List;
import java.util.Map;
import opm.base.Dep;
import opm.base.DepKind;
import opm.base.Digest;
import opm.base.OpmException.Damaged;
import org.jspecify.annotations.Nullable;

/// Copies packages of a set into a builder: for sets with more files, and for merging.
public final class SetCopier {
    private final PackageSet from;
    private final PackageSetBuilder to;

    /// Dependencies by relation, made once each.
    private final @Nullable Dep[] deps;

    private final int[] fileStarts;
    private final int[] files;

    public SetCopier(PackageSet from, PackageSetBuilder to) {
        this.from = from;
        this.to = to;
        deps = new Dep[from.relationCount()];
        fileStarts = new int[from.packageCount() + 1];
        files = from.files().byPackage(fileStarts);
        if (from.facts().isInstalled()) {
            to.installedSystem();
        }
    }

    /// Copies all packages of a set, with more files.
    ///
    /// @param files by the checksum of their package, in hexadecimal
    public static void copyWith(
            Map<String, List<String>> files, PackageSet from, PackageSetBuilder to) throws Damaged {
        PackageSet.reading(
                () -> {
                    var copier = new SetCopier(from, to);
                    for (int pkg = 0; pkg < from.packageCount(); pkg++) {
                        copier.begin(pkg);
                        Digest checksum = from.facts().checksum(pkg);
                        if (checksum != null) {
                            files.getOrDefault(checksum.hex(), List.of()).forEach(to::file);
                        }
                        to.end();
                    }
                    return true;
                });
    }

    /// Starts a package that is equal to one of the set; the caller may add to it, and ends it.
    public PackageSetBuilder begin(int pkg) {
        try {
            return copy(pkg);
        } catch (IllegalArgumentException e) {
            // What a builder refuses, such as a zero byte, no importer wrote.
            throw new BrokenSet("package " + pkg + ": " + e.getMessage());
        }
    }

    private PackageSetBuilder copy(int pkg) {
        Facts facts = from.facts();
        to.begin(from.nevra(pkg));
        for (DepKind kind : DepKind.values()) {
            for (int rel : from.relations(pkg, kind)) {
                to.dep(kind, dep(rel));
            }
        }
        for (int rel : from.items(from.prerequires(pkg))) {
            to.prerequire(dep(rel));
        }
        to.vendor(from.string(from.vendor(pkg)));
        if (facts.hasLocation(pkg)) {
            to.location(facts.location(pkg));
        }
        Digest checksum = facts.checksum(pkg);
        if (checksum != null) {
            to.checksum(checksum);
        }
        to.sizes(facts.packageBytes(pkg), facts.installedBytes(pkg), facts.archiveBytes(pkg));
        to.buildSeconds(facts.buildSeconds(pkg));
        to.headerRange(facts.headerStart(pkg), facts.headerEnd(pkg));
        for (TextKind kind : TextKind.ALL) {
            to.text(kind, facts.text(pkg, kind));
        }
        if (facts.isInstalled()) {
            to.installed(facts.installSeconds(pkg), facts.reason(pkg));
        }
        for (int at = fileStarts[pkg]; at < fileStarts[pkg + 1]; at++) {
            to.file(from.files().path(files, at));
        }
        return to;
    }

    private Dep dep(int rel) {
        Dep known = deps[rel];
        if (known == null) {
            known = from.dep(rel);
            deps[rel] = known;
        }
        return known;
    }
}
