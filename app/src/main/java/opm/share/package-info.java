/// Serves files of the local store to the neighbours by digest, and finds neighbours that do.
///
/// In: paths and the files that stand behind them. Out: HTTP and mDNS, on the local network alone.
/// What a neighbour says is believed by digest and signature, never because it is near.
///
/// May use: opm.base
@NullMarked
package opm.share;

import org.jspecify.annotations.NullMarked;
