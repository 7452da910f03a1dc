package opm.cli;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Unavailable;
import opm.share.Neighbours;
import opm.share.Neighbours.Neighbour;

/// A machine that shares its packages: `opm://HOST`, found by name on the local network, or
/// `opm://ADDRESS:PORT`.
///
/// @param id a name for it among repositories
record Peer(String id, String url) {
    /// Where `opm share` listens unless told otherwise.
    static final int PORT = 27_620;

    static final String SCHEME = "opm://";
    static final int SEARCH_MILLIS = 2_000;

    /// Finds one.
    static Peer find(String text, AtomicBoolean cancelled) throws OpmException {
        String place = text.substring(SCHEME.length()).replaceAll("/+$", "");
        if (!place.matches("(\\[[0-9a-fA-F:.]+]|[A-Za-z0-9._-]+)(:\\d{1,5})?")) {
            throw new BadRequest(
                    "--from: found '" + text + "', expected opm://HOST or opm://HOST:PORT",
                    "`opm share --neighbours` lists who shares.");
        }
        String id = "from-" + place.replaceAll("[^A-Za-z0-9.-]", "-");
        if (place.matches(".*:\\d{1,5}") && !place.endsWith("]")) {
            return new Peer(id, "http://" + place + "/");
        }
        if (place.matches("[0-9.]+|\\[.*")) {
            return new Peer(id, "http://" + place + ":" + PORT + "/");
        }
        List<Neighbour> found =
                Neighbours.find(
                        SEARCH_MILLIS, one -> Neighbours.isCalled(one, place), cancelled::get);
        for (Neighbour one : found) {
            if (Neighbours.isCalled(one, place)) {
                return new Peer(id, one.url());
            }
        }
        if (place.contains(".") && !place.endsWith(".local")) {
            return new Peer(id, "http://" + place + ":" + PORT + "/");
        }
        List<String> names = found.stream().map(Neighbour::name).toList();
        throw new Unavailable(
                text
                        + ": found no machine of that name that shares, "
                        + (names.isEmpty() ? "nor any other" : "only " + String.join(", ", names)),
                "Run `opm share` there; or give its address: opm://ADDRESS:" + PORT);
    }
}
