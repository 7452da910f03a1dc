package opm.cli;

import java.nio.file.Path;
import java.util.List;
import opm.base.OpmException;
import opm.bundle.BundleReader;

/// `opm bundle verify FILE`: reads every byte; exit 3 names the first that is not what it was, exit
/// 5 says that all are whole and that the sh program among them is a stranger's.
final class BundleVerifyVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        SignedBy.accept(syntax).arguments("FILE", 1, 1);
    }

    @Override
    public int run(Session session) throws OpmException {
        String file = session.arguments().getFirst();
        var bundle = BundleReader.open(session.host().disk(), Path.of(file));
        bundle.verify();
        List<String> signers = SignedBy.require(session, Path.of(file), bundle.seal(), true);
        boolean known = bundle.hasKnownProgram();
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("result", known ? "whole" : "unknown-program")
                        .text("seal", bundle.seal().hex())
                        .number("bytes", bundle.sizeBytes())
                        .number("entries", bundle.entries().size())
                        .texts("signed", signers);
            }
        }
        if (!known) {
            var messages = session.messages();
            throw new OpmException.Refused(
                    messages.text("verify.program", file, bundle.program().hex()),
                    messages.text("verify.program.hint", file));
        }
        if (session.settings().json()) {
            return 0;
        }
        Screen screen = session.screen().forPeople();
        screen.say("verify.whole", file, bundle.entries().size());
        screen.say("inspect.seal", bundle.seal().hex());
        signers.forEach(signer -> screen.say("sh.apply.signed", signer));
        return 0;
    }
}
