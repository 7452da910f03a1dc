package opm.pkgset;

/// Reads every row of a set the way its users do, and so finds what checksums cannot: numbers
/// that point nowhere, and order that is not there.
final class SetCheck {
    private final PackageSet set;

    SetCheck(PackageSet set) {
        this.set = set;
    }

    void run() {
        checkStrings();
        checkVersions();
        checkRelations();
        checkPackages();
        checkProvides();
        checkFiles();
        FileList all = set.fileList();
        if (all != null) {
            all.check();
        }
        Bulk bulk = set.bulk();
        if (bulk != null) {
            bulk.check();
        }
    }

    private void checkStrings() {
        for (int id = 0; id < set.stringCount(); id++) {
            set.strings().length(id);
            if (id != 0 && id != set.nameCount() && set.strings().compareIds(id - 1, id) >= 0) {
                throw new BrokenSet(
                        "section string_bytes: string " + id + " does not follow the one before");
            }
        }
    }

    private void checkVersions() {
        for (int evr = 1; evr < set.evrCount(); evr++) {
            set.evrValue(evr);
            if (evr > 1 && set.compareEvr(evr - 1, evr) > 0) {
                throw new BrokenSet(
                        "section evrs: version " + evr + " does not follow the one before");
            }
        }
    }

    private void checkRelations() {
        for (int rel = 0; rel < set.relationCount(); rel++) {
            if (set.isRich(rel)) {
                set.richOp(rel);
                set.richLeft(rel);
                set.richRight(rel);
            } else {
                set.relationName(rel);
                set.relationSense(rel);
                set.relationEvr(rel);
            }
        }
    }

    private void checkPackages() {
        for (int pkg = 0; pkg < set.packageCount(); pkg++) {
            set.nevra(pkg);
            set.string(set.vendor(pkg));
            if (pkg > 0 && set.name(pkg - 1) > set.name(pkg)) {
                throw new BrokenSet(
                        "section packages: package " + pkg + " does not follow the one before");
            }
            for (int column = 0; column < DepColumn.COUNT; column++) {
                set.items(set.list(pkg, column));
            }
            set.facts().location(pkg);
            set.facts().checksum(pkg);
            for (TextKind kind : TextKind.ALL) {
                set.facts().find(pkg, kind);
            }
            set.facts().reason(pkg);
        }
    }

    private void checkProvides() {
        for (int name = 0; name < set.nameCount(); name++) {
            int end = set.providersEnd(name);
            for (int row = set.providersStart(name); row < end; row++) {
                set.provider(row);
                if (set.relationName(set.providerRelation(row)) != name) {
                    throw new BrokenSet(
                            "section provides: row " + row + " stands under another name");
                }
            }
        }
    }

    private void checkFiles() {
        FileTree files = set.files();
        for (int dir = 0; dir < files.dirCount(); dir++) {
            files.parent(dir);
            files.dirName(dir);
            files.childStart(dir);
            int end = files.fileEnd(dir);
            for (int file = files.fileStart(dir); file < end; file++) {
                files.fileName(file);
                files.owner(file);
            }
        }
    }
}
