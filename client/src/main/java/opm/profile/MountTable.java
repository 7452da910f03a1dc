package opm.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Reads `/proc/self/mounts` for the file systems on which packages may put files.
final class MountTable {
    /// Kernel interfaces, read-only images, and network file systems: a dead one would hang us.
    private static final Set<String> LEFT_OUT =
            Set.of(
                    "autofs",
                    "binfmt_misc",
                    "bpf",
                    "cgroup",
                    "cgroup2",
                    "configfs",
                    "debugfs",
                    "devpts",
                    "devtmpfs",
                    "efivarfs",
                    "fusectl",
                    "hugetlbfs",
                    "mqueue",
                    "nsfs",
                    "proc",
                    "pstore",
                    "rpc_pipefs",
                    "securityfs",
                    "selinuxfs",
                    "squashfs",
                    "sysfs",
                    "tracefs",
                    "nfs",
                    "nfs4",
                    "cifs",
                    "smb3",
                    "smbfs",
                    "afs",
                    "ceph",
                    "fuse.sshfs",
                    "fuse.gvfsd-fuse",
                    "fuse.portal");
    private static final Pattern ESCAPE = Pattern.compile("\\\\([0-7])([0-7])([0-7])");
    private static final Pattern OUTSIDE = Pattern.compile("^/(proc|sys|dev|run)(/.*)?$");
    private static final Pattern CONTAINERS =
            Pattern.compile("^/var/lib/(docker|containers|kubelet|snapd|lxc)/.*");

    private MountTable() {}

    /// @param point inside the root
    record Row(String point, String type, boolean readOnly) {}

    /// @param root "" for the machine itself
    /// @return sorted by point, bytewise
    static List<Row> of(List<String> lines, String root) {
        var byPoint = new TreeMap<String, Row>(ByteOrder.STRINGS);
        int deepest = -1;
        for (String line : lines) {
            String[] fields = line.split(" ");
            if (fields.length < 4) {
                continue;
            }
            String point = unescape(fields[1]);
            if (point.indexOf('\t') >= 0 || point.indexOf('\n') >= 0 || point.indexOf('\r') >= 0) {
                continue;
            }
            point = point.equals("/") ? "" : point;
            String inside = "";
            if ((point + "/").startsWith(root + "/")) {
                inside = point.substring(root.length());
            } else if (!(root + "/").startsWith(point + "/")) {
                continue;
            }
            if (inside.isEmpty()) {
                // The root lies on the deepest mount above it, of two there on the later one.
                if (point.length() < deepest) {
                    continue;
                }
                deepest = point.length();
                inside = "/";
            }
            if (OUTSIDE.matcher(inside).matches() || CONTAINERS.matcher(inside).matches()) {
                continue;
            }
            boolean readOnly = ("," + fields[3] + ",").contains(",ro,");
            byPoint.put(inside, new Row(inside, fields[2], readOnly));
        }
        var rows = new ArrayList<>(byPoint.values());
        rows.removeIf(row -> LEFT_OUT.contains(row.type()));
        return rows;
    }

    private static String unescape(String text) {
        return ESCAPE.matcher(text)
                .replaceAll(
                        m ->
                                java.util.regex.Matcher.quoteReplacement(
                                        String.valueOf(
                                                (char)
                                                        Integer.parseInt(
                                                                m.group(1)
                                                                        + m.group(2)
                                                                        + m.group(3),
                                                                8))));
    }
}
