package opm.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Unavailable;
import opm.fetch.Outcome.Failed;
import opm.fetch.Outcome.Fetched;
import opm.fetch.Outcome.Trouble;
import opm.host.Net;
import opm.host.StreamFailure;
import opm.store.Partial;
import opm.store.Store;
import opm.store.Stored;
import org.jspecify.annotations.Nullable;

/// Brings one file into the store.
///
/// | state    | on disk                           | leaves by                                  |
/// |----------|-----------------------------------|--------------------------------------------|
/// | wanted   | nothing, or a partial file        | in the store → fetched; claimed → asking   |
/// | asking   | a partial file that is ours       | 200, 206 → reading; 404 → asking another   |
/// | reading  | the same, growing                 | end → checking; break, stall → asking      |
/// | checking | as many bytes as expected         | right → fetched; wrong → asking, from 0    |
/// | fetched  | the object                        | -                                          |
/// | failed   | a partial file, if anything came  | the next run → wanted                      |
///
/// 1. Bytes are added to a partial file only where they belong: at its end.
/// 2. A source is given up for good when it has no such file or another one; not for a break.
/// 3. Wrong bytes are held against a source only when all of them came from it.
/// 4. While the file keeps growing, breaks are without number; rounds without growth are counted.
/// 5. It ends as damage when every source was given up and one at least had other bytes: trying
///    later would not help. Otherwise it is unavailable.
///
/// A crash in any state leaves what stands in the second column, and the next run goes on there.
final class Transfer {
    private static final String HINT =
            "Try again later, or give another source; what came is kept.";

    /// A round in which the file grew by less than this counts as one without growth.
    private static final int GAIN_BYTES = 64 << 10;

    private static final int RANGE_FAILURES = 2;
    private static final long OTHER_WRITER_MILLIS = 200;
    private static final long LONGEST_PAUSE_MILLIS = 60_000;

    private final Wanted wanted;
    private final Store store;
    private final Net net;
    private final RateLimit limit;
    private final Meter meter;
    private final Ranking ranking;
    private final InstantSource clock;
    private final Pause pause;
    private final Fetcher.Options options;
    private final BooleanSupplier cancelled;
    private final Semaphore idle;

    private final List<Trouble> troubles = new ArrayList<>();
    private final Set<URI> givenUp = new HashSet<>();
    private final Set<URI> gave = new LinkedHashSet<>();
    private final Map<URI, String> validators = new HashMap<>();
    private final Map<URI, Integer> failedRanges = new HashMap<>();

    /// Where all bytes of the partial file came from; null when from several, or from an old run.
    private @Nullable URI onlySource;

    private long networkBytes;

    /// The most that was ever there after a round; it only grows, so rounds come to an end.
    private long farthestByte;

    private long askedPauseMillis;

    /// One that lied about a file is not asked for several ranges of it at once.
    private boolean alone;

    Transfer(
            Wanted wanted,
            Store store,
            Net net,
            RateLimit limit,
            Meter meter,
            Ranking ranking,
            InstantSource clock,
            Pause pause,
            Fetcher.Options options,
            BooleanSupplier cancelled,
            Semaphore idle) {
        this.wanted = wanted;
        this.store = store;
        this.net = net;
        this.limit = limit;
        this.meter = meter;
        this.ranking = ranking;
        this.clock = clock;
        this.pause = pause;
        this.options = options;
        this.cancelled = cancelled;
        this.idle = idle;
    }

    Outcome run() {
        try {
            while (true) {
                Stored there = inStore();
                if (there != null) {
                    return fetched(there);
                }
                try (Partial partial = store.partial(wanted.digest(), wanted.sizeBytes())) {
                    if (partial != null) {
                        return fetched(rounds(partial));
                    }
                }
                pause.millis(OTHER_WRITER_MILLIS, cancelled);
                requireGoingOn();
            }
        } catch (OpmException e) {
            return new Failed(wanted, e, troubles);
        }
    }

    private Fetched fetched(Stored stored) {
        return new Fetched(wanted, stored, networkBytes, List.copyOf(gave), troubles);
    }

    private @Nullable Stored inStore() throws OpmException {
        try {
            return store.get(wanted.digest());
        } catch (Damaged e) {
            troubles.add(new Trouble(URI.create("store:" + wanted.digest().hex()), e));
            return null;
        }
    }

    private Stored rounds(Partial partial) throws OpmException {
        meter.at(wanted, partial.position(), 0);
        int emptyRounds = 0;
        while (emptyRounds < options.rounds()) {
            if (emptyRounds > 0) {
                pause.millis(pauseMillis(emptyRounds), cancelled);
            }
            askedPauseMillis = 0;
            sideBySide(partial);
            for (URI source : ranking.order(wanted.sources())) {
                requireGoingOn();
                if (!givenUp.contains(source)) {
                    Stored stored = ask(source, partial);
                    if (stored != null) {
                        return stored;
                    }
                }
            }
            if (givenUp.containsAll(wanted.sources())) {
                break;
            }
            if (partial.position() - farthestByte >= GAIN_BYTES) {
                farthestByte = partial.position();
                emptyRounds = 0;
            }
            emptyRounds++;
        }
        throw lastFailure();
    }

    /// Lets idle lanes help with a large file, whose bytes then have no one source (invariant 3).
    private void sideBySide(Partial partial) throws OpmException {
        var usable = new ArrayList<URI>(Ranges.remote(ranking.order(wanted.sources())));
        usable.removeAll(givenUp);
        if (alone || usable.isEmpty() || !Ranges.isWorth(wanted, partial.position())) {
            return;
        }
        var ranges = new Ranges(wanted, partial, net, limit, meter, ranking, clock, cancelled);
        networkBytes += ranges.run(usable, idle);
        gave.addAll(ranges.gave());
        requireGoingOn();
        alone = true;
        onlySource = null;
    }

    private OpmException lastFailure() {
        if (wanted.sources().isEmpty()) {
            return new Unavailable(
                    wanted.label() + ": no source is known",
                    "Enable its repository, or put the file into the store: opm cache add FILE.");
        }
        if (givenUp.containsAll(wanted.sources())) {
            for (Trouble trouble : troubles.reversed()) {
                if (trouble.what() instanceof Damaged
                        && wanted.sources().contains(trouble.source())) {
                    return new Damaged(
                                    wanted.label()
                                            + ": no source has the right bytes; "
                                            + trouble.what().getMessage(),
                                    "Try again later, or give another source.")
                            .because(trouble.what());
                }
            }
        }
        OpmException last = troubles.getLast().what();
        return new Unavailable(
                        wanted.label() + ": no source gave it; the last one: " + last.getMessage(),
                        HINT)
                .because(last);
    }

    /// Doubles with each empty round, spread by digest so that lanes do not come back together; at
    /// least what a server asked for.
    private long pauseMillis(int emptyRounds) {
        long doubled = options.firstPauseMillis() << Math.min(emptyRounds - 1, 20);
        long spread = doubled * Character.digit(wanted.digest().hex().charAt(emptyRounds % 32), 16);
        return Math.min(LONGEST_PAUSE_MILLIS, Math.max(doubled + spread / 32, askedPauseMillis));
    }

    private void requireGoingOn() throws Unavailable {
        if (cancelled.getAsBoolean()) {
            throw new Unavailable(
                    wanted.label() + ": cancelled", "Start again; what came is kept.");
        }
    }

    /// Asks one source once; a second time from byte 0 when what was there before does not fit.
    ///
    /// @return null when it did not give the whole; the trouble is noted then
    /// @throws OpmException when no source could help: the disk is full, or cancelled
    private @Nullable Stored ask(URI source, Partial partial) throws OpmException {
        while (true) {
            boolean fromZero = partial.position() == 0;
            switch (timed(source, partial)) {
                case Answer.Whole(var stored) -> {
                    return stored;
                }
                case Answer.Broken(var why) -> {
                    requireGoingOn();
                    troubles.add(new Trouble(source, why));
                    return null;
                }
                case Answer.Other(var why) -> {
                    troubles.add(new Trouble(source, why));
                    givenUp.add(source);
                    return null;
                }
                case Answer.Mixed(var why) -> {
                    troubles.add(new Trouble(source, why));
                    partial.restart();
                    meter.at(wanted, 0, 0);
                    if (fromZero) {
                        givenUp.add(source);
                        return null;
                    }
                }
            }
        }
    }

    /// What one request came to.
    private sealed interface Answer {
        /// The file is in the store.
        record Whole(Stored stored) implements Answer {}

        /// It broke off, or the server is busy: worth another try.
        record Broken(OpmException why) implements Answer {}

        /// The source has no such file, or another one under its name.
        record Other(OpmException why) implements Answer {}

        /// What was there before and what the source has do not make the file.
        record Mixed(OpmException why) implements Answer {}
    }

    /// One attempt, seen by [Ranking].
    private Answer timed(URI source, Partial partial) throws OpmException {
        long bytesBefore = networkBytes;
        boolean broke = true;
        ranking.begin(source, cancelled);
        long begunMillis = clock.millis();
        try {
            Answer answer = attempt(source, partial);
            broke = answer instanceof Answer.Broken;
            return answer;
        } finally {
            if (networkBytes > bytesBefore) {
                gave.add(source);
            }
            ranking.end(source, networkBytes - bytesBefore, clock.millis() - begunMillis, broke);
        }
    }

    private Answer attempt(URI source, Partial partial) throws OpmException {
        if (partial.isFull()) {
            // An earlier run was killed between the last byte and the check.
            return check(source, partial);
        }
        if (!"file".equalsIgnoreCase(source.getScheme())) {
            limit.requireOpen();
        }
        // Who cannot answer ranges is asked for everything; what is there goes once it answers.
        boolean whole = failedRanges.getOrDefault(source, 0) >= RANGE_FAILURES;
        long from = whole ? 0 : partial.position();
        Net.Response response;
        try {
            response = net.get(request(source, from));
        } catch (BadRequest e) {
            return new Answer.Other(e);
        } catch (Unavailable e) {
            if (from > 0) {
                failedRanges.merge(source, 1, Integer::sum);
            }
            return new Answer.Broken(e);
        }
        try (response) {
            Answer refusal = refusal(source, response, from);
            if (refusal != null) {
                return refusal;
            }
            failedRanges.remove(source);
            if (response.startsAtByte() != partial.position()) {
                partial.restart();
            }
            if (partial.position() == 0) {
                onlySource = source;
            } else if (!source.equals(onlySource)) {
                onlySource = null;
            }
            String validator = response.header("etag");
            if (validator != null && !validator.startsWith("W/")) {
                validators.put(source, validator);
            }
            Answer broken = read(source, response, partial);
            return broken != null ? broken : check(source, partial);
        }
    }

    private Net.Request request(URI source, long from) {
        var headers = new HashMap<String, String>();
        headers.put("Accept-Encoding", "identity");
        String validator = validators.get(source);
        if (from > 0 && validator != null) {
            headers.put("If-Range", validator);
        }
        return new Net.Request(source, from, -1, headers, cancelled);
    }

    /// Returns why an answer has no bytes for us, or null when it has.
    private @Nullable Answer refusal(URI source, Net.Response response, long from) {
        int status = response.status();
        if (status == 200 || status == 206 && from > 0) {
            long total = response.totalBytes();
            boolean sizeKnown = wanted.sizeBytes() != Store.ANY_SIZE && total >= 0;
            return sizeKnown && total != wanted.sizeBytes()
                    ? new Answer.Other(
                            new Damaged(
                                    shown(source)
                                            + ": has "
                                            + total
                                            + " bytes, expected "
                                            + wanted.sizeBytes(),
                                    HINT))
                    : null;
        }
        var why = unavailable(source, "answers " + status + ", expected 200");
        if (status == 416 && from > 0) {
            return new Answer.Mixed(why);
        }
        if (status >= 500 || status == 408 || status == 425 || status == 429) {
            askedPauseMillis = Math.max(askedPauseMillis, retryAfterMillis(response));
            return new Answer.Broken(why);
        }
        return new Answer.Other(why);
    }

    private static long retryAfterMillis(Net.Response response) {
        String seconds = response.header("retry-after");
        return seconds != null && seconds.matches("[0-9]{1,6}")
                ? Long.parseLong(seconds) * 1000
                : 0;
    }

    /// Reads to the end; returns null when the end came where it belongs.
    private @Nullable Answer read(URI source, Net.Response response, Partial partial)
            throws OpmException {
        var buffer = new byte[64 << 10];
        InputStream body = response.body();
        while (true) {
            int read;
            int piece = limit.pieceBytes();
            limit.setAside(piece);
            try {
                read = body.read(buffer, 0, piece);
            } catch (IOException e) {
                limit.giveBack(piece);
                return new Answer.Broken(StreamFailure.of(e, source.getPath()));
            }
            limit.giveBack(piece - Math.max(0, read));
            if (read < 0) {
                break;
            }
            try {
                partial.write(buffer, 0, read);
            } catch (Damaged e) {
                return wrong(source, e);
            }
            networkBytes += read;
            meter.at(wanted, partial.position(), read);
            limit.take(read, cancelled);
        }
        long missing = wanted.sizeBytes() - partial.position();
        if (wanted.sizeBytes() != Store.ANY_SIZE && missing > 0) {
            return new Answer.Broken(unavailable(source, "ended " + missing + " bytes early"));
        }
        return null;
    }

    private Answer check(URI source, Partial partial) throws OpmException {
        try {
            return new Answer.Whole(partial.finish());
        } catch (Damaged e) {
            return wrong(source, e);
        }
    }

    /// Invariant 3.
    private Answer wrong(URI source, Damaged why) {
        return source.equals(onlySource) ? new Answer.Other(why) : new Answer.Mixed(why);
    }

    private static Unavailable unavailable(URI source, String words) {
        return new Unavailable(shown(source) + ": " + words, HINT);
    }

    /// An address without user, password and query.
    private static String shown(URI source) {
        String host = source.getHost() == null ? "" : "//" + source.getHost();
        String port = source.getPort() < 0 ? "" : ":" + source.getPort();
        return source.getScheme() + ":" + host + port + source.getPath();
    }
}
