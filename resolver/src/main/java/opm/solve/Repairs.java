package opm.solve;

import java.util.ArrayList;
import java.util.List;

/// Finds ways out of a contradiction: which of its rules could be given up, and what that costs.
///
/// For each rule to blame, everything else of the contradiction is turned on again and the system
/// solved without that one; where more has to give way and there is just one candidate, that joins
/// the repair.
final class Repairs {
    /// What to do about one rule; packages, or a job as its number plus 1.
    enum Kind {
        JOB,
        ERASE,
        REPLACE,
        ALLOW
    }

    /// One part of a repair.
    ///
    /// @param pkg the package, or the job
    /// @param by what replaces the package
    record Part(Kind kind, int pkg, int by) {}

    /// One repair: its parts, and the item that it gives up first.
    record Found(int item, List<Part> parts) {}

    private final Engine engine;
    private final State state;
    private final Sat sat;
    private final Unsolved unsolved;

    Repairs(Engine engine) {
        this.engine = engine;
        state = engine.state;
        sat = state.sat;
        unsolved = engine.unsolved;
    }

    /// Returns the ways out of one contradiction. Decisions and problems are as before afterwards.
    List<Found> of(State.Trouble trouble) {
        var savedDecisions = new IntList(sat.decisions);
        var savedWhy = new IntList(sat.why);
        var savedReasons = new IntList(sat.reasons);
        int[] savedLevels = sat.level.clone();
        var savedTroubles = new ArrayList<>(state.troubles);
        var savedBranches = engine.branches.all;
        engine.branches.all = new ArrayList<>();
        int mistakes = state.cleandepsMistakes.size;
        List<Found> found = find(sorted(trouble.items));
        state.cleandepsMistakes.truncate(mistakes);
        sat.decisions.clear();
        sat.decisions.pushAll(savedDecisions);
        sat.why.clear();
        sat.why.pushAll(savedWhy);
        sat.reasons.clear();
        sat.reasons.pushAll(savedReasons);
        System.arraycopy(savedLevels, 0, sat.level, 0, savedLevels.length);
        state.troubles.clear();
        state.troubles.addAll(savedTroubles);
        engine.branches.all = savedBranches;
        engine.weak.known = -1;
        return found;
    }

    /// Rules first, ascending; then jobs, those that must not be given up last, later ones first.
    private IntList sorted(IntList items) {
        var list = new IntList(items);
        list.sort(
                (one, two) -> {
                    if (one > 0 != two > 0) {
                        return one > 0 ? -1 : 1;
                    }
                    boolean essential = one < 0 && isEssential(one);
                    if (one < 0 && essential != isEssential(two)) {
                        return essential ? 1 : -1;
                    }
                    return Integer.compare(one, two);
                });
        return list;
    }

    private boolean isEssential(int item) {
        return state.jobs.has(-item - 1, Jobs.ESSENTIAL);
    }

    private List<Found> find(IntList items) {
        for (boolean essentialToo : List.of(false, true)) {
            var found = new ArrayList<Found>();
            for (int i = 0; i < items.size; i++) {
                IntList given = refine(items, items.at[i], essentialToo);
                var parts = new ArrayList<Part>();
                for (int j = 0; j < given.size; j++) {
                    convert(given.at[j], parts);
                }
                if (!parts.isEmpty()) {
                    found.add(new Found(items.at[i], parts));
                }
            }
            if (!found.isEmpty()) {
                return found;
            }
        }
        for (int i = 0; i < items.size; i++) {
            var parts = new ArrayList<Part>();
            convert(items.at[i], parts);
            if (!parts.isEmpty()) {
                return List.of(new Found(items.at[i], parts));
            }
        }
        return List.of();
    }

    private boolean inUpdates(int item) {
        return item >= state.update && item < state.updateEnd;
    }

    private boolean inFeatures(int item) {
        return item >= state.feature && item < state.featureEnd;
    }

    private void enableFeature(int item) {
        if (inUpdates(item)) {
            int feature = item - state.update + state.feature;
            if (sat.first(feature) != 0) {
                sat.off[feature] = false;
            }
        }
    }

    /// Returns the items to give up, starting with `given`; none when that is no way out.
    private IntList refine(IntList items, int given, boolean essentialToo) {
        var refined = new IntList();
        if (!essentialToo && given < 0 && isEssential(given)) {
            return refined;
        }
        refined.push(given);
        sat.pass(sat.variables / 16 + items.size);
        engine.search.reset();
        for (int i = 0; i < items.size; i++) {
            if (items.at[i] != given) {
                unsolved.enable(items.at[i]);
            }
        }
        if (given < 0) {
            engine.switches.reenable(-given - 1);
        }
        enableFeature(given);
        unsolved.enableWeak();
        var disabled = new IntList();
        while (true) {
            state.troubles.clear();
            engine.search.reset();
            engine.search.run(true, false);
            if (state.troubles.isEmpty()) {
                break;
            }
            IntList more = candidates(state.troubles.getFirst().items, items, given, essentialToo);
            if (more.isEmpty()) {
                refined.clear();
                break;
            }
            if (more.size == 1) {
                int item = more.at[0];
                if (!inFeatures(item) && item != given) {
                    refined.push(item);
                }
                unsolved.disable(item);
                if (item < 0) {
                    engine.switches.reenable(-item - 1);
                }
                enableFeature(item);
            } else {
                for (int i = 0; i < more.size; i++) {
                    unsolved.disable(more.at[i]);
                    enableFeature(more.at[i]);
                }
            }
            disabled.pushAll(more);
        }
        for (int i = 0; i < disabled.size; i++) {
            unsolved.enable(disabled.at[i]);
        }
        for (int i = 0; i < items.size; i++) {
            unsolved.enable(items.at[i]);
        }
        engine.switches.disable();
        for (int i = 0; i < items.size; i++) {
            unsolved.disable(items.at[i]);
        }
        return refined;
    }

    /// What else could be given up: rules of the new contradiction that are not of this one;
    /// failing
    /// that, those of this one that come after the one given up.
    private IntList candidates(IntList troubled, IntList items, int given, boolean essentialToo) {
        for (boolean later : List.of(false, true)) {
            var found = new IntList();
            boolean features = false;
            boolean updates = false;
            boolean others = false;
            for (int i = 0; i < troubled.size; i++) {
                int item = troubled.at[i];
                if (!essentialToo && item < 0 && isEssential(item)
                        || item != given && isExcluded(item, items, given, later)) {
                    continue;
                }
                features |= inFeatures(item);
                updates |= inUpdates(item) && item > state.update;
                others |= !inFeatures(item) && !(inUpdates(item) && item > state.update);
                found.push(item);
            }
            if (!found.isEmpty()) {
                if (!others && updates && features) {
                    dropFeatures(found);
                }
                return found;
            }
        }
        return new IntList();
    }

    private boolean isExcluded(int item, IntList items, int given, boolean later) {
        for (int i = 0; i < items.size; i++) {
            if (items.at[i] == item) {
                return true;
            }
            if (later && items.at[i] == given) {
                return false;
            }
        }
        return false;
    }

    private void dropFeatures(IntList list) {
        int kept = 0;
        for (int i = 0; i < list.size; i++) {
            if (!inFeatures(list.at[i])) {
                list.at[kept++] = list.at[i];
            }
        }
        list.truncate(kept);
    }

    // ---------------------------------------------------------------- in words of packages

    private void convert(int item, List<Part> parts) {
        if (item < 0) {
            parts.add(new Part(Kind.JOB, -item, 0));
        } else if (item >= state.infarch && item < state.infarchEnd) {
            allowFirstIn(unsolved.groupStart(item, state.infarch), state.infarchEnd, parts);
        } else if (item >= state.dup && item < state.dupEnd) {
            allowFirstIn(unsolved.groupStart(item, state.dup), state.dupEnd, parts);
        } else if (inUpdates(item)) {
            convertUpdate(item, parts);
        } else if (item >= state.best && item < state.bestEnd) {
            convertBest(item, parts);
        } else if (item >= state.black && item < state.blackEnd
                || item >= state.strict && item < state.strictEnd) {
            parts.add(new Part(Kind.ALLOW, -sat.first(item), 0));
        }
    }

    private void allowFirstIn(int start, int end, List<Part> parts) {
        int name = state.pool.name(-sat.first(start));
        for (int rule = start; rule < end; rule++) {
            int pkg = -sat.first(rule);
            if (state.pool.name(pkg) != name) {
                return;
            }
            if (sat.level[pkg] > 0) {
                parts.add(new Part(Kind.ALLOW, pkg, 0));
                return;
            }
        }
    }

    private boolean holds(int rule) {
        for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
            if (sat.lits[at] > 0 && sat.level[sat.lits[at]] > 0) {
                return true;
            }
        }
        return false;
    }

    /// Returns the package that replaces; negative when it would only stand beside, 0 for none.
    private int replacement(int rule) {
        int beside = 0;
        for (int at = sat.start[rule]; sat.lits[at] != 0; at++) {
            int pkg = sat.lits[at];
            if (pkg > 0 && sat.level[pkg] > 0 && !state.isInstalled(pkg)) {
                if (!state.multiversion.has(pkg)) {
                    return pkg;
                }
                beside = pkg;
            }
        }
        return -beside;
    }

    private void convertUpdate(int item, List<Part> parts) {
        int pkg = state.from + item - state.update;
        if (holds(item) || sat.level[pkg] > 0) {
            return;
        }
        int rule = state.widestRule(pkg);
        int by = sat.second(rule) == 0 ? 0 : replacement(rule);
        if (by < 0) {
            parts.add(new Part(Kind.REPLACE, pkg, -by));
            by = 0;
        }
        parts.add(by == 0 ? new Part(Kind.ERASE, pkg, 0) : new Part(Kind.REPLACE, pkg, by));
    }

    private void convertBest(int item, List<Part> parts) {
        if (holds(item)) {
            return;
        }
        int pkg = state.bestInfo.at[item - state.best];
        if (pkg < 0) {
            parts.add(new Part(Kind.JOB, state.ruleToJob.at[-pkg - state.job] + 1, 0));
            return;
        }
        if (sat.level[pkg] > 0) {
            parts.add(new Part(Kind.ALLOW, pkg, 0));
            return;
        }
        int by = replacement(state.widestRule(pkg));
        if (by < 0) {
            parts.add(new Part(Kind.ALLOW, -by, 0));
            parts.add(new Part(Kind.ERASE, pkg, 0));
        } else if (by > 0) {
            parts.add(new Part(Kind.ALLOW, by, 0));
        }
    }
}
