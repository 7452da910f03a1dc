package opm.solve;

import java.util.Arrays;

/// What was read of each package, a row of ints each, made when first filled: of a large universe
/// most requests look at few packages.
final class Facts {
    static final int NAME = 0;
    static final int EVR = 1;
    static final int ARCH = 2;
    static final int VENDOR = 3;

    /// See [Pool#installedFor].
    static final int INSTALLED_FOR = 4;

    /// Where the dependencies of the first kind start; those of the others follow.
    static final int DEPS = 5;

    private static final int WIDTH = DEPS + Pool.KINDS;

    /// Where the row of each package starts; 0, a row of zeros, for those without one.
    private int[] rows = new int[2];

    private int[] data = new int[64 * WIDTH];
    private int end = WIDTH;

    /// Returns a fact; 0 when it is not known.
    int get(int pkg, int fact) {
        return data[rows[pkg] + fact];
    }

    /// Keeps a fact and returns it.
    int set(int pkg, int fact, int value) {
        int row = rows[pkg];
        if (row == 0) {
            if (end + WIDTH > data.length) {
                data = Arrays.copyOf(data, data.length / WIDTH * 3 / 2 * WIDTH);
            }
            row = end;
            rows[pkg] = row;
            end += WIDTH;
        }
        data[row + fact] = value;
        return value;
    }

    /// Forgets one fact of all packages.
    void forget(int fact) {
        for (int row = 0; row < end; row += WIDTH) {
            data[row + fact] = 0;
        }
    }

    /// Makes room for packages below `count`.
    void grow(int count) {
        if (count > rows.length) {
            rows = Arrays.copyOf(rows, Math.max(count, rows.length * 2));
        }
    }
}
