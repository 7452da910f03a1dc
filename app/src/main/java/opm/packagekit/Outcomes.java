package opm.packagekit;

import java.util.List;
import opm.apply.Outcome;

/// How a change ended, in the words of PackageKit.
final class Outcomes {
    private static final int MOST_LINES = 10;

    private Outcomes() {}

    /// @throws Failure for every end but the good ones
    static void requireDone(Outcome outcome) throws Failure {
        switch (outcome) {
            case Outcome.Done _, Outcome.AlreadyThere _, Outcome.Ready _ -> {}
            case Outcome.Forgotten _, Outcome.NothingOpen _ -> {}
            case Outcome.Drifted(var added, var missing) ->
                    throw new Failure(
                            "transaction-error",
                            "packages were changed meanwhile:\n" + few(added) + few(missing),
                            "Try again.");
            case Outcome.OtherMachine(var plan, var here) ->
                    throw new Failure("incompatible-architecture", plan + " is not " + here, null);
            case Outcome.Unsigned(var files) ->
                    throw new Failure("missing-gpg-signature", few(files), null);
            case Outcome.BadSignatures(var words) ->
                    throw new Failure("package-install-blocked", few(words), null);
            case Outcome.RefusedByRpm(_, var words) ->
                    throw new Failure("transaction-error", few(words), "Nothing was changed.");
            case Outcome.NotAsPlanned(_, _, _, var words) ->
                    throw new Failure("transaction-error", few(words), "`opm history` says more.");
            case Outcome.RpmEnded(_, var words) ->
                    throw new Failure("transaction-error", few(words), "The next change goes on.");
            case Outcome.Stopped(var after, var count) ->
                    throw new Failure(
                            "transaction-cancelled",
                            "stopped after step " + after + " of " + count,
                            "The next change goes on.");
            case Outcome.OtherChangeOpen(var change) ->
                    throw new Failure(
                            "transaction-error",
                            "change " + change + " was interrupted",
                            "`opm resume` goes on with it, `opm resume --forget` does not.");
            case Outcome.Locked(var pid) ->
                    throw new Failure(
                            "cannot-get-lock", "process " + pid + " changes packages", "Wait.");
        }
    }

    private static String few(List<String> lines) {
        List<String> some = lines.subList(0, Math.min(MOST_LINES, lines.size()));
        return String.join("\n", some) + (some.isEmpty() ? "" : "\n");
    }
}
