/// What others wrote of machines, read as far as it goes: lists of packages, lock files, layers of
/// container images.
///
/// In: untrusted text and archives. Out: packages by name and what the text lacks; files of a root.
/// Nothing here is a profile by itself: rpm's lists know no dependencies.
///
/// May use: opm.base opm.host opm.profile
@NullMarked
package opm.imports;

import org.jspecify.annotations.NullMarked;
