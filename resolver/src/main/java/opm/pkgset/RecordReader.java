package opm.pkgset;

import java.util.List;
import opm.base.Dep;
import opm.base.DepKind;
import opm.base.Digest;
import opm.base.Evr;
import opm.base.Nevra;
import opm.base.Sense;
import org.jspecify.annotations.Nullable;

/// Reads what [RecordWriter] wrote, into a builder.
final class RecordReader {
    /// Nested parts of a rich dependency.
    private static final int MOST_DEPTH = 1 << 10;

    private final PackageSet old;
    private final FilesByPackage oldFiles;
    private final VarInput in;
    private final PackageSetBuilder to;

    RecordReader(PackageSet old, FilesByPackage oldFiles, VarInput in, PackageSetBuilder to) {
        this.old = old;
        this.oldFiles = oldFiles;
        this.in = in;
        this.to = to;
    }

    /// @return the package's checksum; null when it has none
    @Nullable Digest read(int like) {
        try {
            return readPackage(like);
        } catch (IllegalArgumentException e) {
            throw in.broken(String.valueOf(e.getMessage()));
        }
    }

    private @Nullable Digest readPackage(int like) {
        Digest checksum = null;
        String name = string();
        Evr evr = evr();
        var nevra = new Nevra(name, evr, string());
        to.begin(nevra).vendor(string());
        int flags = in.number(7);
        if ((flags & 1) != 0) {
            to.location(text(RecordWriter.usualLocation(old, like, nevra)));
        }
        if ((flags & 2) != 0) {
            int code = in.number(Facts.KINDS);
            if (code == 0) {
                throw in.broken("a checksum of no kind");
            }
            checksum = Digest.of(Facts.algorithm(code), in.raw(Facts.rawBytes(code)));
            to.checksum(checksum);
        }
        to.sizes(in.number(), in.number(), in.number());
        to.buildSeconds(in.number());
        to.headerRange((int) in.number(), (int) in.number());
        if ((flags & 4) != 0) {
            to.installed(in.number(), string());
        }
        for (TextKind kind : TextKind.ALL) {
            to.text(kind, text(like < 0 ? "" : old.facts().text(like, kind)));
        }
        for (int column = 0; column < DepColumn.COUNT; column++) {
            deps(like, column);
        }
        files(like);
        to.end();
        return checksum;
    }

    private String text(String like) {
        int length = in.count();
        return length == 0 ? like : in.text(length - 1);
    }

    private String string() {
        int id = in.number(old.stringCount());
        return id == 0 ? in.text(in.count()) : old.string(id - 1);
    }

    private Evr evr() {
        int epoch = in.number(Integer.MAX_VALUE);
        return new Evr(epoch, string(), string());
    }

    private void deps(int like, int column) {
        int count = in.count();
        if (count == 0) {
            if (like >= 0) {
                RecordWriter.list(old, like, column).forEach(dep -> add(column, dep));
            }
            return;
        }
        for (int at = 1; at < count; at++) {
            add(column, dep(0));
        }
    }

    private void add(int column, Dep dep) {
        if (column == DepColumn.PREREQUIRES) {
            to.prerequire(dep);
            return;
        }
        for (DepKind kind : DepKind.values()) {
            if (DepColumn.of(kind) == column) {
                to.dep(kind, dep);
            }
        }
    }

    private Dep dep(int depth) {
        if (depth > MOST_DEPTH) {
            throw in.broken("a dependency of more than " + MOST_DEPTH + " levels");
        }
        int form = in.number(old.relationCount() + 1);
        if (form >= 2) {
            return old.dep(form - 2);
        }
        if (form == 1) {
            Dep.RichOp op = RelationTable.ofCode(in.number(RelationTable.RICH_COUNT - 1));
            Dep left = dep(depth + 1);
            return new Dep.Rich(op, left, dep(depth + 1));
        }
        String name = string();
        Sense sense = Sense.ofFlags(in.number(Sense.MASK));
        return sense == Sense.NONE ? Dep.on(name) : new Dep.Simple(name, sense, evr());
    }

    private void files(int like) {
        int count = in.count();
        List<String> same = like < 0 ? List.of() : oldFiles.of(like);
        if (count == 0) {
            same.forEach(to::file);
            return;
        }
        for (int at = 1; at < count; at++) {
            to.file(in.text(in.count()));
        }
    }
}
