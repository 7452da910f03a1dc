package opm.pkgset;

/// Gives equal triples of numbers equal numbers, in order of first sight.
final class TripleInterner {
    /// Three numbers for each triple.
    private final Ints triples = new Ints();

    /// Hash above id + 1; 0 is a free slot.
    private long[] slots = new long[1 << 10];

    int intern(int one, int two, int three) {
        int hash = hash(one, two, three);
        int mask = slots.length - 1;
        int slot = hash & mask;
        while (slots[slot] != 0) {
            long seen = slots[slot];
            int id = (int) seen - 1;
            if ((int) (seen >>> 32) == hash
                    && one(id) == one
                    && two(id) == two
                    && three(id) == three) {
                return id;
            }
            slot = slot + 1 & mask;
        }
        int id = append(one, two, three);
        slots[slot] = (long) hash << 32 | id + 1;
        if (id * 2L > slots.length) {
            grow();
        }
        return id;
    }

    /// Adds a triple that was not seen before, and cannot be found: for who adds all there are.
    int append(int one, int two, int three) {
        triples.add(one);
        triples.add(two);
        triples.add(three);
        return size() - 1;
    }

    /// Gives back what finds them again: from then on nothing may be interned.
    void settle() {
        slots = new long[0];
    }

    /// Makes room for some more at once.
    void room(int more) {
        triples.room(3 * more);
        if ((size() + more) * 2L > slots.length) {
            grow((size() + more) * 2);
        }
    }

    private void grow() {
        grow(slots.length * 2);
    }

    private void grow(int least) {
        slots = HashSlots.moved(slots, Integer.highestOneBit(least - 1) << 1);
    }

    private static int hash(int one, int two, int three) {
        int hash = (one * 0x9E3779B1 + two) * 0x85EBCA77 + three;
        hash *= 0xC2B2AE3D;
        return hash ^ hash >>> 15;
    }

    int size() {
        return triples.size() / 3;
    }

    int one(int id) {
        return triples.get(3 * id);
    }

    int two(int id) {
        return triples.get(3 * id + 1);
    }

    int three(int id) {
        return triples.get(3 * id + 2);
    }
}
