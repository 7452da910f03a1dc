/// Turns a verdict into a plan: artifacts, order, batches; pure.
///
/// In: a verdict, the profile. Out: a plan, byte-equal for equal input.
///
/// May use: opm.base opm.plan opm.profile opm.pkgset opm.solve
@NullMarked
package opm.planner;

import org.jspecify.annotations.NullMarked;
