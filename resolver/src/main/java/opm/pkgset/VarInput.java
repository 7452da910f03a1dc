package opm.pkgset;

import java.util.Arrays;
import opm.base.ByteText;

/// Reads what [VarOutput] wrote; throws [BrokenSet] where the bytes do not go on.
final class VarInput {
    private final byte[] bytes;
    private final String subject;
    private int at;
    private final int end;

    VarInput(byte[] bytes, int start, int end, String subject) {
        this.bytes = bytes;
        this.subject = subject;
        at = start;
        this.end = end;
    }

    long number() {
        long number = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            if (at == end) {
                throw broken("ends inside a number");
            }
            byte b = bytes[at++];
            number |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return number;
            }
        }
        throw broken("a number of more than ten bytes");
    }

    /// Reads a number from 0 to `most`.
    int number(int most) {
        long number = number();
        if (number < 0 || number > most) {
            throw broken("found " + Long.toUnsignedString(number) + ", expected at most " + most);
        }
        return (int) number;
    }

    /// Reads a count of things that take at least one byte each.
    int count() {
        return number(end - at);
    }

    byte[] raw(int length) {
        if (length > end - at) {
            throw broken(length + " bytes where " + (end - at) + " are left");
        }
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    void skip(int length) {
        if (length > end - at) {
            throw broken(length + " bytes where " + (end - at) + " are left");
        }
        at += length;
    }

    String text(int length) {
        return ByteText.decode(raw(length));
    }

    int at() {
        return at;
    }

    boolean atEnd() {
        return at == end;
    }

    BrokenSet broken(String what) {
        return new BrokenSet(subject + ", byte " + at + ": " + what);
    }
}
