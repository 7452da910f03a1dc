package opm.pkgset;

import opm.base.Evr;

/// The versions of a set. Section `evrs`; row 0 is [Evr#NONE], the others ascend as rpm orders
/// them, and bytewise where rpm calls them equal.
///
/// | at | field       | type | meaning                                                     |
/// |---:|-------------|------|-------------------------------------------------------------|
/// |  0 | epoch       | u32  | below 2^31                                                  |
/// |  4 | version     | u32  | string                                                      |
/// |  8 | release     | u32  | string, 0 when absent                                       |
/// | 12 | versionRank | u32  | equal for rows that rpm calls equal in epoch and version    |
/// | 16 | rank        | u32  | place in rpm's order; equal for rows that rpm calls equal   |
final class EvrTable {
    private final Section rows;
    private final StringPool strings;

    EvrTable(Section rows, StringPool strings) {
        this.rows = rows;
        this.strings = strings;
        if (rows.count() < 1) {
            throw rows.broken("no rows");
        }
    }

    int count() {
        return rows.count();
    }

    int epoch(int evr) {
        int epoch = rows.u32(evr, 0);
        if (epoch < 0) {
            throw rows.broken("row " + evr + " has a negative epoch");
        }
        return epoch;
    }

    int version(int evr) {
        return rows.index(evr, 4, strings.count());
    }

    int release(int evr) {
        return rows.index(evr, 8, strings.count());
    }

    Evr value(int evr) {
        return evr == 0
                ? Evr.NONE
                : new Evr(epoch(evr), strings.string(version(evr)), strings.string(release(evr)));
    }

    int compare(int one, int two) {
        return Integer.compare(rows.u32(one, 16), rows.u32(two, 16));
    }

    int match(int one, int two) {
        int column = rows.u32(one, 8) == 0 || rows.u32(two, 8) == 0 ? 12 : 16;
        return Integer.compare(rows.u32(one, column), rows.u32(two, column));
    }

    int compare(int evr, EvrTable other, int otherEvr) {
        int order = compareVersion(evr, other, otherEvr);
        return order == 0 ? compareRelease(evr, other, otherEvr) : order;
    }

    int match(int evr, EvrTable other, int otherEvr) {
        int order = compareVersion(evr, other, otherEvr);
        return order == 0 && release(evr) != 0 && other.release(otherEvr) != 0
                ? compareRelease(evr, other, otherEvr)
                : order;
    }

    /// Orders epochs and versions.
    int compareVersions(int one, int two) {
        return Integer.compare(rows.u32(one, 12), rows.u32(two, 12));
    }

    private int compareVersion(int evr, EvrTable other, int otherEvr) {
        int order = Integer.compare(epoch(evr), other.epoch(otherEvr));
        return order == 0
                ? VersionOrder.compare(
                        strings, version(evr), other.strings, other.version(otherEvr))
                : order;
    }

    private int compareRelease(int evr, EvrTable other, int otherEvr) {
        return VersionOrder.compare(strings, release(evr), other.strings, other.release(otherEvr));
    }

    /// Returns the row that is equal in text, or -1.
    int find(Evr evr) {
        if (evr.equals(Evr.NONE)) {
            return 0;
        }
        int low = 1;
        int high = rows.count();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (value(middle).compareTo(evr) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        for (int row = low; row < rows.count(); row++) {
            Evr found = value(row);
            if (found.equals(evr)) {
                return row;
            }
            if (found.compareTo(evr) != 0) {
                break;
            }
        }
        return -1;
    }
}
