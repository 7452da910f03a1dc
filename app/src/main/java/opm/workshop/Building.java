package opm.workshop;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Refused;
import opm.bundle.BundleReader;
import opm.bundle.BundleSplit;
import opm.bundle.Entry;
import opm.engine.Bundling;
import opm.engine.Engine;
import opm.engine.Ready;
import opm.engine.Solution;
import opm.engine.Watcher;
import opm.fetch.Progress;
import opm.preflight.Finding;
import opm.profile.SystemProfile;
import org.jspecify.annotations.Nullable;

/// One bundle in the making, as `opm bundle create` makes it: fetched, signatures checked, proved,
/// written. It has a thread of its own; others look at [#status].
public final class Building {
    private static final String NAME = "box";
    private static final String SUFFIX = ".opm";

    private final Workshop workshop;
    private final SystemProfile machine;
    private final Basket basket;
    private final Path file;
    private volatile Status status = Status.of(State.WAITING);
    private volatile boolean closed;

    Building(Workshop workshop, SystemProfile machine, Basket basket, String visit) {
        this.workshop = workshop;
        this.machine = machine;
        this.basket = basket;
        // A name of its own: one that was stopped may still be at work on the last.
        long number = new SecureRandom().nextLong() >>> 1;
        file = workshop.folder().resolve(visit + "-" + number + ".opm");
    }

    /// How far it is.
    public enum State {
        WAITING,
        FETCHING,
        PROVING,
        WRITING,
        DONE,
        FAILED
    }

    /// How far it is.
    ///
    /// @param done bytes that were fetched
    /// @param total bytes to fetch
    /// @param made what was written, when it is done: one file, or the parts in their order
    /// @param failure what stood in the way, when it failed
    public record Status(
            State state,
            long done,
            long total,
            List<Made> made,
            @Nullable OpmException failure) {
        public Status {
            made = List.copyOf(made);
        }

        static Status of(State state) {
            return new Status(state, 0, 0, List.of(), null);
        }

        static Status failed(OpmException why) {
            return new Status(State.FAILED, 0, 0, List.of(), why);
        }
    }

    public Status status() {
        return status;
    }

    /// Returns a finished file by its name; null when there is none.
    public @Nullable Made made(String name) {
        for (Made one : status.made()) {
            if (one.name().equals(name)) {
                return one;
            }
        }
        return null;
    }

    void start() {
        Thread.ofVirtual().name("building").start(this::run);
    }

    void close() {
        closed = true;
        if (status.state() == State.DONE) {
            delete();
        }
    }

    private void delete() {
        try {
            for (Made one : status.made()) {
                workshop.host().disk().delete(one.file());
            }
        } catch (OpmException e) {
            status = Status.failed(e);
        }
    }

    private void run() {
        try {
            List<Made> made = workshop.building.pass(_ -> build());
            long bytes = made.stream().mapToLong(Made::bytes).sum();
            status = new Status(State.DONE, bytes, bytes, made, null);
            workshop.noteBuilt();
        } catch (OpmException e) {
            status = Status.failed(e);
        } catch (RuntimeException | Error bug) {
            status =
                    Status.failed(
                            new Refused("a bug in opm: " + bug, "Tell who runs this server."));
            throw bug;
        } finally {
            if (closed) {
                delete();
            }
        }
    }

    private List<Made> build() throws OpmException {
        workshop.host().disk().createOwnDirectories(workshop.folder());
        Wishes wishes = basket.wishes();
        Engine engine = workshop.engine(machine, new Eyes(), wishes.release());
        if (wishes.partBytes() > 0) {
            engine.planForParts(Math.min(wishes.partBytes(), BundleSplit.FAT32_BYTES));
        }
        Solution solution = Answer.of(engine, basket).solution();
        if (solution.plan() == null) {
            throw new BadRequest(
                    "build: found no plan any more, expected one", "Look at the choices again.");
        }
        status = Status.of(State.FETCHING);
        Ready ready = Ready.of(engine, solution, true);
        for (Finding finding : ready.report().findings()) {
            if (finding.stops()) {
                throw new Refused(
                        "rpm would refuse this at home: " + finding,
                        "`opm check` tells more; leave the package out.");
            }
        }
        if (wishes.partBytes() == 0) {
            Engine.Bundled whole = engine.bundle(solution, ready.fetched(), file);
            return List.of(new Made(NAME + SUFFIX, file, whole.sizeBytes(), whole.seal()));
        }
        var made = new ArrayList<Made>();
        var bundling = new Bundling(engine);
        for (BundleSplit.Written part :
                bundling.writeParts(
                        solution,
                        ready.fetched(),
                        file,
                        wishes.partBytes(),
                        wishes.parity())) {
            String own = part.file().getFileName().toString();
            String stem = file.getFileName().toString();
            String name = NAME + own.substring(stem.length() - SUFFIX.length());
            made.add(new Made(name, part.file(), part.sizeBytes(), part.seal()));
        }
        return made;
    }

    private final class Eyes implements Watcher {
        @Override
        public void begins(Stage stage, String what) {
            switch (stage) {
                case PROOF -> status = Status.of(State.PROVING);
                case WRITE -> status = Status.of(State.WRITING);
                case CAPTURE, REFRESH, FILES, SIGNATURES, KEEP -> {}
            }
        }

        @Override
        public Progress downloads() {
            return state ->
                    status =
                            new Status(
                                    State.FETCHING,
                                    state.doneBytes(),
                                    state.totalBytes(),
                                    List.of(),
                                    null);
        }

        @Override
        public boolean cancelled() {
            return closed;
        }
    }

    /// A piece of a bundle that is a package's file, byte for byte.
    public record Piece(Digest digest, long from, long bytes) {}

    /// Returns the pieces of a finished file that are packages, in the order of the file: who has
    /// these needs only what stands between them.
    public List<Piece> pieces(Made made) throws OpmException {
        var pieces = new ArrayList<Piece>();
        BundleReader bundle = BundleReader.open(workshop.host().disk(), made.file());
        var packages = new HashSet<Digest>();
        bundle.plan().artifacts().forEach(artifact -> packages.add(artifact.digest()));
        for (Entry entry : bundle.entries()) {
            if (packages.contains(entry.sha256())) {
                pieces.add(new Piece(entry.sha256(), entry.at(), entry.sizeBytes()));
            }
        }
        pieces.sort((one, two) -> Long.compare(one.from(), two.from()));
        return pieces;
    }
}
