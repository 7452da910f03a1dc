package opm.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;
import opm.bundle.BundleReader;
import opm.host.Command;
import opm.words.Messages;

/// `opm apply FILE --at-boot`: what `sh FILE --at-boot` does, by that program, once it is known to
/// be one of ours: at the next start nothing but the bundle has to work.
final class AtBoot {
    private static final int DAMAGED = 3;
    private final Session session;

    AtBoot(Session session) {
        this.session = session;
    }

    int prepare(BundleReader bundle, Path file) throws OpmException {
        bundle.verify();
        Messages messages = session.messages();
        if (!bundle.hasKnownProgram()) {
            throw new Refused(
                    messages.text("verify.program", file, bundle.program().hex()),
                    messages.text("verify.program.hint", file));
        }
        if (!session.settings().yes()) {
            new PlanTable(session.screen(), bundle.plan()).print();
            new Answers(session).requireConsent();
        }
        String root = session.engine().rpm().root().toString();
        var words = new ArrayList<>(List.of("sh", file.toAbsolutePath().toString()));
        words.addAll(List.of("--at-boot", "--yes", "--root", root));
        if (session.has("--older")) {
            words.add("--older");
        }
        if (ApplyVerb.isDry(session)) {
            words.add("--dry-run");
        }
        var language = Map.of("LC_ALL", messages.language());
        var said = session.host().commands().run(Command.of(words).withEnv(language));
        said.outText().lines().forEach(session.screen()::line);
        if (said.exitStatus() == 0) {
            return 0;
        }
        List<String> err = said.errText().lines().toList();
        int hint = err.size() - 1;
        String found = hint < 1 ? said.errText() : String.join("\n", err.subList(0, hint));
        String advice = hint < 1 ? "" : err.get(hint).replaceFirst("^hint: ", "");
        throw said.exitStatus() == DAMAGED
                ? new Damaged(found, advice)
                : new Refused(found, advice);
    }
}
