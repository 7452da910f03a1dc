package opm.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.solve.Request;
import org.jspecify.annotations.Nullable;

/// `opm install`, `remove`, `autoremove`, `upgrade`, `distro-sync`, `downgrade`, `reinstall`.
final class ChangeVerb implements Verb {
    private final Request.Verb act;

    ChangeVerb(Request.Verb act) {
        this.act = act;
    }

    @Override
    public void accept(Syntax syntax) {
        syntax.arguments("SPEC", knowsAll() ? 0 : 1, -1);
        if (act == Request.Verb.UPGRADE) {
            Advised.accept(syntax.flag("--check"));
        }
        if (takesFrom()) {
            Waiting.accept(syntax.value("PLACE", "--from"));
        }
        if (bringsIn()) {
            Changing.accept(syntax).flag("--download-only", "--downloadonly");
        }
    }

    private boolean knowsAll() {
        return act == Request.Verb.UPGRADE
                || act == Request.Verb.DISTRO_SYNC
                || act == Request.Verb.AUTOREMOVE;
    }

    private boolean takesFrom() {
        return act == Request.Verb.INSTALL || act == Request.Verb.UPGRADE;
    }

    private boolean bringsIn() {
        return act != Request.Verb.REMOVE && act != Request.Verb.AUTOREMOVE;
    }

    @Override
    public int run(Session session) throws OpmException {
        List<String> specs = session.arguments();
        if (takesFrom()) {
            from(session, session.value("--from"));
        }
        if (act == Request.Verb.UPGRADE && !Advised.filter(session).isEmpty()) {
            return Advised.upgrade(session, specs);
        }
        if (takesFrom() && session.value("--queue") != null) {
            return waiting(session, specs);
        }
        return new Changing(session).run(request(act, specs), asked(session));
    }

    /// What a budget left out of a bundle, and what is named besides.
    private int waiting(Session session, List<String> specs) throws OpmException {
        var items = new ArrayList<>(new Waiting(session).items());
        var asked = new ArrayList<String>();
        items.forEach(item -> asked.add("waiting " + item.spec()));
        if (!specs.isEmpty()) {
            items.addAll(request(act, specs).items());
            asked.addAll(asked(session));
        }
        if (items.isEmpty()) {
            session.screen().forPeople().say("plan.queue-empty");
            return 0;
        }
        return new Changing(session).run(new Request(items), asked);
    }

    /// Takes packages from a neighbour alone, or looks into a folder first.
    private static void from(Session session, @Nullable String place) throws OpmException {
        if (place == null) {
            return;
        }
        if (place.startsWith(Peer.SCHEME)) {
            session.askOnly(Peer.find(place, session.outside().cancelled()));
            // What the neighbour had an hour ago says nothing: it is asked each time.
            session.engine().refresh(List.of(), false);
        } else {
            session.engine().lookInto(List.of(Path.of(place).toAbsolutePath().normalize()));
        }
    }

    /// Makes a request of one verb about all specs; about everything when there is none.
    static Request request(Request.Verb verb, List<String> specs) throws BadRequest {
        if (specs.isEmpty()) {
            return Request.all(verb);
        }
        var items = new ArrayList<Request.Item>();
        for (String spec : specs) {
            items.add(new Request.Item(verb, checked(spec)));
        }
        return new Request(items);
    }

    /// Returns the spec, when it can be one.
    static String checked(String spec) throws BadRequest {
        String trimmed = spec.strip();
        if (trimmed.isEmpty()) {
            throw new BadRequest(
                    "found an empty word, expected the name of a package",
                    "`opm search WORD` finds names.");
        }
        if (trimmed.endsWith(".rpm") && trimmed.contains("/") && !trimmed.contains("*")) {
            throw new BadRequest(
                    "'" + trimmed + "': found a file, expected a package of a repository",
                    "Make its folder a repository with createrepo_c, then --repo here=FOLDER.");
        }
        return trimmed;
    }

    private static List<String> asked(Session session) {
        String verb = session.command();
        return session.arguments().isEmpty()
                ? List.of(verb)
                : session.arguments().stream().map(spec -> verb + " " + spec.strip()).toList();
    }
}
