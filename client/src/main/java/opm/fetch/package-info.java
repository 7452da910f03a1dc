/// Turns a plan into files in the store, surviving power cuts and bad mirrors.
///
/// In: artifacts and the places that may have them. Out: one result per artifact, never an early
/// exit.
///
/// May use: opm.base opm.host opm.plan opm.store
@NullMarked
package opm.fetch;

import org.jspecify.annotations.NullMarked;
