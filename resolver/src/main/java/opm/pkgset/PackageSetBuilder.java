package opm.pkgset;

import java.lang.foreign.MemorySegment;
import java.util.List;
import opm.base.Dep;
import opm.base.Digest;
import opm.base.Nevra;

/// Makes a set from packages in any order; equal content gives equal bytes.
///
/// One package at a time: [#begin], then its facts in any order, then [#end]. Doubled dependencies
/// and files count once; so do packages that are equal in everything, or that have the same name,
/// version, architecture and checksum. Used by one thread.
@SuppressWarnings("DoNotCallSuggester")
public final class PackageSetBuilder {
    public PackageSetBuilder() {}

    /// Starts a package.
    public PackageSetBuilder begin(Nevra nevra) {
        throw new UnsupportedOperationException();
    }

    /// Adds a dependency. One of [DepKind#PREREQUIRES] counts as [DepKind#REQUIRES] too.
    public PackageSetBuilder dep(DepKind kind, Dep dep) {
        throw new UnsupportedOperationException();
    }

    public PackageSetBuilder file(String path) {
        throw new UnsupportedOperationException();
    }

    public PackageSetBuilder vendor(String vendor) {
        throw new UnsupportedOperationException();
    }

    public PackageSetBuilder location(String location) {
        throw new UnsupportedOperationException();
    }

    public PackageSetBuilder checksum(Digest checksum) {
        throw new UnsupportedOperationException();
    }

    public PackageSetBuilder sizes(long packageBytes, long installedBytes, long archiveBytes) {
        throw new UnsupportedOperationException();
    }

    public PackageSetBuilder buildSeconds(long seconds) {
        throw new UnsupportedOperationException();
    }

    public PackageSetBuilder headerRange(int start, int end) {
        throw new UnsupportedOperationException();
    }

    public PackageSetBuilder text(TextKind kind, String text) {
        throw new UnsupportedOperationException();
    }

    /// Says that the package is installed, since when, and why; empty when unknown.
    public PackageSetBuilder installed(long seconds, String reason) {
        throw new UnsupportedOperationException();
    }

    /// Ends a package.
    public PackageSetBuilder end() {
        throw new UnsupportedOperationException();
    }

    /// Adds a whole package with its self-provide, for small worlds in tests.
    ///
    /// @param deps lines like `provides: foo = 1`, `requires: (a or b)`, `file: /usr/bin/x`,
    ///     `vendor: x`; the word before the colon is a [DepKind] in lower case, `file` or `vendor`
    public PackageSetBuilder add(String nevra, String... deps) {
        throw new UnsupportedOperationException();
    }

    /// Notes that filelists were asked for these paths.
    public PackageSetBuilder askedPaths(List<String> paths) {
        throw new UnsupportedOperationException();
    }

    /// Makes the set in memory.
    public PackageSet build() {
        throw new UnsupportedOperationException();
    }

    /// Makes the bytes of the set.
    public MemorySegment toBytes() {
        throw new UnsupportedOperationException();
    }

    /// Returns, after [#build], which package of the set each added one became, by order of adding;
    /// doubled ones share theirs.
    public int[] addedOrder() {
        throw new UnsupportedOperationException();
    }
}
