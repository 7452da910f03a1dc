package opm.thin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.List;
import opm.base.OpmException;
import opm.host.Disk;
import org.jspecify.annotations.Nullable;

/// `ROOT/etc/opm-thin.conf`, one `option value` a line: `server`, `platform`, `key`. Both small
/// clients read it.
public record ThinSettings(List<String> lines) {
    private static final int BYTES = 1 << 16;

    public ThinSettings {
        lines = List.copyOf(lines);
    }

    /// Reads the file; none is one without settings.
    public static ThinSettings read(Disk disk, Path root) throws OpmException {
        Path file = root.resolve("etc/opm-thin.conf");
        return new ThinSettings(
                disk.exists(file)
                        ? new String(disk.readAll(file, BYTES), UTF_8).lines().toList()
                        : List.of());
    }

    /// Returns the value of a setting; null when it is not set.
    public @Nullable String value(String word) {
        for (String line : lines) {
            if (line.startsWith(word + " ")) {
                return line.substring(word.length() + 1).strip();
            }
        }
        return null;
    }
}
