package opm.rpmmd;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import opm.base.OpmException.Damaged;
import opm.host.StreamFailure;

/// Gives up after so many bytes: nobody unpacks a bomb.
final class BoundedStream extends FilterInputStream {
    private final long most;
    private final String subject;
    private long count;

    BoundedStream(InputStream in, long most, String subject) {
        super(in);
        this.most = most;
        this.subject = subject;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = super.read(bytes, offset, length);
        count += Math.max(read, 0);
        if (count > most) {
            throw new StreamFailure(
                    new Damaged(
                            subject + ": unpacks to more than " + most + " bytes",
                            "Use another mirror, or tell the repository's owner."));
        }
        return read;
    }
}
