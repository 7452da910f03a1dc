package opm.pkgset;

import java.util.Arrays;
import java.util.List;

/// The files of a set turned round: paths by package.
final class FilesByPackage {
    private final FileTree tree;
    private final int[] starts;
    private final int[] pairs;

    FilesByPackage(PackageSet set) {
        tree = set.files();
        starts = new int[set.packageCount() + 1];
        pairs = tree.byPackage(starts);
    }

    /// Returns the paths of a package, sorted.
    List<String> of(int pkg) {
        var paths = new String[starts[pkg + 1] - starts[pkg]];
        for (int at = 0; at < paths.length; at++) {
            paths[at] = tree.path(pairs, starts[pkg] + at);
        }
        Arrays.sort(paths);
        return List.of(paths);
    }
}
