package opm.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;

/// Keeps the document of `--json` until it is whole: whoever fails half way gives another one.
final class WholeDocument extends PrintStream {
    private final PrintStream to;
    private final ByteArrayOutputStream bytes;

    WholeDocument(PrintStream to) {
        this(to, new ByteArrayOutputStream());
    }

    private WholeDocument(PrintStream to, ByteArrayOutputStream bytes) {
        super(bytes, false, UTF_8);
        this.to = to;
        this.bytes = bytes;
    }

    /// Hands over what is whole: at the end, or earlier where a command goes on after it.
    void handOver() {
        flush();
        to.writeBytes(bytes.toByteArray());
        to.flush();
        bytes.reset();
    }
}
