/// Whole trips: opm as a process, real rpm in scratch roots, peers beside it.
@NullMarked
package opm.trip;

import org.jspecify.annotations.NullMarked;
