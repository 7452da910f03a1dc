package opm.cli;

import java.nio.file.Path;
import java.util.List;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.engine.Afterwards;

/// `--after FILE.opm --receipt FILE`: the machine is no longer as in its profile, because these
/// bundles were applied since.
final class AfterOption {
    private AfterOption() {}

    static Syntax accept(Syntax syntax) {
        return syntax.values("FILE", "--after").values("FILE", "--receipt");
    }

    static void read(Session session) throws OpmException {
        List<Path> bundles = paths(session, "--after");
        List<Path> receipts = paths(session, "--receipt");
        if (bundles.isEmpty() && receipts.isEmpty()) {
            return;
        }
        if (session.settings().profile() == null || bundles.isEmpty()) {
            throw new BadRequest(
                    "--after and --receipt: found no "
                            + (bundles.isEmpty() ? "bundle" : "profile")
                            + ", expected the profile that the bundles were made for",
                    "For example --profile FILE --after week1.opm --receipt receipt.");
        }
        Afterwards.assume(session.engine(), bundles, receipts);
    }

    private static List<Path> paths(Session session, String option) {
        return session.values(option).stream()
                .map(text -> Path.of(text).toAbsolutePath().normalize())
                .toList();
    }
}
