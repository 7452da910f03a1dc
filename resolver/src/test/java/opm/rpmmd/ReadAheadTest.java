package opm.rpmmd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// Reading ahead changes neither bytes nor failures, and leaves no thread behind.
class ReadAheadTest {
    @Test
    void theSameBytes() throws IOException {
        // Every length around the size of a piece comes through whole.
        for (int length : new int[] {0, 1, (1 << 18) - 1, 1 << 18, (1 << 18) + 1, 3_000_000}) {
            var bytes = new byte[length];
            new Random(length).nextBytes(bytes);
            try (var in = new ReadAhead(new ByteArrayInputStream(bytes))) {
                assertThat(in.readAllBytes()).isEqualTo(bytes);
                assertThat(in.read()).isEqualTo(-1);
            }
        }
    }

    @Test
    void failuresComeThrough() throws IOException {
        // A stream that breaks is told, checked or not, and is closed.
        for (Exception failure :
                new Exception[] {new IOException("broke"), new IllegalArgumentException("odd")}) {
            var closed = new AtomicBoolean();
            InputStream broken =
                    new FilterInputStream(new ByteArrayInputStream(new byte[600_000])) {
                        private int left = 500_000;

                        @Override
                        public int read(byte[] into, int offset, int length) throws IOException {
                            if (left <= 0) {
                                if (failure instanceof RuntimeException e) {
                                    throw e;
                                }
                                throw (IOException) failure;
                            }
                            int count = super.read(into, offset, Math.min(left, length));
                            left -= count;
                            return count;
                        }

                        @Override
                        public void close() {
                            closed.set(true);
                        }
                    };
            try (var in = new ReadAhead(broken)) {
                assertThatThrownBy(in::readAllBytes).isSameAs(failure);
            }
            assertThat(closed).isTrue();
        }
    }

    @Test
    void closedEarly() throws IOException {
        // Closing in the middle ends the thread that reads ahead.
        try (var in = new ReadAhead(new ByteArrayInputStream(new byte[10_000_000]))) {
            assertThat(in.read()).isZero();
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("unpack"));
    }
}
