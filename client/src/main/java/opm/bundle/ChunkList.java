package opm.bundle;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import opm.base.ChunkSums;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;

/// The entry `chunks`: the sums of the pieces of every larger entry, so that repairing one costs
/// what is damaged and no more. Text, one line an entry: `crc32 SUMS PATH`.
record ChunkList(Map<String, ChunkSums> sums) {
    static final String PATH = "chunks";
    private static final String MAGIC = "opm-chunks 1 " + ChunkSums.CHUNK_BYTES;

    ChunkList {
        sums = Map.copyOf(sums);
    }

    /// Returns the entry for some others; none where all of them are small.
    static Optional<Part> part(List<Part> parts) throws OpmException {
        var text = new StringBuilder(MAGIC + "\n");
        for (Part part : parts) {
            if (part.chunks().count() > 0) {
                text.append("crc32 ").append(part.chunks().digits()).append(' ');
                text.append(part.path()).append('\n');
            }
        }
        boolean empty = text.length() == MAGIC.length() + 1;
        return empty
                ? Optional.empty()
                : Optional.of(Part.of(PATH, text.toString().getBytes(US_ASCII)));
    }

    /// Reads it; sums that do not fit their entry's length, or are of none, count as absent.
    static ChunkList parse(byte[] bytes, List<Entry> entries) throws Damaged {
        List<String> lines = new String(bytes, US_ASCII).lines().toList();
        if (lines.isEmpty() || !lines.getFirst().equals(MAGIC)) {
            throw new Damaged(
                    "chunks: the first line is not '" + MAGIC + "'",
                    "Use a newer opm, or copy the bundle again.");
        }
        var found = new TreeMap<String, String>();
        for (String line : lines.subList(1, lines.size())) {
            String[] words = line.split(" ", -1);
            if (words.length == 3 && words[0].equals("crc32")) {
                found.put(words[2], words[1]);
            }
        }
        var sums = new TreeMap<String, ChunkSums>();
        for (Entry entry : entries) {
            String digits = found.get(entry.path());
            if (digits != null && digits.matches("([0-9a-f]{8})+")) {
                var own = new ChunkSums(digits);
                if (own.fit(entry.sizeBytes())) {
                    sums.put(entry.path(), own);
                }
            }
        }
        return new ChunkList(sums);
    }

    /// Returns the sums of an entry's pieces; none where there are none.
    ChunkSums of(Entry entry) {
        return sums.getOrDefault(entry.path(), ChunkSums.NONE);
    }
}
