package opm.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import javax.net.ssl.SSLContext;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;

/// What our own servers speak TLS with.
///
/// @param fingerprint of the certificate, SHA-256, as browsers show it
public record ServedTls(SSLContext context, String fingerprint) {
    private static final Duration EARLY = Duration.ofDays(30);

    /// Reads a certificate that somebody gave.
    ///
    /// @param certificate a PEM file: the certificate, and those that vouch for it after it
    /// @param key a PEM file with its key; "" where the first file has it
    public static ServedTls of(String certificate, String key) throws OpmException {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(Tls.shown(certificate, key), null, null);
            Certificate first = Pem.read(certificate).certificates().getFirst();
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(first.getEncoded());
            String print = HexFormat.ofDelimiter(":").withUpperCase().formatHex(digest);
            return new ServedTls(context, print);
        } catch (GeneralSecurityException | IOException e) {
            throw new BadRequest(
                            certificate + ": does not go with its key: " + e.getMessage(),
                            "Give --certificate FILE and --certificate-key FILE that belong"
                                    + " together.")
                    .because(e);
        }
    }

    /// Takes the certificate that a folder keeps, or makes one there: it stays the same, so that
    /// who compared its fingerprint once need not do so again.
    ///
    /// @param now when it has to be valid
    public static ServedTls own(Disk disk, Path folder, Instant now) throws OpmException {
        Path file = folder.resolve("certificate.pem");
        if (!disk.exists(file) || !isValid(file, now)) {
            disk.createOwnDirectories(folder);
            Path aside = folder.resolve("certificate.new");
            try (Output out = disk.createSecret(aside)) {
                String text = OwnCertificate.make(now, OwnCertificate.namesOfThisMachine());
                out.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
                out.force();
            }
            disk.rename(aside, file);
        }
        return of(file.toString(), "");
    }

    private static boolean isValid(Path file, Instant now) {
        try {
            Certificate known = Pem.read(file.toString()).certificates().getFirst();
            return known instanceof X509Certificate own
                    && own.getNotAfter().toInstant().isAfter(now.plus(EARLY));
        } catch (OpmException _) {
            return false; // damaged: another is made
        }
    }
}
