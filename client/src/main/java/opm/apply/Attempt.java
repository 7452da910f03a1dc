package opm.apply;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import opm.apply.Stage.Judged;
import opm.base.Digest;
import opm.base.InstalledList;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.history.Change;
import opm.history.Journal;
import opm.history.JournalRecord;
import opm.history.Receipt;
import opm.history.StateFolder;
import opm.host.Disk;
import opm.host.Host;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.PlanText;

/// One attempt at a change, under the lock.
///
/// | stage (docs/formats/journal.md) | made by                 | after a crash there           |
/// |---------------------------------|-------------------------|-------------------------------|
/// | begun                           | [#begin]                | go on with batch 1            |
/// | started B                       | [#applyBatch], 1st half | [#recover] B                  |
/// | exited B                        | [#applyBatch], 2nd half | [#verify] or [#recover] B     |
/// | verified B                      | [#verify]               | go on with batch B + 1        |
/// | ended                           | [#finish]               | nothing                       |
///
/// 1. A record is on the medium before the act that it announces.
/// 2. `verified` stands only after every mount was synced and the set was equal to the plan's.
/// 3. Nothing is changed before every signature was checked; of packages that are still on their
///    way, those of the batch.
/// 4. Only a set between those before and after the batch is recovered; any other is drift.
final class Attempt {
    /// From here on, a signal has ended a program (128 + signal, as shells say).
    private static final int SIGNAL = 128;

    /// So many of the lines that rpm printed are shown.
    private static final int LAST_WORDS = 20;

    private final Host host;
    private final Disk disk;
    private final StateFolder state;
    private final Machine machine;
    private final Job job;
    private final Progress progress;
    private final BooleanSupplier stop;
    private final Journal journal;
    private final List<Batch> batches;

    /// Full names installed at each boundary, before the first batch first.
    private final List<List<String>> boundaries = new ArrayList<>();

    private final Staging staging;
    private int change;

    /// The boundary at which this attempt itself has just found the machine; -1 for none.
    private int verified = -1;

    Attempt(
            Host host,
            StateFolder state,
            Machine machine,
            Job job,
            Progress progress,
            BooleanSupplier stop,
            Journal journal)
            throws Damaged {
        this.host = host;
        this.disk = host.disk();
        this.state = state;
        this.machine = machine;
        this.job = job;
        this.progress = progress;
        this.stop = stop;
        this.journal = journal;
        this.batches = job.plan().batches();
        this.staging = new Staging(job, state, disk, machine);
        if (!Digest.sha256Of(InstalledList.text(job.installed()))
                .equals(job.plan().target().base())) {
            throw new Damaged(
                    "the plan and the list of installed packages do not belong together",
                    "Make the plan again.");
        }
        for (List<Nevra> boundary : job.plan().boundaries(job.installed())) {
            boundaries.add(InstalledList.names(InstalledList.text(boundary)));
        }
    }

    Outcome check() throws OpmException {
        Optional<Change> open = journal.open();
        if (open.isPresent()) {
            return isOurs(open.get())
                    ? new Outcome.Ready(batchOf(open.get().stage()))
                    : new Outcome.OtherChangeOpen(open.get().number());
        }
        List<String> now = machine.installed();
        if (batches.isEmpty()) {
            return new Outcome.AlreadyThere();
        }
        Plan.Target target = job.plan().target();
        Plan.Target here = machine.target(target.base());
        if (now.equals(boundaries.getFirst())) {
            // The very packages of the profile: a new release of the same system is no reason.
            if (!here.arch().equals(target.arch())) {
                return new Outcome.OtherMachine(words(target), words(here));
            }
            staging.requireSpace();
            return new Outcome.Ready(0);
        }
        if (now.equals(boundaries.getLast())) {
            return new Outcome.AlreadyThere();
        }
        return here.distro().equals(target.distro())
                ? drifted(now, boundaries.getFirst())
                : new Outcome.OtherMachine(words(target), words(here));
    }

    private static String words(Plan.Target target) {
        return target.distro() + " " + target.release() + " " + target.arch();
    }

    Outcome apply(Beforehand beforehand) throws OpmException {
        try (staging) {
            return go(beforehand);
        }
    }

    private Outcome go(Beforehand beforehand) throws OpmException {
        Outcome first = check();
        if (!(first instanceof Outcome.Ready ready)) {
            return first;
        }
        Optional<Change> open = journal.open();
        int done;
        if (open.isEmpty()) {
            Optional<Outcome> bad = staging.check(beforehand, progress);
            Optional<Outcome> obstacle = stopped(0).or(() -> bad);
            if (obstacle.isPresent()) {
                return obstacle.get();
            }
            job.packages().requireWhole();
            begin();
            done = 0;
        } else {
            job.packages().requireWhole();
            change = open.get().number();
            progress.resuming(ready.afterBatch());
            Optional<Outcome> unread = afterPowerCut(open.get());
            if (unread.isPresent()) {
                return unread.get();
            }
            journal.append("again", change, StateLock.boot(disk));
            done = ready.afterBatch();
            Optional<Outcome> obstacle = goOn(open.get().stage());
            if (obstacle.isPresent()) {
                return obstacle.get();
            }
        }
        for (int batch = done + 1; batch <= batches.size(); batch++) {
            Optional<Outcome> obstacle = applyBatch(batch, false);
            if (obstacle.isPresent()) {
                return obstacle.get();
            }
        }
        return finish("done");
    }

    /// Brings the last batch that was begun to its end.
    private Optional<Outcome> goOn(Change.Stage stage) throws OpmException {
        List<String> now = machine.installed();
        return switch (stage) {
            case Change.Stage.Begun _ -> mustBe(now, 0);
            case Change.Stage.Verified(int batch) -> mustBe(now, batch);
            case Change.Stage.Started(int batch, long seconds, _) -> recover(batch, seconds, now);
            case Change.Stage.Exited(int batch, int status, long seconds, String boot) ->
                    status == 0
                                    && boot.equals(StateLock.boot(disk))
                                    && now.equals(boundaries.get(batch))
                            ? verify(batch, status)
                            : recover(batch, seconds, now);
            case Change.Stage.Ended _ -> throw new AssertionError("it was open");
        };
    }

    /// After an unclean boot, looks at every file of the batch that was verified last and lays it
    /// down again where one is not whole: a disk may have promised more than it kept. The batch in
    /// flight is laid down anyway. Nothing is journaled, because nothing that the journal knows
    /// changes; whoever dies here does it all again.
    private Optional<Outcome> afterPowerCut(Change open) throws OpmException {
        String boot = "";
        for (JournalRecord record : open.records()) {
            boot = record.kind().equals("start") ? record.words().get(1) : boot;
        }
        int last = open.stage() instanceof Change.Stage.Verified(int batch) ? batch : 0;
        last = last > 0 ? last : batchOf(open.stage()) - 1;
        if (boot.isEmpty() || boot.equals(StateLock.boot(disk)) || last < 1) {
            return Optional.empty();
        }
        Batch batch = batches.get(last - 1);
        if (!machine.anyDamaged(batch.comes())) {
            return Optional.empty();
        }
        Judged judged = staging.stage(last);
        if (!(judged instanceof Judged.Good(var stage))) {
            return Optional.of(((Judged.Bad) judged).outcome());
        }
        progress.mending(last);
        machine.deleteLeftovers(stage);
        for (RpmRun run : runs(last, stage, true)) {
            machine.run(run.withoutDependencies(), state.log(change, last));
        }
        machine.sync();
        return Optional.empty();
    }

    private Optional<Outcome> mustBe(List<String> now, int batch) {
        List<String> expected = boundaries.get(batch);
        return now.equals(expected) ? Optional.empty() : Optional.of(drifted(now, expected));
    }

    private void begin() throws OpmException {
        change = journal.nextChange();
        Path folder = state.change(change);
        Applier.clear(disk, folder); // of a change that never got its first record
        disk.createOwnDirectories(folder);
        write(state.plan(change), PlanText.write(job.plan()));
        write(state.installed(change), InstalledList.text(job.installed()));
        disk.forceDirectory(folder);
        disk.forceDirectory(state.history());
        // A journal whose folder is lost in a power cut announces nothing.
        for (Path above : StateSafety.upTo(machine.root(), disk.real(state.path()))) {
            disk.forceDirectory(above);
        }
        List<Nevra> after = job.plan().boundaries(job.installed()).getLast();
        journal.append(
                "begin",
                change,
                PlanText.digest(job.plan()).hex(),
                job.plan().target().base().hex(),
                Digest.sha256Of(InstalledList.text(after)).hex(),
                Integer.toString(batches.size()),
                job.seal());
    }

    private Optional<Outcome> applyBatch(int number, boolean again) throws OpmException {
        progress.batch(number, batches.size());
        job.packages().requireReady(batches.get(number - 1));
        Judged judged = staging.stage(number);
        if (judged instanceof Judged.Bad(var outcome)) {
            return Optional.of(stopped(number - 1).orElse(outcome));
        }
        Stage stage = ((Judged.Good) judged).stage();
        List<RpmRun> runs = runs(number, stage, again);
        if (!runs.isEmpty()) {
            Machine.Said said = machine.ask(runs.getFirst().test());
            if (said.status() != 0) {
                Optional<Outcome> stopped = stopped(number - 1);
                if (stopped.isPresent()) {
                    return stopped;
                }
                if (number == 1 && !again) {
                    finish("refused");
                }
                return Optional.of(new Outcome.RefusedByRpm(number, said.all()));
            }
        }
        journal.append("start", change, Integer.toString(number), StateLock.boot(disk));
        int status = 0;
        for (RpmRun run : runs) {
            status = status == 0 ? machine.run(run, state.log(change, number)) : status;
        }
        journal.append("exit", change, Integer.toString(number), Integer.toString(status));
        return verify(number, status);
    }

    private List<RpmRun> runs(int number, Stage stage, boolean again) throws OpmException {
        List<String> before = boundaries.get(number - 1);
        return RpmRun.of(
                batches.get(number - 1),
                stage,
                before,
                verified == number - 1 && !again ? before : machine.installed(),
                again,
                number == batches.size());
    }

    /// An exit status of 0 proves nothing, so the database is asked. Invariant 2.
    private Optional<Outcome> verify(int number, int status) throws OpmException {
        machine.sync();
        List<String> now = machine.installed();
        List<String> expected = boundaries.get(number);
        if (!now.equals(expected)) {
            receipt("failed");
            return Optional.of(
                    new Outcome.NotAsPlanned(
                            number,
                            minus(now, expected),
                            minus(expected, now),
                            lastWords(number)));
        }
        if (status >= SIGNAL) {
            receipt("failed");
            return Optional.of(new Outcome.RpmEnded(number, lastWords(number)));
        }
        journal.append("verified", change, Integer.toString(number));
        verified = number;
        staging.clear(number);
        return number < batches.size() ? stopped(number) : Optional.empty();
    }

    private List<String> lastWords(int batch) throws OpmException {
        List<String> words = machine.log(state.log(change, batch));
        return words.subList(Math.max(0, words.size() - LAST_WORDS), words.size());
    }

    /// Ctrl-C in a terminal goes to every program that runs, so what one says then counts for
    /// nothing.
    private Optional<Outcome> stopped(int after) {
        return stop.getAsBoolean()
                ? Optional.of(new Outcome.Stopped(after, batches.size()))
                : Optional.empty();
    }

    /// Goes forward from the middle of a batch. Invariant 4; the steps are the facts' that
    /// worked: temporary files away, old doubles erased, everything laid down again.
    private Optional<Outcome> recover(int number, long startSeconds, List<String> now)
            throws OpmException {
        List<String> before = boundaries.get(number - 1);
        List<String> after = boundaries.get(number);
        var may = new HashSet<>(before);
        may.addAll(after);
        var must = new HashSet<>(before);
        must.retainAll(after);
        if (!may.containsAll(now) || !now.containsAll(must)) {
            return Optional.of(drifted(now, after));
        }
        // rpm names temporary files by the second. A clock that went back is not waited for.
        long since = host.clock().instant().getEpochSecond() - startSeconds;
        while (since == 0 || since == 1) {
            LockSupport.parkNanos(200_000_000L);
            since = host.clock().instant().getEpochSecond() - startSeconds;
        }
        Judged judged = staging.stage(number);
        if (judged instanceof Judged.Bad(var outcome)) {
            return Optional.of(outcome);
        }
        Stage stage = ((Judged.Good) judged).stage();
        if (!stage.files().isEmpty()) {
            machine.deleteLeftovers(stage);
        }
        Optional<RpmRun> doubles = RpmRun.doubles(batches.get(number - 1), stage.folder(), now);
        if (doubles.isPresent()) {
            machine.run(doubles.get(), state.log(change, number));
        }
        return applyBatch(number, true);
    }

    private Outcome finish(String result) throws OpmException {
        Receipt receipt = receipt(result);
        staging.close();
        Applier.clearStage(disk, state); // whoever comes after the end has nothing to do here
        journal.append("end", change, result);
        return new Outcome.Done(receipt, state.receipt(change));
    }

    private Receipt receipt(String result) throws OpmException {
        Change ending = null;
        for (Change each : journal.changes()) {
            ending = each.number() == change ? each : ending;
        }
        List<String> log = new ArrayList<>();
        for (int batch = 1; batch <= batches.size(); batch++) {
            log.addAll(machine.log(state.log(change, batch)));
        }
        String now = String.join("\n", machine.installed());
        byte[] list = InstalledList.ofQuery(now.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        Receipt receipt =
                Receipt.of(
                        Objects.requireNonNull(ending),
                        result,
                        host.clock().instant().getEpochSecond(),
                        machine.rpmVersion(),
                        Digest.sha256Of(list),
                        job.plan().unsigned(),
                        log);
        write(state.receipt(change), receipt.text());
        disk.forceDirectory(state.change(change));
        return receipt;
    }

    private boolean isOurs(Change open) {
        return open.plan().equals(PlanText.digest(job.plan()));
    }

    private static int batchOf(Change.Stage stage) {
        return switch (stage) {
            case Change.Stage.Begun _ -> 0;
            case Change.Stage.Started(int batch, _, _) -> batch;
            case Change.Stage.Exited(int batch, _, _, _) -> batch;
            case Change.Stage.Verified(int batch) -> batch;
            case Change.Stage.Ended _ -> 0;
        };
    }

    private static Outcome drifted(List<String> now, List<String> expected) {
        return new Outcome.Drifted(minus(now, expected), minus(expected, now));
    }

    private static List<String> minus(List<String> one, List<String> other) {
        Map<String, Integer> counts = new HashMap<>();
        other.forEach(name -> counts.merge(name, 1, Integer::sum));
        return one.stream().filter(name -> counts.merge(name, -1, Integer::sum) < 0).toList();
    }

    private void write(Path file, byte[] bytes) throws OpmException {
        try (var out = disk.create(file)) {
            out.write(bytes, 0, bytes.length);
            out.force();
        }
    }
}
