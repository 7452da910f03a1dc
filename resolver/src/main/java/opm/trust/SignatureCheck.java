package opm.trust;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import opm.trust.Keyring.Candidate;
import opm.trust.Verdict.Distrusted;
import opm.trust.Verdict.Reason;
import opm.trust.Verdict.Trusted;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;
import org.jspecify.annotations.Nullable;

/// One signature over bytes that come piece by piece.
final class SignatureCheck {
    private final @Nullable Distrusted already;
    private final List<Attempt> attempts;

    private record Attempt(PGPSignature signature, Candidate by) {}

    private SignatureCheck(@Nullable Distrusted already, List<Attempt> attempts) {
        this.already = already;
        this.attempts = attempts;
    }

    /// Begins to check what stands in a signature packet, armored or not.
    ///
    /// @param nowSeconds decides whether a signature that says when it ends has ended; 0: not yet
    static SignatureCheck of(byte[] packet, Keyring keyring, long nowSeconds) {
        var attempts = new ArrayList<Attempt>();
        Distrusted worst = null;
        try {
            // A key may collide with another's id: each gets a signature object of its own.
            int count = signatures(packet).size();
            for (int number = 0; number < count; number++) {
                PGPSignature first = signatures(packet).get(number);
                worst = against(first, nowSeconds);
                List<Candidate> candidates = keyring.candidates(first);
                if (worst == null && candidates.isEmpty()) {
                    worst = new Distrusted(Reason.UNKNOWN_KEY, "a signature by " + issuer(first));
                }
                for (Candidate candidate : worst == null ? candidates : List.<Candidate>of()) {
                    PGPSignature signature = signatures(packet).get(number);
                    signature.init(new BcPGPContentVerifierBuilderProvider(), candidate.key());
                    attempts.add(new Attempt(signature, candidate));
                }
            }
            if (count == 0) {
                worst = new Distrusted(Reason.DAMAGED, "a signature tag without a signature");
            }
        } catch (IOException | PGPException | RuntimeException e) {
            worst = new Distrusted(Reason.DAMAGED, "a signature that cannot be read: " + e);
        }
        return new SignatureCheck(attempts.isEmpty() ? worst : null, attempts);
    }

    private static List<PGPSignature> signatures(byte[] packet) throws IOException {
        var in = PGPUtil.getDecoderStream(new ByteArrayInputStream(packet));
        var found = new ArrayList<PGPSignature>();
        for (Object object : new BcPGPObjectFactory(in)) {
            if (object instanceof PGPSignatureList list) {
                list.forEach(found::add);
            }
        }
        return found;
    }

    private static @Nullable Distrusted against(PGPSignature signature, long nowSeconds) {
        if (signature.getSignatureType() != PGPSignature.BINARY_DOCUMENT
                && signature.getSignatureType() != PGPSignature.CANONICAL_TEXT_DOCUMENT) {
            return new Distrusted(Reason.BAD_SIGNATURE, "a signature that is not over a file");
        }
        int hash = signature.getHashAlgorithm();
        if (hash == HashAlgorithmTags.MD5 || hash == HashAlgorithmTags.MD2) {
            return new Distrusted(Reason.WEAK, "a signature over an MD5, which can be forged");
        }
        var hashed = signature.getHashedSubPackets();
        long lasts = hashed == null ? 0 : hashed.getSignatureExpirationTime();
        long created = signature.getCreationTime().toInstant().getEpochSecond();
        return lasts > 0 && nowSeconds > 0 && nowSeconds >= created + lasts
                ? new Distrusted(Reason.EXPIRED, "a signature that has expired")
                : null;
    }

    /// Returns the signatures in a packet; none of one that cannot be read.
    static List<PGPSignature> readable(byte[] packet) {
        try {
            return signatures(packet);
        } catch (IOException | RuntimeException e) {
            return List.of();
        }
    }

    private static String issuer(PGPSignature signature) {
        return signature.getKeyIdentifiers().isEmpty()
                ? "nobody named"
                : "key " + Long.toHexString(signature.getKeyIdentifiers().getFirst().getKeyId());
    }

    void update(byte[] bytes, int offset, int length) {
        for (Attempt attempt : attempts) {
            attempt.signature().update(bytes, offset, length);
        }
    }

    /// Ends the check: the first key that made the signature and might decides.
    Verdict verdict() {
        if (already != null) {
            return already;
        }
        Distrusted worst = new Distrusted(Reason.BAD_SIGNATURE, "a signature over other bytes");
        for (Attempt attempt : attempts) {
            try {
                if (!attempt.signature().verify()) {
                    continue;
                }
            } catch (PGPException | RuntimeException e) {
                continue;
            }
            long signed = attempt.signature().getCreationTime().toInstant().getEpochSecond();
            Candidate by = attempt.by();
            Distrusted against = new Validity(by.ring(), signed).against(by.key());
            if (against == null) {
                byte[] fingerprint = by.ring().getPublicKey().getFingerprint();
                return new Trusted(HexFormat.of().formatHex(fingerprint), signed);
            }
            worst = against;
        }
        return worst;
    }
}
