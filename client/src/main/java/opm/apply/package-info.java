/// Drives rpm batch by batch, checks what it really did, and recovers after a crash.
///
/// In: a plan and verified packages. Out: a receipt. The only room that changes a machine.
///
/// May use: opm.base opm.host opm.plan opm.rpm opm.store opm.history
@NullMarked
package opm.apply;

import org.jspecify.annotations.NullMarked;
