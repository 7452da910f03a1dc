/// Says who vouches for a file: Ed25519 signatures beside it, in the formats of minisign.
///
/// In: a file, a key. Out: `FILE.minisig`, which minisign reads, or who signed. Nothing else here
/// knows what is in the file.
/// Format: docs/formats/signature.md
///
/// May use: opm.base opm.host
@NullMarked
package opm.sign;

import org.jspecify.annotations.NullMarked;
