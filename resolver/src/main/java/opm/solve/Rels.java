package opm.solve;

import java.util.Arrays;

/// Dependencies that relate two others, by number: equal ones have equal ids, all negative.
public final class Rels {
    public static final int GT = 1;
    public static final int EQ = 2;
    public static final int LT = 4;
    public static final int AND = 16;
    public static final int OR = 17;
    public static final int WITH = 18;
    public static final int NAMESPACE = 19;
    public static final int ARCH = 20;
    public static final int FILECONFLICT = 21;
    public static final int COND = 22;
    public static final int COMPAT = 23;
    public static final int KIND = 24;
    public static final int MULTIARCH = 25;
    public static final int ELSE = 26;
    public static final int ERROR = 27;
    public static final int WITHOUT = 28;
    public static final int UNLESS = 29;
    public static final int CONDA = 30;

    private int[] lefts = new int[1024];
    private int[] ops = new int[1024];
    private int[] rights = new int[1024];
    private int[] table = new int[2048];
    private int count = 1;

    Rels() {}

    /// Returns the id of a relation, a new one where it is new.
    int id(int left, int op, int right) {
        int mask = table.length - 1;
        int slot = hash(left, op, right) & mask;
        while (table[slot] != 0) {
            int rel = table[slot];
            if (lefts[rel] == left && ops[rel] == op && rights[rel] == right) {
                return -rel;
            }
            slot = slot + 1 & mask;
        }
        if (count == lefts.length) {
            lefts = Arrays.copyOf(lefts, count * 2);
            ops = Arrays.copyOf(ops, count * 2);
            rights = Arrays.copyOf(rights, count * 2);
        }
        lefts[count] = left;
        ops[count] = op;
        rights[count] = right;
        table[slot] = count;
        if (++count * 2 > table.length) {
            rehash();
        }
        return -(count - 1);
    }

    private void rehash() {
        table = new int[table.length * 2];
        int mask = table.length - 1;
        for (int rel = 1; rel < count; rel++) {
            int slot = hash(lefts[rel], ops[rel], rights[rel]) & mask;
            while (table[slot] != 0) {
                slot = slot + 1 & mask;
            }
            table[slot] = rel;
        }
    }

    private static int hash(int left, int op, int right) {
        int hash = left * 0x9e3779b1 ^ right * 0x85ebca6b ^ op * 0xc2b2ae35;
        return hash ^ hash >>> 15;
    }

    int left(int dep) {
        return lefts[-dep];
    }

    int op(int dep) {
        return ops[-dep];
    }

    int right(int dep) {
        return rights[-dep];
    }

    int count() {
        return count;
    }

    /// Returns the condition of `a if c`, `a unless c`, with or without an else.
    boolean hasElse(int dep) {
        return right(dep) < 0 && op(right(dep)) == ELSE;
    }
}
