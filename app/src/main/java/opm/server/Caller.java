package opm.server;

import java.util.function.BooleanSupplier;

/// Who asks.
///
/// @param address of the machine; of IPv6 the network, for one has as many addresses as it likes
/// @param secure whether the way to this server, or to the proxy before it, is encrypted
/// @param gone tells whether it stopped waiting for the answer
public record Caller(String address, boolean secure, BooleanSupplier gone) {
    static final Caller NOBODY = new Caller("", false, () -> false);
}
