package opm.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.host.StreamFailure;
import opm.store.Stored;

/// `opm cache add FILE...`: copies files into the store, whoever brought them.
final class CacheAddVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        syntax.value("ALGORITHM", "--algorithm").arguments("FILE", 1, -1);
    }

    @Override
    public int run(Session session) throws OpmException {
        var added = new ArrayList<Stored>();
        Digest.Algorithm algorithm = algorithm(session);
        for (String file : session.arguments()) {
            try (InputStream in = session.host().disk().read(Path.of(file))) {
                added.add(session.engine().store().add(in, algorithm));
            } catch (IOException e) {
                throw StreamFailure.of(e, file);
            }
        }
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.texts("digests", added.stream().map(one -> one.digest().toString()).toList());
            }
            return 0;
        }
        for (int at = 0; at < added.size(); at++) {
            session.screen().line(added.get(at).digest() + "  " + session.arguments().get(at));
        }
        return 0;
    }

    private static Digest.Algorithm algorithm(Session session) throws BadRequest {
        String word = session.value("--algorithm");
        try {
            return word == null ? Digest.Algorithm.SHA256 : Digest.Algorithm.ofWord(word);
        } catch (IllegalArgumentException e) {
            throw new BadRequest(
                    "--algorithm: found '" + word + "', expected the name of a digest",
                    "md5, sha1, sha224, sha256, sha384 or sha512.");
        }
    }
}
