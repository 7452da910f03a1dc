/// The only doors to the world: disk, clock, network, and the `rpm` command.
///
/// In: requests from every other room. Out: bytes and exit statuses; `IOException` becomes an
/// [opm.base.OpmException] here.
///
/// May use: opm.base
@NullMarked
package opm.host;

import org.jspecify.annotations.NullMarked;
