/// Writes and reads `.opm`: a shell script, a ZIP and a repository in one file.
///
/// In: a plan, its packages, the profile's installed list. Out: bytes that depend on nothing else.
/// Format: docs/formats/bundle.md
///
/// May use: opm.base opm.host opm.plan opm.profile opm.rpm opm.store
@NullMarked
package opm.bundle;

import org.jspecify.annotations.NullMarked;
