package opm.rpmmd;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import opm.base.ByteText;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.OpmException;
import opm.host.Disk;

/// Where the package sets of repositories lie, by the digest of repomd.xml.
///
/// | file                  | what                                                          |
/// |-----------------------|---------------------------------------------------------------|
/// | `REPOMD.opmset`       | the packages                                                  |
/// | `REPOMD-PATHS.opmset` | the same with what file lists say of some paths, by their sum |
/// | `REPOMD-all.opmset`   | the same with all files                                       |
final class SetFolder {
    private static final int SUM_LETTERS = 32;

    private final Disk disk;
    private final Path folder;

    SetFolder(Disk disk, Path state) {
        this.disk = disk;
        folder = state.resolve("sets");
    }

    Path of(Digest repomd) {
        return folder.resolve(repomd.hex() + ".opmset");
    }

    Path allFilesOf(Digest repomd) {
        return folder.resolve(repomd.hex() + "-all.opmset");
    }

    /// @param paths sorted
    Path of(Digest repomd, List<String> paths) {
        byte[] lines = ByteText.encode(String.join("\n", paths));
        String sum = Digest.sha256Of(lines).hex().substring(0, SUM_LETTERS);
        return folder.resolve(repomd.hex() + "-" + sum + ".opmset");
    }

    /// Removes the oldest of those with some paths beyond [Limits#PATH_SETS]: each is a copy of
    /// all packages, and who asks for one path after the other would fill the disk. Who has one
    /// open keeps it.
    void keepFew(Digest repomd, Path newest) throws OpmException {
        record Old(Path set, long millis) {}

        var old = new ArrayList<Old>();
        int letters = of(repomd, List.of()).getFileName().toString().length();
        for (Path set : disk.list(folder)) {
            String name = set.getFileName().toString();
            if (name.startsWith(repomd.hex() + "-")
                    && name.length() == letters
                    && !set.equals(newest)) {
                old.add(new Old(set, disk.modifiedMillis(set)));
            }
        }
        old.sort(Comparator.comparingLong(Old::millis).reversed());
        for (Old one : old.subList(Math.min(Limits.PATH_SETS - 1, old.size()), old.size())) {
            disk.delete(one.set());
        }
    }

    /// Removes all sets of a state.
    void forget(Digest repomd) throws OpmException {
        for (Path set : disk.list(folder)) {
            if (set.getFileName().toString().startsWith(repomd.hex())) {
                disk.delete(set);
            }
        }
    }
}
