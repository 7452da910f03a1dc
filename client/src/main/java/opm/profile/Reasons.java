package opm.profile;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import opm.base.OpmException;
import opm.host.Command;
import opm.host.Commands;
import opm.host.Disk;
import opm.profile.InstalledPackage.Reason;
import org.jspecify.annotations.Nullable;

/// Why packages are there and where they came from, as far as somebody wrote it down where base
/// tools can read it: dnf 5, dnf 4 (where there is `sqlite3`), yum, zypp; the first that is found.
///
/// Keys: `a:NAME.ARCH`, `n:NEVRA`, `y:NAME-VERSION-RELEASE-ARCH`, `z:NAME`.
final class Reasons {
    /// Of every package the last time that dnf 4 did anything with it but remove it.
    ///
    /// Numbers: libdnf 0.7x, `TransactionItemReason`, `TransactionItemAction`.
    private static final String DNF4_QUERY =
            """

                SELECT 'a:' || r.name || '.' || r.arch,
                    CASE t.reason WHEN 1 THEN 'dependency' WHEN 2 THEN 'user' WHEN 4 THEN 'weak'
                        WHEN 5 THEN 'group' ELSE '' END,
                    COALESCE(p.repoid, '')
                FROM trans_item t JOIN trans x ON x.id = t.trans_id AND x.state = 1
                    JOIN rpm r ON r.item_id = t.item_id LEFT JOIN repo p ON p.id = t.repo_id
                WHERE t.state = 1 AND t.action NOT IN (3, 5, 7, 8, 10)
                ORDER BY t.id;""";

    private static final String DNF5 = "/usr/lib/sysimage/libdnf5/packages.toml";
    private static final String DNF5_REPOS = "/usr/lib/sysimage/libdnf5/nevras.toml";
    private static final String DNF4 = "/var/lib/dnf/history.sqlite";
    private static final String YUM = "/var/lib/yum/yumdb";
    private static final String ZYPP = "/var/lib/zypp/AutoInstalled";

    private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"");

    private final Map<String, Reason> reasons = new HashMap<>();
    private final Map<String, String> repos = new HashMap<>();
    private boolean zypp;

    private Reasons() {}

    static Reasons of(RootFiles files, Commands commands) throws OpmException {
        var found = new Reasons();
        if (files.isFile(DNF5)) {
            found.toml(files, DNF5, "packages", "reason");
            found.toml(files, DNF5_REPOS, "nevras", "from_repo");
        } else if (files.isFile(DNF4) && commands.has("sqlite3")) {
            found.dnf4(files, DNF4, commands);
        } else if (files.disk().isDirectory(Path.of(files.prefix() + YUM))) {
            found.yum(files, YUM);
        } else if (files.isFile(ZYPP)) {
            found.zypp(files, ZYPP);
        }
        return found;
    }

    /// Returns what tells the sources as they are now from those of another time; null with yum,
    /// whose thousand small files say that in no one place.
    static @Nullable String stamp(RootFiles files, Commands commands) throws OpmException {
        if (files.disk().isDirectory(Path.of(files.prefix() + YUM))) {
            return null;
        }
        var words = new StringBuilder(commands.has("sqlite3") ? "sqlite3 " : "- ");
        for (String name : List.of(DNF5, DNF5_REPOS, DNF4, DNF4 + "-wal", ZYPP)) {
            Disk.Stamp stamp = files.disk().stamp(files.at(name));
            words.append(
                            stamp == null || name.endsWith("-wal") && stamp.sizeBytes() == 0
                                    ? "-"
                                    : stamp.word())
                    .append(' ');
        }
        return words.toString().strip();
    }

    private void toml(RootFiles files, String name, String table, String key) throws OpmException {
        if (!files.isFile(name)) {
            return;
        }
        var inline = Pattern.compile("^ *\"[^\"]*\" *= *\\{ *" + key + " *=.*");
        var plain = Pattern.compile("^ *" + key + " *=.*");
        String id = "";
        for (String raw : files.lines(name)) {
            String line = raw.replace('\t', ' ');
            if (line.startsWith("[")) {
                id = line.startsWith("[" + table + ".") ? quoted(line) : "";
            } else if (plain.matcher(line).matches()) {
                put(key, id, quoted(line));
            } else if (inline.matcher(line).matches()) {
                put(key, quoted(line), quoted(line.replaceFirst("^ *\"[^\"]*\"", "")));
            }
        }
    }

    private static String quoted(String text) {
        var match = QUOTED.matcher(text);
        return match.find() ? match.group(1) : "";
    }

    private void put(String key, String id, String value) {
        if (id.isEmpty() || value.isEmpty()) {
            return;
        }
        if (key.equals("from_repo")) {
            repos.put("n:" + id, value);
            return;
        }
        switch (value) {
            case "User", "External User" -> reasons.put("a:" + id, Reason.USER);
            case "Group" -> reasons.put("a:" + id, Reason.GROUP);
            case "Dependency" -> reasons.put("a:" + id, Reason.DEPENDENCY);
            case "Weak Dependency" -> reasons.put("a:" + id, Reason.WEAK);
            default -> {
                // "None", "Clean", "External": nobody knows.
            }
        }
    }

    private void dnf4(RootFiles files, String name, Commands commands) throws OpmException {
        var result =
                commands.run(
                        Command.of(
                                        "sqlite3",
                                        "-readonly",
                                        "-separator",
                                        "\t",
                                        files.at(name).toString(),
                                        DNF4_QUERY)
                                .withOutputLimit(256 << 20));
        for (String line : RootFiles.split(result.out())) {
            String[] part = line.split("\t", -1);
            if (part.length != 3) {
                continue;
            }
            for (Reason reason : Reason.values()) {
                if (reason.word().equals(part[1])) {
                    reasons.put(part[0], reason);
                }
            }
            if (!part[2].isEmpty()) {
                repos.put(part[0], part[2]);
            }
        }
    }

    /// One folder per package, `a/DIGEST-NAME-VERSION-RELEASE-ARCH`, one file per fact.
    private void yum(RootFiles files, String folder) throws OpmException {
        for (var letter : files.disk().list(Path.of(files.prefix() + folder))) {
            for (var pkg : files.disk().list(letter)) {
                String name = String.valueOf(pkg.getFileName());
                String inside = folder + "/" + letter.getFileName() + "/" + name;
                // 40 digits of the package and a dash stand before the name.
                String id = "y:" + (name.length() > 41 ? name.substring(41) : "");
                switch (word(files, inside + "/reason")) {
                    case "dep" -> reasons.put(id, Reason.DEPENDENCY);
                    case "user" -> reasons.put(id, Reason.USER);
                    case "group" -> reasons.put(id, Reason.GROUP);
                    default -> {
                        // Nobody knows.
                    }
                }
                String repo = word(files, inside + "/from_repo");
                if (!repo.isEmpty()) {
                    repos.put(id, repo);
                }
            }
        }
    }

    private static String word(RootFiles files, String name) throws OpmException {
        List<String> lines = files.isFile(name) ? files.lines(name) : List.of();
        String[] words = lines.isEmpty() ? new String[0] : lines.getFirst().strip().split("[ \t]+");
        return words.length == 0 ? "" : words[0];
    }

    private void zypp(RootFiles files, String name) throws OpmException {
        zypp = true;
        for (String line : files.lines(name)) {
            String text = Configuration.trim(line.replace("\r", "").replace('\t', ' '));
            if (!text.isEmpty() && text.charAt(0) != '#') {
                reasons.put("z:" + text, Reason.DEPENDENCY);
            }
        }
    }

    Reason reason(String name, String versionRelease, String arch) {
        for (String key :
                List.of(
                        "a:" + name + "." + arch,
                        "y:" + name + "-" + versionRelease + "-" + arch,
                        "z:" + name)) {
            Reason reason = reasons.get(key);
            if (reason != null) {
                return reason;
            }
        }
        return zypp ? Reason.USER : Reason.UNKNOWN;
    }

    String repo(String name, String epoch, String versionRelease, String arch) {
        String full = name + "-" + epoch + ":" + versionRelease + "." + arch;
        String withoutZero = epoch.equals("0") ? name + "-" + versionRelease + "." + arch : full;
        for (String key :
                List.of(
                        "a:" + name + "." + arch,
                        "n:" + full,
                        "n:" + withoutZero,
                        "y:" + name + "-" + versionRelease + "-" + arch)) {
            String repo = repos.get(key);
            if (repo != null) {
                return repo;
            }
        }
        return "";
    }
}
