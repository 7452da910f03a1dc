package opm.solve;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.BooleanSupplier;
import opm.base.Nevra;
import opm.pkgset.PackageRef;
import opm.pkgset.PackageSet;
import org.jspecify.annotations.Nullable;

/// Answers requests about one universe.
///
/// What requests share (names, providers, the rules of installed packages) is kept between them, so
/// that the second answer costs a fraction of the first. Equal input gives an equal answer,
/// whatever
/// was asked before. One thread at a time.
public final class Solver {
    private final Universe universe;

    /// What a pool depends on besides the universe.
    private record PoolKey(Policy.Style style, List<String> excludes) {
        // Written out: the JVM takes 3 ms to link those that records come with.
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof PoolKey key
                    && style == key.style
                    && excludes.equals(key.excludes);
        }

        @Override
        public int hashCode() {
            return style.ordinal() + 31 * excludes.hashCode();
        }
    }

    /// Pools kept at a time: excludes seldom change between requests.
    private static final int POOLS = 3;

    private final SequencedMap<PoolKey, SetPool> pools = new LinkedHashMap<>();

    private final boolean shares;

    public Solver(Universe universe) {
        this(universe, true);
    }

    /// @param shares whether requests share rules; the answers are the same
    Solver(Universe universe, boolean shares) {
        this.universe = universe;
        this.shares = shares;
    }

    /// Answers a request.
    public Verdict solve(Request request, Policy policy) {
        return solve(request, policy, () -> false);
    }

    /// Answers a request, unless `cancelled` says so first.
    ///
    /// @param cancelled asked now and then; once true, the answer is [Verdict.GaveUp]
    public Verdict solve(Request request, Policy policy, BooleanSupplier cancelled) {
        try {
            SetPool pool = pool(policy);
            var budget = new Budget(policy.steps(), cancelled);
            return new Asking(pool, request, policy, budget).answer();
        } catch (Budget.Stop stop) {
            return new Verdict.GaveUp(stop.cancelled);
        }
    }

    /// Says why an installed package is there: the shortest chain of packages that pull each other
    /// in,
    /// from this one to one that people asked for ([Policy#userInstalled]).
    ///
    /// @return one reason for each step, this package's first; empty when nothing pulls it in
    public List<Reason> why(PackageRef installed, Policy policy) {
        SetPool pool = pool(policy);
        return new Why(pool, policy.userInstalled()).chain(pool.pkg(installed));
    }

    private SetPool pool(Policy policy) {
        var key = new PoolKey(policy.style(), policy.excludes());
        SetPool pool = pools.remove(key);
        if (pool == null) {
            pool = new SetPool(universe);
            pool.shares = shares;
            pool.flags.implicitObsoleteUsesColors = key.style() == Policy.Style.DNF;
            exclude(pool, key.excludes(), universe);
        }
        pools.putLast(key, pool);
        if (pools.size() > POOLS) {
            pools.pollFirstEntry();
        }
        return pool;
    }

    /// Returns the packages of repositories that the universe hides.
    private static List<Integer> hidden(SetPool pool, Universe universe) {
        var found = new ArrayList<Integer>();
        for (Universe.Source source : universe.repositories()) {
            PackageSet set = source.set();
            for (Nevra nevra : universe.hidden()) {
                int name = set.nameId(nevra.name());
                int end = name < 0 ? 0 : set.packagesEnd(name);
                for (int pkg = name < 0 ? 0 : set.packagesStart(name); pkg < end; pkg++) {
                    if (set.nevra(pkg).equals(nevra)) {
                        found.add(pool.pkg(set.ref(pkg)));
                    }
                }
            }
        }
        return found;
    }

    /// Takes packages out of the game; installed ones stay what they are.
    private static void exclude(SetPool pool, List<String> specs, Universe universe) {
        IntList barred = new Barred(pool, universe, specs).all();
        if (barred.isEmpty() && universe.hidden().isEmpty()) {
            return;
        }
        var considered = new Bits(pool.count);
        for (int pkg = 0; pkg < pool.count; pkg++) {
            considered.set(pkg);
        }
        for (int i = 0; i < barred.size; i++) {
            considered.unset(barred.at[i]);
        }
        for (int pkg : hidden(pool, universe)) {
            considered.unset(pkg);
            pool.hidden.set(pkg);
        }
        pool.considered = considered;
        pool.forgetProviders(true);
        pool.forgetObsoleters();
    }
}
