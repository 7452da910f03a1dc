/// Keeps files named by their digest, and sweeps what no reference names.
///
/// In: streams with an expected digest. Out: verified files. Format: docs/formats/store.md
///
/// May use: opm.base opm.host
@NullMarked
package opm.store;

import org.jspecify.annotations.NullMarked;
