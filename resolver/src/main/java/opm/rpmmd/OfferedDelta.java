package opm.rpmmd;

import opm.base.Digest;
import opm.base.Evr;
import opm.base.Nevra;

/// A delta that a repository offers.
///
/// @param target the package that it leads to
/// @param from version of the package of that name that it starts from
/// @param location relative to the repository
/// @param sequence what deltarpm says of the old package's files: name, version, release, and
///     hexadecimal digits
/// @param sizeBytes of the delta
/// @param digest of the delta
public record OfferedDelta(
        Nevra target, Evr from, String location, String sequence, long sizeBytes, Digest digest) {}
