package opm.plan;

import opm.base.Digest;
import opm.base.Limits;

/// One file that a plan needs: its digest, its size, and where a repository keeps it.
///
/// @param digest of the whole file, in the algorithm that its repository uses; the number of
///     digits tells which
/// @param sizeBytes exact
/// @param path relative, `/` between parts, as it will lie in a bundle:
///     `Packages/v/vim-9.1-1.x86_64.rpm`
/// @param repo the repository's id, empty when none is known
public record Artifact(Digest digest, long sizeBytes, String path, String repo) {
    public Artifact {
        if (sizeBytes < 0 || sizeBytes > Limits.PACKAGE_BYTES) {
            throw new IllegalArgumentException(
                    "a file of "
                            + sizeBytes
                            + " bytes; at most "
                            + Limits.PACKAGE_BYTES
                            + " are taken");
        }
        if (!isInside(path)) {
            throw new IllegalArgumentException(
                    "'" + path + "' is not a relative path inside a folder");
        }
    }

    /// Tells whether a path stays inside the folder that it is resolved against: relative, and
    /// without empty, `.` or `..` parts.
    public static boolean isInside(String path) {
        if (path.isEmpty() || path.length() > Limits.PATH_CHARS || path.indexOf('\0') >= 0) {
            return false;
        }
        for (String part : path.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                return false;
            }
        }
        return true;
    }

    /// Returns the last part of the path: `vim-9.1-1.x86_64.rpm`.
    public String fileName() {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
