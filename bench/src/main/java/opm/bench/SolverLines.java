package opm.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import opm.base.OpmException;
import opm.host.Host;
import opm.pkgset.PackageSet;
import opm.rpmmd.Importer;
import opm.solve.Change;
import opm.solve.Policy;
import opm.solve.Request;
import opm.solve.Solver;
import opm.solve.Universe;
import opm.solve.Verdict;

/// The solver's lines of `./dev bench`, in one warm process: the twin of dev.d/libsolv_peer.py.
///
///     SolverLines RUNS CASE... -- NAME...
///
/// Prints `CASE SECONDS COUNT` for each, the least of the runs, solving only.
public final class SolverLines {
    private static final Policy POLICY = Policy.dnf().withWeakDeps(false);
    private static final int WARMING = 12;
    private static final int LANES = 2;

    private final List<String> names;
    private final PackageSet base = set("base", false);
    private final Universe empty =
            new Universe("x86_64", null, List.of(new Universe.Source("base", base)));
    private final Universe system =
            new Universe(
                    "x86_64",
                    set("installed", true),
                    List.of(
                            new Universe.Source("base", base),
                            new Universe.Source("updates", set("updates", false))));

    private SolverLines(List<String> names) {
        this.names = names;
    }

    public static void main(String[] arguments) throws Exception {
        List<String> words = List.of(arguments);
        int bar = words.indexOf("--");
        var lines = new SolverLines(words.subList(bar + 1, words.size()));
        for (String name : words.subList(1, bar)) {
            lines.run(name, Integer.parseInt(words.getFirst()));
        }
    }

    private static PackageSet set(String name, boolean installed) {
        try {
            return new Importer(Host.ofThisMachine().disk())
                    .folder(Universes.shared().resolve(name), installed)
                    .build();
        } catch (OpmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void run(String name, int runs) throws Exception {
        Callable<Integer> work =
                switch (name) {
                    case "golden-empty" -> installs(new Solver(empty));
                    case "golden-installed" -> installs(new Solver(system));
                    case "upgrade-all" -> upgrade(new Solver(system));
                    case "every-package" -> this::everyPackage;
                    default -> throw new IllegalArgumentException("no case " + name);
                };
        boolean once = name.equals("every-package");
        long least = Long.MAX_VALUE;
        int count = 0;
        for (int round = once ? 0 : -WARMING; round < (once ? 1 : runs); round++) {
            long start = System.nanoTime();
            count = work.call();
            least = round < 0 ? least : Math.min(least, System.nanoTime() - start);
        }
        System.out.println(name + " " + least / 1e9 + " " + count);
    }

    private Callable<Integer> installs(Solver solver) {
        return () -> {
            int changes = 0;
            for (String name : names) {
                changes += changes(solver, Request.of(Request.Verb.INSTALL, name));
            }
            return changes;
        };
    }

    private Callable<Integer> upgrade(Solver solver) {
        return () -> changes(solver, Request.all(Request.Verb.UPGRADE));
    }

    /// Returns how many packages come in.
    private static int changes(Solver solver, Request request) {
        if (solver.solve(request, POLICY) instanceof Verdict.Solved solved) {
            int coming = 0;
            for (Change change : solved.changes()) {
                boolean goes = change instanceof Change.Erase || change instanceof Change.Obsoleted;
                coming += goes ? 0 : 1;
            }
            return coming;
        }
        throw new IllegalStateException("found no answer, expected one: " + request);
    }

    /// Asks for every name of `base` beside the installed system, on two threads.
    ///
    /// @return how many requests had an answer, be it that there is none
    private int everyPackage() throws Exception {
        var next = new AtomicInteger();
        try (var threads = Executors.newFixedThreadPool(LANES)) {
            var lanes = new ArrayList<Callable<Integer>>();
            for (int lane = 0; lane < LANES; lane++) {
                lanes.add(() -> share(next));
            }
            int answered = 0;
            for (Future<Integer> lane : threads.invokeAll(lanes)) {
                answered += lane.get();
            }
            return answered;
        }
    }

    private int share(AtomicInteger next) {
        var solver = new Solver(system);
        int answered = 0;
        for (int pkg = next.getAndIncrement();
                pkg < base.packageCount();
                pkg = next.getAndIncrement()) {
            Request request = Request.of(Request.Verb.INSTALL, base.nevra(pkg).toString());
            Verdict verdict = solver.solve(request, POLICY);
            if (verdict instanceof Verdict.GaveUp) {
                throw new IllegalStateException("gave up: " + request);
            }
            answered++;
        }
        return answered;
    }
}
