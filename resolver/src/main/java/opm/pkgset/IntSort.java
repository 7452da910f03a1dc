package opm.pkgset;

/// Sorts numbers by any order, stably, without boxing.
final class IntSort {
    /// Orders two numbers.
    interface Order {
        int compare(int one, int two);
    }

    private static final int FEW = 8;

    private IntSort() {}

    static void sort(int[] items, int from, int to, Order order) {
        merge(items, new int[to - from], from, to, from, order);
    }

    private static void merge(int[] items, int[] spare, int from, int to, int base, Order order) {
        if (to - from <= FEW) {
            for (int at = from + 1; at < to; at++) {
                int item = items[at];
                int gap = at;
                while (gap > from && order.compare(items[gap - 1], item) > 0) {
                    items[gap] = items[gap - 1];
                    gap--;
                }
                items[gap] = item;
            }
            return;
        }
        int middle = (from + to) >>> 1;
        merge(items, spare, from, middle, base, order);
        merge(items, spare, middle, to, base, order);
        if (order.compare(items[middle - 1], items[middle]) <= 0) {
            return;
        }
        System.arraycopy(items, from, spare, from - base, middle - from);
        int left = from - base;
        int leftEnd = middle - base;
        int right = middle;
        int at = from;
        while (left < leftEnd && right < to) {
            items[at++] =
                    order.compare(spare[left], items[right]) <= 0 ? spare[left++] : items[right++];
        }
        System.arraycopy(spare, left, items, at, leftEnd - left);
    }
}
