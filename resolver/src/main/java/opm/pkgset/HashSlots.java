package opm.pkgset;

/// Open addressing, as the interners do it: a slot holds a hash above a number, 0 is a free one,
/// and what finds its slot taken goes into the next.
final class HashSlots {
    private HashSlots() {}

    /// Returns what some slots hold in others.
    ///
    /// @param size a power of two
    static long[] moved(long[] slots, int size) {
        long[] moved = new long[size];
        int mask = size - 1;
        for (long seen : slots) {
            if (seen != 0) {
                int slot = (int) (seen >>> 32) & mask;
                while (moved[slot] != 0) {
                    slot = slot + 1 & mask;
                }
                moved[slot] = seen;
            }
        }
        return moved;
    }
}
