package opm.sign;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// The JDK's Ed25519 with keys as 32 bytes.
final class Ed25519 {
    static final int KEY_BYTES = 32;
    static final int SIGNATURE_BYTES = 64;

    /// What stands before the 32 bytes in a SubjectPublicKeyInfo (RFC 8410).
    private static final byte[] X509 = HexFormat.of().parseHex("302a300506032b6570032100");

    private Ed25519() {}

    /// A key pair: 32 bytes each.
    @SuppressWarnings("ArrayRecordComponent") // one owner, never compared
    record Pair(byte[] seed, byte[] point) {}

    static Pair generate() {
        try {
            var pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            byte[] seed = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow();
            byte[] point = pair.getPublic().getEncoded();
            return new Pair(seed, Arrays.copyOfRange(point, X509.length, point.length));
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java has Ed25519", e);
        }
    }

    /// Reads a private key.
    ///
    /// @param base64 PKCS #8; a last line of PEM behind it does not count
    /// @return null when it is none
    static @Nullable Pair ofPkcs8(String base64) {
        try {
            byte[] der = Base64.getDecoder().decode(base64.replaceAll("-----.*|\\s", ""));
            var spec = new PKCS8EncodedKeySpec(der);
            var key = KeyFactory.getInstance("Ed25519").generatePrivate(spec);
            byte[] seed = ((EdECPrivateKey) key).getBytes().orElseThrow();
            var generator = KeyPairGenerator.getInstance("Ed25519");
            generator.initialize(NamedParameterSpec.ED25519, new Fixed(seed));
            byte[] point = generator.generateKeyPair().getPublic().getEncoded();
            return new Pair(seed, Arrays.copyOfRange(point, X509.length, point.length));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return null; // no base64, or no such key
        }
    }

    /// The JDK tells the public half of a seed to none but who made the pair: its generator takes
    /// the seed as its chance.
    private static final class Fixed extends SecureRandom {
        private static final long serialVersionUID = 1L;
        private final transient byte[] bytes;

        Fixed(byte[] bytes) {
            this.bytes = bytes.clone();
        }

        @Override
        public void nextBytes(byte[] into) {
            System.arraycopy(bytes, 0, into, 0, into.length);
        }
    }

    static byte[] sign(byte[] seed, byte[] message) {
        try {
            var spec = new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed);
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(KeyFactory.getInstance("Ed25519").generatePrivate(spec));
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("32 bytes are a key", e);
        }
    }

    static boolean verify(byte[] point, byte[] message, byte[] signed) {
        try {
            var encoded = new ByteArrayOutputStream();
            encoded.writeBytes(X509);
            encoded.writeBytes(point);
            PublicKey key =
                    KeyFactory.getInstance("Ed25519")
                            .generatePublic(new X509EncodedKeySpec(encoded.toByteArray()));
            Signature signature = Signature.getInstance("Ed25519");
            signature.initVerify(key);
            signature.update(message);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false; // no point of the curve, or no signature at all
        }
    }
}
