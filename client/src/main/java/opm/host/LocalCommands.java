package opm.host;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import opm.base.OpmException;
import opm.base.OpmException.Refused;

/// The programs of this machine.
public final class LocalCommands implements Commands {
    /// Scriptlets may write without end; the first part tells enough.
    private static final int STDERR_BYTES = 4 << 20;

    /// A JVM cannot start a program that ignores a signal; what a shell ignores stays ignored.
    private static final List<String> SHIELD =
            List.of("sh", "-c", "trap '' INT HUP; exec \"$@\"", "sh");

    public LocalCommands() {}

    @Override
    public Result run(Command command) throws OpmException {
        try (var running = launch(command)) {
            byte[] out = running.readAllOut();
            return new Result(running.waitForEnd(), out, running.stderr.bytes());
        }
    }

    @Override
    public Running start(Command command) throws OpmException {
        return launch(command);
    }

    @Override
    public boolean has(String program) {
        if (program.indexOf('/') >= 0) {
            return Files.isExecutable(Path.of(program));
        }
        String path = System.getenv("PATH");
        for (String folder : (path == null ? "/usr/bin:/bin" : path).split(":")) {
            Path file = Path.of(folder.isEmpty() ? "." : folder, program);
            if (Files.isExecutable(file) && !Files.isDirectory(file)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean anyRuns() {
        return ProcessHandle.current().children().anyMatch(ProcessHandle::isAlive);
    }

    private static Child launch(Command command) throws Refused {
        var argv = new ArrayList<String>();
        if (command.shielded()) {
            argv.addAll(SHIELD);
        }
        argv.addAll(command.argv());
        var builder = new ProcessBuilder(argv);
        command.env()
                .forEach(
                        (name, value) -> {
                            if (value.isEmpty()) {
                                builder.environment().remove(name);
                            } else {
                                builder.environment().put(name, value);
                            }
                        });
        Path folder = command.folder();
        if (folder != null) {
            builder.directory(folder.toFile());
        }
        try {
            return new Child(command, builder.start());
        } catch (IOException e) {
            var failure =
                    new Refused(
                            command.program() + ": cannot be run: " + Failures.words(e),
                            "Install the package that has `"
                                    + command.program()
                                    + "`, or correct PATH.");
            failure.initCause(e);
            throw failure;
        }
    }

    /// Few and short: starting what carries virtual threads would take longer than the program.
    private static Thread background(Runnable work) {
        return Thread.ofPlatform().daemon().start(work);
    }

    private static final class Child implements Running {
        private final Command command;
        private final Process process;
        private final Drain stderr;
        private final AtomicBoolean timedOut = new AtomicBoolean();

        Child(Command command, Process process) {
            this.command = command;
            this.process = process;
            this.stderr = new Drain(process.getErrorStream(), STDERR_BYTES);
            if (command.stdin().length == 0) {
                closeStdin();
            } else {
                background(this::feed);
            }
            if (command.timeoutSeconds() > 0) {
                background(this::watch);
            }
        }

        private void closeStdin() {
            try {
                process.getOutputStream().close();
            } catch (IOException _) {
                // The program has ended.
            }
        }

        private void feed() {
            try (OutputStream in = process.getOutputStream()) {
                in.write(command.stdin());
            } catch (IOException _) {
                // The program ended without reading everything; its exit status tells the rest.
            }
        }

        private void watch() {
            try {
                if (!process.waitFor(command.timeoutSeconds(), TimeUnit.SECONDS)) {
                    timedOut.set(true);
                    stop();
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public InputStream out() {
            return process.getInputStream();
        }

        byte[] readAllOut() throws OpmException {
            try {
                byte[] bytes = out().readNBytes(command.outputLimitBytes());
                if (bytes.length == command.outputLimitBytes() && out().read() >= 0) {
                    throw new Refused(
                            command.program()
                                    + ": printed more than "
                                    + command.outputLimitBytes()
                                    + " bytes",
                            "Run the same command by hand and look at what it prints.");
                }
                return bytes;
            } catch (IOException e) {
                throw Failures.reading(e, command.program());
            }
        }

        int waitForEnd() throws Refused {
            int status;
            try {
                status = process.waitFor();
                stderr.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                throw new Refused(command.program() + ": stopped", "Start again.");
            }
            if (timedOut.get()) {
                throw new Refused(
                        command.program()
                                + ": no end after "
                                + command.timeoutSeconds()
                                + " seconds",
                        "Run the same command by hand and look at what it waits for.");
            }
            return status;
        }

        @Override
        public Result finish() throws OpmException {
            try {
                out().transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                throw Failures.reading(e, command.program());
            }
            return new Result(waitForEnd(), new byte[0], stderr.bytes());
        }

        private void stop() {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }

        @Override
        public void close() {
            if (process.isAlive()) {
                stop();
            }
            try {
                process.getInputStream().close();
            } catch (IOException _) {
                // Nothing is lost: nobody reads it any more.
            }
        }
    }

    /// Reads a stream to its end so that the program never blocks, and keeps the first part.
    private static final class Drain {
        private final InputStream in;
        private final int limitBytes;
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private final Thread thread;

        Drain(InputStream in, int limitBytes) {
            this.in = in;
            this.limitBytes = limitBytes;
            this.thread = background(this::drain);
        }

        private void drain() {
            var buffer = new byte[8192];
            try {
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    synchronized (kept) {
                        kept.write(buffer, 0, Math.min(count, limitBytes - kept.size()));
                    }
                }
            } catch (IOException _) {
                // The program is gone; what was kept stands.
            }
        }

        void await() throws InterruptedException {
            thread.join();
        }

        byte[] bytes() {
            synchronized (kept) {
                return kept.toByteArray();
            }
        }
    }
}
