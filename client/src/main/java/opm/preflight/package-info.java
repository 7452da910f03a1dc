/// Says what a plan would do to a machine's files and disks before anything is touched: what rpm
/// would refuse, what it would leave behind, how much room it takes at its peak.
///
/// In: a plan, the headers of its packages, a machine or its profile. Out: a [Report]. It changes
/// nothing. The rules are rpm's own (4.18, lib/transaction.c, lib/rpmfi.c, lib/fsm.c), and the
/// cases under `cases/preflight` are compared with what rpm then does.
///
/// May use: opm.base opm.host opm.plan opm.rpm
@NullMarked
package opm.preflight;

import org.jspecify.annotations.NullMarked;
