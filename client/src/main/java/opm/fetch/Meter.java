package opm.fetch;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import opm.base.Digest;
import opm.store.Store;

/// Adds up what the lanes report, and tells [Progress] at most eight times a second.
final class Meter {
    private static final long TELL_MILLIS = 125;
    private static final long WINDOW_MILLIS = 5_000;

    private final Progress progress;
    private final InstantSource clock;
    private final int totalCount;
    private final long totalBytes;
    private final Map<Digest, Lane> lanes = new HashMap<>();
    private final ArrayDeque<Sample> samples = new ArrayDeque<>();
    private long finishedBytes;
    private long networkBytes;
    private int doneCount;
    private int failedCount;
    private int begun;
    private long toldMillis;
    private boolean told;

    private static final class Lane {
        final Wanted wanted;
        final int number;
        long bytes;

        Lane(Wanted wanted, int number) {
            this.wanted = wanted;
            this.number = number;
        }
    }

    private record Sample(long millis, long networkBytes) {}

    Meter(Progress progress, InstantSource clock, List<Wanted> wanted) {
        this.progress = progress;
        this.clock = clock;
        this.totalCount = wanted.size();
        long sum = 0;
        for (Wanted one : wanted) {
            sum = sum < 0 || one.sizeBytes() == Store.ANY_SIZE ? -1 : sum + one.sizeBytes();
        }
        this.totalBytes = sum;
        samples.add(new Sample(clock.millis(), 0));
    }

    /// A file has this many bytes now, of which `newBytes` came just now over the network.
    synchronized void at(Wanted wanted, long bytes, int newBytes) {
        lanes.computeIfAbsent(wanted.digest(), _ -> new Lane(wanted, begun++)).bytes = bytes;
        networkBytes += newBytes;
        tell(false);
    }

    /// Bytes came that do not belong to the end of their file yet.
    synchronized void came(int newBytes) {
        networkBytes += newBytes;
        tell(false);
    }

    synchronized void end(Wanted wanted, Outcome outcome) {
        Lane lane = lanes.remove(wanted.digest());
        switch (outcome) {
            case Outcome.Fetched fetched -> {
                doneCount++;
                finishedBytes += fetched.stored().sizeBytes();
            }
            case Outcome.Failed _ -> {
                failedCount++;
                finishedBytes += lane == null ? 0 : lane.bytes;
            }
        }
        tell(doneCount + failedCount == totalCount);
    }

    private void tell(boolean last) {
        long now = clock.millis();
        if (!last && told && now - toldMillis < TELL_MILLIS && now >= toldMillis) {
            return;
        }
        told = true;
        toldMillis = now;
        samples.add(new Sample(now, networkBytes));
        while (samples.size() > 2 && samples.getFirst().millis() < now - WINDOW_MILLIS) {
            samples.removeFirst();
        }
        Sample oldest = samples.getFirst();
        long millis = Math.max(1, now - oldest.millis());
        var active = new ArrayList<Progress.Active>();
        long bytes = finishedBytes;
        var inOrder = new ArrayList<>(lanes.values());
        inOrder.sort((a, b) -> Integer.compare(a.number, b.number));
        for (Lane lane : inOrder) {
            bytes += lane.bytes;
            active.add(
                    new Progress.Active(lane.wanted.label(), lane.bytes, lane.wanted.sizeBytes()));
        }
        progress.at(
                new Progress.State(
                        bytes,
                        totalBytes,
                        doneCount,
                        failedCount,
                        totalCount,
                        (networkBytes - oldest.networkBytes()) * 1000 / millis,
                        List.copyOf(active)));
    }
}
