package opm.solve;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everything that one solve knows, shared by the classes that build rules, choose and explain.
///
/// Rules lie in areas, in this order: dependencies of packages, feature, update, job, infarch, dup,
/// best, yumobs, black, recommends, strict priority, choice, learnt. `xxx` is where an area starts,
/// `xxxEnd` where it ends. The order matters: "the highest weak rule" is a rule of the game.
final class State {
    final Pool pool;
    final Jobs jobs;
    final SolverFlags flags;
    final Sat sat;

    /// The installed packages, `[from, to)`; empty without any.
    final int from;

    final int to;

    int pkgEnd = 1;
    int feature;
    int featureEnd;
    int update;
    int updateEnd;
    int job;
    int jobEnd;
    int infarch;
    int infarchEnd;
    int dup;
    int dupEnd;
    int best;

    /// Where best rules of updates start; those before it belong to install jobs.
    int bestUp;

    int bestEnd;
    int yumobs;
    int yumobsEnd;
    int black;
    int blackEnd;
    int recommends;
    int recommendsEnd;
    int strict;
    int strictEnd;
    int choice;
    int choiceEnd;

    /// For each job rule its job.
    final IntList ruleToJob = new IntList();

    /// For each best rule the installed package, or minus the job rule.
    final IntList bestInfo = new IntList();

    final IntList yumobsInfo = new IntList();
    final IntList recommendsInfo = new IntList();

    /// For each choice rule the rule that it was made from.
    final IntList choiceInfo = new IntList();

    final IntList weakRules = new IntList();

    /// Rules that are given up silently.
    final Bits weak = new Bits();

    /// Package rules that come from recommendations; absent unless recommends count as requires.
    @Nullable IntList recommendsRules;

    /// Packages whose dependencies have rules.
    final Bits added;

    /// Those of them whose architecture is neither the machine's own nor `noarch`.
    final IntList odd = new IntList();

    /// The rules that others share with this request; absent when it has all for itself.
    @Nullable SharedRules shared;

    final Bits multiversion = new Bits();
    final Bits noUpdate = new Bits();
    boolean updateAll;
    final Bits updateMap = new Bits();
    boolean bestUpdateAll;
    final Bits bestUpdate = new Bits();
    boolean fixAll;
    final Bits fix = new Bits();
    boolean dupInvolvedAll;
    final Bits dupInvolvedMap = new Bits();
    final Bits dupMap = new Bits();
    boolean dropOrphanedAll;
    final Bits dropOrphaned = new Bits();
    boolean allowUninstallAll;
    final Bits allowUninstall = new Bits();
    final Bits excludeFromWeak = new Bits();
    final Bits cleandeps = new Bits();
    boolean processOrphans;

    /// Preference by package; absent without such jobs.
    int @Nullable [] favor;

    boolean disfavored;

    /// For installed packages the unfiltered list of updates in [Pool#data], where they differ.
    int @Nullable [] specialUpdaters;

    /// For installed packages the only packages that an update may choose.
    @Nullable IntList @Nullable [] updateTargets;

    final IntList orphaned = new IntList();
    @Nullable IntList cleandepsUpdatePkgs;
    final IntList cleandepsMistakes = new IntList();
    final IntList installSupplements = new IntList();
    @Nullable IntList brokenOrphanRules;

    /// For installed packages their partner, 1 where it is ambiguous; see [Links].
    int @Nullable [] buddies;

    /// Paths that dependencies ask for and nothing provides, as words.
    final IntList emptyPaths = new IntList();

    /// What cannot be had, in the order found.
    final List<Trouble> troubles = new ArrayList<>();

    /// A contradiction: the rules to blame (jobs as negatives) and where its proof starts.
    static final class Trouble {
        int proof;
        final IntList items = new IntList();
    }

    State(Pool pool, Jobs jobs, SolverFlags flags, Budget budget) {
        this.pool = pool;
        this.jobs = jobs;
        this.flags = flags;
        sat = new Sat(pool.count, budget, pool.takeRoom());
        Pool.Repo installed = pool.installed;
        from = installed == null ? 0 : installed.start;
        to = installed == null ? 0 : installed.end;
        noUpdate.grow(pool.count);
        added = new Bits(pool.count);
        added.set(Pool.SYSTEM);
    }

    boolean isInstalled(int pkg) {
        return pkg >= from && pkg < to;
    }

    boolean hasInstalled() {
        return from < to;
    }

    boolean wantsUpdate(int pkg) {
        return updateAll || updateMap.has(pkg);
    }

    boolean dupInvolved(int pkg) {
        return dupInvolvedAll || dupInvolvedMap.has(pkg);
    }

    boolean anyDup() {
        return dupInvolvedAll || dupInvolvedMap.present();
    }

    boolean dropsOrphan(int pkg) {
        return dropOrphanedAll || dropOrphaned.has(pkg);
    }

    boolean mayUninstall() {
        return flags.allowUninstall || allowUninstallAll || allowUninstall.present();
    }

    boolean mayUninstall(int pkg) {
        return flags.allowUninstall || allowUninstallAll || allowUninstall.has(pkg);
    }

    int featureRule(int pkg) {
        return feature + pkg - from;
    }

    int updateRule(int pkg) {
        return update + pkg - from;
    }

    /// Returns the rule that says what a package may be updated to at all.
    int widestRule(int pkg) {
        int rule = featureRule(pkg);
        return sat.first(rule) != 0 ? rule : updateRule(pkg);
    }

    int specialUpdaters(int pkg) {
        int[] special = specialUpdaters;
        return special == null ? 0 : special[pkg - from];
    }

    /// Returns the only packages that an update may choose; absent when it is free.
    @Nullable IntList targets(int pkg) {
        @Nullable IntList @Nullable [] targets = updateTargets;
        return targets == null ? null : targets[pkg - from];
    }

    void updatesClean(int pkg) {
        IntList pkgs = cleandepsUpdatePkgs;
        if (pkgs == null) {
            pkgs = new IntList();
            cleandepsUpdatePkgs = pkgs;
        }
        pkgs.pushUnique(pkg);
    }

    int favorOf(int pkg) {
        int[] map = favor;
        return map == null ? 0 : map[pkg];
    }
}
