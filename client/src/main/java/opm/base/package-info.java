/// The words of the RPM world: versions, names, dependencies, digests, failures, limits.
///
/// In: text. Out: values that cannot be wrong. No I/O, no clock, no randomness.
///
/// May use: nothing
@NullMarked
package opm.base;

import org.jspecify.annotations.NullMarked;
