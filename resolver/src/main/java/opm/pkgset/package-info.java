/// The mmapped package set: strings, packages, dependencies, files.
///
/// In: packages from any source. Out: one immutable file, equal bytes for equal content, and
/// answers straight from the map. Format: docs/formats/opmset.md
///
/// May use: opm.base
@NullMarked
package opm.pkgset;

import org.jspecify.annotations.NullMarked;
