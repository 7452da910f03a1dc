package opm.pkgset;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import opm.base.ByteText;

/// All files of all packages, sorted by directory, package, name, in packed blocks.
///
/// Section `file_blocks`, one row more than blocks, whose `start` is the end of the last:
///
/// | at | field    | type | meaning                          |
/// |---:|----------|------|----------------------------------|
/// |  0 | start    | u32  | offset into `file_bytes`         |
/// |  4 | rawBytes | u32  | of the unpacked block, ≤ 64 KiB  |
///
/// Section `file_bytes`: for each block the length (u16) and bytes of its first directory, then the
/// packed block, see [Lz]. Unpacked it is groups, of one directory and package each: how many bytes
/// of the directory are those of the group before, how many follow, these; the step to the package
/// from the one before, as twice the step, or below 0 as -1 less twice the step; how many files;
/// for each how many bytes of its name are those of the file before in this group, how many follow,
/// these. Numbers as in [VarOutput]. Directories end in `/`.
///
/// Sections `file_packages_start` (u32, one row more than packages) and `file_packages` (u32): the
/// blocks that hold files of a package, ascending.
final class FileList {
    private final Section blocks;
    private final Section bytes;
    private final Section starts;
    private final Section packages;
    private final int packageCount;
    private final int blockCount;

    FileList(SetFile file, Section blocks, int packageCount) {
        this.blocks = blocks;
        bytes = file.section(SectionId.FILE_BYTES);
        starts = file.section(SectionId.FILE_PACKAGES_START);
        packages = file.section(SectionId.FILE_PACKAGES);
        this.packageCount = packageCount;
        blockCount = blocks.count() - 1;
        if (blockCount < 0 || starts.count() != packageCount + 1) {
            throw blocks.broken(blocks.count() + " rows");
        }
    }

    /// Takes a path and one of its owners.
    interface Use {
        void of(String directory, String name, int pkg);
    }

    int blockCount() {
        return blockCount;
    }

    /// Returns the packages that own a path, ascending.
    int[] owners(String path) {
        int slash = path.lastIndexOf('/');
        if (slash < 0) {
            return new int[0];
        }
        byte[] directory = ByteText.encode(path.substring(0, slash + 1));
        byte[] name = ByteText.encode(path.substring(slash + 1));
        var owners = new Ints();
        int first = firstBlock(directory);
        // The block before may end with what begins here; below a directory there may be millions
        // of files, in it there are few.
        for (int block = Math.max(0, first - 1); block < blockCount; block++) {
            if (block >= first && !Arrays.equals(firstDirectory(block), directory)) {
                break;
            }
            addOwners(open(block), directory, name, owners);
        }
        owners.sortUnique();
        return Arrays.copyOf(owners.items(), owners.size());
    }

    /// Adds the packages that own a file, of those in a block.
    private void addOwners(VarInput in, byte[] directory, byte[] name, Ints owners) {
        byte[] here = {};
        int pkg = 0;
        while (!in.atEnd()) {
            here = next(in, here);
            pkg = stepped(in, pkg);
            boolean wanted = Arrays.equals(here, directory);
            byte[] file = {};
            for (int left = in.number(Lz.MOST_BYTES); left > 0; left--) {
                if (wanted) {
                    file = next(in, file);
                    if (Arrays.equals(file, name)) {
                        owners.add(pkg);
                    }
                } else {
                    in.number(Lz.MOST_BYTES);
                    in.skip(in.count());
                }
            }
        }
    }

    /// Hands over the files that a glob matches.
    void match(Glob glob, Use use) {
        String prefix = glob.prefix();
        from(
                prefix.substring(0, prefix.lastIndexOf('/') + 1),
                (dir, name, pkg) -> {
                    if (glob.matches(dir + name)) {
                        use.of(dir, name, pkg);
                    }
                });
    }

    /// Hands over the files of all directories that begin with a prefix.
    private void from(String prefix, Use use) {
        byte[] wanted = ByteText.encode(prefix);
        int first = firstBlock(wanted);
        // The block before may end with what begins here.
        for (int block = Math.max(0, first - 1); block < blockCount; block++) {
            if (block >= first && !startsWith(firstDirectory(block), wanted)) {
                return;
            }
            read(block, prefix, use);
        }
    }

    /// Returns the first block whose first directory is not less than another; the count when none.
    private int firstBlock(byte[] directory) {
        int low = 0;
        int high = blockCount;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Arrays.compareUnsigned(firstDirectory(middle), directory) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static boolean startsWith(byte[] bytes, byte[] prefix) {
        return bytes.length >= prefix.length
                && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
    }

    /// Returns the paths of a package, sorted.
    SortedSet<String> of(int pkg) {
        var paths = new TreeSet<String>();
        int end = starts.index(pkg + 1, 0, packages.count() + 1);
        for (int row = starts.index(pkg, 0, packages.count() + 1); row < end; row++) {
            read(
                    packages.index(row, 0, blockCount),
                    "",
                    (dir, name, owner) -> {
                        if (owner == pkg) {
                            paths.add(dir + name);
                        }
                    });
        }
        return paths;
    }

    private long start(int block) {
        long start = Integer.toUnsignedLong(blocks.u32(block, 0));
        if (start > bytes.bytes()) {
            throw blocks.broken("block " + block + " starts at " + start);
        }
        return start;
    }

    private byte[] firstDirectory(int block) {
        long start = start(block);
        long end = start(block + 1);
        if (end - start < 3) {
            throw blocks.broken("block " + block + " from " + start + " to " + end);
        }
        int length =
                bytes.rows().u8(start) & 0xff | (bytes.rows().u8(start + 1) & 0xff) << 8;
        if (length > end - start - 3) {
            throw blocks.broken("block " + block + " begins with " + length + " bytes");
        }
        var directory = new byte[length];
        bytes.rows().copy(start + 2, directory);
        return directory;
    }

    /// Unpacks a block.
    VarInput open(int block) {
        long start = start(block) + 2 + firstDirectory(block).length;
        var packed = new byte[(int) Math.min(start(block + 1) - start, 2 * Lz.MOST_BYTES)];
        bytes.rows().copy(start, packed);
        var raw = new byte[blocks.index(block, 4, Lz.MOST_BYTES + 1)];
        Lz.unpack(packed, packed.length, raw, raw.length);
        return new VarInput(raw, 0, raw.length, "section file_bytes, block " + block);
    }

    /// Reads the step from one group's package to the next one's.
    int stepped(VarInput in, int from) {
        int step = in.number(Integer.MAX_VALUE);
        int pkg = from + (step >>> 1 ^ -(step & 1));
        if (pkg < 0 || pkg >= packageCount) {
            throw in.broken("package " + pkg + " of " + packageCount);
        }
        return pkg;
    }

    /// Hands over the files of a block whose directories begin with a prefix.
    void read(int block, String prefix, Use use) {
        VarInput in = open(block);
        byte[] directory = {};
        int pkg = 0;
        while (!in.atEnd()) {
            directory = next(in, directory);
            pkg = stepped(in, pkg);
            int owner = pkg;
            int count = in.number(Lz.MOST_BYTES);
            String text = ByteText.decode(directory);
            boolean wanted = text.startsWith(prefix);
            byte[] name = {};
            for (int at = 0; at < count; at++) {
                name = next(in, name);
                if (wanted) {
                    use.of(text, ByteText.decode(name), owner);
                }
            }
        }
    }

    /// Reads bytes told by what they share with those before.
    static byte[] next(VarInput in, byte[] before) {
        int shared = in.number(before.length);
        byte[] rest = in.raw(in.count());
        byte[] whole = Arrays.copyOf(before, shared + rest.length);
        System.arraycopy(rest, 0, whole, shared, rest.length);
        return whole;
    }

    /// Returns, by package, a word that is the same for the same files: the sum of a hash of each,
    /// so that the blocks are gone through once.
    String[] words() {
        var sums = new long[packageCount];
        for (int block = 0; block < blockCount; block++) {
            read(block, "", (dir, name, pkg) -> sums[pkg] += hash(hash(7, dir), name));
        }
        var words = new String[packageCount];
        for (int pkg = 0; pkg < packageCount; pkg++) {
            words[pkg] = Long.toHexString(sums[pkg]);
        }
        return words;
    }

    /// SplitMix64 over characters: what people compare is not hostile to them.
    private static long hash(long seed, String text) {
        long hash = seed;
        for (int at = 0; at < text.length(); at++) {
            hash = (hash ^ text.charAt(at)) * 0xBF58476D1CE4E5B9L;
            hash ^= hash >>> 31;
        }
        return hash;
    }

    /// Reads everything, and compares it with the index by package.
    void check() {
        var seen = new ArrayList<Ints>();
        for (int pkg = 0; pkg < packageCount; pkg++) {
            seen.add(new Ints());
        }
        String[] last = {"", ""};
        for (int block = 0; block < blockCount; block++) {
            int number = block;
            read(
                    block,
                    "",
                    (dir, name, pkg) -> {
                        if (StringPool.compare(last[0], dir) > 0) {
                            throw bytes.broken("directory " + dir + " follows " + last[0]);
                        }
                        last[0] = dir;
                        Ints blocksOf = seen.get(pkg);
                        if (blocksOf.size() == 0 || blocksOf.get(blocksOf.size() - 1) != number) {
                            blocksOf.add(number);
                        }
                    });
        }
        for (int pkg = 0; pkg < packageCount; pkg++) {
            int from = starts.index(pkg, 0, packages.count() + 1);
            int end = starts.index(pkg + 1, 0, packages.count() + 1);
            Ints expected = seen.get(pkg);
            boolean same = end - from == expected.size();
            for (int at = 0; same && at < expected.size(); at++) {
                same = packages.index(from + at, 0, blockCount) == expected.get(at);
            }
            if (!same) {
                throw packages.broken("package " + pkg + " has other blocks");
            }
        }
    }

    static List<SectionId> sections() {
        return List.of(
                SectionId.FILE_BLOCKS,
                SectionId.FILE_BYTES,
                SectionId.FILE_PACKAGES_START,
                SectionId.FILE_PACKAGES);
    }
}
