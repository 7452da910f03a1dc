package opm.preflight;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import opm.base.OpmException.Damaged;
import opm.rpm.Header;
import opm.rpm.RpmFileEntry;
import opm.rpm.RpmWords;
import opm.rpm.Tag;

/// One name that a package brings or holds.
///
/// @param color 1 a 32-bit program, 2 a 64-bit one, 0 neither
/// @param bond names of the same number in one package are one file (hard links); -1 alone
/// @param languages `de|fr`, empty for none
record Item(RpmFileEntry entry, int color, int bond, String languages) {
    private static final int DOC = 1 << 1;
    private static final int MISSING_OK = 1 << 3;
    private static final int LICENSE = 1 << 7;

    /// What a mode says, as rpm's `rpmfiWhatis`.
    enum Type {
        DIRECTORY,
        LINK,
        FILE,
        OTHER
    }

    String path() {
        return entry.path();
    }

    Type type() {
        return switch (entry.mode() & 0170000) {
            case 0040000 -> Type.DIRECTORY;
            case 0120000 -> Type.LINK;
            case 0100000 -> Type.FILE;
            default -> Type.OTHER;
        };
    }

    boolean isDoc() {
        return (entry.flags() & DOC) != 0;
    }

    boolean isLicense() {
        return (entry.flags() & LICENSE) != 0;
    }

    boolean isMissingOk() {
        return (entry.flags() & MISSING_OK) != 0;
    }

    /// Reads the names of a package in its own order.
    static List<Item> all(RpmWords words) throws Damaged {
        Header header = words.header();
        List<RpmFileEntry> entries = words.files();
        long[] colors = header.numbers(Tag.FILECOLORS);
        long[] inodes = header.numbers(Tag.FILEINODES);
        long[] devices = header.numbers(Tag.FILEDEVICES);
        List<String> languages = header.strings(Tag.FILELANGS);
        int[] bonds = bonds(entries, inodes, devices);
        var items = new ArrayList<Item>(entries.size());
        for (int at = 0; at < entries.size(); at++) {
            items.add(
                    new Item(
                            entries.get(at),
                            at < colors.length ? (int) colors[at] : 0,
                            bonds[at],
                            at < languages.size() ? languages.get(at) : ""));
        }
        return items;
    }

    private static int[] bonds(List<RpmFileEntry> entries, long[] inodes, long[] devices) {
        var counts = new HashMap<String, Integer>();
        var keys = new String[entries.size()];
        for (int at = 0; at < keys.length; at++) {
            RpmFileEntry entry = entries.get(at);
            boolean can = at < inodes.length && (entry.mode() & 0170000) == 0100000;
            keys[at] = can ? (at < devices.length ? devices[at] : 0) + " " + inodes[at] : "";
            counts.merge(keys[at], 1, Integer::sum);
        }
        Map<String, Integer> numbers = new HashMap<>();
        var bonds = new int[keys.length];
        for (int at = 0; at < keys.length; at++) {
            boolean alone = keys[at].isEmpty() || counts.getOrDefault(keys[at], 0) < 2;
            int next = numbers.size();
            bonds[at] = alone ? -1 : numbers.computeIfAbsent(keys[at], _ -> next);
        }
        return bonds;
    }
}
