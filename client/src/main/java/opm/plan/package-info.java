/// The waist: what to fetch, what to hand to rpm in which batch, for which installed state.
///
/// In and out: text that sh can read. No I/O. Format: docs/formats/plan.md
///
/// May use: opm.base
@NullMarked
package opm.plan;

import org.jspecify.annotations.NullMarked;
