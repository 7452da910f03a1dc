package opm.pkgset;

import java.util.Arrays;

/// Files in the order of a [FileList], group by group: of one directory and package each.
interface FileGroups extends AutoCloseable {
    boolean ended();

    byte[] directory();

    int pkg();

    /// Returns how many names of the group are still to be read.
    int left();

    /// Returns how many bytes all names of the group take, each by what it shares with the one
    /// before.
    int nameBytes();

    /// Tells whether no name of the group was read yet.
    boolean isWhole();

    /// Reads the next name of the group.
    byte[] name();

    /// Hands over all names of the group, each by what it shares with the one before.
    void names(VarOutput to);

    /// Goes to the next group; its names are still to be read.
    void advance();

    @Override
    void close();

    /// Compares where two groups stand.
    default int order(FileGroups other) {
        int order = Arrays.compareUnsigned(directory(), other.directory());
        return order == 0 ? Integer.compare(pkg(), other.pkg()) : order;
    }
}
