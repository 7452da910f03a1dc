/// Packages made from an older one and what differs: deltarpm's files, and opm's own.
///
/// In: a package that is there, a delta. Out: the new package, byte for byte what its builder
/// signed and published, or a failure and no file. Format: docs/formats/delta.md
///
/// May use: opm.base opm.host opm.repack opm.rpm
@NullMarked
package opm.delta;

import org.jspecify.annotations.NullMarked;
