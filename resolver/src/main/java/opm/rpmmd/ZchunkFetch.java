package opm.rpmmd;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.host.Disk;
import opm.host.Output;
import org.jspecify.annotations.Nullable;

/// Makes a new zchunk file of the chunks of an old one and of ranges of what a server has.
///
/// Two ranges bring the head, and one each row of chunks that the old file does not have, a few at
/// a time. What is between two rows comes with them where that costs little. The result is
/// compared with repomd.xml; whatever does not fit in, be it a server without ranges, ends with
/// the whole file being fetched by the caller.
final class ZchunkFetch {
    /// Ranges that are under way at once.
    private static final int LANES = 4;

    /// Requests for one file; beyond, gaps are fetched along.
    private static final int MOST_RANGES = 500;

    /// A gap that costs less than a request's own lines.
    private static final int SMALL_GAP = 256;

    /// Files of more are fetched whole.
    private static final long MOST_BYTES = 512L << 20;

    private final Disk disk;
    private final Download download;

    ZchunkFetch(Disk disk, Download download) {
        this.disk = disk;
        this.download = download;
    }

    private record Range(long from, long until) {}

    /// Brings an item into a new file.
    ///
    /// @param old a zchunk file of the state before
    /// @return false, and no file, when it has to be fetched whole
    boolean fetch(List<String> baseUrls, Repomd.Item item, Path old, Path aside)
            throws OpmException {
        if (item.sizeBytes() <= 0 || item.sizeBytes() > MOST_BYTES || !disk.exists(old)) {
            return false;
        }
        for (String base : baseUrls) {
            String url = Download.url(base, item.location());
            byte[] bytes;
            try {
                bytes = assembled(url, item, old);
            } catch (IOException e) {
                bytes = null;
            }
            if (bytes != null && isRight(bytes, item)) {
                try (Output out = disk.create(aside)) {
                    out.write(bytes, 0, bytes.length);
                    out.force();
                }
                return true;
            }
        }
        return false;
    }

    private static boolean isRight(byte[] bytes, Repomd.Item item) throws Damaged {
        return item.checksum().algorithm().of(bytes).equals(item.checksum());
    }

    /// Returns the file; null when this is not worth while, or not possible.
    private byte @Nullable [] assembled(String url, Repomd.Item item, Path old)
            throws OpmException, IOException {
        int size = (int) item.sizeBytes();
        byte[] lead = download.range(url, 0, Math.min(Zchunk.LEAD_BYTES, size));
        if (lead == null || Zchunk.headBytes(lead) > size) {
            return null;
        }
        int headBytes = Zchunk.headBytes(lead);
        byte[] rest =
                headBytes <= lead.length
                        ? new byte[0]
                        : download.range(url, lead.length, headBytes);
        if (rest == null) {
            return null;
        }
        var all = new byte[size];
        System.arraycopy(lead, 0, all, 0, lead.length);
        System.arraycopy(rest, 0, all, lead.length, rest.length);
        var head = Zchunk.of(Arrays.copyOf(all, headBytes));
        if (head.fileBytes() != size) {
            return null;
        }
        List<Zchunk.Chunk> missing = copied(head, old, all);
        long wanted = missing.stream().mapToLong(Zchunk.Chunk::bytes).sum();
        if (wanted > size - (size >> 2)) {
            return null;
        }
        return get(url, ranges(missing, wanted), all) ? all : null;
    }

    /// Copies what the old file has; returns what it has not, in the order of the file.
    private List<Zchunk.Chunk> copied(Zchunk head, Path old, byte[] all)
            throws OpmException, IOException {
        byte[] bytes = disk.readAll(old, (int) MOST_BYTES);
        Zchunk known = Zchunk.read(new ByteArrayInputStream(bytes));
        var bySum = new HashMap<String, Zchunk.Chunk>();
        for (Zchunk.Chunk chunk : known.chunks()) {
            if (chunk.start() + chunk.bytes() <= bytes.length) {
                bySum.putIfAbsent(key(chunk), chunk);
            }
        }
        var missing = new ArrayList<Zchunk.Chunk>();
        for (Zchunk.Chunk chunk : head.chunks()) {
            Zchunk.Chunk same = bySum.get(key(chunk));
            if (same != null) {
                System.arraycopy(
                        bytes, (int) same.start(), all, (int) chunk.start(), chunk.bytes());
            } else if (chunk.bytes() > 0) {
                missing.add(chunk);
            }
        }
        return missing;
    }

    private static String key(Zchunk.Chunk chunk) {
        return chunk.bytes() + " " + chunk.sum();
    }

    /// Joins neighbours, and rows with little between them, of which a tenth more may come.
    private static List<Range> ranges(List<Zchunk.Chunk> missing, long wanted) {
        long gap = SMALL_GAP;
        List<Range> ranges = joined(missing, gap, wanted / 10);
        while (ranges.size() > MOST_RANGES) {
            gap *= 4;
            ranges = joined(missing, gap, Long.MAX_VALUE);
        }
        return ranges;
    }

    private static List<Range> joined(List<Zchunk.Chunk> missing, long gap, long most) {
        var ranges = new ArrayList<Range>();
        long spare = most;
        for (Zchunk.Chunk chunk : missing) {
            long end = chunk.start() + chunk.bytes();
            long between = ranges.isEmpty() ? -1 : chunk.start() - ranges.getLast().until();
            if (between >= 0 && between <= Math.min(gap, spare)) {
                spare -= between;
                ranges.add(new Range(ranges.removeLast().from(), end));
            } else {
                ranges.add(new Range(chunk.start(), end));
            }
        }
        return ranges;
    }

    private boolean get(String url, List<Range> ranges, byte[] all) throws OpmException {
        var gate = new Semaphore(LANES);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var tasks = new ArrayList<Callable<Map.Entry<Range, byte[]>>>();
            for (Range range : ranges) {
                tasks.add(
                        () -> {
                            gate.acquire();
                            try {
                                byte[] got = download.range(url, range.from(), range.until());
                                return Map.entry(range, got == null ? new byte[0] : got);
                            } catch (OpmException e) {
                                return Map.entry(range, new byte[0]);
                            } finally {
                                gate.release();
                            }
                        });
            }
            for (Future<Map.Entry<Range, byte[]>> task : threads.invokeAll(tasks)) {
                Range range = task.resultNow().getKey();
                byte[] bytes = task.resultNow().getValue();
                if (bytes.length != range.until() - range.from()) {
                    return false;
                }
                System.arraycopy(bytes, 0, all, (int) range.from(), bytes.length);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
