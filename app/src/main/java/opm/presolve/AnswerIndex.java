package opm.presolve;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import org.jspecify.annotations.Nullable;

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

    private final int depth;

    /// For each node the digits that lead to it, with its digest.
    private final TreeMap<String, String> places;

    /// Leaves that were made or read, by the digits that lead to them.
    private final Map<String, TreeMap<String, Entry>> leaves = new HashMap<>();

    private final Map<String, byte[]> fresh = new LinkedHashMap<>();
    private final Source source;

    private AnswerIndex(int depth, TreeMap<String, String> places, Source source) {
        this.depth = depth;
        this.places = places;
        this.source = source;
    }

    /// One answer.
    ///
    /// @param seconds since 1970, when it was published
    record Entry(String name, long seconds, String json, String plan) {
        String line() {
            return name + " " + seconds + " " + json + " " + plan + "\n";
        }

        /// Returns it with another time.
        Entry at(long publishedSeconds) {
            return new Entry(name, publishedSeconds, json, plan);
        }
    }

    /// Where texts come from.
    interface Source {
        /// Returns the text of a digest, at most so many bytes, not yet believed.
        byte[] node(String hex, int limitBytes) throws OpmException;
    }

    private static int depth(int entryCount) {
        int depth = 0;
        for (long leaves = 1; leaves * LEAF_NAMES < entryCount; leaves *= 16) {
            depth++;
        }
        return depth;
    }

    /// Makes an index from nothing.
    static AnswerIndex of(Collection<Entry> entries) {
        var made = new AnswerIndex(depth(entries.size()), new TreeMap<>(), AnswerIndex::unmade);
        for (Entry entry : entries) {
            made.leaves
                    .computeIfAbsent(made.place(entry.name()), _ -> new TreeMap<>())
                    .put(entry.name(), entry);
        }
        if (entries.isEmpty()) {
            made.leaves.put("", new TreeMap<>());
        }
        made.write(made.leaves.keySet());
        return made;
    }

    private static byte[] unmade(String hex, int limitBytes) {
        throw new IllegalStateException("an index that was made has all its leaves, not " + hex);
    }

    /// Returns the index of these answers, but for some that came or are others now and some that
    /// went.
    ///
    /// @param gone names; none of them is among those that came
    /// @param count of the answers that there are then
    AnswerIndex with(Collection<Entry> came, Collection<String> gone, int count)
            throws OpmException {
        if (depth(count) != depth || 4 * (came.size() + gone.size()) > count) {
            SortedMap<String, Entry> all = entries();
            all.keySet().removeAll(gone);
            came.forEach(entry -> all.put(entry.name(), entry));
            return of(all.values());
        }
        var changed = new HashMap<String, TreeMap<String, Entry>>();
        for (Entry entry : came) {
            leafIn(changed, entry.name()).put(entry.name(), entry);
        }
        for (String name : gone) {
            leafIn(changed, name).remove(name);
        }
        var made = new AnswerIndex(depth, new TreeMap<>(places), source);
        synchronized (leaves) {
            made.leaves.putAll(leaves);
        }
        made.leaves.putAll(changed);
        made.write(changed.keySet());
        return made;
    }

    /// Returns a copy of the leaf of a name, the same as long as it is among those that change.
    private TreeMap<String, Entry> leafIn(Map<String, TreeMap<String, Entry>> changed, String name)
            throws OpmException {
        String place = place(name);
        TreeMap<String, Entry> own = changed.get(place);
        if (own == null) {
            own = new TreeMap<>(leaf(place));
            changed.put(place, own);
        }
        return own;
    }

    /// Writes some leaves and all nodes above them.
    private void write(Collection<String> changed) {
        var level = new TreeSet<>(changed);
        for (int digits = depth; digits >= 0; digits--) {
            var above = new TreeSet<String>();
            for (String place : level) {
                String text = digits == depth ? lines(place) : branches(place);
                if (text.isEmpty() && digits > 0) {
                    places.remove(place);
                } else {
                    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                    String hex = Digest.sha256Of(bytes).hex();
                    places.put(place, hex);
                    fresh.put(hex, bytes);
                }
                if (digits > 0) {
                    above.add(place.substring(0, digits - 1));
                }
            }
            level = above;
        }
    }

    private String lines(String place) {
        var text = new StringBuilder();
        Objects.requireNonNull(leaves.get(place))
                .values()
                .forEach(entry -> text.append(entry.line()));
        return text.toString();
    }

    private String branches(String place) {
        var text = new StringBuilder();
        for (int digit = 0; digit < 16; digit++) {
            String hex = places.get(place + Character.forDigit(digit, 16));
            if (hex != null) {
                text.append(Character.forDigit(digit, 16)).append(' ').append(hex).append('\n');
            }
        }
        return text.toString();
    }

    private String place(String name) {
        return key(name).substring(0, depth);
    }

    static String key(String name) {
        return Digest.sha256Of(name.getBytes(StandardCharsets.UTF_8)).hex();
    }

    /// Returns the digest of the uppermost node.
    String root() {
        return Objects.requireNonNull(places.get(""));
    }

    int depth() {
        return depth;
    }

    /// Returns the digests of all nodes, sorted.
    SortedSet<String> nodes() {
        return new TreeSet<>(places.values());
    }

    /// Returns the texts that were made, by digest; others are those of the index before.
    Map<String, byte[]> fresh() {
        return Collections.unmodifiableMap(fresh);
    }

    /// Returns what is known of a name; null when it has no answer.
    @Nullable Entry entry(String name) throws OpmException {
        return leaf(place(name)).get(name);
    }

    /// Returns all answers by name; reads every leaf.
    SortedMap<String, Entry> entries() throws OpmException {
        var all = new TreeMap<String, Entry>();
        for (String place : places.keySet()) {
            if (place.length() == depth) {
                all.putAll(leaf(place));
            }
        }
        return all;
    }

    /// Many threads may ask.
    private TreeMap<String, Entry> leaf(String place) throws OpmException {
        synchronized (leaves) {
            TreeMap<String, Entry> leaf = leaves.get(place);
            if (leaf == null) {
                leaf = new TreeMap<>();
                String hex = places.get(place);
                for (String line : hex == null ? List.<String>of() : checked(hex, source)) {
                    Entry entry = parse(line);
                    leaf.put(entry.name(), entry);
                }
                leaves.put(place, leaf);
            }
            return leaf;
        }
    }

    /// Reads an index but for its leaves, which are read when somebody asks; every text is checked.
    static AnswerIndex read(String root, int depth, Source source) throws OpmException {
        if (depth < 0 || depth > MAX_DEPTH) {
            throw new Damaged(
                    "presolve index: found " + depth + " levels, at most " + MAX_DEPTH,
                    "Copy the tree again, or build it anew.");
        }
        var read = new AnswerIndex(depth, new TreeMap<>(), source);
        read.read(root, "");
        return read;
    }

    private void read(String hex, String place) throws OpmException {
        places.put(place, hex);
        if (place.length() < depth) {
            for (String line : checked(hex, source)) {
                read(child(line), place + line.charAt(0));
            }
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

    private static Entry parse(String line) throws Damaged {
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
