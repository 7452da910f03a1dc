package opm.solve;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Says why a rule is there, and which rule of a contradiction tells most.
final class Explain {
    /// Why a rule is there.
    ///
    /// @param from the package that asks for it, 0 for none; for a job rule, the job
    /// @param to the other package, 0 for none
    /// @param dep the dependency, or the name that it is about; 0 for none
    record Info(Rule kind, int from, int to, int dep) implements Comparable<Info> {
        @Override
        public int compareTo(Info other) {
            int order = kind.compareTo(other.kind);
            order = order != 0 ? order : Integer.compare(from, other.from);
            order = order != 0 ? order : Integer.compare(to, other.to);
            return order != 0 ? order : Integer.compare(dep, other.dep);
        }
    }

    private final Engine engine;
    private final State state;
    private final Pool pool;
    private final Sat sat;

    Explain(Engine engine) {
        this.engine = engine;
        state = engine.state;
        pool = state.pool;
        sat = state.sat;
    }

    // ---------------------------------------------------------------- one rule

    /// Returns the first and most telling reason for a rule.
    Info of(int rule) {
        if (rule < state.pkgEnd) {
            return ofPackage(rule);
        }
        int first = sat.first(rule);
        if (within(rule, state.job, state.jobEnd)) {
            return ofJob(rule);
        }
        if (within(rule, state.update, state.updateEnd)) {
            return new Info(Rule.UPDATE, state.from + rule - state.update, 0, 0);
        }
        if (within(rule, state.feature, state.featureEnd)) {
            return new Info(Rule.FEATURE, state.from + rule - state.feature, 0, 0);
        }
        if (within(rule, state.dup, state.dupEnd)) {
            return new Info(Rule.DISTUPGRADE, -first, 0, pool.name(-first));
        }
        if (within(rule, state.infarch, state.infarchEnd)) {
            return new Info(Rule.INFARCH, -first, 0, pool.name(-first));
        }
        if (within(rule, state.best, state.bestEnd)) {
            int info = state.bestInfo.at[rule - state.best];
            return new Info(Rule.BEST, Math.max(info, 0), Math.max(-info, 0), 0);
        }
        if (within(rule, state.yumobs, state.yumobsEnd)) {
            int dep = state.yumobsInfo.at[rule - state.yumobs];
            return new Info(Rule.YUMOBS, -first, sat.second(rule), dep);
        }
        if (within(rule, state.black, state.blackEnd)) {
            return new Info(Rule.BLACK, -first, 0, 0);
        }
        if (within(rule, state.strict, state.strictEnd)) {
            return new Info(Rule.STRICT_REPO_PRIORITY, -first, 0, 0);
        }
        if (within(rule, state.choice, state.choiceEnd)) {
            return new Info(Rule.CHOICE, state.choiceInfo.at[rule - state.choice], 0, 0);
        }
        if (within(rule, state.recommends, state.recommendsEnd)) {
            int original = state.recommendsInfo.at[rule - state.recommends];
            return new Info(Rule.RECOMMENDS, original, 0, 0);
        }
        return new Info(rule >= sat.learntFrom ? Rule.LEARNT : Rule.UNKNOWN, 0, 0, 0);
    }

    private static boolean within(int rule, int from, int to) {
        return rule >= from && rule < to;
    }

    private Info ofJob(int rule) {
        int job = state.ruleToJob.at[rule - state.job];
        int what = state.jobs.what.at[job];
        Rule kind = Rule.JOB;
        if (sat.isAssertion(rule) && sat.first(rule) == -Pool.SYSTEM) {
            int action = state.jobs.action(job);
            int select = state.jobs.select(job);
            boolean byName = select == Jobs.NAME;
            boolean byDep = byName || select == Jobs.PROVIDES;
            if (action == Jobs.INSTALL && byDep) {
                kind = byName ? Rule.JOB_UNKNOWN_PACKAGE : Rule.JOB_NOTHING_PROVIDES;
            } else if (action == Jobs.ERASE && byDep) {
                kind = Rule.JOB_PROVIDED_BY_SYSTEM;
            } else {
                kind = Rule.JOB_UNSUPPORTED;
            }
        }
        return new Info(kind, job, state.jobs.how.at[job], what);
    }

    private Info ofPackage(int rule) {
        if (sat.first(rule) >= 0) {
            return new Info(Rule.PKG, 0, 0, 0);
        }
        Info best = null;
        for (Info info : all(rule)) {
            if (info.kind == Rule.SAME_NAME) {
                return info;
            }
            if (best == null || info.kind.compareTo(best.kind) < 0) {
                best = info;
            }
        }
        return best != null ? best : new Info(Rule.PKG, -sat.first(rule), 0, 0);
    }

    /// Returns all reasons for a rule of a package, in the order of that package's dependencies.
    List<Info> all(int rule) {
        var found = new ArrayList<Info>();
        if (sat.first(rule) >= 0) {
            return found;
        }
        PkgRules.Reasons match =
                (kind, one, two, others, at, dep) -> {
                    Info info =
                            others == null
                                    ? matchShort(rule, kind, one, two, dep)
                                    : matchLong(rule, kind, one, two, others, at, dep);
                    if (info != null) {
                        found.add(info);
                    }
                };
        for (int at = sat.start[rule]; sat.lits[at] < 0; at++) {
            engine.pkgRules.explain(-sat.lits[at], match);
        }
        if (pool.mayHaveLinks()) {
            explainLinks(rule, match);
        }
        return found;
    }

    /// Rules that tie real packages to their pseudo ones come from the latter.
    private void explainLinks(int rule, PkgRules.Reasons match) {
        var links = new Links(pool);
        for (int at = sat.start[rule] + 1; sat.lits[at] > 0; at++) {
            int pkg = sat.lits[at];
            if (!links.isLinked(pkg)) {
                return;
            }
            engine.pkgRules.explain(pkg, match);
        }
    }

    private @Nullable Info matchShort(int rule, Rule kind, int one, int two, int dep) {
        int low = two != 0 ? Math.min(one, two) : one;
        int high = two != 0 ? Math.max(one, two) : 0;
        if (sat.isLong(rule) || sat.first(rule) != low || sat.second(rule) != high) {
            return null;
        }
        int from = one;
        int to = two;
        if (kind == Rule.CONFLICTS && two == 0) {
            to = -Pool.SYSTEM;
        }
        if (kind == Rule.SAME_NAME) {
            from = low;
            to = high;
        }
        return new Info(kind, Math.max(-from, 0), Math.max(-to, 0), dep);
    }

    private @Nullable Info matchLong(
            int rule, Rule kind, int one, int owner, int[] others, int at, int dep) {
        int literal = sat.start[rule];
        if (!sat.isLong(rule) || sat.lits[literal] != one) {
            return null;
        }
        int other = at;
        do {
            if (sat.lits[++literal] != others[other]) {
                return null;
            }
        } while (others[other++] != 0);
        int from = Math.max(-one, 0);
        int to = 0;
        if (one < 0 && others[at] < 0 && others[at + 1] >= 0 && kind == Rule.CONFLICTS) {
            to = -others[at];
        }
        if (owner != 0 && from != -owner) {
            to = to != 0 ? from : 0;
            from = -owner;
        }
        return new Info(kind, from, to, dep);
    }

    // ---------------------------------------------------------------- a contradiction

    /// What a walk through a proof found worth telling, by kind.
    private static final class Telling {
        int requires;
        int conflict;
        int update;
        int job;
        int black;
        int strict;

        void fillFrom(Telling other) {
            requires = requires != 0 ? requires : other.requires;
            conflict = conflict != 0 ? conflict : other.conflict;
            update = update != 0 ? update : other.update;
            job = job != 0 ? job : other.job;
            black = black != 0 ? black : other.black;
            strict = strict != 0 ? strict : other.strict;
        }
    }

    /// Returns the rule of a contradiction that tells most about it.
    int mostTelling(State.Trouble trouble) {
        Telling found = new Telling();
        walk(trouble.proof, found, new Bits(sat.ruleCount));
        if (found.requires != 0 && found.conflict != 0 && conflictTellsMore(found)) {
            return found.conflict;
        }
        for (int rule :
                new int[] {
                    found.requires,
                    found.conflict,
                    found.black,
                    found.strict,
                    found.update,
                    found.job
                }) {
            if (rule != 0) {
                return rule;
            }
        }
        return 0;
    }

    /// A package that is not installed requires an installed one which it conflicts with.
    private boolean conflictTellsMore(Telling found) {
        int pkg = -sat.first(found.requires);
        int one = -sat.first(found.conflict);
        int two = -sat.second(found.conflict);
        if (pkg <= 0 || one <= 0 || two <= 0) {
            return false;
        }
        int other = 0;
        if (pkg == one && state.isInstalled(two)) {
            other = two;
        } else if (pkg == two && state.isInstalled(one)) {
            other = one;
        }
        if (other == 0 || pool.name(one) == pool.name(two) || state.isInstalled(pkg)) {
            return false;
        }
        for (int at = sat.start[found.requires]; sat.lits[at] != 0; at++) {
            if (sat.lits[at] == other) {
                return true;
            }
        }
        return false;
    }

    private void walk(int proof, Telling found, Bits seen) {
        int asserted = 0;
        for (int at = proof; sat.proofs.at[at] != 0; at++) {
            int rule = sat.proofs.at[at];
            if (within(rule, state.job, state.jobEnd)
                    && sat.isAssertion(rule)
                    && sat.first(rule) > 0) {
                asserted = sat.first(rule);
                break;
            }
        }
        var inner = new Telling();
        int requiresRank = 0;
        boolean conflictOfInstalled = false;
        for (int at = proof; sat.proofs.at[at] != 0; at++) {
            int rule = sat.proofs.at[at];
            if (rule >= sat.learntFrom) {
                if (!seen.has(rule)) {
                    seen.set(rule);
                    walk(sat.learntWhy.at[rule - sat.learntFrom], inner, seen);
                }
            } else if (rule >= state.pkgEnd) {
                other(rule, found);
            } else if (!sat.isLong(rule) && sat.second(rule) < 0) {
                boolean installed =
                        sat.first(rule) < 0
                                && (state.isInstalled(-sat.first(rule))
                                        || state.isInstalled(-sat.second(rule)));
                if (state.hasInstalled() && !conflictOfInstalled && installed) {
                    found.conflict = rule;
                    conflictOfInstalled = true;
                }
                found.conflict = found.conflict != 0 ? found.conflict : rule;
            } else {
                requiresRank = requires(rule, found, requiresRank, asserted);
            }
        }
        found.fillFrom(inner);
    }

    private void other(int rule, Telling found) {
        if (within(rule, state.update, state.updateEnd)) {
            found.update = found.update != 0 ? found.update : rule;
        } else if (within(rule, state.black, state.blackEnd)) {
            found.black = found.black != 0 ? found.black : rule;
        } else if (within(rule, state.strict, state.strictEnd)) {
            found.strict = found.strict != 0 ? found.strict : rule;
        } else if (within(rule, state.job, state.yumobsEnd)) {
            found.job = found.job != 0 ? found.job : rule;
        }
    }

    /// Prefers packages that cannot be installed at all, then what a job asked for, then what is
    /// installed; returns the new rank.
    private int requires(int rule, Telling found, int rank, int asserted) {
        int first = sat.first(rule);
        if (sat.isAssertion(rule) && rank < 3) {
            if (found.requires > 0 && first < -1) {
                int known = -sat.first(found.requires);
                if (known > 1
                        && pool.arch(known) != pool.arch(-first)
                        && pool.arch(-first) != pool.archs.noarch) {
                    return rank;
                }
            }
            found.requires = rule;
            return 3;
        }
        if (asserted != 0 && first == -asserted) {
            found.requires = rule;
            return 2;
        }
        if (state.hasInstalled() && first < 0 && state.isInstalled(-first) && rank <= 1) {
            found.requires = rule;
            return 1;
        }
        found.requires = found.requires != 0 ? found.requires : rule;
        return rank;
    }

    /// Returns all rules of a contradiction that were not learnt, in the order of the proof.
    IntList allRules(State.Trouble trouble) {
        var rules = new IntList();
        collect(trouble.proof, rules, new Bits(sat.ruleCount));
        return rules;
    }

    private void collect(int proof, IntList rules, Bits seen) {
        for (int at = proof; sat.proofs.at[at] != 0; at++) {
            int rule = sat.proofs.at[at];
            if (rule < sat.learntFrom) {
                rules.pushUnique(rule);
            } else if (!seen.has(rule)) {
                seen.set(rule);
                collect(sat.learntWhy.at[rule - sat.learntFrom], rules, seen);
            }
        }
    }
}
