package opm.pkgset;

import java.util.Arrays;

/// Gives equal lists of numbers equal numbers; 0 is the empty list.
final class ListInterner {
    /// All lists, each behind its size.
    private final Ints all = new Ints();

    private final Ints starts = new Ints();

    /// Hash above id; 0 is a free slot.
    private long[] slots = new long[1 << 10];

    ListInterner() {
        starts.add(0);
        all.add(0);
    }

    /// Interns the items of a list that is sorted and holds no doubles.
    int intern(Ints list) {
        int size = list.size();
        if (size == 0) {
            return 0;
        }
        int mask = slots.length - 1;
        int hash = hash(list.items(), size);
        int slot = hash & mask;
        while (slots[slot] != 0) {
            int id = (int) slots[slot];
            int start = starts.get(id) + 1;
            if ((int) (slots[slot] >>> 32) == hash
                    && size(id) == size
                    && Arrays.equals(all.items(), start, start + size, list.items(), 0, size)) {
                return id;
            }
            slot = slot + 1 & mask;
        }
        int id = starts.size();
        slots[slot] = (long) hash << 32 | id;
        starts.add(all.size());
        all.add(size);
        all.add(list.items(), size);
        if (id * 2L > slots.length) {
            slots = HashSlots.moved(slots, 2 * slots.length);
        }
        return id;
    }

    /// Gives back what finds them again: from then on nothing may be interned.
    void settle() {
        slots = new long[0];
    }

    /// Makes room for some more items, with their lists' sizes, at once.
    void room(int more) {
        all.room(more);
    }

    private static int hash(int[] items, int size) {
        int hash = size;
        for (int at = 0; at < size; at++) {
            hash = hash * 31 + items[at];
        }
        hash *= 0x9E3779B9;
        return hash ^ hash >>> 15;
    }

    int size() {
        return starts.size();
    }

    int size(int id) {
        return all.get(starts.get(id));
    }

    int item(int id, int at) {
        return all.get(starts.get(id) + 1 + at);
    }

    /// Replaces every item by what it stands for from now on, and sorts each list again.
    void renumber(int[] newIds) {
        for (int id = 1; id < starts.size(); id++) {
            int start = starts.get(id) + 1;
            int end = start + size(id);
            for (int at = start; at < end; at++) {
                all.set(at, newIds[all.get(at)]);
            }
            Arrays.sort(all.items(), start, end);
        }
    }

    int compare(int one, int two) {
        int a = starts.get(one) + 1;
        int b = starts.get(two) + 1;
        return Arrays.compare(all.items(), a, a + size(one), all.items(), b, b + size(two));
    }
}
