package opm.host;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;

/// Certificates and private keys in the text form of OpenSSL (RFC 7468).
///
/// Keys as PKCS#8, and as the older `RSA PRIVATE KEY` (RFC 8017) and `EC PRIVATE KEY` (RFC 5915),
/// which the JDK reads only inside PKCS#8.
final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");

    private static final byte[] RSA = {0x30, 13, 6, 9, 42, -122, 72, -122, -9, 13, 1, 1, 1, 5, 0};
    private static final byte[] EC = {6, 7, 42, -122, 72, -50, 61, 2, 1};
    private static final byte[] VERSION = {2, 1, 0};

    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 4;
    private static final int CURVE = 0xa0;

    private final String file;
    private final List<Block> blocks = new ArrayList<>();

    private record Block(String label, String text) {
        byte[] bytes() {
            return Base64.getMimeDecoder().decode(text);
        }
    }

    private Pem(String file, String text) {
        this.file = file;
        var match = BLOCK.matcher(text);
        while (match.find()) {
            blocks.add(new Block(match.group(1), match.group(2)));
        }
    }

    /// @throws BadRequest when there is no such file
    static Pem read(String file) throws OpmException {
        try {
            Path path = Path.of(file);
            if (Files.size(path) > Limits.PEM_BYTES) {
                throw new BadRequest(
                        file + ": more than " + Limits.PEM_BYTES + " bytes",
                        "Name a file of certificates or a key.");
            }
            return new Pem(file, Files.readString(path, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw Failures.reading(e, file);
        }
    }

    /// Returns the certificates, in order; those that nobody understands are left out.
    List<Certificate> certificates() throws BadRequest {
        var certificates = new ArrayList<Certificate>();
        try {
            var factory = CertificateFactory.getInstance("X.509");
            for (Block block : blocks) {
                if (block.label().endsWith("CERTIFICATE")) {
                    try {
                        var in = new ByteArrayInputStream(block.bytes());
                        certificates.add(factory.generateCertificate(in));
                    } catch (GeneralSecurityException | IllegalArgumentException _) {
                        // One odd one among the hundred and forty of a machine hurts nobody.
                    }
                }
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a JDK without X.509", e);
        }
        if (certificates.isEmpty()) {
            throw bad("no certificate", "a PEM file that has one");
        }
        return certificates;
    }

    /// @throws BadRequest when it has no private key, or one that wants a password
    PrivateKey key() throws BadRequest {
        for (Block block : blocks) {
            if (block.label().startsWith("ENCRYPTED") || block.text().contains("ENCRYPTED")) {
                throw bad(
                        "a key with a password", "one without (openssl pkey -in FILE -out OTHER)");
            }
            try {
                switch (block.label()) {
                    case "PRIVATE KEY" -> {
                        return key(block.bytes());
                    }
                    case "RSA PRIVATE KEY" -> {
                        return key(wrapped(RSA, block.bytes()));
                    }
                    case "EC PRIVATE KEY" -> {
                        byte[] curve = curve(block.bytes());
                        return key(wrapped(der(SEQUENCE, joined(EC, curve)), block.bytes()));
                    }
                    default -> {}
                }
            } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
                throw bad("a damaged key", "a PEM file with a private key");
            }
        }
        throw bad("no private key", "a PEM file with one");
    }

    private PrivateKey key(byte[] pkcs8) throws BadRequest {
        for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(algorithm)
                        .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (GeneralSecurityException _) {
                // It may be one of the others.
            }
        }
        throw bad("a key of no known kind", "RSA, EC or Ed25519");
    }

    private BadRequest bad(String found, String expected) {
        return new BadRequest(
                file + ": found " + found + ", expected " + expected,
                "Name a PEM file as OpenSSL writes it: sslcacert, sslclientcert and"
                        + " sslclientkey of a repository, --certificate and --certificate-key.");
    }

    private static byte[] wrapped(byte[] algorithm, byte[] key) {
        return der(SEQUENCE, joined(VERSION, algorithm, der(OCTETS, key)));
    }

    /// Returns the name of the curve, with its tag, out of an `ECPrivateKey`.
    private static byte[] curve(byte[] key) {
        int at = content(key, 0);
        while (at < key.length) {
            int start = content(key, at);
            int end = start + length(key, at);
            if ((key[at] & 0xff) == CURVE) {
                return Arrays.copyOfRange(key, start, end);
            }
            at = end;
        }
        throw new IllegalArgumentException("a key that names no curve");
    }

    private static int content(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
    }

    private static int length(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int more = 0; more < (first & 0x7f); more++) {
            length = length << 8 | der[at + 2 + more] & 0xff;
        }
        if (length < 0 || length > der.length) {
            throw new IllegalArgumentException("a length outside");
        }
        return length;
    }

    static byte[] der(int tag, byte[] content) {
        var bytes = new ByteArrayOutputStream();
        bytes.write(tag);
        if (content.length < 0x80) {
            bytes.write(content.length);
        } else {
            bytes.write(0x82);
            bytes.write(content.length >> 8);
            bytes.write(content.length);
        }
        bytes.writeBytes(content);
        return bytes.toByteArray();
    }

    static byte[] joined(byte[]... parts) {
        var bytes = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }
}
