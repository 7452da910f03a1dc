package opm.share;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import opm.base.OpmException;
import opm.base.OpmException.Unavailable;

/// Who shares packages on the local network, asked by mDNS: nobody needs to be told about anybody.
public final class Neighbours {
    /// The kind of service: `_opm._tcp`, as Avahi and the resolvers of others show it.
    static final String SERVICE = "_opm._tcp.local";

    static final int MDNS_PORT = 5353;

    /// When the question is asked, in milliseconds from the start: datagrams get lost.
    private static final int[] ASK_MILLIS = {0, 250, 1000};

    private static final int TICK_MILLIS = 50;
    private static final int MOST = 200;

    private Neighbours() {}

    /// One that answered.
    ///
    /// @param name as it calls itself, without `.local`
    /// @param address where its answer came from
    public record Neighbour(String name, InetSocketAddress address) {
        /// Returns where its files are.
        public String url() {
            String host = address.getAddress().getHostAddress();
            int zone = host.indexOf('%');
            host = zone < 0 ? host : host.substring(0, zone);
            return "http://" + host + ":" + address.getPort() + "/";
        }
    }

    static InetSocketAddress group() throws IOException {
        return new InetSocketAddress(InetAddress.getByName("224.0.0.251"), MDNS_PORT);
    }

    /// Returns the interfaces that reach neighbours.
    static List<NetworkInterface> interfaces() throws SocketException {
        var found = new ArrayList<NetworkInterface>();
        for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            if (each.isUp() && !each.isLoopback() && each.supportsMulticast()) {
                found.add(each);
            }
        }
        return found;
    }

    /// Asks who is there.
    ///
    /// @param enough ends the search early, for who looks for a certain one
    /// @return by name, sorted
    /// @throws Unavailable where this machine has no network of the kind
    public static List<Neighbour> find(
            int millis, Predicate<Neighbour> enough, BooleanSupplier cancelled)
            throws OpmException {
        var found = new LinkedHashMap<String, Neighbour>();
        try (var socket = new MulticastSocket(0)) {
            socket.setSoTimeout(TICK_MILLIS);
            byte[] question = Dns.question(SERVICE).bytes(0);
            long start = System.nanoTime();
            int asked = 0;
            var buffer = new byte[9000];
            while (!cancelled.getAsBoolean()) {
                long now = (System.nanoTime() - start) / 1_000_000;
                if (now >= millis) {
                    break;
                }
                if (asked < ASK_MILLIS.length && now >= ASK_MILLIS[asked]) {
                    asked++;
                    ask(socket, question);
                }
                var packet = new DatagramPacket(buffer, buffer.length);
                try {
                    socket.receive(packet);
                } catch (SocketTimeoutException _) {
                    continue;
                }
                boolean done = false;
                for (Neighbour one : answered(packet)) {
                    if (found.size() < MOST) {
                        found.putIfAbsent(one.name(), one);
                    }
                    done |= enough.test(one);
                }
                if (done) {
                    break;
                }
            }
        } catch (IOException e) {
            throw new Unavailable(
                            "share: cannot ask the local network: " + e.getMessage(),
                            "Name the address of the other machine: opm://ADDRESS:PORT.")
                    .because(e);
        }
        return found.values().stream()
                .sorted((a, b) -> a.name().compareTo(b.name()))
                .toList();
    }

    private static void ask(MulticastSocket socket, byte[] question) throws IOException {
        for (NetworkInterface each : interfaces()) {
            try {
                socket.setOption(StandardSocketOptions.IP_MULTICAST_IF, each);
                socket.send(new DatagramPacket(question, question.length, group()));
            } catch (IOException _) {
                // An interface without an address, or without a route: others may have one.
            }
        }
    }

    private static List<Neighbour> answered(DatagramPacket packet) {
        Dns message;
        try {
            message = Dns.parse(packet.getData(), packet.getLength());
        } catch (IllegalArgumentException _) {
            return List.of();
        }
        // Who is not a neighbour cannot have heard the question.
        if (!message.isAnswer() || !ShareServer.isNear(packet.getAddress())) {
            return List.of();
        }
        Map<String, Boolean> ours = new LinkedHashMap<>();
        for (Dns.Answer answer : message.answers()) {
            if (answer instanceof Dns.Answer.Pointer(var name, var target, int ttl)
                    && name.equals(SERVICE)
                    && ttl != 0) {
                ours.put(target, true);
            }
        }
        var found = new ArrayList<Neighbour>();
        for (Dns.Answer answer : message.answers()) {
            if (answer instanceof Dns.Answer.Service(var name, _, int port)
                    && ours.containsKey(name)
                    && port > 0) {
                String plain = name.substring(0, name.length() - SERVICE.length() - 1);
                found.add(
                        new Neighbour(plain, new InetSocketAddress(packet.getAddress(), port)));
            }
        }
        return found;
    }

    /// Tells whether a neighbour is called so: `other-box`, `other-box.local`.
    public static boolean isCalled(Neighbour one, String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return one.name().equals(lower) || (one.name() + ".local").equals(lower);
    }
}
