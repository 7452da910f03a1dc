/// Packages made again from a running system: the header that rpm's database keeps, and the files
/// as they lie on the disk.
///
/// In: names of installed packages. Out: package files whose original signature still verifies, or
/// the reason why there is none. Nothing is handed out that does not verify.
///
/// May use: opm.base opm.host opm.rpm opm.store
@NullMarked
package opm.repack;

import org.jspecify.annotations.NullMarked;
