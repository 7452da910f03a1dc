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
import opm.bundle.Entry;
import opm.engine.Engine;
import opm.engine.LookAhead;
import opm.engine.Solution;
import opm.engine.Watcher;
import opm.fetch.Progress;
import opm.preflight.Finding;
import opm.profile.SystemProfile;
import org.jspecify.annotations.Nullable;

/// One bundle in the making, as `opm bundle create` makes it: fetched, signatures checked, proved,
/// written. It has a thread of its own; others look at [#status].
public final class Building {
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
    /// @param bundle what was written, when it is done
    /// @param failure what stood in the way, when it failed
    public record Status(
            State state,
            long done,
            long total,
            Engine.@Nullable Bundled bundle,
            @Nullable OpmException failure) {
        static Status of(State state) {
            return new Status(state, 0, 0, null, null);
        }
    }

    public Status status() {
        return status;
    }

    /// Returns where the bundle lies when it is done.
    public Path file() {
        return file;
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
            workshop.host().disk().delete(file);
        } catch (OpmException e) {
            status = new Status(State.FAILED, 0, 0, null, e);
        }
    }

    private void run() {
        try {
            Engine.Bundled bundle = workshop.building.pass(_ -> build());
            status = new Status(State.DONE, bundle.sizeBytes(), bundle.sizeBytes(), bundle, null);
            workshop.noteBuilt();
        } catch (OpmException e) {
            status = new Status(State.FAILED, 0, 0, null, e);
        } catch (RuntimeException | Error bug) {
            status =
                    new Status(
                            State.FAILED,
                            0,
                            0,
                            null,
                            new Refused("a bug in opm: " + bug, "Tell who runs this server."));
            throw bug;
        } finally {
            if (closed) {
                delete();
            }
        }
    }

    private Engine.Bundled build() throws OpmException {
        workshop.host().disk().createOwnDirectories(workshop.folder());
        Engine engine = workshop.engine(machine, new Eyes());
        Solution solution = Visit.solve(engine, basket);
        if (solution.plan() == null) {
            throw new BadRequest(
                    "build: found no plan any more, expected one", "Look at the choices again.");
        }
        status = Status.of(State.FETCHING);
        Engine.Fetched fetched = engine.fetch(solution);
        var fitted = new LookAhead(engine).fit(solution, fetched.plan(), true);
        for (Finding finding : fitted.report().findings()) {
            if (finding.stops()) {
                throw new Refused(
                        "rpm would refuse this at home: " + finding,
                        "`opm check` tells more; leave the package out.");
            }
        }
        var fits = new Engine.Fetched(fitted.plan(), fetched.signaturesChecked());
        return engine.bundle(solution, fits, file);
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
                                    null,
                                    null);
        }

        @Override
        public boolean cancelled() {
            return closed;
        }
    }

    /// A piece of a bundle that is a package's file, byte for byte.
    public record Piece(Digest digest, long from, long bytes) {}

    /// Returns the pieces of the finished bundle that are packages, in the order of the file: who
    /// has these needs only what stands between them.
    public List<Piece> pieces() throws OpmException {
        var pieces = new ArrayList<Piece>();
        BundleReader bundle = BundleReader.open(workshop.host().disk(), file);
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
