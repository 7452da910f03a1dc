package opm.pkgset;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The files that a set knows: those that its primary lists, and those asked of filelists.
///
/// Section `dirs`, one row more than there are directories, so that the next row ends the ranges
/// of each; row 0 is the root, every row stands after its parent, children of one parent stand
/// together and ascend by name:
///
/// | at | field      | type | meaning                              |
/// |---:|------------|------|--------------------------------------|
/// |  0 | parent     | u32  | an earlier row; 0 for the root       |
/// |  4 | name       | u32  | string; 0 for the root               |
/// |  8 | firstChild | u32  | first row whose parent this is       |
/// | 12 | firstFile  | u32  | first row of `files` in it           |
///
/// Section `files`, sorted by directory, name, package; a path has one row for each owner:
///
/// | at | field | type | meaning |
/// |---:|-------|------|---------|
/// |  0 | name  | u32  | string  |
/// |  4 | pkg   | u32  | package |
public final class FileTree {
    /// Components of one path.
    private static final int MOST_DEPTH = 2048;

    private static final int[] NONE = {};

    private final Section dirs;
    private final Section files;
    private final StringPool strings;
    private final int packageCount;
    private final int dirCount;

    FileTree(SetFile file, StringPool strings, int packageCount) {
        dirs = file.section(SectionId.DIRS);
        files = file.section(SectionId.FILES);
        this.strings = strings;
        this.packageCount = packageCount;
        dirCount = dirs.count() - 1;
        if (dirCount < 1) {
            throw dirs.broken(dirs.count() + " rows");
        }
    }

    /// Returns how many pairs of path and owner there are.
    public int count() {
        return files.count();
    }

    public int dirCount() {
        return dirCount;
    }

    /// Tells whether primary metadata always names a path with its package, as createrepo_c does.
    static boolean isListed(String path) {
        return path.startsWith("/etc/")
                || path.contains("bin/")
                || path.equals("/usr/lib/sendmail");
    }

    /// Returns the packages that own a path, ascending.
    public int[] owners(String path) {
        if (path.isEmpty() || path.charAt(0) != '/') {
            return NONE;
        }
        Bytes bytes = StringPool.encode(path);
        int dir = 0;
        int start = 1;
        int end = (int) bytes.length();
        for (int at = 1; at < end; at++) {
            if (bytes.u8(at) != '/') {
                continue;
            }
            int name = strings.find(bytes.slice(start, at - start));
            dir = name < 0 ? -1 : child(dir, name);
            if (dir < 0) {
                return NONE;
            }
            start = at + 1;
        }
        int name = strings.find(bytes.slice(start, end - start));
        return name < 0 ? NONE : owners(dir, name);
    }

    /// Takes a path and one of its owners.
    interface Use {
        void of(String path, int pkg);
    }

    /// Hands over all known paths that a glob matches. Whole directories whose path the glob's
    /// literal start excludes are not entered.
    void match(Glob glob, Use use) {
        String prefix = glob.prefix();
        for (int dir = 0; dir < dirCount; dir++) {
            String path = path(dir);
            if (!path.startsWith(prefix) && !prefix.startsWith(path)) {
                continue;
            }
            int end = fileEnd(dir);
            for (int file = fileStart(dir); file < end; file++) {
                String whole = path + strings.string(fileName(file));
                if (glob.matches(whole)) {
                    use.of(whole, owner(file));
                }
            }
        }
    }

    /// Returns the packages that own a path of another set, ascending; for a dependency on a path.
    public int[] owners(PackageSet from, int name) {
        return owners(from.string(name));
    }

    private int[] owners(int dir, int name) {
        int end = fileEnd(dir);
        int first = lowerBound(files, fileStart(dir), end, 0, name);
        int last = first;
        while (last < end && files.u32(last, 0) == name) {
            last++;
        }
        var owners = new int[last - first];
        for (int at = 0; at < owners.length; at++) {
            owners[at] = owner(first + at);
        }
        return owners;
    }

    /// Returns a directory's child of a name, or -1.
    int child(int dir, int name) {
        int end = childEnd(dir);
        int found = lowerBound(dirs, childStart(dir), end, 4, name);
        return found < end && dirs.u32(found, 4) == name ? found : -1;
    }

    private static int lowerBound(Section rows, int from, int to, int column, int wanted) {
        int low = from;
        int high = to;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (rows.u32(middle, column) < wanted) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    int parent(int dir) {
        return dir == 0 ? 0 : dirs.index(dir, 0, dir);
    }

    int dirName(int dir) {
        return dirs.index(dir, 4, strings.count());
    }

    int childStart(int dir) {
        return dirs.index(dir, 8, dirCount + 1);
    }

    int childEnd(int dir) {
        return dirs.index(dir + 1, 8, dirCount + 1);
    }

    int fileStart(int dir) {
        return dirs.index(dir, 12, files.count() + 1);
    }

    int fileEnd(int dir) {
        return dirs.index(dir + 1, 12, files.count() + 1);
    }

    int fileName(int file) {
        return files.index(file, 0, strings.count());
    }

    int owner(int file) {
        return files.index(file, 4, packageCount);
    }

    /// Returns the path of a directory, with a `/` at its end.
    String path(int dir) {
        var names = new ArrayList<String>();
        for (int at = dir; at != 0; at = parent(at)) {
            if (names.size() == MOST_DEPTH) {
                throw dirs.broken("row " + dir + " is deeper than " + MOST_DEPTH);
            }
            names.add(strings.string(dirName(at)));
        }
        var path = new StringBuilder("/");
        for (String name : names.reversed()) {
            path.append(name).append('/');
        }
        return path.toString();
    }

    /// Returns the files of all packages, those of a package together, as pairs of directory and
    /// row of `files`.
    ///
    /// @param starts where those of each package start; filled in, one longer than packages are
    int[] byPackage(int[] starts) {
        var owners = new int[files.count()];
        files.column(4, owners);
        for (int owner : owners) {
            if (owner < 0 || owner >= packageCount) {
                throw files.broken("a file of package " + Integer.toUnsignedString(owner));
            }
            starts[owner + 1]++;
        }
        for (int pkg = 1; pkg < starts.length; pkg++) {
            starts[pkg] += starts[pkg - 1];
        }
        var pairs = new int[2 * owners.length];
        int[] next = starts.clone();
        for (int dir = 0; dir < dirCount; dir++) {
            int end = fileEnd(dir);
            for (int file = fileStart(dir); file < end; file++) {
                int at = next[owners[file]]++;
                if (at >= starts[owners[file] + 1]) {
                    throw dirs.broken("row " + dir + " has files of another");
                }
                pairs[2 * at] = dir;
                pairs[2 * at + 1] = file;
            }
        }
        return pairs;
    }

    /// Returns the path of a pair that [#byPackage] gave.
    String path(int[] pairs, int at) {
        return path(pairs[2 * at]) + strings.string(fileName(pairs[2 * at + 1]));
    }

    /// Returns the known paths of a package, sorted. Reads all rows of `files`.
    public List<String> of(int pkg) {
        var paths = new ArrayList<String>();
        for (int dir = 0; dir < dirCount; dir++) {
            int end = fileEnd(dir);
            for (int file = fileStart(dir); file < end; file++) {
                if (files.u32(file, 4) == pkg) {
                    paths.add(path(dir) + strings.string(fileName(file)));
                }
            }
        }
        var sorted = paths.toArray(String[]::new);
        Arrays.sort(sorted);
        return List.of(sorted);
    }
}
