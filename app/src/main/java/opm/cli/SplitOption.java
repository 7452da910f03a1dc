package opm.cli;

import java.util.List;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.bundle.BundleSplit;

/// `--split SIZE [--parity]`: a bundle as several files.
final class SplitOption {
    private SplitOption() {}

    static Syntax accept(Syntax syntax) {
        return syntax.value("SIZE", "--split").flag("--parity");
    }

    /// Returns how long a part may be; 0 for no parts.
    static long bytes(Session session) throws OpmException {
        String text = session.value("--split");
        if (text == null) {
            if (session.has("--parity")) {
                throw new BadRequest(
                        "--parity: found no --split, expected one",
                        "For example --split 4G --parity.");
            }
            return 0;
        }
        if (!text.matches("[1-9].*")) {
            throw new BadRequest(
                    "--split: found '" + text + "', expected bytes like 700M or 4G",
                    "For example --split 4G.");
        }
        return Settings.rate("--split", text);
    }

    /// Lets the plan be made for parts: small batches, those of what needs each other together.
    static void plan(Session session) throws OpmException {
        long bytes = bytes(session);
        if (bytes > 0) {
            session.engine().planForParts(Math.min(bytes, BundleSplit.FAT32_BYTES));
        }
    }

    /// Says what was written.
    static void report(Session session, List<BundleSplit.Written> parts) {
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("result", "split").beginList("parts");
                for (BundleSplit.Written part : parts) {
                    json.beginItem()
                            .text("file", part.file().toString())
                            .number("bytes", part.sizeBytes())
                            .text("seal", part.seal().hex())
                            .end();
                }
                json.endList();
            }
            return;
        }
        Screen screen = session.screen().forPeople();
        screen.line("");
        for (BundleSplit.Written part : parts) {
            screen.line(
                    session.messages()
                            .count(
                                    "split.part",
                                    part.batches().size(),
                                    part.file().getFileName(),
                                    Screen.size(part.sizeBytes())));
        }
        screen.say("split.done", parts.getFirst().file().getFileName());
    }
}
