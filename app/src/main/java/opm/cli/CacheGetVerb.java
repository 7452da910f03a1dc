package opm.cli;

import java.nio.file.Path;
import java.util.List;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.store.Lease;
import opm.store.Store;
import org.jspecify.annotations.Nullable;

/// `opm cache get OBJECT`: lays an object down as a file, checked on the way.
final class CacheGetVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        syntax.value("FILE", "--output", "-o").value("WAY", "--link").arguments("OBJECT", 1, 1);
    }

    @Override
    public int run(Session session) throws OpmException {
        Digest digest = CacheWords.digest(session, session.arguments().getFirst());
        String output = session.value("--output");
        Path file = Path.of(output == null ? digest.hex() : output).toAbsolutePath().normalize();
        Store store = session.engine().store();
        try (Lease lease = store.lease(List.of(digest))) {
            assert lease != null;
            store.copyTo(digest, file, way(session.value("--link")));
        }
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("digest", digest.toString()).text("file", file.toString());
            }
            return 0;
        }
        session.screen().line(file.toString());
        return 0;
    }

    private static Store.Way way(@Nullable String word) throws BadRequest {
        return switch (word == null ? "copy" : word) {
            case "copy" -> Store.Way.COPY;
            case "hard" -> Store.Way.LINK;
            default ->
                    throw new BadRequest(
                            "--link: found '" + word + "', expected copy or hard",
                            "A copy shares its blocks where the file system can.");
        };
    }
}
