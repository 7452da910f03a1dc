/// Reads what the RPM world publishes, repomd, primary, filelists, and profiles, into package sets.
///
/// In: untrusted XML, compressed or not. Out: package sets; nothing when anything is damaged.
///
/// May use: opm.base opm.host opm.rpm opm.profile opm.store opm.fetch opm.pkgset
@NullMarked
package opm.rpmmd;

import org.jspecify.annotations.NullMarked;
