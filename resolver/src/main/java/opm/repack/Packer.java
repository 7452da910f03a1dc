package opm.repack;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import opm.base.OpmException;
import opm.host.Command;
import opm.host.Commands;
import opm.host.Disk;

/// Packs a payload by the machine's own rpm: with its library and its parameters, or the bytes
/// would be others. rpm's Lua has rpm's own files since 4.17; before, `xz`, `zstd` and `gzip` are
/// asked with what rpm gives their libraries (rpmio/rpmio.c).
final class Packer {
    private static final Map<String, String> LAYERS =
            Map.of(
                    "gzip", "gzdio", "bzip2", "bzdio", "xz", "xzdio", "lzma", "lzdio", "zstd",
                    "zstdio");

    private static final String COPY =
            """
            %{lua: if rpm.open then
              local i = io.open("FROM", "rb")
              local o = rpm.open("TO", "MODE")
              while true do
                local b = i:read(32768)
                if not b then break end
                o:write(b)
              end
              o:close()
              print("packed")
            end}""";

    private final Commands commands;
    private final Disk disk;

    Packer(Commands commands, Disk disk) {
        this.commands = commands;
        this.disk = disk;
    }

    /// Packs one file into another of the same folder.
    ///
    /// @param format `PAYLOADCOMPRESSOR` of the package; empty for none
    /// @param flags `PAYLOADFLAGS`: `9`, `19T8`
    /// @return false where nothing here packs so
    boolean pack(Path folder, String from, String to, String format, String flags)
            throws OpmException {
        String plain = flags.matches("[0-9]{1,2}(T[0-9]{0,3})?(L[0-9]{0,2})?") ? flags : "";
        if (format.isEmpty()) {
            disk.rename(folder.resolve(from), folder.resolve(to));
            return true;
        }
        String layer = LAYERS.get(format);
        if (layer == null) {
            return false;
        }
        String mode = "w" + plain + "." + layer;
        String text = COPY.replace("FROM", from).replace("TO", to).replace("MODE", mode);
        var asked = Command.of("rpm", "--eval", text.replace('\n', ' ')).in(folder);
        Commands.Result said = commands.run(asked);
        if (said.exitStatus() == 0 && said.outText().strip().equals("packed")) {
            return true;
        }
        return byTool(folder, from, to, format, plain.replaceFirst("[TL].*", ""));
    }

    private boolean byTool(Path folder, String from, String to, String format, String level)
            throws OpmException {
        String strength = level.isEmpty() ? "" : "-" + level;
        String tool =
                switch (format) {
                    case "xz" -> "xz -T1 --check=sha256 -c " + strength;
                    case "lzma" -> "xz --format=lzma -c " + strength;
                    case "zstd" -> "zstd -q --single-thread --no-check -c " + strength;
                    case "bzip2" -> "bzip2 -c " + strength;
                    default -> "gzip -n -c " + strength;
                };
        if (!commands.has(tool.substring(0, tool.indexOf(' ')))) {
            return false;
        }
        var argv = List.of("sh", "-c", tool + " <\"$1\" >\"$2\"", "sh", from, to);
        return commands.run(Command.of(argv).in(folder)).exitStatus() == 0;
    }
}
