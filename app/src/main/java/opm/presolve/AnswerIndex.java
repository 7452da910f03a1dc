package opm.presolve;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;

/// The digests of all answers as a tree of small texts, each named by its own digest: who trusts
/// the root needs a few kilobytes to trust one answer.
///
/// A name's place is the SHA-256 of the name. A node of the upper levels holds up to 16 lines
/// `DIGIT HEX`, the node for names whose digest goes on with that digit; a leaf holds lines
/// `NAME SECONDS JSON PLAN`: when the answer was last another one, and the SHA-256 of both forms.
/// There are as many levels as keep leaves at 16 names on average.
final class AnswerIndex {
    private static final int LEAF_NAMES = 16;
    private static final int MAX_DEPTH = 8;
    private static final int NODE_BYTES = 1 << 20;

    private AnswerIndex() {}

    /// One answer.
    ///
    /// @param seconds since 1970, when it was published
    record Entry(String name, long seconds, String json, String plan) {
        String line() {
            return name + " " + seconds + " " + json + " " + plan + "\n";
        }
    }

    /// An index.
    ///
    /// @param places for each node the digits that lead to it, with its digest
    /// @param names for each leaf the names it holds, by the digits that lead to it
    /// @param fresh the texts that were made, by digest; others are those of the index before
    record Made(
            int depth,
            SortedMap<String, String> places,
            Map<String, Set<String>> names,
            Map<String, byte[]> fresh) {
        String root() {
            return Objects.requireNonNull(places.get(""));
        }

        /// Returns the digests of all nodes, sorted.
        Set<String> nodes() {
            return new TreeSet<>(places.values());
        }
    }

    private static int depth(int entryCount) {
        int depth = 0;
        for (long leaves = 1; leaves * LEAF_NAMES < entryCount; leaves *= 16) {
            depth++;
        }
        return depth;
    }

    static Made of(Map<String, Entry> entries) {
        int depth = depth(entries.size());
        var names = new HashMap<String, Set<String>>();
        for (String name : entries.keySet()) {
            add(name, depth, names);
        }
        var made = new Made(depth, new TreeMap<>(), names, new LinkedHashMap<>());
        write(made, entries, names.isEmpty() && depth == 0 ? Set.of("") : names.keySet());
        return made;
    }

    private static void add(String name, int depth, Map<String, Set<String>> names) {
        names.computeIfAbsent(key(name).substring(0, depth), _ -> new TreeSet<>()).add(name);
    }

    /// Makes the index of answers that are those of another, but for some names that came, went or
    /// have another answer.
    static Made of(Map<String, Entry> entries, Made before, Collection<String> changed) {
        int depth = depth(entries.size());
        if (depth != before.depth || 4 * changed.size() > entries.size()) {
            return of(entries);
        }
        var names = new HashMap<>(before.names);
        var leaves = new TreeSet<String>();
        for (String name : changed) {
            String leaf = key(name).substring(0, depth);
            if (leaves.add(leaf)) {
                names.put(leaf, new TreeSet<>(names.getOrDefault(leaf, Set.of())));
            }
            Set<String> own = Objects.requireNonNull(names.get(leaf));
            if (entries.containsKey(name)) {
                own.add(name);
            } else {
                own.remove(name);
            }
        }
        var made = new Made(depth, new TreeMap<>(before.places), names, new LinkedHashMap<>());
        write(made, entries, leaves);
        return made;
    }

    /// Writes some leaves and all nodes above them.
    private static void write(Made made, Map<String, Entry> entries, Set<String> leaves) {
        var level = new TreeSet<>(leaves);
        for (int digits = made.depth; digits >= 0; digits--) {
            var above = new TreeSet<String>();
            for (String place : level) {
                String text =
                        digits == made.depth
                                ? leaf(made.names.getOrDefault(place, Set.of()), entries)
                                : branches(place, made.places);
                if (text.isEmpty() && digits > 0) {
                    made.places.remove(place);
                } else {
                    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                    String hex = Digest.sha256Of(bytes).hex();
                    made.places.put(place, hex);
                    made.fresh.put(hex, bytes);
                }
                if (digits > 0) {
                    above.add(place.substring(0, digits - 1));
                }
            }
            level = above;
        }
    }

    private static String leaf(Set<String> names, Map<String, Entry> entries) {
        var lines = new ArrayList<String>();
        for (String name : names) {
            lines.add(Objects.requireNonNull(entries.get(name)).line());
        }
        lines.sort(null);
        return String.join("", lines);
    }

    private static String branches(String place, Map<String, String> places) {
        var text = new StringBuilder();
        for (int digit = 0; digit < 16; digit++) {
            String hex = places.get(place + Character.forDigit(digit, 16));
            if (hex != null) {
                text.append(Character.forDigit(digit, 16)).append(' ').append(hex).append('\n');
            }
        }
        return text.toString();
    }

    static String key(String name) {
        return Digest.sha256Of(name.getBytes(StandardCharsets.UTF_8)).hex();
    }

    /// Where texts come from.
    interface Source {
        /// Returns the text of a digest, at most so many bytes, not yet believed.
        byte[] node(String hex, int limitBytes) throws OpmException;
    }

    /// An index as it was read.
    ///
    /// @param entries by name
    record Known(TreeMap<String, Entry> entries, Made index) {}

    /// Reads all answers; every text is checked.
    static Known read(String root, int depth, Source source) throws OpmException {
        if (depth < 0 || depth > MAX_DEPTH) {
            throw new Damaged(
                    "presolve index: found " + depth + " levels, at most " + MAX_DEPTH,
                    "Copy the tree again, or build it anew.");
        }
        var made = new Made(depth, new TreeMap<>(), new HashMap<>(), Map.of());
        var known = new Known(new TreeMap<>(), made);
        read(root, "", source, known);
        return known;
    }

    private static void read(String hex, String place, Source source, Known into)
            throws OpmException {
        into.index.places.put(place, hex);
        boolean leaf = place.length() == into.index.depth;
        Set<String> names = leaf ? new TreeSet<>() : Set.of();
        for (String line : checked(hex, source)) {
            if (leaf) {
                Entry entry = entry(line);
                into.entries.put(entry.name(), entry);
                names.add(entry.name());
            } else {
                read(child(line), place + line.charAt(0), source, into);
            }
        }
        if (leaf) {
            into.index.names.put(place, names);
        }
    }

    private static List<String> checked(String hex, Source source) throws OpmException {
        byte[] bytes = source.node(hex, NODE_BYTES);
        if (!Digest.sha256Of(bytes).hex().equals(hex)) {
            throw new Damaged(
                    "presolve index " + hex + ": found other bytes than its name says",
                    "Copy the tree again, or build it anew.");
        }
        return new String(bytes, StandardCharsets.UTF_8).lines().toList();
    }

    private static String child(String line) throws Damaged {
        boolean good = line.length() == 66 && line.charAt(1) == ' ' && isHex(line, 0, 1);
        if (!good || !isHex(line, 2, 66)) {
            throw broken(line);
        }
        return line.substring(2);
    }

    private static Entry entry(String line) throws Damaged {
        int name = line.indexOf(' ');
        int seconds = line.indexOf(' ', name + 1);
        int json = line.indexOf(' ', seconds + 1);
        boolean good =
                name > 0
                        && seconds - name > 1
                        && seconds - name <= 13
                        && isNumber(line, name + 1, seconds)
                        && json - seconds == 65
                        && line.length() - json == 65
                        && line.indexOf(' ', json + 1) < 0
                        && Tree.isEntry(line.substring(0, name));
        if (!good) {
            throw broken(line);
        }
        return new Entry(
                line.substring(0, name),
                Long.parseLong(line, name + 1, seconds, 10),
                line.substring(seconds + 1, json),
                line.substring(json + 1));
    }

    private static boolean isNumber(String line, int from, int to) {
        boolean good = true;
        for (int at = from; at < to; at++) {
            good &= line.charAt(at) >= '0' && line.charAt(at) <= '9';
        }
        return good;
    }

    private static boolean isHex(String line, int from, int to) {
        boolean good = true;
        for (int at = from; at < to; at++) {
            char c = line.charAt(at);
            good &= c >= '0' && c <= '9' || c >= 'a' && c <= 'f';
        }
        return good;
    }

    private static Damaged broken(String line) {
        String shown = line.length() > 80 ? line.substring(0, 80) : line;
        return new Damaged(
                "presolve index: found '"
                        + shown
                        + "', expected a line of docs/formats/presolve.md",
                "Copy the tree again, or build it anew.");
    }
}
