package opm.testcase;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.ToIntFunction;

/// Numbers for texts that were read before, found by their bytes: most lines of a repository have
/// stood there already, and then cost neither a string nor a parse.
final class Memo {
    private final ToIntFunction<String> reader;
    private byte[][] sources = new byte[1024][];
    private int[] starts = new int[1024];
    private int[] lengths = new int[1024];
    private int[] hashes = new int[1024];
    private int[] numbers = new int[1024];
    private int[] table = new int[2048];
    private int count = 1;

    /// Takes what turns a text into its number.
    Memo(ToIntFunction<String> reader) {
        this.reader = reader;
    }

    /// Returns the number of a run of bytes. The array must not change afterwards.
    int of(byte[] bytes, int from, int to) {
        int hash = to - from;
        for (int at = from; at < to; at++) {
            hash = hash * 31 + bytes[at];
        }
        int mask = table.length - 1;
        int slot = mix(hash) & mask;
        for (; table[slot] != 0; slot = slot + 1 & mask) {
            int known = table[slot];
            int start = starts[known];
            if (hashes[known] == hash
                    && lengths[known] == to - from
                    && Arrays.equals(sources[known], start, start + to - from, bytes, from, to)) {
                return numbers[known];
            }
        }
        // Reading may come back here for the parts, so the slot is looked for again.
        int number =
                reader.applyAsInt(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1));
        put(hash, bytes, from, to, number);
        return number;
    }

    private void put(int hash, byte[] bytes, int from, int to, int number) {
        if (count == starts.length) {
            grow();
        }
        sources[count] = bytes;
        starts[count] = from;
        lengths[count] = to - from;
        hashes[count] = hash;
        numbers[count] = number;
        insert(mix(hash), count++);
        if (count * 2 > table.length) {
            table = new int[table.length * 2];
            for (int known = 1; known < count; known++) {
                insert(mix(hashes[known]), known);
            }
        }
    }

    private void insert(int mixed, int known) {
        int mask = table.length - 1;
        int slot = mixed & mask;
        while (table[slot] != 0) {
            slot = slot + 1 & mask;
        }
        table[slot] = known;
    }

    private static int mix(int hash) {
        int mixed = hash * 0x9e3779b1;
        return mixed ^ mixed >>> 15;
    }

    private void grow() {
        int size = count * 2;
        sources = Arrays.copyOf(sources, size);
        starts = Arrays.copyOf(starts, size);
        lengths = Arrays.copyOf(lengths, size);
        hashes = Arrays.copyOf(hashes, size);
        numbers = Arrays.copyOf(numbers, size);
    }
}
