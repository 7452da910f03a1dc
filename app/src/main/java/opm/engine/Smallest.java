package opm.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.pkgset.PackageRef;
import opm.solve.Reason;
import opm.solve.Request;
import opm.solve.Verdict;
import org.jspecify.annotations.Nullable;

/// Looks for an answer with less to download: without what is only recommended, and with other
/// providers wherever the largest packages were chosen among several.
///
/// A search of bounded length from the usual answer downwards, not the proven least: each step
/// disfavors one package, and stays only when the whole answer became smaller.
public final class Smallest {
    /// Packages that are tried without; each costs one solve.
    private static final int TRIES = 24;

    private static final Comparator<PackageRef> LARGER =
            Comparator.comparingLong(PackageRef::packageBytes).thenComparing(PackageRef::nevra);

    private final Engine engine;
    private final Request request;
    private final List<String> asked;

    private Smallest(Engine engine, Request request, List<String> asked) {
        this.engine = engine;
        this.request = request;
        this.asked = asked;
    }

    /// Solves a request so that less has to be downloaded.
    public static Solution solve(Engine engine, Request request, List<String> asked)
            throws OpmException {
        return new Smallest(engine, request, asked).search();
    }

    private Solution search() throws OpmException {
        Solution best = with(List.of());
        var disfavored = new ArrayList<Request.Item>();
        Set<String> tried = new HashSet<>();
        for (int tries = 0; tries < TRIES && best.verdict() instanceof Verdict.Solved; tries++) {
            PackageRef largest = largest(best, tried);
            if (largest == null) {
                break;
            }
            tried.add(largest.nevra().name());
            var items = new ArrayList<>(disfavored);
            items.add(new Request.Item(Request.Verb.DISFAVOR, largest.nevra().name()));
            Solution other = with(items);
            if (other.verdict() instanceof Verdict.Solved && bytes(other) < bytes(best)) {
                best = other;
                disfavored = items;
            }
        }
        return best;
    }

    private Solution with(List<Request.Item> disfavored) throws OpmException {
        var items = new ArrayList<>(request.items());
        items.addAll(disfavored);
        return engine.solve(new Request(items), asked, policy -> policy.withWeakDeps(false));
    }

    /// Returns the largest package that nobody asked for by name and that was not tried; null when
    /// there is none.
    private static @Nullable PackageRef largest(Solution solution, Set<String> tried) {
        Map<Nevra, Reason> reasons = solution.reasons();
        PackageRef largest = null;
        for (PackageRef pkg : solution.coming().values()) {
            Reason reason = reasons.get(pkg.nevra());
            boolean chosen = reason != null && reason.kind() == Reason.Kind.REQUIRED;
            if (chosen
                    && !tried.contains(pkg.nevra().name())
                    && (largest == null || LARGER.compare(pkg, largest) > 0)) {
                largest = pkg;
            }
        }
        return largest;
    }

    private static long bytes(Solution solution) {
        return solution.plan() == null ? Long.MAX_VALUE : solution.plan().fetchBytes();
    }
}
