package opm.trip;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// The plainest web servers there are, over one folder, as processes.
final class PlainServers implements AutoCloseable {
    private final Path folder;
    private final List<Process> processes = new ArrayList<>();

    PlainServers(Path folder) {
        this.folder = folder;
    }

    /// Starts `python3 -m http.server` and returns its address.
    String python() {
        int port = freePort();
        return started(
                port,
                List.of(
                        "python3",
                        "-m",
                        "http.server",
                        "--bind",
                        "127.0.0.1",
                        "--directory",
                        folder.toString(),
                        Integer.toString(port)));
    }

    /// Starts `busybox httpd` and returns its address.
    String busybox() {
        int port = freePort();
        return started(
                port,
                List.of("busybox", "httpd", "-f", "-p", "127.0.0.1:" + port, "-h", folder + ""));
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String started(int port, List<String> argv) {
        try {
            processes.add(
                    new ProcessBuilder(argv)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start());
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (System.nanoTime() < until) {
                try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    return "http://127.0.0.1:" + socket.getPort();
                } catch (IOException e) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                }
            }
            throw new AssertionError(argv + " does not listen");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
    }
}
