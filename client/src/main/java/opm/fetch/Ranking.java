package opm.fetch;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Which mirror to ask first, by what was seen of each during this job.
///
/// Files of this machine come first. Of the others, each lane takes the one that promises it most:
/// the speed seen, shared among the lanes that use it; one that was not tried yet promises more
/// than any. So all are tried once, lanes spread, and slow ones are left for the fast. Who broke
/// off several times in a row is asked last. Equal ones stay in the order given.
final class Ranking {
    private static final int FORGIVEN = 2;

    /// A shorter transfer says more about the way than about the speed.
    private static final int SAMPLE_BYTES = 32 << 10;

    private final Map<String, Mirror> mirrors = new HashMap<>();

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
        record Ranked(URI source, boolean remote, boolean broken, double promise) {}
        var ranked = new ArrayList<Ranked>();
        for (URI source : sources) {
            Mirror mirror = mirror(source);
            ranked.add(
                    new Ranked(
                            source,
                            !"file".equalsIgnoreCase(source.getScheme()),
                            mirror.breaks > FORGIVEN,
                            mirror.promise()));
        }
        // Written out: comparators put together at run time cost milliseconds of each start.
        ranked.sort(
                (a, b) -> {
                    if (a.remote() != b.remote()) {
                        return a.remote() ? 1 : -1;
                    }
                    if (a.broken() != b.broken()) {
                        return a.broken() ? 1 : -1;
                    }
                    return Double.compare(b.promise(), a.promise());
                });
        return ranked.stream().map(Ranked::source).toList();
    }

    synchronized void begin(URI source) {
        mirror(source).lanes++;
    }

    /// @param broke whether the transfer ended before it should
    synchronized void end(URI source, long bytes, long millis, boolean broke) {
        Mirror mirror = mirror(source);
        mirror.lanes--;
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
