package opm.presolve;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import opm.base.DepKind;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;

/// Which packages of a set mention a name in a dependency that leads on: in what they require or
/// recommend, and where they conflict with or obsolete something installed.
///
/// A name leads to relations, these to lists, and these to packages, of which many share a list.
/// What is installed is asked only about relations that somebody comes to: asking it about all
/// those of 63,440 packages took most of the analysis of a small change.
final class Mentions {
    private static final DepKind[] KINDS = {
        DepKind.REQUIRES, DepKind.RECOMMENDS, DepKind.CONFLICTS, DepKind.OBSOLETES
    };

    /// The first of [#KINDS] that fights.
    private static final int FIGHTS = 2;

    private final PackageSet set;
    private final Reliance reliance;

    /// By relation where its lists begin in `lists`.
    private final int[] listStarts;

    private final int[] lists;

    /// By list where its rows begin in `rows`; a row is a package times the kinds, plus the kind.
    private final int[] rowStarts;

    private final int[] rows;

    /// By relation the rich ones that it is a part of.
    private final Map<Integer, List<Integer>> wholes = new HashMap<>();

    Mentions(PackageSet set, Reliance reliance) {
        this.set = set;
        this.reliance = reliance;
        int[] of = lists(set);
        int most = 0;
        for (int list : of) {
            most = Math.max(most, list);
        }
        rowStarts = new int[most + 2];
        for (int list : of) {
            rowStarts[list + 1]++;
        }
        sum(rowStarts);
        rows = new int[of.length];
        int[] next = rowStarts.clone();
        for (int row = 0; row < of.length; row++) {
            rows[next[of[row]]++] = row;
        }
        listStarts = new int[set.relationCount() + 1];
        for (int list = 0; list <= most; list++) {
            for (int at = 0, end = size(list); at < end; at++) {
                listStarts[set.listItem(list, at) + 1]++;
            }
        }
        sum(listStarts);
        lists = new int[listStarts[set.relationCount()]];
        next = listStarts.clone();
        for (int list = 0; list <= most; list++) {
            for (int at = 0, end = size(list); at < end; at++) {
                lists[next[set.listItem(list, at)]++] = list;
            }
        }
        for (int rel = set.simpleCount(); rel < set.relationCount(); rel++) {
            for (int part : new int[] {set.richLeft(rel), set.richRight(rel)}) {
                wholes.computeIfAbsent(part, _ -> new ArrayList<>()).add(rel);
            }
        }
    }

    /// Returns by row the list of the package for that kind.
    private static int[] lists(PackageSet set) {
        var of = new int[KINDS.length * set.packageCount()];
        for (int row = 0; row < of.length; row++) {
            of[row] = set.list(row / KINDS.length, KINDS[row % KINDS.length]);
        }
        return of;
    }

    /// Returns how many relations a list has; 0 when no package has the list.
    private int size(int list) {
        return rowStarts[list] == rowStarts[list + 1] ? 0 : set.listSize(list);
    }

    private static void sum(int[] counts) {
        for (int at = 1; at < counts.length; at++) {
            counts[at] += counts[at - 1];
        }
    }

    /// Finds the packages that mention a name.
    ///
    /// @param name of the set, or less than 0
    /// @param strict whether what the baseline meets does not count
    void of(int name, boolean strict, Consumer<PackageRef> found) {
        for (int rel = name < 0 ? 0 : set.relationsStart(name);
                name >= 0 && rel < set.relationsEnd(name);
                rel++) {
            holders(rel, strict, found);
        }
    }

    private void holders(int rel, boolean strict, Consumer<PackageRef> found) {
        if (listStarts[rel] < listStarts[rel + 1]) {
            boolean leads = !strict || !reliance.isMet(set, rel);
            boolean hits = reliance.hits(set, rel);
            for (int at = listStarts[rel]; at < listStarts[rel + 1]; at++) {
                for (int row = rowStarts[lists[at]]; row < rowStarts[lists[at] + 1]; row++) {
                    if (rows[row] % KINDS.length < FIGHTS ? leads : hits) {
                        found.accept(set.ref(rows[row] / KINDS.length));
                    }
                }
            }
        }
        for (int whole : wholes.getOrDefault(rel, List.of())) {
            holders(whole, strict, found);
        }
    }
}
