package opm.cli;

import java.io.PrintStream;
import java.util.List;
import opm.apply.Outcome;
import opm.apply.Progress;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;
import opm.words.Messages;

/// Says what the applier does and how it ended, in the very words of the sh program.
final class Applying implements Progress {
    private static final int MOST_LINES = 40;
    private final Session session;
    private final Screen screen;
    private final Messages messages;
    private int batches;

    Applying(Session session) {
        this.session = session;
        screen = session.screen();
        messages = session.messages();
    }

    @Override
    public void checking() {
        screen.note("sh.apply.checking");
    }

    @Override
    public void batch(int number, int count) {
        batches = count;
        screen.note("sh.apply.doing", number, count);
    }

    @Override
    public void waiting() {
        screen.note("sh.apply.waiting");
    }

    @Override
    public void resuming(int number) {
        screen.note("sh.apply.resuming", number, batches == 0 ? "?" : batches);
    }

    @Override
    public void mending(int number) {
        screen.note("sh.apply.mending", number);
    }

    /// Says how it ended.
    ///
    /// @throws OpmException for every end but the good ones, with its exit status
    void requireDone(Outcome outcome) throws OpmException {
        session.progress().clear();
        switch (outcome) {
            case Outcome.Done(var receipt, var file) -> {
                screen.say("sh.apply.done", file);
                if (!receipt.warnings().isEmpty()) {
                    screen.say("sh.apply.warnings", receipt.warnings().size());
                }
            }
            case Outcome.AlreadyThere() -> screen.say("sh.apply.already");
            case Outcome.Ready(var afterBatch) -> {
                if (afterBatch > 0) {
                    screen.say("check.resume", afterBatch);
                }
                screen.say("check.ready");
            }
            case Outcome.Drifted(var added, var missing) -> {
                list("  + ", added);
                list("  - ", missing);
                throw refused("sh.apply.drifted", added.size() + missing.size());
            }
            case Outcome.OtherMachine(var plan, var here) ->
                    throw refused("sh.apply.other-machine", plan, here);
            case Outcome.Unsigned(var files) -> {
                list("  ", files);
                throw damaged("sh.apply.unsigned", files.getFirst(), "NAME");
            }
            case Outcome.BadSignatures(var words) -> {
                list("  ", words);
                throw damaged("sh.apply.bad-signature");
            }
            case Outcome.RefusedByRpm(var number, var words) -> {
                list("  ", words);
                throw refused("sh.apply.refused", number);
            }
            case Outcome.NotAsPlanned(var number, var added, var missing, var words) -> {
                list("  ", words);
                list("  + ", added);
                list("  - ", missing);
                throw refused("sh.apply.not-as-planned", added.size() + missing.size(), number);
            }
            case Outcome.RpmEnded(var number, var words) -> {
                list("  ", words);
                throw refused("sh.apply.rpm-ended", number);
            }
            case Outcome.Stopped(var after, var count) ->
                    throw refused("sh.apply.stopped", after, count);
            case Outcome.OtherChangeOpen(var change) ->
                    throw refused("sh.apply.other-open", change);
            case Outcome.Forgotten(var change) -> screen.say("sh.apply.forgotten", change);
            case Outcome.NothingOpen() -> screen.say("sh.apply.nothing-open");
            case Outcome.Locked(var pid) -> throw refused("sh.apply.locked", pid);
        }
    }

    private Refused refused(String key, Object... values) {
        return new Refused(messages.text(key, values), messages.text(key + ".hint", values));
    }

    private Damaged damaged(String key, Object... values) {
        return new Damaged(messages.text(key, values), messages.text(key + ".hint", values));
    }

    private void list(String mark, List<String> lines) {
        PrintStream err = session.outside().err();
        session.outside().out().flush();
        lines.stream().limit(MOST_LINES).forEach(line -> err.println(mark + Screen.harmless(line)));
        if (lines.size() > MOST_LINES) {
            err.println(mark + messages.text("list.more", lines.size() - MOST_LINES));
        }
    }
}
