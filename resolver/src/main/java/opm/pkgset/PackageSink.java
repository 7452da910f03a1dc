package opm.pkgset;

import opm.base.Dep;
import opm.base.DepKind;
import opm.base.Digest;
import opm.base.Sense;

/// Where an importer puts packages, one at a time: [#begin], its facts in any order, [#end].
///
/// Strings and relations are named by numbers that mean something to this sink only: those of
/// strings until the package ends, 0 being the empty one; those of relations while [#remembers]
/// says so.
public interface PackageSink {
    /// Makes room for packages at once, before the first one.
    void room(int packages);

    /// Starts a package.
    PackageSink begin();

    /// Ends a package, which has an [#identity] by then.
    PackageSink end();

    /// Gives a string a number.
    int string(byte[] bytes, int start, int length);

    /// Gives a string a number.
    int string(String text);

    /// Gives a simple dependency, made of numbers of [#string], a number.
    int relation(int name, Sense sense, int epoch, int version, int release);

    /// Gives a dependency a number.
    ///
    /// @throws IllegalArgumentException when it is nested deeper than a set can hold
    int relation(Dep dep);

    /// Tells whether the number of a relation still means it.
    boolean remembers(int relation);

    /// Names the package, from numbers of [#string].
    PackageSink identity(int name, int epoch, int version, int release, int arch);

    /// Adds a dependency by a number of [#relation].
    ///
    /// @param pre for a requires that must be there before the package's scripts run
    PackageSink dep(DepKind kind, boolean pre, int relation);

    /// Adds a path. One that does not start with `/`, as source packages have them, is left out.
    PackageSink file(byte[] path, int start, int length);

    PackageSink text(TextKind kind, byte[] bytes, int start, int length);

    PackageSink vendor(byte[] bytes, int start, int length);

    PackageSink location(byte[] bytes, int start, int length);

    PackageSink checksum(Digest checksum);

    PackageSink sizes(long packageBytes, long installedBytes, long archiveBytes);

    PackageSink buildSeconds(long seconds);

    PackageSink headerRange(int start, int end);

    /// Says that the package is installed, since when, and why; empty when unknown.
    PackageSink installed(long seconds, String reason);
}
