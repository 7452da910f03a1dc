package opm.profile;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import opm.base.OpmException;
import opm.base.RpmDep;
import opm.host.Command;
import opm.host.Commands;
import opm.host.Disk;
import opm.host.RpmCommand;
import opm.host.RunningKernel;
import opm.profile.SystemProfile.Distro;
import opm.profile.SystemProfile.Key;
import opm.profile.SystemProfile.Mount;

/// Looks at one machine. Every step has its twin of the same name in `sh/opm-profile.sh`, and the
/// texts of both are compared by a test: change both or none.
final class Capture {
    private static final int RPMLIB_FLAGS = 1 << 24 | 8;
    private static final long FREE_UNIT = 16 << 20;
    private static final long INODE_UNIT = 1024;

    private final RpmCommand rpm;
    private final Commands commands;
    private final Disk disk;
    private final RootFiles files;

    Capture(RpmCommand rpm, Disk disk, Commands commands) {
        this.rpm = rpm;
        this.commands = commands;
        this.disk = disk;
        this.files = new RootFiles(disk, rpm.root());
    }

    SystemProfile run(long atSeconds) throws OpmException {
        String showrc = rpm.showrc();
        var configuration = new Configuration(files);
        configuration.read();
        var packages = List.<InstalledPackage>of();
        var keys = List.<Key>of();
        if (rpm.hasDatabase()) {
            keys = keys();
            packages = new PackageQuery(rpm, Reasons.of(files, commands)).all();
        }
        return new SystemProfile(
                distro(files),
                arch(showrc, commands),
                RunningKernel.of(rpm.root(), disk),
                rpm.version(),
                features(showrc),
                ram(),
                atSeconds,
                mounts(),
                configuration.mains,
                configuration.repos,
                configuration.variables,
                configuration.withheld,
                configuration.locks,
                configuration.modules,
                configuration.protectedNames,
                keys,
                packages);
    }

    static SystemProfile configuration(RootFiles files, String kernel) throws OpmException {
        var configuration = new Configuration(files);
        configuration.read();
        return new SystemProfile(
                distro(files),
                "",
                kernel,
                "",
                List.of(),
                0,
                0,
                List.of(),
                configuration.mains,
                configuration.repos,
                configuration.variables,
                configuration.withheld,
                configuration.locks,
                configuration.modules,
                configuration.protectedNames,
                List.of(),
                List.of());
    }

    private static Distro distro(RootFiles files) throws OpmException {
        String name = files.isFile("/etc/os-release") ? "/etc/os-release" : "/usr/lib/os-release";
        var is = new HashMap<String, String>();
        var assignment = Pattern.compile("^([A-Z_]+)=(.*)");
        for (String line : files.isFile(name) ? files.lines(name) : List.<String>of()) {
            var match = assignment.matcher(line);
            if (match.matches()) {
                is.put(match.group(1), unquote(match.group(2)));
            }
        }
        return new Distro(
                is.getOrDefault("ID", ""),
                is.getOrDefault("VERSION_ID", ""),
                is.getOrDefault("PLATFORM_ID", ""),
                is.getOrDefault("PRETTY_NAME", ""));
    }

    private static String unquote(String raw) {
        String value = raw.replaceFirst("[ \t\r]+$", "").replace('\t', ' ');
        int last = value.length() - 1;
        if (last < 1 || value.charAt(0) != value.charAt(last)) {
            return value;
        }
        return switch (value.charAt(0)) {
            case '"' -> value.substring(1, last).replaceAll("\\\\(.?)", "$1");
            case '\'' -> value.substring(1, last);
            default -> value;
        };
    }

    static String arch(String showrc, Commands commands) throws OpmException {
        var match =
                Pattern.compile("^install arch *: *([^ \n]*)", Pattern.MULTILINE).matcher(showrc);
        String arch = match.find() ? match.group(1) : "";
        return arch.isEmpty() ? commands.run(Command.of("uname", "-m")).outText().strip() : arch;
    }

    private static List<RpmDep> features(String showrc) {
        var found = new TreeMap<String, RpmDep>(ByteOrder.STRINGS);
        var line = Pattern.compile("^ *(rpmlib\\([^ \n]*\\)) *= *([^ \n]*) *$", Pattern.MULTILINE);
        line.matcher(showrc)
                .results()
                .forEach(
                        m ->
                                found.put(
                                        m.group(1) + "\t" + m.group(2),
                                        new RpmDep(m.group(1), RPMLIB_FLAGS, m.group(2))));
        return List.copyOf(found.values());
    }

    private long ram() throws OpmException {
        var total = Pattern.compile("^MemTotal:\\s+(\\d{1,15})\\b.*");
        for (String line : files.hostLines("/proc/meminfo")) {
            var match = total.matcher(line);
            if (match.matches()) {
                return Long.parseLong(match.group(1)) * 1024;
            }
        }
        return 0;
    }

    private List<Mount> mounts() throws OpmException {
        var found = new ArrayList<Mount>();
        for (MountTable.Row row :
                MountTable.of(files.hostLines("/proc/self/mounts"), files.prefix())) {
            String folder = files.prefix() + row.point();
            if (!files.disk().isDirectory(Path.of(folder))) {
                continue;
            }
            Mount mount = measured(row, folder);
            if (mount != null) {
                found.add(mount);
            }
        }
        return found;
    }

    private @org.jspecify.annotations.Nullable Mount measured(MountTable.Row row, String folder)
            throws OpmException {
        if (!commands.has("stat")) {
            return null;
        }
        var result =
                commands.run(
                        Command.of("stat", "-f", "-c", "%a %d %c %S", folder)
                                .withEnv(Map.of("LC_ALL", "C")));
        var match =
                Pattern.compile("(\\d{1,18}) (\\d{1,18}) (\\d{1,18}) (\\d{1,9})")
                        .matcher(result.outText().strip());
        if (result.exitStatus() != 0 || !match.matches()) {
            return null;
        }
        int block = Integer.parseInt(match.group(4));
        long free = Long.parseLong(match.group(1)) * block;
        long inodes = Long.parseLong(match.group(2));
        boolean bound = Long.parseLong(match.group(3)) != 0;
        return new Mount(
                row.point(),
                row.type(),
                free / FREE_UNIT * FREE_UNIT,
                bound ? inodes / INODE_UNIT * INODE_UNIT : -1,
                block,
                row.readOnly());
    }

    private List<Key> keys() throws OpmException {
        byte[] all =
                rpm.queryAll(
                        "key\\t%{VERSION}-%{RELEASE}\\t%{SUMMARY}\\n%{DESCRIPTION}\\n",
                        "gpg-pubkey");
        var keys = new ArrayList<Key>();
        var armor = new ArrayList<String>();
        String id = "";
        String summary = "";
        boolean inside = false;
        for (String line : RootFiles.split(all)) {
            if (line.startsWith("key\t")) {
                if (!id.isEmpty()) {
                    keys.add(new Key(id, summary, armor));
                }
                int tab = line.indexOf('\t', 4);
                id = line.substring(4, tab);
                summary = line.substring(tab + 1).replace('\t', ' ').replace('\r', ' ');
                armor.clear();
                inside = false;
                continue;
            }
            String text = line.replace("\r", "").replace('\t', ' ');
            inside |= text.startsWith("-----BEGIN ");
            if (inside && !id.isEmpty()) {
                armor.add(text);
            }
            inside &= !text.startsWith("-----END ");
        }
        if (!id.isEmpty()) {
            keys.add(new Key(id, summary, armor));
        }
        keys.sort((a, b) -> ByteOrder.STRINGS.compare(a.id(), b.id()));
        return keys;
    }
}
