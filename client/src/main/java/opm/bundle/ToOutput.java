package opm.bundle;

import java.io.IOException;
import java.io.OutputStream;
import opm.base.OpmException;
import opm.host.Output;
import opm.host.StreamFailure;

/// Writes into an output of the disk; whoever made that one closes it.
final class ToOutput extends OutputStream {
    private final Output out;

    ToOutput(Output out) {
        this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (OpmException e) {
            throw new StreamFailure(e);
        }
    }
}
