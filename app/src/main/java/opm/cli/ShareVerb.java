package opm.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Unavailable;
import opm.engine.Sharing;
import opm.share.Announcer;
import opm.share.Neighbours;
import opm.share.Neighbours.Neighbour;
import opm.share.ShareServer;
import opm.solve.Globs;
import org.jspecify.annotations.Nullable;

/// `opm share [GLOB...]`: lets the machines of the local network take packages from this one, until
/// it is interrupted; with `--list`, who does so.
final class ShareVerb implements Verb {
    private static final int USUAL_CONNECTIONS = 16;
    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    @Override
    public void accept(Syntax syntax) {
        syntax.value("ADDRESS:PORT", "--listen")
                .value("NUMBER", "--connections")
                .value("HOST", "--as")
                .flag("--everything")
                .flag("--anybody")
                .flag("--neighbours")
                .arguments("GLOB", 0, -1);
    }

    @Override
    public int run(Session session) throws OpmException {
        if (session.has("--neighbours")) {
            return list(session);
        }
        String[] place = place(session.value("--listen"), Peer.PORT);
        int port = Integer.parseInt(place[1]);
        var rules =
                new ShareServer.Rules(
                        connections(session.value("--connections")),
                        session.settings().limitBytesPerSecond(),
                        session.has("--anybody"));
        boolean installed = !session.has("--everything");
        try (var sharing = Sharing.of(session.engine(), installed, chosen(session));
                var server = ShareServer.open(place[0], port, sharing.files(), rules)) {
            session.progress().clear();
            Announcer announcer =
                    isOwn(place[0]) ? null : announcer(session, server.port());
            try {
                say(session, sharing, server, announcer);
                server.run(session.outside().cancelled()::get);
            } finally {
                if (announcer != null) {
                    announcer.close();
                }
            }
            if (!session.settings().json()) {
                session.screen().say("share.sent", Screen.size(server.sentBytes()));
            }
        }
        return 0;
    }

    private static Predicate<Nevra> chosen(Session session) {
        List<String> globs = session.arguments();
        List<String> excluded = session.settings().excludes();
        return pkg ->
                (globs.isEmpty()
                                || globs.stream().anyMatch(g -> Globs.matches(g, pkg.name())))
                        && excluded.stream().noneMatch(glob -> Globs.matches(glob, pkg.name()));
    }

    /// Tells whether no other machine reaches an address; nobody is told of such a one.
    private static boolean isOwn(String host) {
        return host.matches("localhost|127[.][0-9.]+|\\[?::1]?");
    }

    private static @Nullable Announcer announcer(Session session, int port) {
        try {
            String name = session.value("--as");
            return Announcer.begin(name == null ? hostName(session) : name, port);
        } catch (Unavailable e) {
            // Shared all the same, for those who know the address.
            session.screen().note("share.unannounced", String.valueOf(e.getMessage()));
            return null;
        } catch (OpmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String hostName(Session session) throws OpmException {
        byte[] text = session.host().disk().readAll(HOST_NAME, 256);
        return new String(text, StandardCharsets.UTF_8).strip();
    }

    private static void say(
            Session session,
            Sharing sharing,
            ShareServer server,
            @Nullable Announcer announcer) {
        String name = announcer == null ? "" : announcer.name() + ".local";
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("name", name)
                        .number("port", server.port())
                        .number("packages", sharing.packageCount())
                        .number("bytes", sharing.bytes());
            }
        } else {
            session.screen()
                    .line(
                            session.messages()
                                    .count(
                                            "share.begun",
                                            sharing.packageCount(),
                                            Screen.size(sharing.bytes()),
                                            server.port()));
            if (!name.isEmpty()) {
                session.screen().say("share.found-as", name);
            }
            session.screen().say("share.reveals");
        }
        session.hasBegun();
    }

    private static int list(Session session) throws OpmException {
        List<Neighbour> found =
                Neighbours.find(Peer.SEARCH_MILLIS, _ -> false, session.outside().cancelled()::get);
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.beginList("neighbours");
                for (Neighbour one : found) {
                    json.beginItem().text("name", one.name()).text("url", one.url()).end();
                }
                json.endList();
            }
            return 0;
        }
        for (Neighbour one : found) {
            session.screen().line(one.name() + ".local  " + one.url());
        }
        if (found.isEmpty()) {
            session.screen().say("share.nobody");
        }
        return 0;
    }

    /// Returns host and port; the host empty for every address.
    static String[] place(@Nullable String text, int usualPort) throws BadRequest {
        if (text == null) {
            return new String[] {"", Integer.toString(usualPort)};
        }
        int colon = text.lastIndexOf(':');
        String port = text.substring(colon + 1);
        if (port.matches("\\d{1,5}") && Integer.parseInt(port) <= 65_535) {
            return new String[] {colon <= 0 ? "" : text.substring(0, colon), port};
        }
        throw new BadRequest(
                "--listen: found '" + text + "', expected ADDRESS:PORT of this machine",
                "For example --listen 192.168.1.5:27620, or --listen :27620.");
    }

    private static int connections(@Nullable String text) throws BadRequest {
        if (text == null) {
            return USUAL_CONNECTIONS;
        }
        if (!text.matches("[1-9]\\d{0,2}")) {
            throw new BadRequest(
                    "--connections: found '" + text + "', expected a number up to 999",
                    "--connections " + USUAL_CONNECTIONS);
        }
        return Integer.parseInt(text);
    }
}
