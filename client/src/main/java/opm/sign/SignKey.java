package opm.sign;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;

/// The secret half of a key, in minisign's file without a password (`minisign -G -W`).
///
/// | at  | bytes | what                                                            |
/// |----:|------:|-----------------------------------------------------------------|
/// |   0 |     2 | `Ed`                                                            |
/// |   2 |     2 | `Sc` with a password, zeros without                             |
/// |   4 |     2 | `B2`                                                            |
/// |   6 |    48 | what the password needs: salt and limits                        |
/// |  54 |     8 | the key's name                                                  |
/// |  62 |    64 | the seed, the public key                                        |
/// | 126 |    32 | a checksum, used with a password                                |
///
/// Or an Ed25519 key as `openssl genpkey -algorithm ed25519` writes it (PKCS #8 in PEM), whose name
/// is the beginning of its public half's SHA-256.
public final class SignKey {
    private static final String PEM = "-----BEGIN ";
    private static final int BYTES = 158;
    private static final int ID_AT = 54;
    private static final int SEED_AT = ID_AT + VerifyKey.ID_BYTES;
    private static final int POINT_AT = SEED_AT + Ed25519.KEY_BYTES;

    private final byte[] id;
    private final Ed25519.Pair pair;

    private SignKey(byte[] id, Ed25519.Pair pair) {
        this.id = id;
        this.pair = pair;
    }

    /// Makes a new one.
    public static SignKey generate() {
        byte[] id = new byte[VerifyKey.ID_BYTES];
        new SecureRandom().nextBytes(id);
        return new SignKey(id, Ed25519.generate());
    }

    /// Reads the file.
    ///
    /// @throws BadRequest when it has a password, which opm does not ask for
    public static SignKey parse(byte[] file, String what) throws OpmException {
        List<String> lines = Lines.of(file);
        if (!lines.isEmpty() && lines.getFirst().startsWith(PEM)) {
            Ed25519.Pair pair = Ed25519.ofPkcs8(String.join("", lines.subList(1, lines.size())));
            if (pair == null) {
                throw new BadRequest(
                        what + ": found no Ed25519 key in PEM",
                        "openssl genpkey -algorithm ed25519 -out FILE makes one.");
            }
            byte[] id = Digest.Algorithm.SHA256.engine().digest(pair.point());
            return new SignKey(Arrays.copyOf(id, VerifyKey.ID_BYTES), pair);
        }
        if (lines.size() < 2) {
            throw Lines.damaged(what);
        }
        byte[] bytes = Lines.bytes(lines.get(1), BYTES, what, "Ed");
        if (bytes[2] != 0 || bytes[3] != 0) {
            throw new BadRequest(
                    what + ": found a key with a password, expected one without",
                    "Sign with minisign itself (`minisign -Sm FILE`), or make a key with"
                            + " `opm key generate`.");
        }
        return new SignKey(
                Arrays.copyOfRange(bytes, ID_AT, SEED_AT),
                new Ed25519.Pair(
                        Arrays.copyOfRange(bytes, SEED_AT, POINT_AT),
                        Arrays.copyOfRange(bytes, POINT_AT, POINT_AT + Ed25519.KEY_BYTES)));
    }

    /// Returns the file.
    public String text() {
        var bytes = ByteBuffer.allocate(BYTES);
        bytes.put(0, new byte[] {'E', 'd', 0, 0, 'B', '2'});
        bytes.put(ID_AT, id).put(SEED_AT, pair.seed()).put(POINT_AT, pair.point());
        return Lines.UNTRUSTED + "minisign secret key\n" + Lines.base64(bytes.array()) + "\n";
    }

    /// Returns the half that everybody may know.
    public VerifyKey publicHalf() {
        return VerifyKey.of(id, pair.point());
    }

    byte[] sign(byte[] message) {
        return Ed25519.sign(pair.seed(), message);
    }

    byte[] id() {
        return id.clone();
    }
}
