package opm.host;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import opm.base.OpmException.Unavailable;
import org.jspecify.annotations.Nullable;

/// A body that is pulled piece by piece, and that gives up when nothing comes.
///
/// `BodySubscribers.ofInputStream` waits for ever on a connection that died without a word, which
/// is the usual death on bad lines. At most two pieces (about 32 KiB) wait here at a time.
final class BoundedBody implements BodySubscriber<InputStream> {
    private static final int FLAG_MILLIS = 100;

    private sealed interface Piece {
        record Bytes(List<ByteBuffer> buffers) implements Piece {}

        record Broken(Throwable cause) implements Piece {}

        record End() implements Piece {}
    }

    private final LinkedBlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
    private final CompletableFuture<Flow.Subscription> subscribed = new CompletableFuture<>();
    private final int stallSeconds;
    private final BooleanSupplier cancelled;
    private final String subject;

    BoundedBody(int stallSeconds, BooleanSupplier cancelled, String subject) {
        this.stallSeconds = stallSeconds;
        this.cancelled = cancelled;
        this.subject = subject;
    }

    @Override
    public CompletionStage<InputStream> getBody() {
        return CompletableFuture.completedStage(new Body());
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        if (subscribed.complete(subscription)) {
            subscription.request(1);
        } else {
            subscription.cancel();
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        pieces.add(new Piece.Bytes(buffers));
    }

    @Override
    public void onError(Throwable cause) {
        pieces.add(new Piece.Broken(cause));
    }

    @Override
    public void onComplete() {
        pieces.add(new Piece.End());
    }

    private final class Body extends InputStream {
        private final ArrayDeque<ByteBuffer> ready = new ArrayDeque<>();
        private boolean ended;
        private volatile boolean closed;

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            ByteBuffer buffer = nextBuffer();
            if (buffer == null) {
                return -1;
            }
            int count = Math.min(length, buffer.remaining());
            buffer.get(bytes, offset, count);
            return count;
        }

        @Override
        public int available() {
            ByteBuffer first = ready.peek();
            return first == null ? 0 : first.remaining();
        }

        private @Nullable ByteBuffer nextBuffer() throws IOException {
            while (true) {
                while (!ready.isEmpty() && !ready.peek().hasRemaining()) {
                    ready.remove();
                }
                if (!ready.isEmpty()) {
                    return ready.peek();
                }
                if (ended) {
                    return null;
                }
                switch (await()) {
                    case Piece.Bytes(var buffers) -> {
                        ready.addAll(buffers);
                        subscribed.join().request(1);
                    }
                    case Piece.End() -> ended = true;
                    case Piece.Broken(var cause) -> {
                        ended = true;
                        String words = cause.getMessage();
                        throw failure("broke off" + (words == null ? "" : ": " + words));
                    }
                }
            }
        }

        private Piece await() throws IOException {
            long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(stallSeconds);
            while (true) {
                if (closed || cancelled.getAsBoolean()) {
                    close();
                    throw failure("cancelled");
                }
                try {
                    Piece piece = pieces.poll(FLAG_MILLIS, TimeUnit.MILLISECONDS);
                    if (piece != null) {
                        return piece;
                    }
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                    close();
                    throw failure("cancelled");
                }
                if (System.nanoTime() > giveUp) {
                    close();
                    throw failure("not a byte for " + stallSeconds + " seconds");
                }
            }
        }

        private StreamFailure failure(String words) {
            return new StreamFailure(
                    new Unavailable(
                            subject + ": " + words,
                            "Try again; what came is kept. Or use another mirror."));
        }

        @Override
        public void close() {
            closed = true;
            if (!ended) {
                // Never subscribed: onSubscribe will find the future taken and cancel.
                subscribed.completeExceptionally(new IOException("closed"));
                if (!subscribed.isCompletedExceptionally()) {
                    subscribed.join().cancel();
                }
            }
        }
    }
}
