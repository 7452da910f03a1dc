package opm.testcase;

import opm.solve.Jobs;

/// One job, or one part of a selection, in the engine's words: bits of [Jobs] and what they are
/// about.
///
/// `what` is a package, a dependency or a repository, as the selection says; with [Jobs#ONE_OF] the
/// packages stand in `pkgs`, with [Jobs#ALL] there is nothing to say.
final class Job {
    final int how;
    final int what;
    final int[] pkgs;

    private static final int[] NONE = {};

    private Job(int how, int what, int[] pkgs) {
        this.how = how;
        this.what = what;
        this.pkgs = pkgs;
    }

    static Job of(int how, int what) {
        return new Job(how, what, NONE);
    }

    static Job oneOf(int how, int[] pkgs) {
        return new Job(how & ~Jobs.SELECT | Jobs.ONE_OF, 0, pkgs);
    }

    /// Makes a job on packages that were picked one by one: a single one is named as such.
    static Job packages(int how, int[] pkgs) {
        return pkgs.length == 1
                ? of(how & ~Jobs.SELECT | Jobs.PKG | Jobs.NOAUTOSET, pkgs[0])
                : oneOf(how, pkgs);
    }

    int select() {
        return how & Jobs.SELECT;
    }

    boolean names() {
        return select() == Jobs.NAME || select() == Jobs.PROVIDES;
    }

    /// Returns the same with other bits.
    Job withHow(int newHow) {
        return new Job(newHow, what, pkgs);
    }

    Job withWhat(int newWhat) {
        return new Job(how, newWhat, pkgs);
    }
}
