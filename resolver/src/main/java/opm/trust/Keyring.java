package opm.trust;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import opm.base.OpmException.Damaged;
import org.bouncycastle.bcpg.KeyIdentifier;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPPublicKeyRingCollection;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;

/// Keys that are trusted to sign: those that the user accepted, or that a profile's keyring holds.
public final class Keyring {
    private static final int MOST_BYTES = 16 << 20;
    private final List<PGPPublicKeyRing> rings;

    private Keyring(List<PGPPublicKeyRing> rings) {
        this.rings = rings;
    }

    /// A certificate's key that may have made a signature.
    record Candidate(PGPPublicKeyRing ring, PGPPublicKey key) {}

    /// Reads keys, armored or not, one or more in each element.
    ///
    /// @throws Damaged when one cannot be read
    public static Keyring of(List<byte[]> keys) throws Damaged {
        var rings = new ArrayList<PGPPublicKeyRing>();
        for (byte[] key : keys) {
            if (key.length > MOST_BYTES) {
                throw damaged(key.length + " bytes", null);
            }
            try {
                int before = rings.size();
                var in = PGPUtil.getDecoderStream(new ByteArrayInputStream(key));
                new PGPPublicKeyRingCollection(in, new BcKeyFingerprintCalculator())
                        .forEach(rings::add);
                if (rings.size() == before) {
                    throw damaged("no key", null);
                }
            } catch (IOException | PGPException | RuntimeException e) {
                throw damaged(String.valueOf(e.getMessage()), e);
            }
        }
        return new Keyring(rings);
    }

    private static Damaged damaged(String found, @org.jspecify.annotations.Nullable Exception e) {
        var damaged =
                new Damaged(
                        "key: found " + found + ", expected OpenPGP keys", "Get the key again.");
        if (e != null) {
            damaged.initCause(e);
        }
        return damaged;
    }

    /// Returns the fingerprints of the certificates, hexadecimal, in the order given.
    public List<String> fingerprints() {
        return rings.stream()
                .map(ring -> HexFormat.of().formatHex(ring.getPublicKey().getFingerprint()))
                .toList();
    }

    /// Who is said to have made a signature.
    ///
    /// @param key hexadecimal id; `?` where none is named
    /// @param owner first user id of the certificate; empty for a key that is not in the keyring
    public record Signer(String key, String owner) {}

    /// Returns who is said to have made the first signature of a packet; proves nothing.
    public Signer signer(byte[] packet) {
        for (PGPSignature signature : SignatureCheck.readable(packet)) {
            List<Candidate> candidates = candidates(signature);
            List<KeyIdentifier> named = signature.getKeyIdentifiers();
            String key = named.isEmpty() ? "?" : "%016x".formatted(named.getFirst().getKeyId());
            if (candidates.isEmpty()) {
                return new Signer(key, "");
            }
            var users = candidates.getFirst().ring().getPublicKey().getUserIDs();
            return new Signer(key, users.hasNext() ? users.next() : key);
        }
        return new Signer("?", "");
    }

    /// Returns the keys that a signature names; several where key ids collide.
    List<Candidate> candidates(PGPSignature signature) {
        var found = new ArrayList<Candidate>();
        for (PGPPublicKeyRing ring : rings) {
            for (PGPPublicKey key : ring) {
                for (KeyIdentifier named : signature.getKeyIdentifiers()) {
                    if (named.matchesExplicit(key.getKeyIdentifier())
                            && found.stream().noneMatch(known -> known.key() == key)) {
                        found.add(new Candidate(ring, key));
                    }
                }
            }
        }
        return found;
    }
}
