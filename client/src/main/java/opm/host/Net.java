package opm.host;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Map;
import java.util.function.BooleanSupplier;
import opm.base.OpmException;
import org.jspecify.annotations.Nullable;

/// The network: `http:`, `https:` and `file:`.
///
/// Redirects are followed, at most [opm.base.Limits#REDIRECTS], never from https to http and never
/// to `file:`. A user name and password in the address become basic authentication, towards that
/// host alone, and appear in no message.
public interface Net {
    /// Asks for the bytes of an address. Any HTTP status is an answer; the caller closes it.
    ///
    /// @throws OpmException.Unavailable when there is no answer: no name, no route, no TLS, too
    ///     many redirects, nothing for [opm.base.Limits#STALL_SECONDS] seconds, or cancelled
    /// @throws OpmException.BadRequest when the address is of no kind that can be fetched
    Response get(Request request) throws OpmException;

    /// Says how addresses that begin so are to be asked; those not named by redirects alone.
    default void learn(String addressPrefix, Access access) {
        // One that is no real network has no use for it.
    }

    /// Says that an address was named by whoever runs this machine; see [#forStrangers].
    default void own(String address) {
        // Only one that asks for strangers has use for it.
    }

    /// Returns the network for those who may not be sent where only this machine gets: of itself
    /// and the network around it, only what it is told to be its [#own] is asked, whoever redirects
    /// there.
    default Net forStrangers() {
        return this;
    }

    /// Asks for the bytes of an address from `fromByte` on.
    default Response get(URI uri, long fromByte, Map<String, String> headers) throws OpmException {
        return get(new Request(uri, fromByte, -1, headers, () -> false));
    }

    /// Sends bytes to an address and asks for what it says to them. Redirects are an answer too:
    /// what is sent is meant for this server.
    ///
    /// @throws OpmException.Unavailable as [#get] does, and where nothing can be sent
    default Response post(URI uri, byte[] bytes, BooleanSupplier cancelled) throws OpmException {
        throw new OpmException.Unavailable(
                uri + ": found an address to read, expected one to send to",
                "Use http://HOST/… or https://HOST/….");
    }

    /// What is wanted.
    ///
    /// @param fromByte the first byte wanted, from 0
    /// @param untilByte one past the last byte wanted, or -1 for all the rest
    /// @param cancelled asked several times a second; the transfer ends soon after it says true
    record Request(
            URI uri,
            long fromByte,
            long untilByte,
            Map<String, String> headers,
            BooleanSupplier cancelled) {
        public Request {
            if (fromByte < 0 || untilByte >= 0 && untilByte <= fromByte) {
                throw new IllegalArgumentException("bytes " + fromByte + " to " + untilByte);
            }
            headers = Map.copyOf(headers);
        }

        /// Makes a request for everything.
        public static Request of(URI uri) {
            return new Request(uri, 0, -1, Map.of(), () -> false);
        }

        /// Returns the same for only some of the bytes.
        public Request range(long from, long until) {
            return new Request(uri, from, until, headers, cancelled);
        }

        /// Returns the same with headers.
        public Request withHeaders(Map<String, String> more) {
            return new Request(uri, fromByte, untilByte, more, cancelled);
        }

        /// Returns the same with a flag that ends it.
        public Request cancelledBy(BooleanSupplier flag) {
            return new Request(uri, fromByte, untilByte, headers, flag);
        }

        boolean isPartial() {
            return fromByte > 0 || untilByte >= 0;
        }
    }

    /// An answer.
    interface Response extends AutoCloseable {
        int PIECE_BYTES = 64 << 10;

        /// Returns 200, 206, 304, 404 and so on; `file:` answers 200, 206, 404, 403 and 416.
        int status();

        /// Returns a header of the answer, its name in any case; null when absent.
        @Nullable String header(String name);

        /// Returns which byte of the whole the body starts with.
        ///
        /// 0 where a server ignored the range (status 200): the caller starts over.
        long startsAtByte();

        /// Returns how many bytes the body will have, or -1 when the answer does not say.
        long bodyBytes();

        /// Returns the length of the whole, also for a part of it, or -1 when it is not said.
        long totalBytes();

        /// Returns the body; its `read` fails with a [StreamFailure] when it stalls or breaks off.
        InputStream body();

        /// Passes so many bytes of the body on to somebody else, as they come.
        ///
        /// @throws IOException as of the body's `read`, or of the one that they are written to
        default void pass(long bytes, WritableByteChannel out) throws IOException {
            var piece = new byte[PIECE_BYTES];
            for (long more = bytes; more > 0; ) {
                int read = body().read(piece, 0, (int) Math.min(piece.length, more));
                if (read < 0) {
                    throw new EOFException("it broke off");
                }
                var written = ByteBuffer.wrap(piece, 0, read);
                while (written.hasRemaining()) {
                    out.write(written);
                }
                more -= read;
            }
        }

        /// Returns where the bytes came from in the end, without user and password.
        URI finalUri();

        @Override
        void close();
    }
}
