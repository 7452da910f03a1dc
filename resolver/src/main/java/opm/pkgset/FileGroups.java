package opm.pkgset;

import java.util.Arrays;

/// Files in the order of a [FileList], group by group: of one directory and package each.
abstract class FileGroups implements AutoCloseable {
    static final byte[] NONE = {};

    /// The group at hand.
    byte[] directory = NONE;

    int pkg = -1;

    /// The name that was read last; of a group that was not begun, none.
    byte[] name = NONE;

    /// How many names of the group are still to be read.
    int left;

    /// Whether no name of the group was read yet.
    boolean whole;

    boolean ended;

    final boolean ended() {
        return ended;
    }

    final byte[] directory() {
        return directory;
    }

    final int pkg() {
        return pkg;
    }

    /// Returns how many names of the group are still to be read.
    final int left() {
        return left;
    }

    /// Returns how many bytes all names of the group take, each by what it shares with the one
    /// before.
    abstract int nameBytes();

    /// Tells whether no name of the group was read yet.
    final boolean isWhole() {
        return whole;
    }

    /// Reads the next name of the group.
    final byte[] name() {
        name = next(name);
        whole = false;
        left--;
        return name;
    }

    /// Reads bytes told by what they share with those before.
    abstract byte[] next(byte[] before);

    /// Hands over all names of the group, each by what it shares with the one before.
    abstract void names(VarOutput to);

    /// Goes to the next group; its names are still to be read.
    abstract void advance();

    @Override
    public abstract void close();

    /// Compares where two groups stand.
    final int order(FileGroups other) {
        int order = Arrays.compareUnsigned(directory(), other.directory());
        return order == 0 ? Integer.compare(pkg(), other.pkg()) : order;
    }
}
