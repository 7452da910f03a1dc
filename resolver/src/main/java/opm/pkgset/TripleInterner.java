package opm.pkgset;

/// Gives equal triples of numbers equal numbers, in order of first sight.
final class TripleInterner {
    private final Ints ones = new Ints();
    private final Ints twos = new Ints();
    private final Ints threes = new Ints();

    /// Id + 1; 0 is a free slot.
    private int[] slots = new int[1 << 10];

    int intern(int one, int two, int three) {
        int mask = slots.length - 1;
        int slot = hash(one, two, three) & mask;
        while (slots[slot] != 0) {
            int id = slots[slot] - 1;
            if (ones.get(id) == one && twos.get(id) == two && threes.get(id) == three) {
                return id;
            }
            slot = slot + 1 & mask;
        }
        int id = ones.size();
        slots[slot] = id + 1;
        ones.add(one);
        twos.add(two);
        threes.add(three);
        if (id * 2L > slots.length) {
            grow();
        }
        return id;
    }

    private void grow() {
        slots = new int[slots.length * 2];
        int mask = slots.length - 1;
        for (int id = 0; id < ones.size(); id++) {
            int slot = hash(one(id), two(id), three(id)) & mask;
            while (slots[slot] != 0) {
                slot = slot + 1 & mask;
            }
            slots[slot] = id + 1;
        }
    }

    private static int hash(int one, int two, int three) {
        int hash = (one * 0x9E3779B1 + two) * 0x85EBCA77 + three;
        hash *= 0xC2B2AE3D;
        return hash ^ hash >>> 15;
    }

    int size() {
        return ones.size();
    }

    int one(int id) {
        return ones.get(id);
    }

    int two(int id) {
        return twos.get(id);
    }

    int three(int id) {
        return threes.get(id);
    }
}
