package opm.preflight;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import opm.base.OpmException;
import opm.host.Command;
import opm.host.Commands;
import opm.host.Disk;

/// The file systems of a root, as the kernel lists them.
final class Mounts {
    private static final Path TABLE = Path.of("/proc/self/mounts");
    private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

    /// Kernel interfaces, and what may hang when it is asked.
    private static final Pattern LEFT_OUT =
            Pattern.compile(
                    "(?:proc|sysfs|cgroup2?|devpts|mqueue|debugfs|tracefs|securityfs|bpf|autofs"
                            + "|pstore|nsfs|nfs4?|cifs|smb3|fuse\\.sshfs|ceph|afs)");

    private Mounts() {}

    static List<Mount> of(Disk disk, Commands commands, Path root) throws OpmException {
        String base = root.getNameCount() == 0 ? "" : root.toString();
        String table = new String(disk.readAll(TABLE, 16 << 20), StandardCharsets.UTF_8);
        // Point inside the root → fields; of two mounts at one point the later one counts.
        var byPoint = new TreeMap<String, String[]>();
        int deepest = -1;
        for (String line : table.split("\n")) {
            String[] fields = line.split(" ");
            if (fields.length < 4 || LEFT_OUT.matcher(fields[2]).matches()) {
                continue;
            }
            String point = unescaped(fields[1]);
            String plain = point.equals("/") ? "" : point;
            if (!plain.equals(base) && plain.startsWith(base + "/")) {
                byPoint.put(plain.substring(base.length()), fields);
            } else if ((base + "/").startsWith(plain + "/") && plain.length() >= deepest) {
                deepest = plain.length();
                byPoint.put("/", fields);
            }
        }
        var mounts = new ArrayList<Mount>();
        for (var entry : byPoint.entrySet()) {
            String where = entry.getKey().equals("/") ? base + "/" : base + entry.getKey();
            Mount mount = mount(commands, entry.getKey(), entry.getValue(), where);
            if (mount != null) {
                mounts.add(mount);
            }
        }
        return mounts;
    }

    private static @org.jspecify.annotations.Nullable Mount mount(
            Commands commands, String point, String[] fields, String where) throws OpmException {
        var asked = Command.of("stat", "-f", "-c", "%S %a %d %c", where).withTimeout(20);
        String[] said = commands.run(asked).outText().strip().split(" ");
        if (said.length != 4 || !String.join("", said).matches("[0-9]{4,72}")) {
            return null;
        }
        boolean readOnly = ("," + fields[3] + ",").contains(",ro,");
        long block = Math.max(1, Long.parseLong(said[0]));
        boolean bound = !said[3].equals("0");
        return new Mount(
                point,
                fields[2],
                block * Long.parseLong(said[1]),
                bound ? Long.parseLong(said[2]) : -1,
                (int) Math.min(block, 1 << 30),
                readOnly);
    }

    private static String unescaped(String text) {
        return OCTAL.matcher(text)
                .replaceAll(
                        found ->
                                java.util.regex.Matcher.quoteReplacement(
                                        String.valueOf(
                                                (char) Integer.parseInt(found.group(1), 8))));
    }
}
