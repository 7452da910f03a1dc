package opm.trust;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.KeyPairGenerator;
import java.security.interfaces.DSAPrivateKey;
import java.security.interfaces.DSAPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.bcpg.ArmoredOutputStream;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.params.DSAParameters;
import org.bouncycastle.crypto.params.DSAPrivateKeyParameters;
import org.bouncycastle.crypto.params.DSAPublicKeyParameters;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPKeyPair;
import org.bouncycastle.openpgp.operator.bc.BcPGPKeyPairGeneratorProvider;
import org.jspecify.annotations.Nullable;

/// A certificate with its secret key, made for one test, and what it can sign.
final class Signer {
    /// 2020-01-01: when all keys were made.
    static final long BORN = 1_577_836_800;

    static final long YEAR = 365 * 86_400L;

    /// The kinds of keys that packages are signed with.
    enum Kind {
        RSA,
        DSA,
        ECDSA,
        ED25519_LEGACY,
        RSA_6,
        ED25519_6;

        boolean is6() {
            return this == RSA_6 || this == ED25519_6;
        }
    }

    private final PGPKeyPair primary;
    private @Nullable PGPKeyPair subkey;
    private final List<PGPPublicKey> keys = new ArrayList<>();

    private Signer(PGPKeyPair primary) {
        this.primary = primary;
    }

    /// Makes a key that never expires.
    static Signer of(Kind kind) throws Exception {
        return of(kind, 0);
    }

    static Signer of(Kind kind, long lastsSeconds) throws Exception {
        var signer = new Signer(pair(kind));
        var packets = packets(signer.primary.getPublicKey(), BORN);
        packets.setKeyFlags(true, KeyFlags.CERTIFY_OTHER | KeyFlags.SIGN_DATA);
        if (lastsSeconds > 0) {
            packets.setKeyExpirationTime(true, lastsSeconds);
        }
        PGPPublicKey key = signer.primary.getPublicKey();
        PGPSignature self =
                generator(signer.primary, PGPSignature.POSITIVE_CERTIFICATION, packets)
                        .generateCertification("Packager <p@example.org>", key);
        signer.keys.add(PGPPublicKey.addCertification(key, "Packager <p@example.org>", self));
        return signer;
    }

    private static PGPKeyPair pair(Kind kind) throws Exception {
        var born = Date.from(Instant.ofEpochSecond(BORN));
        var keys = new BcPGPKeyPairGeneratorProvider().get(kind.is6() ? 6 : 4, born);
        return switch (kind) {
            case RSA, RSA_6 -> keys.generateRsaKeyPair(2048);
            case ECDSA -> keys.generateNistP256ECDSAKeyPair();
            case ED25519_LEGACY -> keys.generateLegacyEd25519KeyPair();
            case ED25519_6 -> keys.generateEd25519KeyPair();
            case DSA -> dsa(born);
        };
    }

    private static PGPKeyPair dsa(Date born) throws Exception {
        // The JDK has the domain parameters at hand; to find new ones takes a minute.
        var generator = KeyPairGenerator.getInstance("DSA");
        generator.initialize(2048);
        var jdk = generator.generateKeyPair();
        var open = (DSAPublicKey) jdk.getPublic();
        var secret = (DSAPrivateKey) jdk.getPrivate();
        var domain =
                new DSAParameters(
                        open.getParams().getP(), open.getParams().getQ(), open.getParams().getG());
        return new BcPGPKeyPair(
                4,
                PublicKeyAlgorithmTags.DSA,
                new AsymmetricCipherKeyPair(
                        new DSAPublicKeyParameters(open.getY(), domain),
                        new DSAPrivateKeyParameters(secret.getX(), domain)),
                born);
    }

    /// Adds a subkey, which signs from now on.
    ///
    /// @param back whether it signs its certificate, as it must
    Signer withSubkey(Kind kind, boolean back) throws Exception {
        PGPKeyPair sub = pair(kind).asSubkey(new BcKeyFingerprintCalculator());
        PGPPublicKey open = primary.getPublicKey();
        var packets = packets(open, BORN);
        packets.setKeyFlags(true, KeyFlags.SIGN_DATA);
        if (back) {
            // rpm 4.18 takes a critical one for something that it must understand and does not.
            packets.addEmbeddedSignature(
                    false,
                    generator(
                                    sub,
                                    PGPSignature.PRIMARYKEY_BINDING,
                                    packets(sub.getPublicKey(), BORN))
                            .generateCertification(open, sub.getPublicKey()));
        }
        PGPSignature binding =
                generator(primary, PGPSignature.SUBKEY_BINDING, packets)
                        .generateCertification(open, sub.getPublicKey());
        keys.add(PGPPublicKey.addCertification(sub.getPublicKey(), binding));
        subkey = sub;
        return this;
    }

    /// Withdraws the certificate.
    ///
    /// @param reason 2 compromised, 3 retired
    Signer revokedAt(long seconds, int reason) throws Exception {
        var packets = packets(primary.getPublicKey(), seconds);
        packets.setRevocationReason(true, (byte) reason, "");
        PGPSignature revocation =
                generator(primary, PGPSignature.KEY_REVOCATION, packets)
                        .generateCertification(primary.getPublicKey());
        keys.set(0, PGPPublicKey.addCertification(keys.getFirst(), revocation));
        return this;
    }

    private static PGPSignatureSubpacketGenerator packets(PGPPublicKey by, long seconds) {
        var packets = new PGPSignatureSubpacketGenerator();
        packets.setSignatureCreationTime(true, Date.from(Instant.ofEpochSecond(seconds)));
        packets.setIssuerFingerprint(false, by);
        if (by.getVersion() < 6) {
            packets.setIssuerKeyID(false, by.getKeyID());
        }
        return packets;
    }

    private static PGPSignatureGenerator generator(
            PGPKeyPair by, int type, PGPSignatureSubpacketGenerator packets) throws Exception {
        var generator =
                new PGPSignatureGenerator(
                        new BcPGPContentSignerBuilder(
                                by.getPublicKey().getAlgorithm(), HashAlgorithmTags.SHA256),
                        by.getPublicKey());
        generator.init(type, by.getPrivateKey());
        generator.setHashedSubpackets(packets.generate());
        return generator;
    }

    /// Signs bytes, at a time; returns the packet.
    byte[] sign(byte[] bytes, long seconds, long lastsSeconds) throws Exception {
        PGPKeyPair by = subkey == null ? primary : subkey;
        var packets = packets(by.getPublicKey(), seconds);
        if (lastsSeconds > 0) {
            packets.setSignatureExpirationTime(true, lastsSeconds);
        }
        var generator = generator(by, PGPSignature.BINARY_DOCUMENT, packets);
        generator.update(bytes);
        return generator.generate().getEncoded();
    }

    /// Returns the certificate, armored.
    byte[] certificate() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var armor = ArmoredOutputStream.builder().build(bytes)) {
            new PGPPublicKeyRing(keys).encode(armor);
        }
        return bytes.toByteArray();
    }
}
