/// OpenPGP verdicts on packages and metadata where there is no rpm to ask.
///
/// In: keys that the user or a profile trusts, bytes. Out: a [Verdict], which says who signed, or
/// why nothing may be believed. Follows rpmkeys at level `all` with Sequoia's rules for keys.
///
/// May use: opm.base opm.rpm
@NullMarked
package opm.trust;

import org.jspecify.annotations.NullMarked;
