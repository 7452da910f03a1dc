package opm.pkgset;

import java.util.Arrays;

/// Numbers of seven bits a byte, least first, and bytes, gathered in memory.
final class VarOutput {
    private byte[] buffer = new byte[1 << 10];
    private int size;

    /// Writes a number; one that is below 0 takes ten bytes.
    void number(long number) {
        long rest = number;
        room(10);
        while ((rest & ~0x7fL) != 0) {
            buffer[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        buffer[size++] = (byte) rest;
    }

    /// Writes the low eight bits.
    void u8(int value) {
        room(1);
        buffer[size++] = (byte) value;
    }

    void bytes(byte[] bytes) {
        bytes(bytes, 0, bytes.length);
    }

    void bytes(byte[] bytes, int start, int length) {
        room(length);
        System.arraycopy(bytes, start, buffer, size, length);
        size += length;
    }

    /// Writes bytes by what they share with those before: how many, how many others, the others.
    void next(byte[] before, byte[] bytes) {
        int shared = Arrays.mismatch(before, bytes);
        behind(shared < 0 ? bytes.length : shared, bytes, 0, bytes.length);
    }

    /// The same where it is known how many they share.
    void behind(int shared, byte[] bytes, int start, int length) {
        number(shared);
        number(length - shared);
        bytes(bytes, start + shared, length - shared);
    }

    private void room(int bytes) {
        if (buffer.length - size < bytes) {
            buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + bytes));
        }
    }

    int size() {
        return size;
    }

    /// Tells whether a byte is zero.
    boolean hasZero() {
        for (int at = 0; at < size; at++) {
            if (buffer[at] == 0) {
                return true;
            }
        }
        return false;
    }

    void clear() {
        size = 0;
    }

    /// Returns the array behind; only the first [#size] bytes count.
    byte[] buffer() {
        return buffer;
    }

    byte[] toBytes() {
        return Arrays.copyOf(buffer, size);
    }
}
