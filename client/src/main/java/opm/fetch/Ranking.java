package opm.fetch;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/// Which mirror to ask first, by what was seen of each during this job.
///
/// Files of this machine come first. Of the others, each lane takes the one that promises it most:
/// the speed seen, shared among the lanes that use it; one that was not tried yet promises more
/// than any. So all are tried once, lanes spread, and slow ones are left for the fast. Who broke
/// off several times in a row is asked late, and later still who has as many requests as one server
/// may have. Equal ones stay in the order given.
final class Ranking {
    private static final int FORGIVEN = 2;

    /// A shorter transfer says more about the way than about the speed.
    private static final int SAMPLE_BYTES = 32 << 10;

    private static final int FLAG_MILLIS = 100;

    private final int mostOfAHost;
    private final Map<String, Mirror> mirrors = new HashMap<>();

    /// @param mostOfAHost how many requests one server has at a time
    Ranking(int mostOfAHost) {
        this.mostOfAHost = mostOfAHost;
    }

    private static final class Mirror {
        double bytesPerSecond = -1;
        int lanes;
        int breaks;

        double promise() {
            double speed = bytesPerSecond < 0 ? Double.MAX_VALUE : bytesPerSecond;
            return speed / (lanes + 1);
        }
    }

    synchronized List<URI> order(List<URI> sources) {
        if (sources.size() < 2) {
            return sources;
        }
        record Ranked(URI source, int last, double promise) {}
        var ranked = new ArrayList<Ranked>();
        for (URI source : sources) {
            Mirror mirror = mirror(source);
            int last = isLocal(source) ? 0 : 1;
            last += mirror.breaks > FORGIVEN ? 2 : 0;
            last += isLocal(source) || mirror.lanes < mostOfAHost ? 0 : 4;
            ranked.add(new Ranked(source, last, mirror.promise()));
        }
        // Written out: comparators put together at run time cost milliseconds of each start.
        ranked.sort(
                (a, b) -> {
                    int last = Integer.compare(a.last(), b.last());
                    return last != 0 ? last : Double.compare(b.promise(), a.promise());
                });
        return ranked.stream().map(Ranked::source).toList();
    }

    private static boolean isLocal(URI source) {
        return "file".equalsIgnoreCase(source.getScheme());
    }

    /// Waits until the server may have one more request; whoever began must [#end].
    ///
    /// @param cancelled ends the waiting: the request itself will notice
    synchronized void begin(URI source, BooleanSupplier cancelled) {
        Mirror mirror = mirror(source);
        boolean interrupted = false;
        while (mirror.lanes >= mostOfAHost && !isLocal(source) && !cancelled.getAsBoolean()) {
            try {
                wait(FLAG_MILLIS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        mirror.lanes++;
    }

    /// @param broke whether the transfer ended before it should
    synchronized void end(URI source, long bytes, long millis, boolean broke) {
        Mirror mirror = mirror(source);
        mirror.lanes--;
        notifyAll();
        mirror.breaks = broke ? mirror.breaks + 1 : 0;
        if (bytes >= SAMPLE_BYTES) {
            double seen = bytes * 1000.0 / Math.max(1, millis);
            mirror.bytesPerSecond =
                    mirror.bytesPerSecond < 0 ? seen : 0.7 * mirror.bytesPerSecond + 0.3 * seen;
        }
    }

    private Mirror mirror(URI source) {
        String key = source.getScheme() + "://" + source.getHost() + ":" + source.getPort();
        return mirrors.computeIfAbsent(key, _ -> new Mirror());
    }
}
