/// Reads rpm files: lead, signature header, main header, where the payload starts.
///
/// In: bytes of an .rpm or of a header blob. Out: tags by number, digests, the words of `base`.
///
/// May use: opm.base
@NullMarked
package opm.rpm;

import org.jspecify.annotations.NullMarked;
