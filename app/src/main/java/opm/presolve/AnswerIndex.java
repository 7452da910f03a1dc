package opm.presolve;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

    /// @param nodes the texts by digest
    record Made(int depth, String root, Map<String, byte[]> nodes) {}

    static Made of(Collection<Entry> entries) {
        int depth = 0;
        for (long leaves = 1; leaves * LEAF_NAMES < entries.size(); leaves *= 16) {
            depth++;
        }
        var keyed = new ArrayList<Keyed>(entries.size());
        for (Entry entry : entries) {
            keyed.add(new Keyed(key(entry.name()), entry));
        }
        Keyed[] sorted = keyed.toArray(Keyed[]::new);
        Arrays.sort(sorted, (one, two) -> one.key.compareTo(two.key));
        var nodes = new LinkedHashMap<String, byte[]>();
        String root = node(sorted, 0, sorted.length, 0, depth, nodes);
        return new Made(depth, root, nodes);
    }

    private record Keyed(String key, Entry entry) {}

    static String key(String name) {
        return Digest.sha256Of(name.getBytes(StandardCharsets.UTF_8)).hex();
    }

    private static String node(
            Keyed[] all, int from, int to, int level, int depth, Map<String, byte[]> nodes) {
        var text = new StringBuilder();
        if (level == depth) {
            var lines = new ArrayList<String>();
            for (int at = from; at < to; at++) {
                lines.add(all[at].entry.line());
            }
            lines.sort(null);
            lines.forEach(text::append);
        } else {
            int start = from;
            while (start < to) {
                char digit = all[start].key.charAt(level);
                int end = start;
                while (end < to && all[end].key.charAt(level) == digit) {
                    end++;
                }
                text.append(digit).append(' ');
                text.append(node(all, start, end, level + 1, depth, nodes)).append('\n');
                start = end;
            }
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
        String hex = Digest.sha256Of(bytes).hex();
        nodes.put(hex, bytes);
        return hex;
    }

    /// Where texts come from.
    interface Source {
        /// Returns the text of a digest, at most so many bytes, not yet believed.
        byte[] node(String hex, int limitBytes) throws OpmException;
    }

    /// Reads all answers, sorted by name; every text is checked.
    static TreeMap<String, Entry> read(String root, int depth, Source source)
            throws OpmException {
        if (depth < 0 || depth > MAX_DEPTH) {
            throw new Damaged(
                    "presolve index: found " + depth + " levels, at most " + MAX_DEPTH,
                    "Copy the tree again, or build it anew.");
        }
        var found = new TreeMap<String, Entry>();
        read(root, 0, depth, source, found);
        return found;
    }

    private static void read(
            String hex, int level, int depth, Source source, Map<String, Entry> into)
            throws OpmException {
        for (String line : checked(hex, source)) {
            if (level == depth) {
                Entry entry = entry(line);
                into.put(entry.name(), entry);
            } else {
                read(child(line), level + 1, depth, source, into);
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
        if (!line.matches("[0-9a-f] [0-9a-f]{64}")) {
            throw broken(line);
        }
        return line.substring(2);
    }

    private static Entry entry(String line) throws Damaged {
        String[] words = line.split(" ", -1);
        boolean good =
                words.length == 4
                        && Tree.isEntry(words[0])
                        && words[1].matches("\\d{1,12}")
                        && words[2].length() == 64
                        && words[3].length() == 64;
        if (!good) {
            throw broken(line);
        }
        return new Entry(words[0], Long.parseLong(words[1]), words[2], words[3]);
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
