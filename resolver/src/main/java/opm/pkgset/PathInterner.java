package opm.pkgset;

import java.util.Arrays;

/// Gives directories numbers, in order of first sight; 0 is the root.
///
/// Files arrive folder by folder, so the last one is kept at hand.
final class PathInterner {
    private final StringInterner strings;
    private final StringInterner whole = new StringInterner();

    /// The directory of each string of [#whole].
    private final Ints dirOfWhole = new Ints();

    private final Ints parents = new Ints();
    private final Ints names = new Ints();

    /// Parent and name of each directory but the root, where [#child] gave it.
    private final TripleInterner children = new TripleInterner();

    private byte[] last = {'/'};
    private int lastDir;

    PathInterner(StringInterner strings) {
        this.strings = strings;
        parents.add(0);
        names.add(0);
        dirOfWhole.add(0);
    }

    /// Returns the directory of a path that starts and ends with `/`.
    int dir(byte[] path, int start, int length) {
        if (Arrays.equals(last, 0, last.length, path, start, start + length)) {
            return lastDir;
        }
        lastDir = find(path, start, length);
        last = Arrays.copyOfRange(path, start, start + length);
        return lastDir;
    }

    /// Walks up to the longest known directory, then down again; no recursion, a hostile path may
    /// have a million parts.
    private int find(byte[] path, int start, int length) {
        int known = length;
        int dir = 0;
        var missing = new Ints();
        while (known > 1) {
            int id = whole.find(path, start, known);
            if (id >= 0) {
                dir = dirOfWhole.get(id);
                break;
            }
            missing.add(known);
            known--;
            while (path[start + known - 1] != '/') {
                known--;
            }
        }
        for (int at = missing.size() - 1; at >= 0; at--) {
            int end = missing.get(at);
            int name = start + known;
            parents.add(dir);
            names.add(strings.intern(path, name, end - 1 - known));
            dir = parents.size() - 1;
            whole.intern(path, start, end);
            dirOfWhole.add(dir);
            known = end;
        }
        return dir;
    }

    /// Returns a directory of another by ids of its name, for who knows no paths. One builder uses
    /// this or [#dir].
    int child(int parent, int name) {
        int known = children.intern(parent, name, 0);
        if (known == parents.size() - 1) {
            parents.add(parent);
            names.add(name);
        }
        return known + 1;
    }

    int count() {
        return parents.size();
    }

    /// Returns the parent, always a smaller number but for the root.
    int parent(int dir) {
        return parents.get(dir);
    }

    int name(int dir) {
        return names.get(dir);
    }

    /// Returns the path of a directory, with a `/` at its end.
    String path(int dir) {
        var parts = new java.util.ArrayList<String>();
        for (int at = dir; at != 0; at = parent(at)) {
            parts.add(strings.string(name(at)));
        }
        var path = new StringBuilder("/");
        for (String part : parts.reversed()) {
            path.append(part).append('/');
        }
        return path.toString();
    }
}
