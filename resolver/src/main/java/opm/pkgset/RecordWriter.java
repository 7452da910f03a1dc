package opm.pkgset;

import java.util.List;
import opm.base.ByteText;
import opm.base.Dep;
import opm.base.DepKind;
import opm.base.Digest;
import opm.base.Evr;
import org.jspecify.annotations.Nullable;

/// Writes everything that a set knows of a package, in terms of another set that the reader has:
/// what that one holds is named by its ids, what a similar package has alike is one byte. Without
/// another set the bytes depend on the content alone. Layout: docs/formats/increments.md
final class RecordWriter {
    private final PackageSet from;
    private final FilesByPackage files;
    private final @Nullable PackageSet old;
    private final @Nullable FilesByPackage oldFiles;
    private final VarOutput out;

    RecordWriter(
            PackageSet from,
            FilesByPackage files,
            @Nullable PackageSet old,
            @Nullable FilesByPackage oldFiles,
            VarOutput out) {
        this.from = from;
        this.files = files;
        this.old = old;
        this.oldFiles = oldFiles;
        this.out = out;
    }

    /// @param like a package of the other set that is probably similar; -1 when there is none
    void write(int pkg, int like) {
        Facts facts = from.facts();
        Evr evr = from.evrValue(from.evr(pkg));
        string(from.string(from.name(pkg)));
        evr(evr);
        string(from.string(from.arch(pkg)));
        string(from.string(from.vendor(pkg)));
        int flags =
                (facts.hasLocation(pkg) ? 1 : 0)
                        | (facts.checksum(pkg) == null ? 0 : 2)
                        | (facts.isInstalled() ? 4 : 0);
        out.number(flags);
        if (facts.hasLocation(pkg)) {
            location(pkg, like);
        }
        Digest checksum = facts.checksum(pkg);
        if (checksum != null) {
            out.number(Facts.code(checksum.algorithm()));
            byte[] raw = java.util.HexFormat.of().parseHex(checksum.hex());
            out.bytes(raw);
        }
        out.number(facts.packageBytes(pkg));
        out.number(facts.installedBytes(pkg));
        out.number(facts.archiveBytes(pkg));
        out.number(facts.buildSeconds(pkg));
        out.number(facts.headerStart(pkg));
        out.number(facts.headerEnd(pkg));
        if (facts.isInstalled()) {
            out.number(facts.installSeconds(pkg));
            string(facts.reason(pkg));
        }
        for (TextKind kind : TextKind.ALL) {
            String similar = old == null || like < 0 ? "" : old.facts().text(like, kind);
            text(facts.text(pkg, kind), similar);
        }
        for (int column = 0; column < DepColumn.COUNT; column++) {
            deps(pkg, like, column);
        }
        files(pkg, like);
    }

    /// Writes 0 for an equal text, else its length plus 1 and its bytes.
    private void text(String text, String like) {
        if (text.equals(like)) {
            out.number(0);
            return;
        }
        byte[] bytes = ByteText.encode(text);
        out.number(bytes.length + 1L);
        out.bytes(bytes);
    }

    /// Writes 0 for the usual name in the folder of the similar package.
    private void location(int pkg, int like) {
        text(from.facts().location(pkg), usualLocation(old, like, from.nevra(pkg)));
    }

    static String usualLocation(@Nullable PackageSet old, int like, opm.base.Nevra nevra) {
        String folder = "";
        if (old != null && like >= 0) {
            String location = old.facts().location(like);
            folder = location.substring(0, location.lastIndexOf('/') + 1);
        }
        return folder + Facts.usualFile(nevra);
    }

    /// Writes the id of a string plus 1, or 0, its length and bytes.
    private void string(String text) {
        int id = old == null ? -1 : old.stringId(text);
        out.number(id + 1L);
        if (id < 0) {
            byte[] bytes = ByteText.encode(text);
            out.number(bytes.length);
            out.bytes(bytes);
        }
    }

    private void evr(Evr evr) {
        out.number(evr.epoch());
        string(evr.version());
        string(evr.release());
    }

    /// Writes 0 for an equal list, else its length plus 1 and its items.
    private void deps(int pkg, int like, int column) {
        List<Dep> deps = list(from, pkg, column);
        List<Dep> others = old == null || like < 0 ? List.of() : list(old, like, column);
        if (deps.equals(others)) {
            out.number(0);
            return;
        }
        out.number(deps.size() + 1L);
        deps.forEach(this::dep);
    }

    static List<Dep> list(PackageSet set, int pkg, int column) {
        int[] items = set.items(set.list(pkg, column));
        var deps = new Dep[items.length];
        for (int at = 0; at < items.length; at++) {
            deps[at] = set.dep(items[at]);
        }
        return List.of(deps);
    }

    /// Writes the number of an old relation plus 2; 1 and the parts of a rich one; 0 and the parts
    /// of a simple one.
    private void dep(Dep dep) {
        switch (dep) {
            case Dep.Simple simple -> {
                int known = find(simple);
                if (known >= 0) {
                    out.number(known + 2L);
                } else {
                    out.number(0);
                    string(simple.name());
                    out.number(simple.sense().bits());
                    if (simple.sense() != opm.base.Sense.NONE) {
                        evr(simple.evr());
                    }
                }
            }
            case Dep.Rich(Dep.RichOp op, Dep left, Dep right) -> {
                out.number(1);
                out.number(RelationTable.code(op));
                dep(left);
                dep(right);
            }
        }
    }

    private int find(Dep.Simple dep) {
        int name = old == null ? -1 : old.nameId(dep.name());
        if (old == null || name < 0) {
            return -1;
        }
        for (int rel = old.relationsStart(name); rel < old.relationsEnd(name); rel++) {
            if (old.dep(rel).equals(dep)) {
                return rel;
            }
        }
        return -1;
    }

    /// Writes 0 for equal files, else their number plus 1 and their paths.
    private void files(int pkg, int like) {
        List<String> paths = files.of(pkg);
        List<String> others = oldFiles == null || like < 0 ? List.of() : oldFiles.of(like);
        if (paths.equals(others)) {
            out.number(0);
            return;
        }
        out.number(paths.size() + 1L);
        for (String path : paths) {
            byte[] bytes = ByteText.encode(path);
            out.number(bytes.length);
            out.bytes(bytes);
        }
    }
}
