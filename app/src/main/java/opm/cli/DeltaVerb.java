package opm.cli;

import java.nio.file.Path;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.delta.Deltas;
import opm.engine.DeltaFiles;

/// `opm delta make OLD NEW -o FILE`, `opm delta apply BASE DELTA -o FILE`, `opm delta info DELTA`.
final class DeltaVerb implements Verb {
    enum Act {
        MAKE,
        APPLY,
        INFO
    }

    private final Act act;

    DeltaVerb(Act act) {
        this.act = act;
    }

    @Override
    public void accept(Syntax syntax) {
        switch (act) {
            case MAKE -> syntax.value("FILE", "--output", "-o").arguments("FILE", 2, 2);
            case APPLY ->
                    syntax.flag("--installed")
                            .value("FILE", "--output", "-o")
                            .arguments("FILE", 1, 2);
            case INFO -> syntax.arguments("FILE", 1, 1);
        }
    }

    @Override
    public int run(Session session) throws OpmException {
        var files = new DeltaFiles(session.engine());
        Path first = path(session.arguments().getFirst());
        Path last = path(session.arguments().getLast());
        switch (act) {
            case MAKE -> make(session, files.make(first, last, output(session)));
            case APPLY -> apply(session, files, first, last);
            case INFO -> show(session, files.facts(first));
        }
        return 0;
    }

    private static Path path(String name) {
        return Path.of(name).toAbsolutePath().normalize();
    }

    private Path output(Session session) throws BadRequest {
        String output = session.value("--output");
        if (output == null) {
            throw new BadRequest(
                    "delta: found no file to write, expected -o FILE",
                    act == Act.MAKE
                            ? "For example `opm delta make old.rpm new.rpm -o new.opmdelta`."
                            : "For example `opm delta apply old.rpm new.opmdelta -o new.rpm`.");
        }
        return path(output);
    }

    private static void make(Session session, Deltas.Made made) throws OpmException {
        long percent = 100 * made.deltaBytes() / Math.max(1, made.fullBytes());
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("base", made.base().full())
                        .text("target", made.target().full())
                        .number("bytes", made.deltaBytes())
                        .number("full_bytes", made.fullBytes());
            }
            return;
        }
        session.screen()
                .say(
                        "delta.made",
                        String.valueOf(session.value("--output")),
                        Screen.size(made.deltaBytes()),
                        Screen.size(made.fullBytes()),
                        percent);
    }

    private void apply(Session session, DeltaFiles files, Path first, Path last)
            throws OpmException {
        boolean installed = session.has("--installed");
        if (installed == (session.arguments().size() == 2)) {
            throw new BadRequest(
                    "delta apply: found "
                            + session.arguments().size()
                            + " files, expected an old package and a delta, or --installed and a"
                            + " delta",
                    "For example `opm delta apply old.rpm new.opmdelta -o new.rpm`.");
        }
        Path to = output(session);
        if (installed) {
            files.applyToInstalled(last, to);
        } else {
            files.apply(first, last, to);
        }
        if (!session.settings().json()) {
            session.screen().say("delta.applied", to.toString());
        }
    }

    private static void show(Session session, Deltas.Facts facts) throws OpmException {
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("kind", facts.kind())
                        .text("base", facts.base())
                        .text("target", facts.target())
                        .text(
                                facts.digest()
                                        .algorithm()
                                        .name()
                                        .toLowerCase(java.util.Locale.ROOT),
                                facts.digest().hex());
            }
            return;
        }
        Screen screen = session.screen();
        screen.say("delta.kind", facts.kind());
        screen.say("delta.base", facts.base());
        if (!facts.target().isEmpty()) {
            screen.say("delta.target", facts.target());
        }
        screen.say("delta.digest", facts.digest().algorithm(), facts.digest().hex());
    }
}
