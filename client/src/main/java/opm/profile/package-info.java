/// Captures a machine as text: distribution, repositories, keys, mounts, installed packages.
///
/// In: a root directory and its `rpm`. Out: a `SystemProfile`, equal byte for byte to what
/// `sh/opm-profile.sh` writes. Format: docs/formats/profile.md
///
/// May use: opm.base opm.host opm.rpm
@NullMarked
package opm.profile;

import org.jspecify.annotations.NullMarked;
