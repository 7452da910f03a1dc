package opm.cli;

import java.util.List;
import java.util.Locale;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.engine.Chain;
import opm.pkgset.PackageRef;
import opm.pkgset.Queries;
import opm.solve.Reason;
import opm.words.Messages;

/// `opm why SPEC`: the chain that pulls an installed package in, up to what people asked for.
final class WhyVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        syntax.arguments("SPEC", 1, 1);
    }

    @Override
    public int run(Session session) throws OpmException {
        String spec = ChangeVerb.checked(session.arguments().getFirst());
        List<PackageRef> named =
                Look.sorted(new Queries(List.of(session.engine().installed())).named(spec));
        session.progress().clear();
        if (named.isEmpty()) {
            throw new BadRequest(
                    "'" + spec + "': found no installed package, expected one",
                    "`opm why-not " + spec + "` says whether it could be installed.");
        }
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.beginList("packages");
                for (PackageRef pkg : named) {
                    json.beginItem().nevra(pkg.nevra()).beginList("chain");
                    for (Reason reason : Chain.of(session.engine(), pkg)) {
                        write(json.beginItem(), reason).end();
                    }
                    json.endList().end();
                }
                json.endList();
            }
            return 0;
        }
        for (PackageRef pkg : named) {
            print(session, pkg, Chain.of(session.engine(), pkg));
        }
        return 0;
    }

    private static void print(Session session, PackageRef pkg, List<Reason> chain) {
        if (chain.isEmpty()) {
            session.screen().say("why.nothing", pkg);
        }
        String indent = "";
        for (Reason reason : chain) {
            session.screen().line(indent + sentence(session.messages(), reason));
            indent += "  ";
        }
    }

    private static String sentence(Messages messages, Reason reason) {
        String key = "why." + reason.kind().name().toLowerCase(Locale.ROOT);
        return reason.by() == null
                ? messages.text(key, reason.pkg())
                : messages.text(key, reason.pkg(), reason.by(), reason.dep());
    }

    private static Json write(Json json, Reason reason) {
        return json.text("package", reason.pkg().nevra().full())
                .text("kind", reason.kind().name().toLowerCase(Locale.ROOT))
                .text("by", reason.by() == null ? null : reason.by().nevra().full())
                .text("dependency", reason.dep().isEmpty() ? null : reason.dep());
    }
}
