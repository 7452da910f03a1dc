package opm.trust;

import java.util.Iterator;
import opm.trust.Verdict.Distrusted;
import opm.trust.Verdict.Reason;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.PGPSignatureSubpacketVector;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;
import org.jspecify.annotations.Nullable;

/// Whether a key might sign at a time, by what its own certificate says (RFC 9580, section 5.2).
///
/// The time is that of the signature and not of the clock: a machine that was off the network for
/// years may have a wrong one, and packages outlive the keys that signed them. A key that was
/// withdrawn because it was lost or stolen is never believed, whenever it signed.
final class Validity {
    private static final BcPGPContentVerifierBuilderProvider PROVIDER =
            new BcPGPContentVerifierBuilderProvider();

    private final PGPPublicKey primary;
    private final long atSeconds;

    Validity(PGPPublicKeyRing ring, long atSeconds) {
        this.primary = ring.getPublicKey();
        this.atSeconds = atSeconds;
    }

    /// Returns what stands against a key of the certificate, null when nothing does.
    @Nullable Distrusted against(PGPPublicKey key) {
        Distrusted found = againstPrimary();
        return found != null || key == primary ? found : againstSubkey(key);
    }

    private @Nullable Distrusted againstPrimary() {
        if (primary.getVersion() < 4) {
            return new Distrusted(Reason.WEAK, name(primary) + " is a key of version 3");
        }
        Distrusted revoked = revocation(primary, PGPSignature.KEY_REVOCATION);
        if (revoked != null) {
            return revoked;
        }
        PGPSignature newest = null;
        Iterator<PGPSignature> signatures = primary.getSignatures();
        while (signatures.hasNext()) {
            PGPSignature self = signatures.next();
            boolean direct = self.getSignatureType() == PGPSignature.DIRECT_KEY;
            if (direct
                    && isByPrimary(self)
                    && holds(self, () -> self.verifyCertification(primary))) {
                newest = newer(newest, self);
            }
        }
        Iterator<String> users = primary.getUserIDs();
        while (users.hasNext()) {
            String user = users.next();
            Iterator<PGPSignature> certifications = primary.getSignaturesForID(user);
            while (certifications != null && certifications.hasNext()) {
                PGPSignature self = certifications.next();
                if (self.isCertification()
                        && isByPrimary(self)
                        && holds(self, () -> self.verifyCertification(user, primary))) {
                    newest = newer(newest, self);
                }
            }
        }
        return newest == null
                ? new Distrusted(Reason.BAD_SIGNATURE, name(primary) + " does not certify itself")
                : expiry(primary, newest);
    }

    private @Nullable Distrusted againstSubkey(PGPPublicKey key) {
        Distrusted revoked = revocation(key, PGPSignature.SUBKEY_REVOCATION);
        if (revoked != null) {
            return revoked;
        }
        PGPSignature newest = null;
        Iterator<PGPSignature> bindings = key.getSignaturesOfType(PGPSignature.SUBKEY_BINDING);
        while (bindings.hasNext()) {
            PGPSignature binding = bindings.next();
            if (isByPrimary(binding)
                    && holds(binding, () -> binding.verifyCertification(primary, key))
                    && maySign(binding, key)) {
                newest = newer(newest, binding);
            }
        }
        return newest == null
                ? new Distrusted(
                        Reason.BAD_SIGNATURE, name(key) + " is no signing key of " + name(primary))
                : expiry(key, newest);
    }

    /// A subkey that signs has to sign its certificate too, or anybody could adopt it.
    private boolean maySign(PGPSignature binding, PGPPublicKey key) {
        PGPSignatureSubpacketVector hashed = binding.getHashedSubPackets();
        if (hashed == null || (hashed.getKeyFlags() & KeyFlags.SIGN_DATA) == 0) {
            return false;
        }
        return backSigned(hashed, key) || backSigned(binding.getUnhashedSubPackets(), key);
    }

    private boolean backSigned(@Nullable PGPSignatureSubpacketVector packets, PGPPublicKey key) {
        if (packets == null) {
            return false;
        }
        try {
            PGPSignatureList embedded = packets.getEmbeddedSignatures();
            for (PGPSignature back : embedded) {
                if (back.getSignatureType() == PGPSignature.PRIMARYKEY_BINDING) {
                    back.init(PROVIDER, key);
                    if (back.verifyCertification(primary, key)) {
                        return true;
                    }
                }
            }
            return false;
        } catch (PGPException | RuntimeException e) {
            return false;
        }
    }

    private @Nullable Distrusted revocation(PGPPublicKey key, int type) {
        Iterator<PGPSignature> revocations = key.getSignaturesOfType(type);
        while (revocations.hasNext()) {
            PGPSignature revocation = revocations.next();
            boolean holds =
                    isByPrimary(revocation)
                            && holds(
                                    revocation,
                                    () ->
                                            key == primary
                                                    ? revocation.verifyCertification(primary)
                                                    : revocation.verifyCertification(primary, key));
            boolean counts = revocation.isHardRevocation() || seconds(revocation) <= atSeconds;
            if (holds && counts) {
                return new Distrusted(Reason.REVOKED, name(key) + " was revoked");
            }
        }
        return null;
    }

    private @Nullable Distrusted expiry(PGPPublicKey key, PGPSignature self) {
        long created = key.getCreationTime().toInstant().getEpochSecond();
        if (atSeconds < created) {
            return new Distrusted(Reason.EXPIRED, name(key) + " is younger than its signature");
        }
        PGPSignatureSubpacketVector hashed = self.getHashedSubPackets();
        long lasts = hashed == null ? 0 : hashed.getKeyExpirationTime();
        return lasts > 0 && atSeconds >= created + lasts
                ? new Distrusted(Reason.EXPIRED, name(key) + " had expired when it signed")
                : null;
    }

    private boolean isByPrimary(PGPSignature signature) {
        return signature.getKeyIdentifiers().isEmpty()
                || signature.getKeyIdentifiers().stream()
                        .anyMatch(named -> named.matchesExplicit(primary.getKeyIdentifier()));
    }

    private interface Check {
        boolean holds() throws PGPException;
    }

    private boolean holds(PGPSignature signature, Check check) {
        try {
            signature.init(PROVIDER, primary);
            return check.holds();
        } catch (PGPException | RuntimeException e) {
            return false;
        }
    }

    private static PGPSignature newer(@Nullable PGPSignature known, PGPSignature other) {
        return known == null || seconds(other) >= seconds(known) ? other : known;
    }

    private static long seconds(PGPSignature signature) {
        return signature.getCreationTime().toInstant().getEpochSecond();
    }

    static String name(PGPPublicKey key) {
        return "key " + Long.toHexString(key.getKeyID());
    }
}
