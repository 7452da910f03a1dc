package opm.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.engine.Budgeting;
import opm.host.Disk;
import opm.solve.Request;
import org.jspecify.annotations.Nullable;

/// `--queue FILE`: what a budget left out, kept for the next time (docs/formats/queue.md). It is
/// asked for again by name, because by then there are other versions.
final class Waiting {
    private static final String FIRST_LINE = "opm-queue 1";
    private final Session session;
    private final Disk disk;
    private final @Nullable Path file;

    Waiting(Session session) {
        this.session = session;
        disk = session.host().disk();
        String name = session.value("--queue");
        file = name == null ? null : Path.of(name).toAbsolutePath().normalize();
    }

    static Syntax accept(Syntax syntax) {
        return syntax.value("FILE", "--queue");
    }

    /// Returns what waits; none when nothing was left out before.
    List<Request.Item> items() throws OpmException {
        var items = new ArrayList<Request.Item>();
        if (file == null || !disk.exists(file)) {
            return items;
        }
        byte[] text = disk.readAll(file, Limits.PLAN_BYTES);
        List<String> lines = new String(text, StandardCharsets.UTF_8).lines().toList();
        if (lines.isEmpty() || !lines.getFirst().equals(FIRST_LINE)) {
            throw bad(lines.isEmpty() ? "" : lines.getFirst());
        }
        for (String line : lines.subList(1, lines.size())) {
            String[] words = line.split(" ", -1);
            if (words.length != 3 || words[1].isEmpty()) {
                throw bad(line);
            }
            // An update that was waiting may have come another way, or the package may be gone.
            items.add(
                    switch (words[0]) {
                        case "install" -> new Request.Item(Request.Verb.INSTALL, words[1]);
                        case "upgrade" -> new Request.Item(Request.Verb.UPGRADE, words[1], true);
                        default -> throw bad(line);
                    });
        }
        return items;
    }

    private BadRequest bad(String line) {
        return new BadRequest(
                file + ": found '" + line + "', expected what --budget left out",
                "Name another file, or delete this one.");
    }

    /// Keeps what is left; nothing left, no file.
    void keep(List<Budgeting.Left> left) throws OpmException {
        if (file == null) {
            return;
        }
        var text = new StringBuilder(FIRST_LINE + "\n");
        for (Budgeting.Left one : left) {
            String verb = one.verb() == Request.Verb.INSTALL ? "install" : "upgrade";
            text.append(verb + " " + one.pkg().nameArch() + " " + one.bytes() + "\n");
        }
        if (left.isEmpty()) {
            disk.delete(file);
        } else {
            session.engine().write(file, text.toString().getBytes(StandardCharsets.UTF_8));
        }
    }
}
