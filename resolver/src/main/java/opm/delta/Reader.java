package opm.delta;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import opm.base.OpmException;

/// Numbers and bytes of deltarpm's format: big-endian, lengths before what they count.
final class Reader {
    /// Grows with what really comes, not with what a length claims.
    private static final int MOST_NUMBERS = 1 << 24;

    private final InputStream in;
    private final String subject;

    Reader(InputStream in, String subject) {
        this.in = in;
        this.subject = subject;
    }

    byte[] bytes(int count) throws OpmException {
        if (count < 0) {
            throw Unpacking.damaged(subject, "a length of " + count, "0 or more");
        }
        try {
            byte[] bytes = in.readNBytes(count);
            if (bytes.length != count) {
                throw Unpacking.damaged(
                        subject, "its end after " + bytes.length + " bytes", count + " bytes");
            }
            return bytes;
        } catch (IOException | RuntimeException e) {
            throw Unpacking.failure(e, subject);
        }
    }

    int number() throws OpmException {
        return ByteBuffer.wrap(bytes(4)).getInt();
    }

    long largeNumber() throws OpmException {
        return ByteBuffer.wrap(bytes(8)).getLong();
    }

    byte[] counted() throws OpmException {
        return bytes(number());
    }

    String text() throws OpmException {
        return new String(counted(), StandardCharsets.UTF_8);
    }

    int[] numbers(int count) throws OpmException {
        if (count < 0 || count > MOST_NUMBERS) {
            throw Unpacking.damaged(subject, count + " copies", "at most " + MOST_NUMBERS);
        }
        var numbers = new int[count];
        ByteBuffer.wrap(bytes(4 * count)).asIntBuffer().get(numbers);
        return numbers;
    }
}
