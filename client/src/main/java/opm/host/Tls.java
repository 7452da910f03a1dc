package opm.host;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException;
import org.jspecify.annotations.Nullable;

/// Whom TLS believes, and what it shows of us.
final class Tls {
    /// Where the systems keep the certificates that the machine trusts: Fedora and RHEL, Debian,
    /// openSUSE. What a firm adds for its own servers is there and not in the JDK.
    private static final List<String> BUNDLES =
            List.of(
                    "/etc/pki/tls/certs/ca-bundle.crt",
                    "/etc/ssl/certs/ca-certificates.crt",
                    "/etc/ssl/ca-bundle.pem");

    private Tls() {}

    /// @param environment where `SSL_CERT_FILE` may name another file of certificates
    /// @throws BadRequest when a file is absent or has not what it should
    static SSLContext context(Access access, Map<String, String> environment)
            throws OpmException {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(keys(access), trust(access, environment), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new BadRequest(
                            access.certificate() + ": does not go with its key: " + e.getMessage(),
                            "Correct sslclientcert and sslclientkey of the repository.")
                    .because(e);
        }
    }

    private static KeyManager @Nullable [] keys(Access access)
            throws OpmException, GeneralSecurityException, IOException {
        if (access.certificate().isEmpty()) {
            return null;
        }
        return shown(access.certificate(), access.key());
    }

    /// @param keyFile "" where the file of the certificate has the key
    static KeyManager[] shown(String certificateFile, String keyFile)
            throws OpmException, GeneralSecurityException, IOException {
        Pem shown = Pem.read(certificateFile);
        Pem secret = keyFile.isEmpty() ? shown : Pem.read(keyFile);
        var chain = shown.certificates().toArray(new Certificate[0]);
        KeyStore store = emptyStore();
        PrivateKey key = secret.key();
        if (!isPair(key, chain[0].getPublicKey())) {
            throw new GeneralSecurityException("the key is another certificate's");
        }
        store.setKeyEntry("opm", key, new char[0], chain);
        var factory = KeyManagerFactory.getInstance("PKIX");
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }

    /// Asked here, for the JDK takes any two, and then every handshake fails.
    private static boolean isPair(PrivateKey secret, PublicKey open)
            throws GeneralSecurityException {
        String kind = secret.getAlgorithm();
        if (!kind.equals(open.getAlgorithm())) {
            return false;
        }
        String algorithm =
                switch (kind) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> kind;
                };
        var signature = Signature.getInstance(algorithm);
        signature.initSign(secret);
        signature.update((byte) 1);
        byte[] signed = signature.sign();
        signature.initVerify(open);
        signature.update((byte) 1);
        try {
            return signature.verify(signed);
        } catch (SignatureException _) {
            return false; // not even of its length
        }
    }

    /// Returns null for what the JDK itself trusts.
    private static TrustManager @Nullable [] trust(Access access, Map<String, String> environment)
            throws OpmException, GeneralSecurityException, IOException {
        if (!access.verified()) {
            return new TrustManager[] {new Anybody()};
        }
        List<Certificate> certificates =
                access.authorities().isEmpty()
                        ? ofTheMachine(environment)
                        : authorities(access.authorities());
        if (certificates.isEmpty()) {
            return null;
        }
        KeyStore store = emptyStore();
        for (int at = 0; at < certificates.size(); at++) {
            store.setCertificateEntry("ca" + at, certificates.get(at));
        }
        var factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static List<Certificate> ofTheMachine(Map<String, String> environment) {
        var files = new ArrayList<String>();
        files.add(environment.getOrDefault("SSL_CERT_FILE", ""));
        files.addAll(BUNDLES);
        for (String file : files) {
            if (!file.isEmpty() && Files.isReadable(Path.of(file))) {
                try {
                    return Pem.read(file).certificates();
                } catch (OpmException _) {
                    // The next one, or what the JDK brings, will do.
                }
            }
        }
        return List.of();
    }

    private static List<Certificate> authorities(String place) throws OpmException {
        Path path = Path.of(place);
        if (!Files.isDirectory(path)) {
            return Pem.read(place).certificates();
        }
        var certificates = new ArrayList<Certificate>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
            for (Path file : files) {
                if (Files.isRegularFile(file)) {
                    try {
                        certificates.addAll(Pem.read(file.toString()).certificates());
                    } catch (BadRequest _) {
                        // A folder of certificates also holds lists of revoked ones, and notes.
                    }
                }
            }
        } catch (IOException e) {
            throw Failures.reading(e, place);
        }
        if (certificates.isEmpty()) {
            throw new BadRequest(
                    place + ": found no certificate, expected some",
                    "Correct sslcacert of the repository.");
        }
        return certificates;
    }

    /// What `sslverify=0` asks for: anybody may say that he is the server.
    private static final class Anybody extends X509ExtendedTrustManager {
        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
