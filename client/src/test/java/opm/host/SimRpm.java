package opm.host;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.Refused;

/// The programs that the applier runs, on a [SimDisk]: an rpm that works as rpm 4.18 was seen to.
///
/// A package file holds its full name. Each package has one file, `/usr/share/NAME`, with the full
/// name in it. Each package that comes or goes is a commit of its own to the database, which is
/// forced; files are not forced, only `sync` does that. Files come under `PATH;HEX8` first, where
/// HEX8 is the second in which rpm started, and a name that is taken fails the package. An old
/// version goes after its new one came. A crash leaves all as it is then.
public final class SimRpm implements Commands {
    private final SimDisk disk;
    private final Path root;
    private final Path database;
    private final SimHost host;
    private final Map<String, String> obsoletes;

    SimRpm(SimHost host, SimDisk disk, Path root, Path database, Map<String, String> obsoletes) {
        this.host = host;
        this.disk = disk;
        this.root = root;
        this.database = database;
        this.obsoletes = obsoletes;
    }

    @Override
    public boolean has(String program) {
        return true;
    }

    @Override
    public Running start(Command command) {
        throw new UnsupportedOperationException(command.toString());
    }

    @Override
    public Result run(Command command) throws OpmException {
        List<String> argv = command.argv();
        return switch (argv.getFirst()) {
            case "sync" -> {
                disk.forceAll();
                yield said("");
            }
            case "rpm" -> rpm(command, argv);
            case "rpmkeys" -> said("");
            case "sh" -> argv.get(2).contains("exec") ? marked(command) : resolved(command);
            default -> throw new UnsupportedOperationException(argv.toString());
        };
    }

    private static Result said(String out) {
        return new Result(0, out.getBytes(StandardCharsets.UTF_8), new byte[0]);
    }

    /// `sh -c SCRIPT sh RPM-FILE LOG rpm ...`: marks the rpm as running, then becomes it.
    private Result marked(Command command) throws OpmException {
        List<String> argv = command.argv();
        disk.give(Path.of(argv.get(4)), host.identity(host.nextPid()) + "\n");
        try (Output out = disk.append(Path.of(argv.get(5)))) {
            byte[] line = "rpm ran\n".getBytes(StandardCharsets.UTF_8);
            out.write(line, 0, line.length);
        }
        return rpm(command, argv.subList(6, argv.size()));
    }

    private Result resolved(Command command) {
        var out = new StringBuilder();
        for (String folder : new String(command.stdin(), StandardCharsets.UTF_8).split("\n")) {
            Path real = Path.of(root + folder);
            out.append(disk.isDirectory(real) ? real.toString() : "").append('\n');
        }
        return said(out.toString());
    }

    private Result rpm(Command command, List<String> argv) throws OpmException {
        if (argv.contains("-qa")) {
            return said(String.join("\n", installed()) + "\n");
        }
        if (argv.contains("--version")) {
            return said("RPM version 4.18.0\n");
        }
        if (argv.contains("--showrc")) {
            return said("install arch          : noarch\n");
        }
        if (argv.contains("--querytags") || argv.contains("--help")) {
            return said("");
        }
        if (argv.contains("-qp")) {
            boolean paths = argv.stream().anyMatch(word -> word.contains("FILENAMES"));
            var out = new StringBuilder();
            for (String full : named(command, argv)) {
                out.append(paths ? "/usr/share/" + Nevra.parse(full).name() : "s " + full);
                out.append('\n');
            }
            return said(out.toString());
        }
        if (argv.contains("--test")) {
            return said("");
        }
        int failed = 0;
        if (argv.contains("-e")) {
            for (String label : argv.subList(argv.indexOf("-e") + 1, argv.size())) {
                failed += label.startsWith("-") || erase(label) ? 0 : 1;
            }
        } else {
            for (String full : named(command, argv)) {
                failed += install(full, argv) ? 0 : 1;
            }
        }
        return new Result(failed, new byte[0], new byte[0]);
    }

    /// Returns the full names of the packages in the list of files that stands last.
    private List<String> named(Command command, List<String> argv) throws OpmException {
        Path folder = java.util.Objects.requireNonNull(command.folder());
        String list = disk.text(folder.resolve(argv.getLast()));
        List<String> names = new ArrayList<>();
        for (String file : list == null ? new String[0] : list.split("\n")) {
            String full = disk.text(folder.resolve(file));
            if (full == null) {
                throw new Refused("open of " + file + " failed", "It is not there.");
            }
            names.add(full);
        }
        return names;
    }

    /// Returns the full names in the database.
    public List<String> installed() {
        String text = disk.text(database);
        return text == null || text.isEmpty() ? List.of() : List.of(text.split("\n"));
    }

    private void commit(List<String> packages) throws OpmException {
        Path aside = database.resolveSibling("aside");
        try (Output out = disk.create(aside)) {
            byte[] text = String.join("\n", packages).getBytes(StandardCharsets.UTF_8);
            out.write(text, 0, text.length);
            out.force();
        }
        disk.rename(aside, database);
    }

    private boolean install(String full, List<String> argv) throws OpmException {
        List<String> now = new ArrayList<>(installed());
        if (now.contains(full) && !argv.contains("--replacepkgs")) {
            return false;
        }
        String name = Nevra.parse(full).name();
        Path path = root.resolve("usr/share/" + name);
        Path aside = Path.of(path + ";" + String.format("%08x", host.seconds()));
        if (disk.exists(aside)) {
            return false; // cpio: open failed
        }
        disk.give(aside, full);
        disk.move(aside, path);
        now.remove(full);
        now.add(full);
        commit(now);
        if (argv.contains("-U")) {
            String obsolete = obsoletes.getOrDefault(name, "");
            for (String old : List.copyOf(now)) {
                String its = Nevra.parse(old).name();
                if (!old.equals(full) && (its.equals(name) || its.equals(obsolete))) {
                    remove(old);
                }
            }
        }
        return true;
    }

    private boolean erase(String label) throws OpmException {
        for (String full : installed()) {
            Nevra pkg = Nevra.parse(full);
            if (label.equals(pkg.name() + "-" + pkg.evr().versionRelease() + "." + pkg.arch())) {
                remove(full);
                return true;
            }
        }
        return false;
    }

    private void remove(String full) throws OpmException {
        List<String> left = new ArrayList<>(installed());
        left.remove(full);
        String name = Nevra.parse(full).name();
        if (left.stream().noneMatch(other -> Nevra.parse(other).name().equals(name))) {
            disk.delete(root.resolve("usr/share/" + name));
        }
        commit(left);
    }
}
