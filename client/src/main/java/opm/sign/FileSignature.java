package opm.sign;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.host.Disk;
import opm.host.StreamFailure;

/// A signature of a file and of a comment: what lies in `FILE.minisig`.
///
/// | line | what                                                                              |
/// |------|-----------------------------------------------------------------------------------|
/// | 1    | `untrusted comment: ` and anything                                                |
/// | 2    | base64: `ED` or `Ed`, the key's name (8 bytes), the signature (64) of the file's  |
/// |      | BLAKE2b-512, or with `Ed` of the file itself                                      |
/// | 3    | `trusted comment: ` and a line of text                                            |
/// | 4    | base64: the signature (64) of that of line 2 and the text of line 3               |
public final class FileSignature {
    private static final String TRUSTED = "trusted comment: ";
    private static final int BYTES = 2 + VerifyKey.ID_BYTES + Ed25519.SIGNATURE_BYTES;

    /// With `Ed` all of the file has to be in memory.
    private static final int LEGACY_BYTES = 256 << 20;

    private static final int MOST_COMMENT = 8000;

    private final byte[] bytes;
    private final String comment;
    private final byte[] closing;

    private FileSignature(byte[] bytes, String comment, byte[] closing) {
        this.bytes = bytes;
        this.comment = comment;
        this.closing = closing;
    }

    /// Signs a file.
    ///
    /// @param comment one line, which is signed too
    public static FileSignature of(Disk disk, Path file, SignKey key, String comment)
            throws OpmException {
        if (comment.length() > MOST_COMMENT || comment.indexOf('\n') >= 0) {
            throw new BadRequest(
                    "the comment: found more than one line of " + MOST_COMMENT + " characters",
                    "Say it shorter.");
        }
        return of('D', blake2b(disk, file), key, comment);
    }

    /// Signs a text itself and not a hash of it, which every openssl since 1.1.1 can check.
    ///
    /// @param comment one line, which is signed too
    public static FileSignature of(byte[] text, SignKey key, String comment) {
        return of('d', text, key, comment);
    }

    private static FileSignature of(char kind, byte[] message, SignKey key, String comment) {
        var bytes = ByteBuffer.allocate(BYTES).put((byte) 'E').put((byte) kind).put(key.id());
        bytes.put(key.sign(message));
        return new FileSignature(
                bytes.array(), comment, key.sign(closed(bytes.array(), comment)));
    }

    /// Reads a file beside the one that is signed.
    public static FileSignature parse(byte[] file, String what) throws Damaged {
        List<String> lines = Lines.of(file);
        if (lines.size() < 4 || !lines.get(2).startsWith(TRUSTED)) {
            throw Lines.damaged(what);
        }
        byte[] bytes = Lines.bytes(lines.get(1), BYTES, what, "ED", "Ed");
        try {
            byte[] closing = java.util.Base64.getDecoder().decode(lines.get(3).strip());
            return new FileSignature(bytes, lines.get(2).substring(TRUSTED.length()), closing);
        } catch (IllegalArgumentException notBase64) {
            throw (Damaged) Lines.damaged(what).because(notBase64);
        }
    }

    /// Returns the file.
    public String text() {
        return Lines.UNTRUSTED
                + "signature by opm, key "
                + keyId()
                + "\n"
                + Lines.base64(bytes)
                + "\n"
                + TRUSTED
                + comment
                + "\n"
                + Lines.base64(closing)
                + "\n";
    }

    /// Returns the name of the key that it claims to be made with.
    public String keyId() {
        return VerifyKey.id(bytes);
    }

    /// Returns the signed line of text; to be believed after [#isSound].
    public String comment() {
        return comment;
    }

    /// Returns a word of the comment, `NAME:VALUE`, words parted by tabs or spaces; empty when
    /// absent.
    public String word(String name) {
        for (String word : comment.split("[\\t ]+")) {
            if (word.startsWith(name + ":")) {
                return word.substring(name.length() + 1);
            }
        }
        return "";
    }

    /// Tells whether this key signed the comment.
    public boolean isSound(VerifyKey key) {
        return key.id().equals(keyId()) && key.verify(closed(bytes, comment), closing);
    }

    /// Tells whether this key signed this file and the comment.
    public boolean isOf(Disk disk, Path file, VerifyKey key) throws OpmException {
        return isSound(key)
                && isOf(
                        bytes[1] == 'D' ? blake2b(disk, file) : disk.readAll(file, LEGACY_BYTES),
                        key);
    }

    /// Tells whether this key signed this text and the comment.
    public boolean isOfText(byte[] text, VerifyKey key) {
        return isSound(key) && isOf(bytes[1] == 'D' ? blake2b(text) : text, key);
    }

    private boolean isOf(byte[] message, VerifyKey key) {
        return key.verify(
                message, Arrays.copyOfRange(bytes, BYTES - Ed25519.SIGNATURE_BYTES, BYTES));
    }

    private static byte[] closed(byte[] bytes, String comment) {
        var message = new ByteArrayOutputStream();
        message.write(bytes, BYTES - Ed25519.SIGNATURE_BYTES, Ed25519.SIGNATURE_BYTES);
        message.writeBytes(comment.getBytes(UTF_8));
        return message.toByteArray();
    }

    private static byte[] blake2b(byte[] text) {
        var blake = new Blake2b();
        blake.update(text, 0, text.length);
        return blake.digest();
    }

    private static byte[] blake2b(Disk disk, Path file) throws OpmException {
        var blake = new Blake2b();
        byte[] piece = new byte[1 << 20];
        try (InputStream in = disk.read(file)) {
            for (int got; (got = in.read(piece)) >= 0; ) {
                blake.update(piece, 0, got);
            }
        } catch (IOException e) {
            throw StreamFailure.of(e, file.toString());
        }
        return blake.digest();
    }
}
