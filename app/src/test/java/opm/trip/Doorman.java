package opm.trip;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Stands in front of `opm serve`, passes everything on, and writes down what browsers get of
/// packages.
final class Doorman implements AutoCloseable {
    private static final Pattern RANGE = Pattern.compile("(?i)\r\nRange: bytes=(\\d+)-");
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\nContent-Length: (\\d+)");
    private final URI behind;
    private final ServerSocket door;
    private final Traffic traffic = new Traffic();
    private final AtomicInteger breaks = new AtomicInteger();
    private volatile String broken = "";

    Doorman(String behind) throws IOException {
        this.behind = URI.create(behind);
        door = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::stand);
    }

    String address() {
        return "http://127.0.0.1:" + door.getLocalPort();
    }

    Traffic traffic() {
        return traffic;
    }

    /// Breaks off the next answers to requests for a part of a file, after their first byte.
    ///
    /// @param end how the path of the file ends
    void breakOff(String end, int answers) {
        broken = end;
        breaks.set(answers);
    }

    /// Returns how many answers are still to be broken off.
    int breaksLeft() {
        return breaks.get();
    }

    private void stand() {
        try {
            while (true) {
                Socket guest = door.accept();
                Thread.ofVirtual().start(() -> pass(guest));
            }
        } catch (IOException _) {
            // Closed.
        }
    }

    private void pass(Socket guest) {
        try (guest;
                var home = new Socket(behind.getHost(), behind.getPort())) {
            String head = head(guest.getInputStream());
            if (head.isEmpty()) {
                return;
            }
            // One request each: so it ends where the answer ends.
            String once = head.replaceAll("(?i)\r\nConnection: [^\r]*", "");
            once = once.substring(0, once.length() - 2) + "Connection: close\r\n\r\n";
            home.getOutputStream().write(once.getBytes(StandardCharsets.ISO_8859_1));
            Matcher length = LENGTH.matcher(head);
            long left = length.find() ? Long.parseLong(length.group(1)) : 0;
            var piece = new byte[16 << 10];
            while (left > 0) {
                int most = (int) Math.min(piece.length, left);
                int read = guest.getInputStream().read(piece, 0, most);
                if (read < 0) {
                    return;
                }
                home.getOutputStream().write(piece, 0, read);
                left -= read;
            }
            String path = head.split(" ", 3)[1];
            Matcher range = RANGE.matcher(head);
            boolean part = range.find();
            long from = part ? Long.parseLong(range.group(1)) : 0;
            boolean breaksOff =
                    part
                            && path.endsWith(broken)
                            && breaks.getAndUpdate(more -> Math.max(0, more - 1)) > 0;
            Traffic.Sent sent = path.contains("/rpm/") ? traffic.begin(path, true, from) : null;
            answer(home.getInputStream(), guest.getOutputStream(), sent, breaksOff);
        } catch (IOException _) {
            // One of them left.
        }
    }

    private void answer(
            InputStream in, OutputStream out, Traffic.@Nullable Sent sent, boolean breaksOff)
            throws IOException {
        out.write(head(in).getBytes(StandardCharsets.ISO_8859_1));
        if (breaksOff) {
            out.write(in.read());
            return;
        }
        var piece = new byte[16 << 10];
        for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
            out.write(piece, 0, read);
            if (sent != null) {
                traffic.add(sent, read);
            }
        }
    }

    private static String head(InputStream in) throws IOException {
        var head = new ByteArrayOutputStream();
        int tail = 0;
        while (tail != 0x0d0a0d0a) {
            int next = in.read();
            if (next < 0) {
                return "";
            }
            head.write(next);
            tail = tail << 8 | next;
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        door.close();
    }
}
