/// Decides which packages to install, replace and remove; pure.
///
/// In: package sets and a request. Out: a verdict with reasons; unsolvable is an answer.
///
/// May use: opm.base opm.pkgset
@NullMarked
package opm.solve;

import org.jspecify.annotations.NullMarked;
