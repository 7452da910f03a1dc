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
            rehash();
        }
        return count - 1;
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
        while (table[slot] != 0 && !words[table[slot]].equals(word)) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void rehash() {
        table = new int[table.length * 2];
        for (int id = 1; id < count; id++) {
            table[slot(words[id])] = id;
        }
    }
}
