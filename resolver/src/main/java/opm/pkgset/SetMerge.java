package opm.pkgset;

import java.util.ArrayList;
import java.util.List;
import opm.base.Digest;
import opm.base.OpmException.Damaged;
import org.jspecify.annotations.Nullable;

/// Copies all packages of several sets into one builder, in time that grows with their size alone:
/// what the sets have in order is merged, not sorted again.
///
/// Half of the work is unpacking texts and finding equal ones, which touches nothing else of the
/// builder: a second thread does it, and the columns are joined in the end.
public final class SetMerge {
    private final List<PackageSet> sets;
    private final PackageSetBuilder to;
    private final int[] ids;
    private @Nullable BrokenSet broken;

    private SetMerge(List<PackageSet> sets, PackageSetBuilder to) {
        this.sets = sets;
        this.to = to;
        int count = 0;
        long bytes = 0;
        for (PackageSet set : sets) {
            count += set.packageCount();
            bytes += set.fileBytes();
        }
        Digest.soon(bytes);
        ids = new int[count * TextCopier.COLUMNS];
    }

    /// Adds every package of every set to an empty builder.
    public static void copy(List<PackageSet> sets, PackageSetBuilder to) throws Damaged {
        PackageSet.reading(
                () -> {
                    new SetMerge(sets, to).run();
                    return true;
                });
    }

    private void run() {
        var aside = new Beside("texts", this::copyTexts, to.threads > 1);
        try {
            copyPackages();
        } finally {
            aside.join();
        }
        if (broken != null) {
            throw broken;
        }
        int count = ids.length / TextCopier.COLUMNS;
        for (int pkg = 0; pkg < count; pkg++) {
            to.texts(pkg, ids, pkg * TextCopier.COLUMNS);
        }
    }

    private void copyPackages() {
        int files = 0;
        int listRows = 0;
        var copiers = new ArrayList<SetCopier>();
        for (PackageSet set : sets) {
            files += set.files().count();
            listRows += set.depListRows().count();
            copiers.add(new SetCopier(set, to, null));
        }
        to.room(ids.length / TextCopier.COLUMNS, files, listRows);
        to.ordered(new MergedNumbers(sets, copiers, to).number());
        for (int at = 0; at < copiers.size(); at++) {
            SetCopier copier = copiers.get(at);
            for (int pkg = 0; pkg < sets.get(at).packageCount(); pkg++) {
                copier.begin(pkg).end();
            }
        }
    }

    private void copyTexts() {
        int at = 0;
        try {
            for (PackageSet set : sets) {
                var copier = new TextCopier(set, to);
                for (int pkg = 0; pkg < set.packageCount(); pkg++) {
                    copier.copy(pkg, ids, at);
                    at += TextCopier.COLUMNS;
                }
            }
        } catch (BrokenSet e) {
            broken = e;
        } catch (IllegalArgumentException e) {
            // What a builder refuses, such as a zero byte, no importer wrote.
            broken = new BrokenSet("a text: " + e.getMessage());
        }
    }
}
