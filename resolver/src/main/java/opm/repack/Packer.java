package opm.repack;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import opm.base.OpmException;
import opm.host.Command;
import opm.host.Commands;
import opm.host.Disk;

/// Packs a payload by the machine's own rpm: with its library and its parameters, or the bytes
/// would be others. rpm's Lua has rpm's own files since 4.17; before, `xz`, `zstd` and `gzip` are
/// asked with what rpm gives their libraries (rpmio/rpmio.c).
public final class Packer {
    private static final Map<String, String> LAYERS =
            Map.of(
                    "gzip", "gzdio", "bzip2", "bzdio", "xz", "xzdio", "lzma", "lzdio", "zstd",
                    "zstdio");

    private static final String COPY =
            """
            %{lua: if rpm.open then
              for _, task in ipairs({ TASKS }) do
                local i = io.open(task[1], "rb")
                local o = rpm.open(task[2], task[3])
                while true do
                  local b = i:read(32768)
                  if not b then break end
                  o:write(b)
                end
                o:close()
                i:close()
              end
              print("packed")
            end}""";

    private final Commands commands;
    private final Disk disk;

    public Packer(Commands commands, Disk disk) {
        this.commands = commands;
        this.disk = disk;
    }

    /// One file to be packed into another of the same folder.
    ///
    /// @param format `PAYLOADCOMPRESSOR` of the package; empty for none
    /// @param flags `PAYLOADFLAGS`: `9`, `19T8`
    public record Task(String from, String to, String format, String flags) {
        public Task {
            flags = flags.matches("[0-9]{1,2}(T[0-9]{0,3})?(L[0-9]{0,2})?") ? flags : "";
        }
    }

    /// Packs files of a folder.
    ///
    /// @return those that were; nothing here packs like the others
    public Set<Task> pack(Path folder, List<Task> tasks) throws OpmException {
        var packed = new HashSet<Task>();
        var layered = new ArrayList<Task>();
        for (Task task : tasks) {
            if (task.format().isEmpty()) {
                disk.rename(folder.resolve(task.from()), folder.resolve(task.to()));
                packed.add(task);
            } else if (LAYERS.containsKey(task.format())) {
                layered.add(task);
            }
        }
        if (byRpm(folder, layered)) {
            packed.addAll(layered);
            return packed;
        }
        for (Task task : layered) {
            // One of them may have been what this rpm does not know.
            if (layered.size() > 1 && byRpm(folder, List.of(task)) || byTool(folder, task)) {
                packed.add(task);
            }
        }
        return packed;
    }

    private boolean byRpm(Path folder, List<Task> tasks) throws OpmException {
        if (tasks.isEmpty()) {
            return true;
        }
        var words = new StringBuilder();
        for (Task task : tasks) {
            String mode = "w" + task.flags() + "." + LAYERS.get(task.format());
            words.append("{ \"").append(task.from()).append("\", \"").append(task.to());
            words.append("\", \"").append(mode).append("\" }, ");
        }
        String text = COPY.replace("TASKS", words).replace('\n', ' ');
        Commands.Result said = commands.run(Command.of("rpm", "--eval", text).in(folder));
        return said.exitStatus() == 0 && said.outText().strip().equals("packed");
    }

    private boolean byTool(Path folder, Task task) throws OpmException {
        String level = task.flags().replaceFirst("[TL].*", "");
        String strength = level.isEmpty() ? "" : "-" + level;
        String tool =
                switch (task.format()) {
                    case "xz" -> "xz -T1 --check=sha256 -c " + strength;
                    case "lzma" -> "xz --format=lzma -c " + strength;
                    case "zstd" -> "zstd -q --single-thread --no-check -c " + strength;
                    case "bzip2" -> "bzip2 -c " + strength;
                    default -> "gzip -n -c " + strength;
                };
        if (!commands.has(tool.substring(0, tool.indexOf(' ')))) {
            return false;
        }
        var argv = List.of("sh", "-c", tool + " <\"$1\" >\"$2\"", "sh", task.from(), task.to());
        return commands.run(Command.of(argv).in(folder)).exitStatus() == 0;
    }
}
