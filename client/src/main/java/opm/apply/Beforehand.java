package opm.apply;

import opm.base.OpmException;

/// What has to be done or found out before a machine is changed, besides a look at the signatures
/// of the packages. Where there is room, both are done at once.
@FunctionalInterface
public interface Beforehand {
    /// There is nothing.
    Beforehand NOTHING = () -> {};

    /// Returns when all is well; the lock is held.
    ///
    /// @throws OpmException when the change must not begin
    void run() throws OpmException;
}
