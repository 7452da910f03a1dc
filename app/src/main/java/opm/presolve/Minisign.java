package opm.presolve;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import opm.base.Digest;
import opm.base.OpmException.BadRequest;

/// Signs texts as minisign does, with an Ed25519 key that `openssl genpkey -algorithm ed25519`
/// made. Verified by `minisign -V` and by `openssl pkeyutl -verify -rawin`.
public final class Minisign {
    private final PrivateKey key;
    private final byte[] publicKey;
    private final byte[] id;

    private Minisign(PrivateKey key, byte[] publicKey) {
        this.key = key;
        this.publicKey = publicKey;
        byte[] sum = Digest.Algorithm.SHA256.engine().digest(publicKey);
        id = Arrays.copyOf(sum, 8);
    }

    /// Reads a private key.
    ///
    /// @param pem PKCS #8
    public static Minisign of(byte[] pem) throws BadRequest {
        try {
            String text = new String(pem, StandardCharsets.US_ASCII);
            String body = text.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
            PrivateKey key =
                    KeyFactory.getInstance("Ed25519")
                            .generatePrivate(
                                    new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body)));
            byte[] seed = ((EdECPrivateKey) key).getBytes().orElseThrow();
            return new Minisign(key, publicOf(seed));
        } catch (GeneralSecurityException | RuntimeException e) {
            throw (BadRequest)
                    new BadRequest(
                                    "--sign: found no Ed25519 key in PEM",
                                    "openssl genpkey -algorithm ed25519 -out FILE makes one.")
                            .because(e);
        }
    }

    /// Returns the public key of a seed: the generator of key pairs takes the seed as its chance.
    private static byte[] publicOf(byte[] seed) throws GeneralSecurityException {
        var generator = java.security.KeyPairGenerator.getInstance("Ed25519");
        generator.initialize(NamedParameterSpec.ED25519, new Fixed(seed));
        byte[] der = generator.generateKeyPair().getPublic().getEncoded();
        return Arrays.copyOfRange(der, der.length - 32, der.length);
    }

    private static final class Fixed extends java.security.SecureRandom {
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

    /// Returns the public key as minisign writes it.
    byte[] publicText() {
        return Publication.utf8(
                "untrusted comment: opm presolve\n"
                        + base64(together("Ed", id, publicKey))
                        + "\n");
    }

    /// Returns the signature of a text.
    ///
    /// @param comment signed too; one line
    byte[] sign(byte[] text, String comment) {
        byte[] own = raw(text);
        byte[] both = Arrays.copyOf(own, own.length + comment.length());
        byte[] words = Publication.utf8(comment);
        System.arraycopy(words, 0, both, own.length, words.length);
        return Publication.utf8(
                "untrusted comment: opm presolve\n"
                        + base64(together("Ed", id, own))
                        + "\ntrusted comment: "
                        + comment
                        + "\n"
                        + base64(raw(both))
                        + "\n");
    }

    private byte[] raw(byte[] text) {
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(key);
            signature.update(text);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK since 15 has Ed25519", e);
        }
    }

    private static byte[] together(String word, byte[] one, byte[] two) {
        var out = new ByteArrayOutputStream();
        out.writeBytes(word.getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(one);
        out.writeBytes(two);
        return out.toByteArray();
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
