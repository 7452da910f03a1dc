package opm.pkgset;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import org.jspecify.annotations.Nullable;

/// Adds all files of all packages to a set: a new file with everything that the set holds, and
/// [FileList].
///
/// Packages come in any order, the files of one together; one that comes again is left out. They
/// are sorted in runs, which lie packed in memory, and merged: seven million files need 33 MB.
/// While one run is sorted and packed, the next one is filled.
public final class FileListBuilder {
    /// Bytes of a run before it is sorted and packed away.
    private static final int RUN_BYTES = 4 << 20;

    /// Runs after which the heap is looked through.
    private static final int MANY_RUNS = 6;

    /// Packages of a set for which memory is looked after.
    private static final int MANY_PACKAGES = 5000;

    /// Longer names and directories than a block holds are no files of a real system.
    static final int MOST_PATH = 16_000;

    private final PackageSet set;
    private final int runBytes;
    private StringInterner checksums = new StringInterner();
    private final Ints packageOfChecksum = new Ints();
    private final BitSet seen = new BitSet();

    /// The run that is being filled, and the one that is being packed or waits for its turn.
    private FileRunBuilder run = new FileRunBuilder();

    private FileRunBuilder other = new FileRunBuilder();
    private @Nullable Beside packing;
    private final List<ArrayDeque<byte[]>> runs = new ArrayList<>();
    private final List<FileGroups> kept = new ArrayList<>();

    public FileListBuilder(PackageSet set) throws Damaged {
        this(set, RUN_BYTES);
    }

    /// @param runBytes how many make a run, for tests; the set does not show it
    FileListBuilder(PackageSet set, int runBytes) throws Damaged {
        this.set = set;
        this.runBytes = runBytes;
        giveBack(set.packageCount() > MANY_PACKAGES);
        packageOfChecksum.add(-1);
        PackageSet.reading(
                () -> {
                    for (int one = 0; one < set.packageCount(); one++) {
                        var checksum = set.facts().checksum(one);
                        int before = checksums.size();
                        if (checksum != null && checksums.intern(checksum.hex()) == before) {
                            packageOfChecksum.add(one);
                        }
                    }
                    return true;
                });
    }

    /// Returns the package with a checksum, in hexadecimal; -1 when there is none.
    int packageOf(String checksum) {
        byte[] hex = opm.base.ByteText.encode(checksum);
        return packageOf(hex, 0, hex.length);
    }

    private int packageOf(byte[] checksum, int start, int length) {
        int id = checksums.find(checksum, start, length);
        return id <= 0 ? -1 : packageOfChecksum.get(id);
    }

    /// Takes over the files of packages of another set; nothing else comes of those that have some.
    /// Of packages with one checksum, the first has the files: one without is no bar to them.
    ///
    /// @param numbers what its packages are here, ascending; -1 for those without
    void keep(FileList list, int[] numbers) {
        kept.add(new KeptFiles(list, numbers));
    }

    /// Starts the files of the package with a checksum, in hexadecimal.
    ///
    /// @return whether the set has such a package, and its files did not come yet
    public boolean begin(byte[] checksum, int start, int length) {
        int pkg = packageOf(checksum, start, length);
        if (pkg < 0 || seen.get(pkg)) {
            return false;
        }
        seen.set(pkg);
        run.begin(pkg);
        return true;
    }

    /// Adds a file of the package at hand, which holds no zero byte; what is no whole path is left
    /// out.
    public void file(byte[] path, int start, int length) {
        if (length > 0 && length <= MOST_PATH && path[start] == '/') {
            run.file(path, start, length);
        }
    }

    /// Ends the package at hand.
    public void end() {
        if (run.size() > runBytes) {
            packRun(Runtime.getRuntime().availableProcessors() > 1);
        }
    }

    /// Sorts what the run has and packs it away.
    private void packRun(boolean aside) {
        awaitPacking();
        FileRunBuilder full = run;
        packing = new Beside("runs", () -> runs.add(full.pack()), aside);
        run = other;
        other = full;
    }

    private void awaitPacking() {
        if (packing != null) {
            packing.join();
            packing = null;
            giveBack(runs.size() % MANY_RUNS == 0);
        }
    }

    /// Collects what is dead among large arrays. The serial collector lets the heap grow to its
    /// bound before it looks at them: the universe with all files took 520 MiB without this.
    static void giveBack(boolean large) {
        if (large) {
            System.gc();
        }
    }

    /// Writes the set with its files. The builder is used up.
    public void writeTo(ByteSink sink) throws OpmException {
        packRun(false);
        awaitPacking();
        // Room for the merge: nothing is filled any more.
        run = new FileRunBuilder();
        other = run;
        checksums = new StringInterner();
        giveBack(set.packageCount() > MANY_PACKAGES);
        try (var blocks = new FileBlocks(set.packageCount())) {
            merge(blocks);
            SetFrame frame = set.frame(FileList.sections());
            blocks.plan(frame);
            frame.writeTo(sink);
        }
    }

    private void merge(FileBlocks blocks) {
        var merge = new FileMerge(kept.size() + runs.size());
        kept.forEach(merge::add);
        for (ArrayDeque<byte[]> packed : runs) {
            merge.add(new FileRun(packed));
        }
        runs.clear();
        for (FileGroups least = merge.least(); least != null; least = merge.least()) {
            blocks.add(least);
            merge.advance();
        }
        blocks.finish();
        giveBack(set.packageCount() > MANY_PACKAGES);
    }
}
