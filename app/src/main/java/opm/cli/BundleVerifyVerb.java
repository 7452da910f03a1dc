package opm.cli;

import java.nio.file.Path;
import opm.base.OpmException;
import opm.bundle.BundleReader;

/// `opm bundle verify FILE`: reads every byte; exit 3 names the first that is not what it was.
final class BundleVerifyVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        syntax.arguments("FILE", 1, 1);
    }

    @Override
    public int run(Session session) throws OpmException {
        String file = session.arguments().getFirst();
        var bundle = BundleReader.open(session.host().disk(), Path.of(file));
        bundle.verify();
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("result", "whole")
                        .text("seal", bundle.seal().hex())
                        .number("bytes", bundle.sizeBytes())
                        .number("entries", bundle.entries().size());
            }
            return 0;
        }
        session.screen().say("verify.whole", file, bundle.entries().size());
        session.screen().say("inspect.seal", bundle.seal().hex());
        return 0;
    }
}
