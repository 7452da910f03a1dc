package opm.pkgset;

import java.util.ArrayList;
import java.util.List;
import opm.base.Digest;
import opm.base.OpmException.Damaged;
import org.jspecify.annotations.Nullable;

/// Copies all packages of several sets into one builder, in time that grows with their size alone:
/// what the sets have in order is merged, not sorted again.
///
/// Half of the work is unpacking texts, finding equal ones and packing them again, which touches
/// nothing else of the builder: a second thread does it.
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
        List<SetCopier> copiers;
        ContentOrder order;
        MergedPackages packages;
        try {
            copiers = copiers();
            order = new MergedNumbers(sets, copiers, to).number();
            packages = new MergedPackages(sets, copiers, order);
        } finally {
            aside.join();
        }
        if (broken != null) {
            throw broken;
        }
        int[] texts = packages.inOrder(ids, TextCopier.COLUMNS);
        var packing = new TextPacking(to.texts, texts, true, to.threads);
        to.ordered(order, packing);
        try {
            for (int pkg = 0; pkg < packages.count(); pkg++) {
                SetCopier copier = copiers.get(packages.source(pkg));
                copier.begin(packages.row(pkg), texts, pkg * TextCopier.COLUMNS).end();
            }
        } catch (BrokenSet e) {
            packing.end();
            throw e;
        }
    }

    private List<SetCopier> copiers() {
        int files = 0;
        int listRows = 0;
        var copiers = new ArrayList<SetCopier>();
        for (PackageSet set : sets) {
            files += set.files().count();
            listRows += set.depListRows().count();
            copiers.add(new SetCopier(set, to, null));
        }
        to.room(ids.length / TextCopier.COLUMNS, files, listRows);
        return copiers;
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
        }
    }
}
