package opm.presolve;

import java.util.Map;
import opm.pkgset.PackageRef;

/// What is known about one name.
sealed interface Answer {
    String name();

    /// It can be had.
    ///
    /// @param json as old and new clients read it
    /// @param plan the same in the form of docs/formats/plan.md
    /// @param files the packages that it names, by their path as seen from the answer
    @SuppressWarnings("ArrayRecordComponent") // one owner, never compared
    record Found(String name, byte[] json, byte[] plan, Map<String, PackageRef> files)
            implements Answer {}

    /// It cannot be had on this baseline.
    ///
    /// @param why in one line, for people
    record None(String name, String why) implements Answer {}
}
