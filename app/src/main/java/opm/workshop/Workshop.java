package opm.workshop;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Unavailable;
import opm.engine.Engine;
import opm.engine.Guest;
import opm.engine.Options;
import opm.engine.Watcher;
import opm.host.Host;
import opm.host.Niceness;
import opm.pkgset.SearchMemory;
import opm.profile.SystemProfile;
import org.jspecify.annotations.Nullable;

/// All visits of one server: who is here, how many may think at a time, when they are forgotten.
public final class Workshop implements AutoCloseable {
    private static final int BUILDERS = 2;
    private static final int MANY_PACKAGES = 4000; // more than a usual machine has
    private final Host host;
    private final Options options;
    private final Guest guests;
    private final List<Stock> stock;
    private final Offer offer;
    private final Map<String, Kind> seen = new ConcurrentHashMap<>();
    private final LongSupplier nanos;
    private final SecureRandom random = new SecureRandom();
    private final SequencedMap<String, Visit> visits = new LinkedHashMap<>();
    private final LinkedHashSet<Visit> warm = new LinkedHashSet<>();
    private final LongAdder opened = new LongAdder();
    private final LongAdder built = new LongAdder();
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile String trouble = "";
    final SearchMemory searched = new SearchMemory(MANY_PACKAGES);
    final Gate thinking;
    final Gate looking;
    final Gate reading;
    private final Gate large;
    final Gate building = new Gate(
                    BUILDERS,
                    Limits.BUILDS_WAITING,
                    Limits.BUILD_WAIT_SECONDS,
                    System::nanoTime);

    /// A system that one can pick instead of bringing a profile.
    ///
    /// @param name for people
    @SuppressWarnings("ArrayRecordComponent") // one owner, never compared
    public record Stock(String id, String name, byte[] profile) {}

    /// Where visits get their packages.
    ///
    /// @param releases to which the repositories of the options can bring a machine; none where
    ///     their addresses do not depend on the release
    /// @param catalogue whose repositories count instead of those of the options; null for those
    public record Offer(List<String> releases, @Nullable Catalogue catalogue) {
        public static final Offer PLAIN = new Offer(List.of(), null);

        public Offer {
            releases = List.copyOf(releases);
        }
    }

    /// @param options with the repositories that all visits get
    public Workshop(
            Host host, Options options, List<Stock> stock, int laneCount, LongSupplier nanos) {
        this(host, options, stock, Offer.PLAIN, laneCount, nanos);
    }

    /// @param laneCount how many requests are solved at a time
    public Workshop(
            Host host,
            Options options,
            List<Stock> stock,
            Offer offer,
            int laneCount,
            LongSupplier nanos) {
        this.host = host;
        this.options = options;
        guests = new Guest(host, options, closed::get);
        this.stock = List.copyOf(stock);
        this.offer = offer;
        this.nanos = nanos;
        large = new Gate(1, Limits.SOLVE_WAITING, Limits.SOLVE_SECONDS, nanos);
        reading = new Gate(1, Limits.SOLVE_WAITING, Limits.SOLVE_SECONDS, nanos);
        looking = new Gate(laneCount, Limits.SOLVE_WAITING, Limits.SOLVE_SECONDS, nanos);
        thinking = new Gate(laneCount, Limits.SOLVE_WAITING, Limits.SOLVE_SECONDS, nanos);
    }

    public List<Stock> stock() {
        return stock;
    }

    /// Returns where the bundles of visits lie until these end.
    Path folder() {
        return options.state().resolve("visits");
    }

    Host host() {
        return host;
    }

    long nanos() {
        return nanos.getAsLong();
    }

    Engine engine(SystemProfile machine, Watcher watcher) throws OpmException {
        return engine(machine, watcher, "");
    }

    private Path catalogueFolder() {
        return options.state().resolve("catalogue");
    }

    /// Returns the repositories that the catalogue has for a machine; null without a catalogue.
    private Guest.@Nullable Folder repositories(SystemProfile machine) throws OpmException {
        Catalogue catalogue = offer.catalogue();
        if (catalogue == null) {
            return null;
        }
        Catalogue.Distribution system = catalogue.of(machine);
        return new Guest.Folder(
                catalogueFolder().resolve(system.id()), Catalogue.own(system, machine));
    }

    /// What is remembered of machines that came: nothing that tells one from its sisters.
    private record Kind(SystemProfile blank, Guest.@Nullable Folder repos) {}

    /// Remembers what kind of machine came, so that its repositories are fresh for the next one.
    private void remember(SystemProfile machine) throws OpmException {
        Guest.Folder repos = repositories(machine);
        String release = machine.releasever();
        String id = machine.distro().id();
        String own = id + " " + release + " " + machine.arch() + " " + repos;
        if (repos != null && seen.size() < Limits.KINDS_OF_MACHINES) {
            seen.putIfAbsent(
                    own, new Kind(SystemProfile.blank(id, release, machine.arch()), repos));
        }
    }

    /// @param release to which the machine is brought; empty for the one that it has
    Engine engine(SystemProfile machine, Watcher watcher, String release) throws OpmException {
        return guests.engine(watcher, machine, release, repositories(machine));
    }

    /// Returns the releases to which a machine may be brought, the nearest first.
    List<String> releases(SystemProfile machine) {
        Catalogue catalogue = offer.catalogue();
        List<String> all =
                catalogue == null ? offer.releases() : catalogue.newer(machine);
        return all.stream().filter(one -> !one.equals(machine.releasever())).toList();
    }

    void noteBuilt() {
        built.increment();
    }

    /// Opens a visit for a stock system.
    ///
    /// @throws BadRequest when there is none of this name
    public Visit pick(String id) throws OpmException {
        for (Stock one : stock) {
            if (one.id().equals(id)) {
                return open(one.profile());
            }
        }
        throw new BadRequest(
                "'" + id + "': found no such system, expected one of the list",
                "Pick one from the first page.");
    }

    /// Opens a visit for a profile, or for a job: then with what was chosen for it.
    ///
    /// @throws Unavailable when there are too many visits
    public Visit open(byte[] profile) throws OpmException {
        sweep();
        byte[] plain = Guest.unpacked(profile);
        mustHold(plain.length);
        var bytes = new byte[16];
        random.nextBytes(bytes);
        String id = HexFormat.of().formatHex(bytes);
        Visit visit =
                plain.length <= Limits.GUEST_LARGE_BYTES
                        ? fresh(id, plain)
                        // Who waits here keeps nobody from thinking.
                        : large.pass(_ -> fresh(id, plain));
        synchronized (visits) {
            mustHold(plain.length);
            visits.put(id, visit);
        }
        remember(visit.machine());
        opened.increment();
        return visit;
    }

    private Visit fresh(String id, byte[] profile) throws OpmException {
        return thinking.pass(
                turn -> {
                    var fresh = new Visit(this, id, Guest.read(profile), profile.length);
                    fresh.choose(JobLines.read(profile, fresh.releases()));
                    fresh.warm(turn);
                    return fresh;
                });
    }

    /// @throws Unavailable when one more would take more memory than there is
    private void mustHold(int profileBytes) throws Unavailable {
        long held = profileBytes;
        synchronized (visits) {
            for (Visit visit : visits.values()) {
                held += visit.profileBytes();
            }
            long most = Runtime.getRuntime().maxMemory() / Limits.HEAP_FOR_PROFILES;
            if (visits.size() >= Limits.VISITS || held > most) {
                throw new Unavailable(
                        "this server has as many visitors as it can hold",
                        "Come back in some minutes.");
            }
        }
    }

    /// Returns a visit; null when there is none, or it was forgotten.
    public @Nullable Visit find(String id) {
        synchronized (visits) {
            Visit visit = visits.get(id);
            if (visit != null) {
                visit.touch();
            }
            return visit;
        }
    }

    /// Remembers who thought last; those who did before, beyond what memory is good for, think
    /// anew the next time.
    void keepWarm(Visit visit) {
        long most = Math.max(1, Runtime.getRuntime().maxMemory() / Limits.HEAP_FOR_SOLVER);
        synchronized (warm) {
            warm.addLast(visit);
            if (warm.size() > most) {
                warm.removeFirst().cool();
            }
        }
    }

    /// Reads the repositories' metadata, and keeps it at hand until the workshop closes, so that no
    /// visitor waits for a download: that of the stock systems, and of a machine that says nothing
    /// of itself.
    ///
    /// @param seconds between two looks
    /// @param teller is told what stands in the way of that, when it is something new; "" once
    ///     nothing does
    public void keepFresh(String arch, int seconds, Consumer<String> teller) throws OpmException {
        Catalogue catalogue = offer.catalogue();
        if (catalogue != null) {
            catalogue.layDown(host.disk(), catalogueFolder());
        }
        refresh(arch, teller);
        Thread.ofPlatform()
                .daemon()
                .name("refresh")
                .start(
                        () -> {
                            Niceness.low();
                            while (!closed.get()) {
                                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(seconds));
                                sweep();
                                refresh(arch, teller);
                            }
                        });
    }

    void refresh(String arch, Consumer<String> teller) {
        Watcher closing = Watcher.until(closed::get);
        var failures = new TreeMap<String, String>();
        try {
            if (offer.catalogue() == null) {
                note(failures, guests.refresh(closing, SystemProfile.blank(arch), null));
            }
            for (Stock one : stock) {
                SystemProfile machine = Guest.read(one.profile());
                note(failures, guests.refresh(closing, machine, repositories(machine)));
            }
            for (Kind kind : seen.values()) {
                note(failures, guests.refresh(closing, kind.blank(), kind.repos()));
            }
        } catch (OpmException e) {
            failures.put("", String.valueOf(e.getMessage()));
        }
        String now = String.join("; ", failures.values());
        boolean isNew = !now.equals(trouble);
        trouble = now;
        if (isNew && !closed.get()) {
            teller.accept(now);
        }
    }

    private static void note(Map<String, String> failures, Map<String, OpmException> more) {
        more.forEach(
                (id, e) -> {
                    String said = String.valueOf(e.getMessage());
                    failures.put(id, said.startsWith(id + ":") ? said : id + ": " + said);
                });
    }

    /// Returns why the repositories could not be refreshed the last time; empty when they were.
    public String trouble() {
        return trouble;
    }

    /// Forgets a visit and its bundle.
    public void end(String id) {
        Visit visit;
        synchronized (visits) {
            visit = visits.remove(id);
        }
        if (visit != null) {
            close(visit);
        }
    }

    private void close(Visit visit) {
        synchronized (warm) {
            warm.remove(visit);
        }
        visit.close();
    }

    private void sweep() {
        long now = nanos();
        var old = new ArrayList<Visit>();
        synchronized (visits) {
            for (Visit visit : visits.values()) {
                if (visit.idleNanos(now) > TimeUnit.SECONDS.toNanos(Limits.VISIT_IDLE_SECONDS)) {
                    old.add(visit);
                }
            }
            old.forEach(visit -> visits.remove(visit.id()));
        }
        old.forEach(this::close);
    }

    /// Returns figures, as Prometheus reads them.
    public String metrics() {
        int here;
        synchronized (visits) {
            here = visits.size();
        }
        return "opm_visits "
                + here
                + "\nopm_visits_total "
                + opened.sum()
                + "\nopm_bundles_built_total "
                + built.sum()
                + "\nopm_visits_waiting "
                + thinking.waiting()
                + "\nopm_repositories_fresh "
                + (trouble.isEmpty() ? 1 : 0)
                + "\n";
    }

    @Override
    public void close() {
        closed.set(true);
        List<Visit> all;
        synchronized (visits) {
            all = List.copyOf(visits.values());
            visits.clear();
        }
        all.forEach(Visit::close);
    }
}
