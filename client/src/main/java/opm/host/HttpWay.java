package opm.host;

import java.io.InputStream;
import java.net.URI;
import opm.base.OpmException;
import org.jspecify.annotations.Nullable;

/// One way to ask a web server, redirects not followed: [PlainHttp] or, under TLS, [SafeHttp].
interface HttpWay {
    /// Sends a request and waits for the head of the answer.
    ///
    /// @param uri where to, instead of the request's own address
    /// @param user the Authorization header, "" for none
    /// @param posted null when something is asked for, else what is sent
    /// @throws OpmException.Unavailable when there is no answer
    Answer send(Net.Request request, URI uri, String user, byte @Nullable [] posted)
            throws OpmException;

    /// A web server's answer; closing its body gives its connection back.
    interface Answer {
        int status();

        /// Returns a header, its name in lower case; null when absent.
        @Nullable String header(String name);

        InputStream body();
    }

    /// Returns the value of the `Range` header, "" where everything is wanted.
    static String range(Net.Request request) {
        if (!request.isPartial()) {
            return "";
        }
        String until = request.untilByte() < 0 ? "" : Long.toString(request.untilByte() - 1);
        return "bytes=" + request.fromByte() + "-" + until;
    }
}
