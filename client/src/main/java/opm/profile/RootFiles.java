package opm.profile;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import opm.base.ByteText;
import opm.base.OpmException;
import opm.host.Disk;

/// The files of a root, which may be a folder that another machine's files lie in.
final class RootFiles {
    /// Of one configuration file; sources of install reasons are longer.
    private static final int FILE_BYTES = 64 << 20;

    private final Disk disk;
    private final String prefix;

    RootFiles(Disk disk, Path root) {
        this.disk = disk;
        this.prefix = root.getNameCount() == 0 ? "" : root.toString();
    }

    Disk disk() {
        return disk;
    }

    /// Returns what stands before an inside name: "" for the machine itself.
    String prefix() {
        return prefix;
    }

    /// Returns where a file of the root is for us. An absolute link points into that root.
    Path at(String name) {
        Path path = Path.of(prefix + name);
        if (!prefix.isEmpty()) {
            Path link = disk.linkTarget(path);
            if (link != null && link.isAbsolute()) {
                return Path.of(prefix + link);
            }
        }
        return path;
    }

    boolean isFile(String name) {
        Path path = at(name);
        return disk.exists(path) && !disk.isDirectory(path);
    }

    boolean isLink(String name) {
        return disk.linkTarget(Path.of(prefix + name)) != null;
    }

    /// Returns the lines of a file of the root, without their ends.
    List<String> lines(String name) throws OpmException {
        return split(disk.readAll(at(name), FILE_BYTES));
    }

    /// Returns the lines of a file of the machine itself; none when it is absent.
    List<String> hostLines(String name) throws OpmException {
        Path path = Path.of(name);
        return disk.exists(path) ? split(disk.readAll(path, FILE_BYTES)) : List.of();
    }

    /// Returns inside names of plain files of a folder, sorted bytewise; dot files stay out.
    ///
    /// A folder that is a link is another's alias: none.
    List<String> each(String folder, String suffix) throws OpmException {
        var names = new ArrayList<String>();
        if (isLink(folder)) {
            return names;
        }
        for (Path path : disk.list(Path.of(prefix + folder))) {
            String name = String.valueOf(path.getFileName());
            boolean odd =
                    name.startsWith(".") || name.indexOf('\t') >= 0 || name.indexOf('\n') >= 0;
            if (!odd && name.endsWith(suffix) && isFile(folder + "/" + name)) {
                names.add(folder + "/" + name);
            }
        }
        return names;
    }

    /// Splits bytes into lines; nothing stands behind the last end of line.
    static List<String> split(byte[] bytes) {
        var lines = new ArrayList<String>();
        int start = 0;
        for (int at = 0; at < bytes.length; at++) {
            if (bytes[at] == '\n') {
                lines.add(ByteText.decode(bytes, start, at - start));
                start = at + 1;
            }
        }
        if (start < bytes.length) {
            lines.add(ByteText.decode(bytes, start, bytes.length - start));
        }
        return lines;
    }
}
