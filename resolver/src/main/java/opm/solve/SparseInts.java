package opm.solve;

/// Ints by index, most of which stay 0: pages are made when first written to.
final class SparseInts {
    private static final int BITS = 6;
    private static final int MASK = (1 << BITS) - 1;
    private static final int[] ZEROS = new int[1 << BITS];

    private final int[][] pages;

    SparseInts(int count) {
        pages = new int[(count + MASK) >>> BITS][];
        java.util.Arrays.fill(pages, ZEROS);
    }

    int get(int index) {
        return pages[index >>> BITS][index & MASK];
    }

    void set(int index, int value) {
        int[] page = pages[index >>> BITS];
        if (page == ZEROS) {
            page = new int[1 << BITS];
            pages[index >>> BITS] = page;
        }
        page[index & MASK] = value;
    }
}
