package opm.preflight;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import opm.base.OpmException;
import opm.host.Command;
import opm.host.Commands;
import opm.host.Host;
import opm.host.StreamFailure;
import org.jspecify.annotations.Nullable;

/// Files and folders that the kernel lets nobody change: `chattr +i`, `chattr +a`.
///
/// Asked on the side, by programs of the system, while everything else is looked at.
final class Immutable implements AutoCloseable {
    private static final int OUTPUT_BYTES = 256 << 20;

    /// lsattr complains of every link and absent name, and of file systems without attributes.
    private static final String ASK = "xargs -0 lsattr -d -- 2>/dev/null | grep '^[^ ]*[ai]'";

    private final String root;
    private final Map<String, String> owners;
    private final Commands.@Nullable Running asked;

    /// Begins to look.
    ///
    /// @param owners by path, for the findings
    Immutable(Host host, Path root, Map<String, String> owners) throws OpmException {
        this.root = root.getNameCount() == 0 ? "" : root.toString();
        this.owners = owners;
        boolean can = !owners.isEmpty() && host.commands().has("lsattr");
        asked = can ? host.commands().start(question()) : null;
    }

    private Command question() {
        Set<String> paths = new TreeSet<>();
        for (String path : owners.keySet()) {
            paths.add(path);
            paths.add(folder(path));
        }
        var input = new StringBuilder();
        paths.stream()
                .filter(path -> path.indexOf('\n') < 0)
                .forEach(path -> input.append(root).append(path).append('\0'));
        return Command.of("sh", "-c", ASK)
                .withInput(input.toString().getBytes(StandardCharsets.UTF_8));
    }

    /// Finds those of the paths, or the folders in which they lie, that cannot be changed.
    List<Finding> findings() throws OpmException {
        if (asked == null) {
            return List.of();
        }
        var fixed = new TreeSet<String>();
        for (String line : said(asked).split("\n")) {
            int space = line.indexOf(' ');
            if (space > 0
                    && (line.lastIndexOf('i', space) >= 0 || line.lastIndexOf('a', space) >= 0)
                    && line.length() > space + 1 + root.length()) {
                fixed.add(line.substring(space + 1 + root.length()));
            }
        }
        var findings = new ArrayList<Finding>();
        for (var owner : owners.entrySet()) {
            if (fixed.contains(owner.getKey()) || fixed.contains(folder(owner.getKey()))) {
                findings.add(
                        new Finding.Blocked(
                                owner.getKey(), owner.getValue(), Finding.Why.IMMUTABLE));
            }
        }
        return findings;
    }

    private static String said(Commands.Running asked) throws OpmException {
        try {
            return new String(asked.out().readNBytes(OUTPUT_BYTES), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw StreamFailure.of(e, "lsattr");
        }
    }

    @Override
    public void close() {
        if (asked != null) {
            asked.close();
        }
    }

    private static String folder(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "/" : path.substring(0, slash);
    }
}
