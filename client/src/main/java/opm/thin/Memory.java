package opm.thin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;
import opm.host.Disk;
import org.jspecify.annotations.Nullable;

/// What the small client keeps between two runs, in `ROOT/var/lib/opm-thin`, together with
/// sh/opm-thin.sh.
///
/// | file        | what                                                                       |
/// |-------------|----------------------------------------------------------------------------|
/// | `serial`    | the greatest publication that was met: an older one is refused             |
/// | `index/HEX` | nodes of that publication's index                                          |
/// | `installed` | `NAME` TAB `REASON` TAB `FOR`, sorted: what came this way, and for what    |
public final class Memory {
    private static final int LIST_BYTES = 16 << 20;

    private final Disk disk;
    private final Path folder;

    public Memory(Disk disk, Path root) {
        this.disk = disk;
        folder = root.resolve("var/lib/opm-thin");
    }

    /// Returns the greatest publication that was met; 0 for none.
    long serial() throws OpmException {
        Path file = folder.resolve("serial");
        if (!disk.exists(file)) {
            return 0;
        }
        String text = new String(disk.readAll(file, 100), UTF_8).strip();
        if (!text.matches("\\d{1,12}")) {
            throw new Damaged(
                    file + ": found '" + text + "', expected a number",
                    "Remove it when you trust the server that is asked next.");
        }
        return Long.parseLong(text);
    }

    /// Takes note of a publication; what was known of an older one goes.
    void met(long serial) throws OpmException {
        if (serial == serial()) {
            return;
        }
        try {
            Path index = folder.resolve("index");
            if (disk.isDirectory(index)) {
                for (Path node : disk.list(index)) {
                    disk.delete(node);
                }
            }
            write("serial", serial + "\n");
        } catch (Refused notRoot) {
            assert notRoot.getMessage() != null; // who may only look installs nothing either
        }
    }

    /// Returns a node of the index; null when it is not here, or is not what its name says.
    byte @Nullable [] node(String hex, int limitBytes) throws OpmException {
        Path file = folder.resolve("index").resolve(hex);
        if (!disk.exists(file) || disk.size(file) > limitBytes) {
            return null;
        }
        byte[] bytes = disk.readAll(file, limitBytes);
        return Digest.sha256Of(bytes).hex().equals(hex) ? bytes : null;
    }

    /// Keeps a node.
    void keep(String hex, byte[] node) throws OpmException {
        try {
            disk.createDirectories(folder.resolve("index"));
            write("index/" + hex, node);
        } catch (Refused notRoot) {
            assert notRoot.getMessage() != null; // it is asked for again
        }
    }

    /// What came this way.
    ///
    /// @param reason `user`, `dependency`, `weak`, `group`
    /// @param forName what somebody asked for
    public record Came(String name, String reason, String forName) {}

    /// Takes note of what came. What was asked for stays so; of others the first reason stays.
    public void came(List<Came> packages) throws OpmException {
        var lines = new TreeMap<String, String>();
        Path file = folder.resolve("installed");
        String text = disk.exists(file) ? new String(disk.readAll(file, LIST_BYTES), UTF_8) : "";
        text.lines().forEach(line -> lines.put(line.split("\t", 2)[0], line));
        for (Came one : packages) {
            if (one.reason().equals("user") || !lines.containsKey(one.name())) {
                String line = one.name() + "\t" + one.reason() + "\t" + one.forName();
                lines.put(one.name(), line);
            }
        }
        var sorted = new ArrayList<>(lines.values());
        sorted.sort(null);
        write("installed", sorted.isEmpty() ? "" : String.join("\n", sorted) + "\n");
    }

    /// Returns what came this way, sorted by name.
    public List<Came> installed() throws OpmException {
        Path file = folder.resolve("installed");
        var found = new ArrayList<Came>();
        if (disk.exists(file)) {
            new String(disk.readAll(file, LIST_BYTES), UTF_8)
                    .lines()
                    .map(line -> line.split("\t", -1))
                    .filter(part -> part.length == 3)
                    .forEach(part -> found.add(new Came(part[0], part[1], part[2])));
        }
        return found;
    }

    private void write(String name, String text) throws OpmException {
        write(name, text.getBytes(UTF_8));
    }

    private void write(String name, byte[] bytes) throws OpmException {
        disk.createDirectories(folder);
        Path file = folder.resolve(name);
        Path aside = folder.resolve(name + ".new");
        try (var out = disk.create(aside)) {
            out.write(bytes, 0, bytes.length);
            out.force();
        }
        disk.rename(aside, file);
    }
}
