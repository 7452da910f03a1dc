package opm.packagekit;

import java.io.BufferedInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channel;
import java.nio.channels.Channels;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import opm.base.Limits;
import opm.base.OpmException.BadRequest;
import opm.host.Host;
import org.jspecify.annotations.Nullable;

/// Takes jobs from connections, each on a thread of its own, until there were none for a while.
///
/// A connection that arrives while this one leaves stays in the socket's queue, which belongs to
/// the module, and the module starts another helper for it. So leaving loses nothing.
public final class Jobs {
    private final Desk desk;
    private final Host host;
    private final Path state;

    /// Jobs at work and threads that end; guarded by `this`.
    private int active;

    private long idleSinceNanos = System.nanoTime();

    /// @param state a folder of root's own
    public Jobs(Desk desk, Host host, Path state) {
        this.desk = desk;
        this.host = host;
        this.state = state;
    }

    /// Serves what stands at the standard input: the socket that the module listens on, or one
    /// connection, or anything else that lines come from.
    ///
    /// @param out where the answer goes in the last case
    public void serveInput(OutputStream out, int idleSeconds, BooleanSupplier end)
            throws IOException {
        Channel channel = System.inheritedChannel();
        if (channel instanceof ServerSocketChannel socket) {
            serve(socket, idleSeconds, end);
        } else if (channel instanceof SocketChannel one) {
            converse(Channels.newInputStream(one), Channels.newOutputStream(one));
        } else {
            converse(new FileInputStream(FileDescriptor.in), out);
        }
    }

    /// Serves a socket until no job came for some seconds, or somebody wants the end.
    void serve(ServerSocketChannel socket, int idleSeconds, BooleanSupplier end)
            throws IOException {
        try (Selector selector = Selector.open()) {
            socket.configureBlocking(false);
            socket.register(selector, SelectionKey.OP_ACCEPT);
            while (!end.getAsBoolean() && idleNanos() < idleSeconds * 1_000_000_000L) {
                selector.select(500);
                selector.selectedKeys().clear();
                SocketChannel connection = mayTakeMore() ? socket.accept() : null;
                if (connection != null) {
                    begun();
                    Thread.ofPlatform().name("job").start(() -> converse(connection));
                }
            }
        }
        awaitAll();
    }

    private synchronized boolean mayTakeMore() {
        return active < Limits.JOBS;
    }

    private synchronized long idleNanos() {
        return active > 0 ? 0 : System.nanoTime() - idleSinceNanos;
    }

    private synchronized void begun() {
        active++;
    }

    /// Between jobs there is time to collect garbage, and nobody who waits for it: 3 MB of each job
    /// would stay, because young generations as small as ours let things grow old (15 ms).
    private void ended() {
        if (isLast()) {
            System.gc();
        }
    }

    private synchronized boolean isLast() {
        active--;
        idleSinceNanos = System.nanoTime();
        notifyAll();
        return active == 0;
    }

    private synchronized void awaitAll() {
        while (active > 0) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void converse(SocketChannel connection) {
        try (connection) {
            converse(Channels.newInputStream(connection), Channels.newOutputStream(connection));
        } catch (IOException e) {
            // The client is gone; its job has ended.
        } finally {
            ended();
        }
    }

    /// Does the one job of a connection.
    void converse(InputStream in, OutputStream out) throws IOException {
        var answer = new Answer(out);
        var cancelled = new AtomicBoolean();
        var lines = new BufferedInputStream(in);
        Question question = read(lines, answer);
        if (question == null) {
            return;
        }
        var work = new Work(desk, host, state, answer, cancelled::get);
        Thread listener = Thread.ofPlatform().daemon().start(() -> awaitCancel(lines, cancelled));
        assert listener.isDaemon();
        work.run(question);
    }

    /// `cancel`, and the end of the connection: nobody wants the answer any more.
    private static void awaitCancel(InputStream in, AtomicBoolean cancelled) {
        try {
            String line = Wire.readLine(in);
            while (line != null && !line.equals("cancel")) {
                line = Wire.readLine(in);
            }
        } catch (IOException e) {
            // as the end
        }
        cancelled.set(true);
    }

    /// Reads the lines up to `go`.
    ///
    /// @return null where there is no whole question; the client was told, if it is still there
    private static @Nullable Question read(InputStream in, Answer answer) throws IOException {
        Question.Reader question = null;
        long bytes = 0;
        try {
            for (String line = Wire.readLine(in); line != null; line = Wire.readLine(in)) {
                bytes += line.length();
                List<String> fields = Wire.fields(line);
                switch (fields.getFirst()) {
                    case "job" ->
                            question = new Question.Reader(fields.size() > 1 ? fields.get(1) : "");
                    case "arg" -> {
                        if (question != null) {
                            question.add(fields.subList(1, fields.size()));
                        }
                    }
                    case "go" -> {
                        return question == null ? null : question.whole();
                    }
                    default -> {}
                }
                if (bytes > Limits.JOB_BYTES) {
                    throw new BadRequest(
                            "found " + bytes + " bytes, expected at most " + Limits.JOB_BYTES,
                            "Ask for less at once.");
                }
            }
        } catch (BadRequest e) {
            Failure.of("not-supported", e).tell(answer);
            answer.finished();
        }
        return null;
    }
}
