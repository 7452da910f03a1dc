package opm.preflight;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import opm.base.OpmException;
import opm.base.OpmException.Refused;
import opm.host.Commands;
import opm.host.RpmCommand;
import opm.host.StreamFailure;
import opm.rpm.RpmFileEntry;

/// Who holds which names now, as far as the coming packages touch them; follows the batches.
final class Standing {
    private static final String FORMAT =
            "P\\t%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%{ARCH}\\n[F\\t%{FILESTATES}\\t"
                    + "%{FILEMODES}\\t%{FILEFLAGS}\\t%{LONGFILESIZES}\\t%{FILECOLORS}\\t"
                    + "%{FILEDEVICES}\\t%{FILEINODES}\\t%{FILEUSERNAME}\\t%{FILEGROUPNAME}\\t"
                    + "%{FILEDIGESTS}\\t%{FILELINKTOS}\\t%{FILENAMES}\\n]";
    private static final int FIELDS = 13;

    private final Map<String, List<Held>> byKey = new HashMap<>();
    private final Map<String, List<Held>> byPackage = new HashMap<>();

    /// A name that an installed package holds.
    ///
    /// @param pkg full name
    /// @param isThere whether rpm really put it there (`normal`), not left it out
    record Held(String pkg, String key, Item item, boolean isThere) {}

    /// Asks rpm for every name that matters.
    ///
    /// @param baseNames last parts of the paths that come
    /// @param leaving full names of packages that leave: all their names matter
    static Standing of(
            RpmCommand rpm,
            Commands commands,
            Ground ground,
            Set<String> baseNames,
            Set<String> leaving)
            throws OpmException {
        var standing = new Standing();
        if (!rpm.hasDatabase()) {
            return standing;
        }
        try (Commands.Running running =
                        commands.start(rpm.command("rpm", List.of("-qa", "--qf", FORMAT)));
                var lines =
                        new BufferedReader(
                                new InputStreamReader(
                                        running.out(), StandardCharsets.UTF_8))) {
            String pkg = "";
            boolean all = false;
            var bonds = new HashMap<String, Integer>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("P\t")) {
                    pkg = line.substring(2);
                    all = leaving.contains(pkg);
                    bonds.clear();
                } else if (all || baseNames.contains(line.substring(line.lastIndexOf('/') + 1))) {
                    standing.add(pkg, line.split("\t", -1), bonds, ground);
                }
            }
            Commands.Result end = running.finish();
            if (end.exitStatus() != 0) {
                throw new Refused(
                        "rpm -qa: exit status " + end.exitStatus(),
                        "`rpm --rebuilddb` repairs a damaged database.");
            }
        } catch (IOException e) {
            throw StreamFailure.of(e, "rpm -qa");
        }
        return standing;
    }

    /// Of a machine whose files nobody lists here.
    static Standing unknown() {
        return new Standing();
    }

    private void add(String pkg, String[] fields, Map<String, Integer> bonds, Ground ground) {
        if (fields.length != FIELDS || !fields[12].startsWith("/")) {
            return; // a name with a tab or a line feed in it, or the second half of one
        }
        int mode = (int) number(fields[2]) & 0xffff;
        int next = bonds.size();
        boolean plain = (mode & 0170000) == 0100000;
        int bond = plain ? bonds.computeIfAbsent(fields[6] + " " + fields[7], _ -> next) : -1;
        var entry =
                new RpmFileEntry(
                        fields[12],
                        mode,
                        (int) number(fields[3]),
                        number(fields[4]),
                        none(fields[10]),
                        none(fields[11]),
                        fields[8],
                        fields[9]);
        boolean there = number(fields[1]) == 0;
        put(new Held(pkg, ground.key(entry.path()), item(entry, fields[5], bond), there));
    }

    private static Item item(RpmFileEntry entry, String color, int bond) {
        return new Item(entry, (int) number(color), bond, "");
    }

    private static String none(String text) {
        return text.equals("(none)") ? "" : text;
    }

    private static long number(String text) {
        return text.matches("-?[0-9]{1,18}") ? Long.parseLong(text) : 0;
    }

    private void put(Held held) {
        byKey.computeIfAbsent(held.key(), _ -> new ArrayList<>()).add(held);
        byPackage.computeIfAbsent(held.pkg(), _ -> new ArrayList<>()).add(held);
    }

    List<Held> at(String key) {
        return byKey.getOrDefault(key, List.of());
    }

    List<Held> of(String pkg) {
        return byPackage.getOrDefault(pkg, List.of());
    }

    /// A batch has brought a package.
    void come(String pkg, List<Item> items, List<String> keys) {
        for (int at = 0; at < items.size(); at++) {
            put(new Held(pkg, keys.get(at), items.get(at), true));
        }
    }

    /// A batch has removed a package.
    void leave(String pkg) {
        List<Held> held = byPackage.remove(pkg);
        if (held != null) {
            held.forEach(one -> byKey.getOrDefault(one.key(), new ArrayList<>()).remove(one));
        }
    }

    /// Returns the last parts of paths.
    static String baseName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    static Set<String> baseNames(List<Parcel> parcels) {
        var names = new java.util.HashSet<String>();
        for (Parcel parcel : parcels) {
            parcel.items().forEach(item -> names.add(baseName(item.path())));
        }
        return names;
    }
}
