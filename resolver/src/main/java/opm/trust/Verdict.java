package opm.trust;

/// What signatures and digests say about some bytes.
public sealed interface Verdict {
    /// A trusted key signed it, and every digest agrees.
    ///
    /// @param fingerprint of the certificate, hexadecimal
    /// @param signedSeconds when, since 1970, as the signer says
    record Trusted(String fingerprint, long signedSeconds) implements Verdict {}

    /// It must not be believed.
    ///
    /// @param words for people: what was found
    record Distrusted(Reason reason, String words) implements Verdict {}

    /// Why something must not be believed, in the order of how much it says.
    enum Reason {
        /// It cannot be read, or a digest is not that of the bytes.
        DAMAGED,
        /// A key that is trusted did not make this signature.
        BAD_SIGNATURE,
        /// The key, or the signature, was withdrawn.
        REVOKED,
        /// The key had expired when it signed, did not exist yet, or the signature has expired.
        EXPIRED,
        /// A digest or a key that can be forged today.
        WEAK,
        /// Nobody who is trusted has this key.
        UNKNOWN_KEY,
        /// There is no signature over it.
        UNSIGNED
    }
}
