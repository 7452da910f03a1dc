package opm.solve;

import java.util.Arrays;

/// Strings by number: equal strings have equal ids. Id 0 is no string, 1 the empty one.
final class Words {
    private String[] words = new String[1024];
    private int[] table = new int[2048];
    private int count = 1;

    Words() {
        id("");
    }

    /// Returns the id of a word, a new one where it is new.
    int id(String word) {
        int slot = slot(word);
        if (table[slot] != 0) {
            return table[slot];
        }
        if (count == words.length) {
            words = Arrays.copyOf(words, count * 2);
        }
        words[count] = word;
        table[slot] = count;
        if (++count * 2 > table.length) {
            rehash(table.length * 2);
        }
        return count - 1;
    }

    /// Makes room for so many more words, so that they come in without a rehash each doubling.
    void makeRoom(int more) {
        int size = table.length;
        while ((count + more) * 2 > size) {
            size *= 2;
        }
        if (size > table.length) {
            words = Arrays.copyOf(words, size / 2);
            rehash(size);
        }
    }

    /// Returns the id of a word, or 0 where it is new.
    int find(String word) {
        return table[slot(word)];
    }

    String text(int id) {
        return words[id];
    }

    int count() {
        return count;
    }

    private int slot(String word) {
        int mask = table.length - 1;
        int hash = word.hashCode();
        int slot = (hash ^ hash >>> 15) & mask;
        while (table[slot] != 0) {
            String there = words[table[slot]];
            // Strings know their hashes: most that differ are never read.
            if (there.hashCode() == hash && there.equals(word)) {
                break;
            }
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void rehash(int size) {
        table = new int[size];
        int mask = size - 1;
        for (int id = 1; id < count; id++) {
            int hash = words[id].hashCode();
            int slot = (hash ^ hash >>> 15) & mask;
            while (table[slot] != 0) {
                slot = slot + 1 & mask;
            }
            table[slot] = id;
        }
    }
}
