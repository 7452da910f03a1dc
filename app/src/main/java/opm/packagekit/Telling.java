package opm.packagekit;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import opm.engine.Watcher;
import opm.fetch.Progress;

/// Tells the client what the engine does, and the engine when the client wants no more.
final class Telling implements Watcher, Progress, opm.apply.Progress {
    /// Packages come in the first part of the bar, rpm has the rest.
    private static final int FETCHED_PERCENT = 60;

    private final Answer answer;
    private final BooleanSupplier cancelled;

    /// By the name of the file, the id of the package that comes in it.
    private final Map<String, String> coming = new HashMap<>();

    private final Map<String, Integer> told = new HashMap<>();

    Telling(Answer answer, BooleanSupplier cancelled) {
        this.answer = answer;
        this.cancelled = cancelled;
    }

    /// Notes that a file brings a package.
    void expect(String file, String id) {
        coming.put(file, id);
    }

    @Override
    public boolean cancelled() {
        return cancelled.getAsBoolean();
    }

    @Override
    public Progress downloads() {
        return this;
    }

    @Override
    public void begins(Stage stage, String what) {
        answer.status(
                switch (stage) {
                    case CAPTURE -> "query";
                    case REFRESH -> "loading-cache";
                    case FILES -> "download-filelist";
                    case SIGNATURES -> "sig-check";
                    case KEEP, PROOF, WRITE -> "running";
                });
    }

    @Override
    public void at(State state) {
        boolean packages =
                state.active().stream().anyMatch(file -> coming.containsKey(file.label()));
        if (coming.isEmpty() || !packages) {
            return;
        }
        answer.status("download");
        if (state.totalBytes() > 0) {
            answer.percentage(FETCHED_PERCENT * state.doneBytes() / state.totalBytes());
            long left = Math.max(0, state.totalBytes() - state.doneBytes());
            answer.say("download-size-remaining", Long.toString(left));
        }
        if (state.bytesPerSecond() > 0) {
            // PackageKit counts bits.
            answer.say("speed", Long.toString(8 * state.bytesPerSecond()));
        }
        for (Active file : state.active()) {
            String id = coming.get(file.label());
            if (id != null && file.totalBytes() > 0) {
                int percent = Math.clamp(100 * file.doneBytes() / file.totalBytes(), 0, 100);
                if (percent > told.getOrDefault(id, -1)) {
                    told.put(id, percent);
                    answer.say("item-progress", id, "download", Integer.toString(percent));
                }
            }
        }
    }

    @Override
    public void checking() {
        answer.percentage(FETCHED_PERCENT);
        answer.status("sig-check");
    }

    @Override
    public void batch(int batch, int batches) {
        answer.status("commit");
        int rest = 100 - FETCHED_PERCENT;
        answer.percentage(FETCHED_PERCENT + (long) rest * (batch - 1) / Math.max(batches, 1));
    }

    @Override
    public void waiting() {
        answer.status("wait");
    }

    @Override
    public void resuming(int batch) {
        answer.status("commit");
    }

    @Override
    public void mending(int batch) {
        answer.status("commit");
    }
}
