package opm.engine;

import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import opm.base.InstalledList;
import opm.base.Limits;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Refused;
import opm.base.OpmException.Unavailable;
import opm.history.Change;
import opm.history.SetPlan;
import opm.history.StateFolder;
import opm.plan.Artifact;
import opm.plan.Plan;
import opm.planner.Planner;

/// What was installed at any time that the journal knows, and the plans that lead back there.
public final class Past {
    private static final String UNDO = "undo ";

    private final Engine engine;
    private final List<Change> changes;

    Past(Engine engine) throws OpmException {
        this.engine = engine;
        engine.notice();
        this.changes = engine.history();
    }

    /// Returns a change by its number.
    public Change change(int number) throws BadRequest {
        for (Change change : changes) {
            if (change.number() == number) {
                return change;
            }
        }
        throw new BadRequest(
                "change " + number + ": found no such change, expected one of the history",
                "`opm history list` shows them.");
    }

    private List<Change> done() {
        return changes.stream().filter(Change::isSettled).toList();
    }

    private Plan plan(Change change) throws OpmException {
        Plan plan = engine.planOf(change);
        if (plan == null) {
            throw new Unavailable(
                    "change " + change.number() + ": its plan was removed from the history",
                    "What it did cannot be told any more.");
        }
        return plan;
    }

    /// Returns what was installed before a change, sorted.
    public List<Nevra> before(Change change) throws OpmException {
        Path file = StateFolder.in(engine.rpm().root()).installed(change.number());
        byte[] text = engine.host().disk().readAll(file, Limits.PROFILE_BYTES);
        return InstalledList.parse(text).stream().sorted().toList();
    }

    /// Returns what was installed after a change that was done, sorted.
    public List<Nevra> after(Change change) throws OpmException {
        if (change.isOfOthers()) {
            Path file = StateFolder.in(engine.rpm().root()).after(change.number());
            byte[] text = engine.host().disk().readAll(file, Limits.PROFILE_BYTES);
            return InstalledList.parse(text).stream().sorted().toList();
        }
        return plan(change).boundaries(before(change)).getLast();
    }

    /// Returns what was installed at some time.
    ///
    /// @param when `now`, the number of a change (after it; 0 before the first), `yesterday` or
    ///     a date like 2026-11-20 (at the end of that day)
    public List<Nevra> at(String when) throws OpmException {
        if (when.equals("now")) {
            return engine.installedNames().stream().sorted().toList();
        }
        if (done().isEmpty()) {
            throw new BadRequest(
                    "'" + when + "': found no change in the history, expected one",
                    "Only `now` is known here.");
        }
        if (when.matches("[0-9]{1,9}")) {
            int number = Integer.parseInt(when);
            return number == 0 ? before(done().getFirst()) : after(requireDone(change(number)));
        }
        long end = endOf(when);
        List<Nevra> found = before(done().getFirst());
        for (Change change : done()) {
            if (change.records().getLast().seconds() < end) {
                found = after(change);
            }
        }
        return found;
    }

    private long endOf(String when) throws BadRequest {
        ZoneId zone = ZoneId.systemDefault();
        try {
            LocalDate day =
                    when.equals("yesterday")
                            ? LocalDate.ofInstant(engine.host().clock().instant(), zone)
                                    .minusDays(1)
                            : LocalDate.parse(when);
            return day.plusDays(1).atStartOfDay(zone).toEpochSecond();
        } catch (DateTimeParseException unreadable) {
            throw (BadRequest)
                    new BadRequest(
                                    "'" + when + "': found neither a change nor a day",
                                    "For example 12, yesterday, 2026-11-20, now.")
                            .because(unreadable);
        }
    }

    private static Change requireDone(Change change) throws BadRequest {
        if (!change.isSettled()) {
            throw new BadRequest(
                    "change " + change.number() + ": it was not done to its end",
                    "`opm history list` shows how each ended.");
        }
        return change;
    }

    /// Returns the plan that takes a change back.
    ///
    /// @param number 0 for the last one that was done
    public Plan undo(int number) throws OpmException {
        Change change = number == 0 ? last() : requireDone(change(number));
        return turn(UNDO + change.number(), before(change), after(change));
    }

    /// Returns the plan that makes a change again.
    ///
    /// @param number 0 for the one that was undone last
    public Plan redo(int number) throws OpmException {
        Change change = number == 0 ? lastUndone() : requireDone(change(number));
        return turn("redo " + change.number(), after(change), before(change));
    }

    private Change last() throws BadRequest {
        if (done().isEmpty()) {
            throw new BadRequest(
                    "found no change in the history, expected one to undo",
                    "opm can only take back what it did itself.");
        }
        return done().getLast();
    }

    private Change lastUndone() throws OpmException {
        Change last = last();
        String asked = last.isOfOthers() ? "rpm" : String.join(" ", plan(last).asked());
        if (!asked.startsWith(UNDO)) {
            throw new BadRequest(
                    "the last change is no undo: found '" + asked + "'",
                    "Say which change to make again: opm redo NUMBER");
        }
        return change(Integer.parseInt(asked.substring(UNDO.length())));
    }

    /// Makes of what is installed now what `from` differs in from `to`.
    private Plan turn(String asked, List<Nevra> to, List<Nevra> from) throws OpmException {
        List<Nevra> goal = new ArrayList<>(at("now"));
        List<Nevra> goes = minus(from, to);
        List<Nevra> comes = minus(to, from);
        for (Nevra pkg : goes) {
            if (!goal.remove(pkg)) {
                throw changedSince(pkg, "is not installed any more");
            }
        }
        for (Nevra pkg : comes) {
            if (goal.contains(pkg)) {
                throw changedSince(pkg, "is installed again");
            }
            goal.add(pkg);
        }
        goal.sort(null);
        Plan plan = plan(asked, goal);
        // One run rpm judges as a whole before it begins; of several, it could refuse the last.
        if (plan.batches().size() > 1 && !isKnown(goal)) {
            throw new Refused(
                    asked + ": found later changes that may build on it, expected none",
                    "Undo the later ones first, or go back to a day or number: opm rollback WHEN");
        }
        return plan;
    }

    /// Tells whether this very set was installed once, so that it is whole.
    private boolean isKnown(List<Nevra> goal) throws OpmException {
        for (Change change : done()) {
            if (before(change).equals(goal) || after(change).equals(goal)) {
                return true;
            }
        }
        return false;
    }

    private static Refused changedSince(Nevra pkg, String what) {
        return new Refused(
                pkg + " " + what + ": packages changed since",
                "Undo the later changes first, or go back to a day: opm rollback WHEN");
    }

    private static List<Nevra> minus(List<Nevra> one, List<Nevra> other) {
        var left = new ArrayList<>(one);
        other.forEach(left::remove);
        return left;
    }

    /// Returns the plan that leads to what was installed at some time, as [#at] reads it.
    public Plan rollback(String when) throws OpmException {
        return plan("rollback " + when, at(when));
    }

    private Plan plan(String asked, List<Nevra> goal) throws OpmException {
        var past = new ArrayList<Plan>();
        for (Change change : changes) {
            Plan plan = engine.planOf(change);
            if (plan != null) {
                past.add(plan);
            }
        }
        List<Nevra> now = at("now");
        var sets = new SetPlan(past);
        Set<String> strangers = sets.strangers(now, goal);
        if (!strangers.isEmpty()) {
            sets.learn(new OldPackages(engine).find(strangers));
        }
        Plan plan = sets.plan(Planner.target(engine.machine()), asked, now, goal);
        List<String> missing =
                plan.artifacts().stream()
                        .filter(artifact -> !engine.store().has(artifact.digest()))
                        .map(Artifact::fileName)
                        .toList();
        if (!missing.isEmpty()) {
            throw new Unavailable(
                    "found "
                            + String.join(", ", missing.subList(0, Math.min(9, missing.size())))
                            + (missing.size() > 9 ? " and " + (missing.size() - 9) + " more" : "")
                            + " neither in the store nor below it",
                    "`opm cache add FILE.rpm` takes in packages that you have elsewhere.");
        }
        return plan;
    }
}
