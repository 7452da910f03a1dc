package opm.rpm;

import java.util.ArrayList;
import java.util.List;
import opm.base.Limits;
import opm.base.OpmException.Damaged;

/// One file or folder of a package.
///
/// @param path absolute; relative in source packages
/// @param mode type and permissions as `stat` gives them
/// @param flags `RPMFILE_*` (rpmfiles.h)
/// @param digest of the content in hexadecimal; empty for what is no plain file
/// @param linkTo where a symbolic link points, else empty
public record RpmFileEntry(
        String path,
        int mode,
        int flags,
        long sizeBytes,
        String digest,
        String linkTo,
        String user,
        String group) {
    private static final int CONFIG = 1;
    private static final int GHOST = 1 << 6;
    private static final int NOREPLACE = 1 << 4;

    public boolean isDirectory() {
        return (mode & 0170000) == 0040000;
    }

    public boolean isSymbolicLink() {
        return (mode & 0170000) == 0120000;
    }

    /// Tells whether the package owns the name without bringing the file.
    public boolean isGhost() {
        return (flags & GHOST) != 0;
    }

    public boolean isConfig() {
        return (flags & CONFIG) != 0;
    }

    /// Tells whether an edited configuration file stays and the new one becomes `.rpmnew`.
    public boolean isNoReplace() {
        return (flags & NOREPLACE) != 0;
    }

    static List<RpmFileEntry> all(Header header) throws Damaged {
        List<String> bases = header.strings(Tag.BASENAMES);
        if (bases.isEmpty()) {
            return old(header);
        }
        List<String> folders = header.strings(Tag.DIRNAMES);
        long[] folderOf = header.numbers(Tag.DIRINDEXES);
        if (folderOf.length != bases.size()) {
            throw Header.damaged(
                    header.subject(),
                    bases.size() + " file names in " + folderOf.length + " folders",
                    "as many of each");
        }
        var paths = new ArrayList<String>(bases.size());
        long chars = 0;
        for (int at = 0; at < folderOf.length; at++) {
            if (folderOf[at] >= folders.size()) {
                throw Header.damaged(
                        header.subject(),
                        "folder number " + folderOf[at],
                        "below " + folders.size());
            }
            String folder = folders.get((int) folderOf[at]);
            String base = bases.get(at);
            int length = folder.length() + base.length();
            chars += length;
            // A few bytes of names could else unfold to more than any memory holds.
            if (length > Limits.PATH_CHARS || chars > Limits.PACKAGE_PATH_CHARS) {
                throw Header.damaged(
                        header.subject(),
                        "a path of " + length + " characters, " + chars + " so far",
                        Limits.PATH_CHARS + " and " + Limits.PACKAGE_PATH_CHARS + " at most");
            }
            paths.add(folder + base);
        }
        return all(header, paths);
    }

    /// rpm 3 wrote whole paths.
    private static List<RpmFileEntry> old(Header header) throws Damaged {
        return all(header, header.strings(Tag.OLDFILENAMES));
    }

    private static List<RpmFileEntry> all(Header header, List<String> paths) throws Damaged {
        int count = paths.size();
        long[] sizes =
                column(
                        header,
                        header.has(Tag.LONGFILESIZES) ? Tag.LONGFILESIZES : Tag.FILESIZES,
                        count);
        long[] modes = column(header, Tag.FILEMODES, count);
        long[] flags = column(header, Tag.FILEFLAGS, count);
        List<String> digests = texts(header, Tag.FILEDIGESTS, count);
        List<String> links = texts(header, Tag.FILELINKTOS, count);
        List<String> users = texts(header, Tag.FILEUSERNAME, count);
        List<String> groups = texts(header, Tag.FILEGROUPNAME, count);
        var files = new ArrayList<RpmFileEntry>(count);
        for (int at = 0; at < count; at++) {
            files.add(
                    new RpmFileEntry(
                            paths.get(at),
                            (int) modes[at],
                            (int) flags[at],
                            sizes[at],
                            digests.get(at),
                            links.get(at),
                            users.get(at),
                            groups.get(at)));
        }
        return files;
    }

    private static long[] column(Header header, int tag, int count) throws Damaged {
        long[] values = header.numbers(tag);
        checkCount(header, tag, values.length, count);
        return values.length == 0 ? new long[count] : values;
    }

    private static List<String> texts(Header header, int tag, int count) throws Damaged {
        List<String> values = header.strings(tag);
        checkCount(header, tag, values.size(), count);
        return values.isEmpty() ? java.util.Collections.nCopies(count, "") : values;
    }

    private static void checkCount(Header header, int tag, int found, int count) throws Damaged {
        if (found != 0 && found != count) {
            throw Header.damaged(
                    header.subject(),
                    found + " values of tag " + tag,
                    count + ", one for each file");
        }
    }
}
