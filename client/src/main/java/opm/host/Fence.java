package opm.host;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import opm.base.OpmException.Unavailable;

/// Which servers are asked on behalf of strangers: none of this machine or of its network, but
/// those that whoever runs this machine has named.
///
/// A mirror answers with a redirect, or lists other mirrors, and so would send this machine where
/// strangers cannot go themselves; they get the bytes as they come. What decides is the address
/// that is connected to, not the name. A name that led outside once never leads inside later: its
/// owner would only have to change it.
final class Fence {
    private enum Leads {
        NOT_ASKED_YET,
        INSIDE,
        OUTSIDE
    }

    private final Map<String, Leads> own = new ConcurrentHashMap<>();

    /// Takes an address for one that was named by whoever runs this machine.
    void own(URI uri) {
        if (uri.getHost() != null) {
            own.putIfAbsent(authority(uri), Leads.NOT_ASKED_YET);
        }
    }

    private static String authority(URI uri) {
        int usual = LocalNet.scheme(uri).equals("https") ? 443 : 80;
        int port = uri.getPort() < 0 ? usual : uri.getPort();
        return uri.getHost().toLowerCase(Locale.ROOT) + ":" + port;
    }

    /// Checks a server that others look up: a proxy, or the client of the JDK, which is given the
    /// same answer for some seconds, and wants a certificate of that name besides.
    void check(URI uri) throws Unavailable {
        try {
            check(uri, InetAddress.getAllByName(uri.getHost()));
        } catch (UnknownHostException _) {
            // Only a proxy may know it; it is not asked about this machine's network by that name.
        }
    }

    /// Checks what is to be connected to.
    ///
    /// @throws Unavailable when one of them lies inside
    void check(URI uri, InetAddress[] addresses) throws Unavailable {
        boolean any = Arrays.stream(addresses).anyMatch(Fence::isInside);
        boolean all = Arrays.stream(addresses).allMatch(Fence::isInside);
        Leads leads =
                own.computeIfPresent(
                        authority(uri),
                        (_, known) ->
                                known != Leads.NOT_ASKED_YET
                                        ? known
                                        : all ? Leads.INSIDE : Leads.OUTSIDE);
        if (any && leads != Leads.INSIDE) {
            throw new Unavailable(
                    LocalNet.shown(uri) + ": lies in the network of this server, or is itself",
                    "A mirror sends there. If it may: name that address as a repository's own.");
        }
    }

    /// Tells whether an address is of this machine, or of a network that not everybody reaches.
    static boolean isInside(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length == 16 && !address.isMulticastAddress()) {
            int first = (bytes[0] & 0xff) << 8 | bytes[1] & 0xff;
            // IPv4 in disguise: NAT64 (RFC 6052), 6to4 (RFC 3056).
            boolean disguised =
                    first == 0x0064 && isInside(four(bytes, 12))
                            || first == 0x2002 && isInside(four(bytes, 2));
            // Unique local addresses (RFC 4193); what begins with zeros is nobody's server.
            if (disguised || (first & 0xfe00) == 0xfc00 || first == 0) {
                return true;
            }
        }
        return address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()
                || address instanceof Inet4Address && isSpecial(bytes)
                || isOfThisMachine(address);
    }

    private static InetAddress four(byte[] bytes, int at) {
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, at, at + 4));
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /// RFC 6890: this network, the carrier's, protocols, tests of devices, reserved.
    private static boolean isSpecial(byte[] bytes) {
        int first = bytes[0] & 0xff;
        int second = bytes[1] & 0xff;
        return first == 0
                || first == 100 && (second & 0xc0) == 64
                || first == 192 && second == 0 && bytes[2] == 0
                || first == 198 && (second & 0xfe) == 18
                || first >= 240;
    }

    private static boolean isOfThisMachine(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException _) {
            return false;
        }
    }
}
