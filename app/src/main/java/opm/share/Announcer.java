package opm.share;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import opm.base.OpmException;
import opm.base.OpmException.Unavailable;

/// Tells neighbours who ask by mDNS that this machine shares packages, and where.
public final class Announcer implements AutoCloseable {
    private static final int TTL_SECONDS = 120;
    private static final int TICK_MILLIS = 500;

    /// How often the interfaces are looked at again: a cable may come later.
    private static final int JOIN_TICKS = 10;

    private final MulticastSocket socket;
    private final String name;
    private final int port;
    private final Thread thread;
    private final List<String> joined = new ArrayList<>();
    private volatile boolean closed;

    private Announcer(MulticastSocket socket, String name, int port) {
        this.socket = socket;
        this.name = name;
        this.port = port;
        this.thread = Thread.ofPlatform().daemon().name("announcer").unstarted(this::run);
    }

    /// Begins to answer.
    ///
    /// @param host what this machine is called
    /// @param port where it shares
    /// @throws Unavailable where mDNS cannot be spoken
    public static Announcer begin(String host, int port) throws OpmException {
        try {
            // Shared with the system's own responder, which answers for other names.
            var socket = new MulticastSocket(null);
            socket.setReuseAddress(true);
            if (socket.supportedOptions().contains(StandardSocketOptions.SO_REUSEPORT)) {
                socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            }
            socket.bind(new java.net.InetSocketAddress(Neighbours.MDNS_PORT));
            socket.setSoTimeout(TICK_MILLIS);
            var announcer = new Announcer(socket, label(host), port);
            announcer.join();
            announcer.everywhere(TTL_SECONDS);
            announcer.thread.start();
            return announcer;
        } catch (IOException e) {
            throw new Unavailable(
                            "share: cannot announce itself: " + e.getMessage(),
                            "Others find it by its address: --from opm://ADDRESS:PORT.")
                    .because(e);
        }
    }

    /// Returns a label of DNS for a host's name: its first one, as far as it is one.
    static String label(String host) {
        String first = host.split("\\.", -1)[0].toLowerCase(Locale.ROOT);
        String plain = first.replaceAll("[^a-z0-9-]", "-").replaceAll("^-+|-+$", "");
        return plain.isEmpty() ? "opm" : plain.substring(0, Math.min(60, plain.length()));
    }

    /// Returns the name that it is found by, without `.local`.
    public String name() {
        return name;
    }

    private void join() throws IOException {
        for (NetworkInterface each : Neighbours.interfaces()) {
            if (!joined.contains(each.getName())) {
                try {
                    socket.joinGroup(Neighbours.group(), each);
                    joined.add(each.getName());
                } catch (IOException _) {
                    // An interface without an address yet: looked at again.
                }
            }
        }
    }

    private void run() {
        var buffer = new byte[9000];
        int ticks = 0;
        while (!closed) {
            try {
                var packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                answer(packet);
            } catch (SocketTimeoutException _) {
                ticks++;
                if (ticks % JOIN_TICKS == 0) {
                    joinQuietly();
                }
            } catch (IOException _) {
                // Closed, or a network that went away.
                if (socket.isClosed()) {
                    return;
                }
            }
        }
    }

    private void joinQuietly() {
        try {
            join();
        } catch (IOException _) {
            // Looked at again.
        }
    }

    private void answer(DatagramPacket packet) throws IOException {
        Dns message;
        try {
            message = Dns.parse(packet.getData(), packet.getLength());
        } catch (IllegalArgumentException _) {
            return;
        }
        if (message.isAnswer() || !ShareServer.isNear(packet.getAddress())) {
            return;
        }
        boolean forUs = message.questions().stream().anyMatch(this::isForUs);
        if (!forUs) {
            return;
        }
        boolean alone =
                packet.getPort() != Neighbours.MDNS_PORT
                        || message.questions().stream().allMatch(Dns.Question::toAskerAlone);
        if (alone) {
            int id = (packet.getData()[0] & 0xff) << 8 | packet.getData()[1] & 0xff;
            byte[] bytes = records(TTL_SECONDS, addresses()).bytes(id);
            socket.send(new DatagramPacket(bytes, bytes.length, packet.getSocketAddress()));
        } else {
            everywhere(TTL_SECONDS);
        }
    }

    private boolean isForUs(Dns.Question question) {
        return switch (question.type()) {
            case Dns.PTR -> question.name().equals(Neighbours.SERVICE);
            case Dns.SRV, Dns.TXT -> question.name().equals(instance());
            case Dns.ANY ->
                    question.name().equals(Neighbours.SERVICE)
                            || question.name().equals(instance());
            default -> false;
        };
    }

    private String instance() {
        return name + "." + Neighbours.SERVICE;
    }

    private Dns records(int ttlSeconds, List<InetAddress> addresses) {
        var answers = new ArrayList<Dns.Answer>();
        String host = name + "-opm.local";
        answers.add(new Dns.Answer.Pointer(Neighbours.SERVICE, instance(), ttlSeconds));
        answers.add(new Dns.Answer.Service(instance(), host, port));
        answers.add(new Dns.Answer.Text(instance(), "v=1"));
        for (InetAddress address : addresses) {
            answers.add(new Dns.Answer.Address(host, address));
        }
        return new Dns(true, List.of(), answers);
    }

    private static List<InetAddress> addresses() throws IOException {
        var all = new ArrayList<InetAddress>();
        for (NetworkInterface each : Neighbours.interfaces()) {
            all.addAll(Collections.list(each.getInetAddresses()));
        }
        return Dns.few(all);
    }

    private void everywhere(int ttlSeconds) throws IOException {
        for (NetworkInterface each : Neighbours.interfaces()) {
            List<InetAddress> its = Dns.few(Collections.list(each.getInetAddresses()));
            byte[] bytes = records(ttlSeconds, its).bytes(0);
            try {
                socket.setOption(StandardSocketOptions.IP_MULTICAST_IF, each);
                socket.send(new DatagramPacket(bytes, bytes.length, Neighbours.group()));
            } catch (IOException _) {
                // Without an address, or gone: the others hear it.
            }
        }
    }

    /// Says good-bye and ends.
    @Override
    public void close() {
        closed = true;
        try {
            everywhere(0);
        } catch (IOException _) {
            // They will notice.
        }
        socket.close();
    }
}
