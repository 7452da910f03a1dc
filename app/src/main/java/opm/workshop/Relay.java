package opm.workshop;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Map;
import opm.base.OpmException;
import opm.base.OpmException.Unavailable;
import opm.fetch.Wanted;
import opm.host.Net;
import opm.store.Store;
import opm.store.Stored;
import org.jspecify.annotations.Nullable;

/// Some bytes of a package's file on their way through this server: out of the store, or straight
/// from a mirror. Nothing of them is kept; who receives them checks the digest.
///
/// @param stored the file in the store; null when a mirror is asked
public record Relay(@Nullable Path stored, Net.@Nullable Response mirror, long from, long until)
        implements AutoCloseable {
    static Relay open(Store store, Net net, Wanted file, long from, long until)
            throws OpmException {
        if (store.has(file.digest())) {
            Stored there = store.get(file.digest());
            if (there != null) {
                return new Relay(there.path(), null, from, until);
            }
        }
        OpmException last = null;
        for (URI source : file.sources()) {
            try {
                var request = new Net.Request(source, from, until, Map.of(), () -> false);
                Net.Response said = net.get(request);
                if (said.status() == 200 && said.startsAtByte() == 0 || said.status() == 206) {
                    return new Relay(null, said, from, until);
                }
                said.close();
                last = new Unavailable("a mirror answered " + said.status(), "Try again later.");
            } catch (OpmException e) {
                last = e;
            }
        }
        throw last == null
                ? new Unavailable("no mirror has this file", "Try again later.")
                : last;
    }

    /// Passes the mirror's bytes on, and closes.
    ///
    /// @throws IOException when it breaks off before the last that is wanted
    public void pass(WritableByteChannel out) throws IOException {
        Net.Response said = mirror;
        if (said == null) {
            throw new IllegalStateException("the store has this file");
        }
        try (this) {
            said.body().skipNBytes(from - said.startsAtByte());
            said.pass(until - from, out);
        }
    }

    @Override
    public void close() {
        if (mirror != null) {
            mirror.close();
        }
    }
}
