package opm.pkgset;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The files of some packages of a set, in its order, under other numbers that ascend as theirs
/// do. What a block's end cut in two is one group again.
final class KeptFiles extends FileGroups {
    private final FileList list;

    /// By package; below 0 where its files are left out.
    private final int[] numbers;

    /// The group of the list that comes next, if one waits, and what is left of its block.
    private @Nullable VarInput in;

    private int block;
    private byte[] nextDirectory = NONE;
    private int nextPkg;
    private int nextCount;
    private boolean waits;

    /// The names of the group at hand, each by what it shares with the one before.
    private final VarOutput packed = new VarOutput();

    private VarInput names = new VarInput(NONE, 0, 0, "");

    KeptFiles(FileList list, int[] numbers) {
        this.list = list;
        this.numbers = numbers;
        advance();
    }

    /// Returns a number for each package: its own where it is wanted, else -1.
    static int[] only(java.util.BitSet wanted, int packageCount) {
        var numbers = new int[packageCount];
        for (int pkg = 0; pkg < packageCount; pkg++) {
            numbers[pkg] = wanted.get(pkg) ? pkg : -1;
        }
        return numbers;
    }

    /// Reads the head of the next group of the list.
    private boolean read() {
        while (in == null || in.atEnd()) {
            if (block == list.blockCount()) {
                return false;
            }
            in = list.open(block++);
            nextDirectory = NONE;
            nextPkg = 0;
        }
        nextDirectory = FileList.next(in, nextDirectory);
        nextPkg = list.stepped(in, nextPkg);
        nextCount = in.number(Lz.MOST_BYTES);
        return true;
    }

    @Override
    void advance() {
        byte[] lastDirectory = directory;
        int lastPkg = pkg;
        packed.clear();
        name = NONE;
        left = 0;
        while (waits || read()) {
            waits = true;
            VarInput from = java.util.Objects.requireNonNull(in);
            int number = numbers[nextPkg];
            if (number < 0 || nextCount == 0) {
                for (int at = 0; at < nextCount; at++) {
                    from.number();
                    from.skip(from.count());
                }
                waits = false;
                continue;
            }
            if (left == 0) {
                directory = nextDirectory;
                pkg = number;
            } else if (pkg != number || !Arrays.equals(directory, nextDirectory)) {
                break;
            }
            byte[] before = NONE;
            for (int at = 0; at < nextCount; at++) {
                before = FileList.next(from, before);
                if (directory.length + before.length > FileListBuilder.MOST_PATH) {
                    throw from.broken("a path of " + (directory.length + before.length) + " bytes");
                }
                packed.next(name, before);
                name = before;
            }
            left += nextCount;
            waits = false;
        }
        ended = left == 0;
        int order = Arrays.compareUnsigned(lastDirectory, directory);
        if (!ended && (order > 0 || order == 0 && lastPkg >= pkg)) {
            throw new BrokenSet("section file_bytes: a group follows one behind it");
        }
        name = NONE;
        whole = true;
        names = new VarInput(packed.buffer(), 0, packed.size(), "section file_bytes");
    }

    @Override
    int nameBytes() {
        return packed.size();
    }

    @Override
    byte[] next(byte[] before) {
        return FileList.next(names, before);
    }

    @Override
    void names(VarOutput to) {
        to.bytes(packed.buffer(), 0, packed.size());
        left = 0;
    }

    @Override
    public void close() {
        // Nothing but memory.
    }
}
