package opm.preflight;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import opm.base.OpmException;
import opm.host.Command;
import opm.host.Host;

/// Files and folders that the kernel lets nobody change: `chattr +i`, `chattr +a`.
final class Immutable {
    private static final int OUTPUT_BYTES = 256 << 20;

    private final Host host;
    private final String root;

    Immutable(Host host, Path root) {
        this.host = host;
        this.root = root.getNameCount() == 0 ? "" : root.toString();
    }

    /// Finds those of some paths, or the folders in which they lie, that cannot be changed.
    ///
    /// @param owners by path, for the findings
    List<Finding> among(java.util.Map<String, String> owners) throws OpmException {
        if (owners.isEmpty() || !host.commands().has("lsattr")) {
            return List.of();
        }
        Set<String> asked = new TreeSet<>();
        for (String path : owners.keySet()) {
            asked.add(path);
            asked.add(folder(path));
        }
        var input = new StringBuilder();
        asked.stream()
                .filter(path -> path.indexOf('\n') < 0)
                .forEach(path -> input.append(root).append(path).append('\0'));
        // lsattr complains of every link and absent name, and of file systems without attributes.
        Command command =
                Command.of("xargs", "-0", "lsattr", "-d", "--")
                        .withInput(input.toString().getBytes(StandardCharsets.UTF_8))
                        .withOutputLimit(OUTPUT_BYTES);
        var fixed = new TreeSet<String>();
        for (String line : host.commands().run(command).outText().split("\n")) {
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

    private static String folder(String path) {
        int slash = path.lastIndexOf('/');
        return slash <= 0 ? "/" : path.substring(0, slash);
    }
}
