package opm.host;

import static opm.host.Pem.der;
import static opm.host.Pem.joined;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Makes a certificate that nobody vouches for but its own key: X.509 v3 (RFC 5280) with a key on
/// P-256, written in DER by hand, for the JDK has no public way to make one.
final class OwnCertificate {
    private static final Duration VALID = Duration.ofDays(820); // browsers of Apple take 825
    private static final Pattern NUMBERS = Pattern.compile("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    private static final int BOOLEAN = 1;
    private static final int INTEGER = 2;
    private static final int BITS = 3;
    private static final int OCTETS = 4;
    private static final int OBJECT = 6;
    private static final int UTF8 = 12;
    private static final int UTC_TIME = 23;
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;
    private static final int DNS_NAME = 0x82;
    private static final int IP_ADDRESS = 0x87;
    private static final int VERSION = 0xa0;
    private static final int EXTENSIONS = 0xa3;

    private static final byte[] ECDSA_SHA256 = object(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2);
    private static final byte[] COMMON_NAME = object(0x55, 4, 3);
    private static final byte[] ALSO_KNOWN_AS = object(0x55, 29, 17);
    private static final byte[] BASIC_CONSTRAINTS = object(0x55, 29, 19);

    private OwnCertificate() {}

    /// Returns a certificate and its key, as PEM.
    ///
    /// @param names of the machine, and its addresses as numbers; the first is the main one
    static String make(Instant now, List<String> names) {
        try {
            var maker = KeyPairGenerator.getInstance("EC");
            maker.initialize(new ECGenParameterSpec("secp256r1"));
            var keys = maker.generateKeyPair();
            byte[] algorithm = der(SEQUENCE, ECDSA_SHA256);
            byte[] name = name(names.getFirst());
            byte[] told =
                    der(
                            SEQUENCE,
                            joined(
                                    der(VERSION, der(INTEGER, new byte[] {2})),
                                    der(INTEGER, new BigInteger(127, new SecureRandom())
                                            .setBit(126).toByteArray()),
                                    algorithm,
                                    name,
                                    der(
                                            SEQUENCE,
                                            joined(
                                                    time(now.minus(Duration.ofDays(1))),
                                                    time(now.plus(VALID)))),
                                    name,
                                    keys.getPublic().getEncoded(),
                                    extensions(names)));
            var signer = Signature.getInstance("SHA256withECDSA");
            signer.initSign(keys.getPrivate());
            signer.update(told);
            byte[] seal = der(BITS, joined(new byte[1], signer.sign()));
            return pem("CERTIFICATE", der(SEQUENCE, joined(told, algorithm, seal)))
                    + pem("PRIVATE KEY", keys.getPrivate().getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a JDK without P-256", e);
        }
    }

    /// Returns the names and addresses by which others may reach this machine.
    static List<String> namesOfThisMachine() {
        var names = new TreeSet<String>(List.of("127.0.0.1", "::1"));
        try {
            NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .map(address -> address.getHostAddress().replaceAll("%.*", ""))
                    .forEach(names::add);
        } catch (SocketException _) {
            // Then those that every machine has.
        }
        var all = new java.util.ArrayList<String>();
        all.add("localhost");
        try {
            String own = InetAddress.getLocalHost().getHostName();
            if (own.matches("[A-Za-z0-9.-]{1,253}") && !own.equals("localhost")) {
                all.addFirst(own);
            }
        } catch (UnknownHostException _) {
            // It has no name.
        }
        all.addAll(names);
        return all;
    }

    private static byte[] name(String name) {
        byte[] text = der(UTF8, name.getBytes(StandardCharsets.UTF_8));
        return der(SEQUENCE, der(SET, der(SEQUENCE, joined(COMMON_NAME, text))));
    }

    private static byte[] time(Instant when) {
        return der(UTC_TIME, TIME.format(when).getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] extensions(List<String> names) {
        var known = new ByteArrayOutputStream();
        for (String name : names) {
            known.writeBytes(
                    NUMBERS.matcher(name).matches()
                            ? der(IP_ADDRESS, InetAddress.ofLiteral(name).getAddress())
                            : der(DNS_NAME, name.getBytes(StandardCharsets.US_ASCII)));
        }
        byte[] also =
                joined(
                        ALSO_KNOWN_AS,
                        der(OCTETS, der(SEQUENCE, known.toByteArray())));
        byte[] basic =
                joined(
                        BASIC_CONSTRAINTS,
                        der(BOOLEAN, new byte[] {-1}),
                        der(OCTETS, der(SEQUENCE, new byte[0])));
        return der(
                EXTENSIONS,
                der(SEQUENCE, joined(der(SEQUENCE, basic), der(SEQUENCE, also))));
    }

    private static byte[] object(int... bytes) {
        var content = new byte[bytes.length];
        for (int at = 0; at < bytes.length; at++) {
            content[at] = (byte) bytes[at];
        }
        return der(OBJECT, content);
    }

    private static String pem(String label, byte[] bytes) {
        return "-----BEGIN "
                + label
                + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes)
                + "\n-----END "
                + label
                + "-----\n";
    }
}
