package opm.rpm;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import opm.base.Digest.Algorithm;
import opm.base.Digest;
import opm.base.OpmException.Damaged;
import org.jspecify.annotations.Nullable;

/// The front of an rpm file: everything before its payload.
///
/// | at             | part             | ends                              |
/// |---------------:|------------------|-----------------------------------|
/// |              0 | lead             | 96 bytes, EDABEEDB first          |
/// |             96 | signature header | padded with zeros to 8 bytes      |
/// | `headerStart`  | main header      | `headerEnd`, where the payload is |
///
/// Source: rpm's docs/manual/format_v4.md, and lib/rpmlead.c for the lead. The header digests of
/// the signature header (SHA-256, SHA-1) are compared when it is read.
///
/// @param signature digests and signatures
/// @param words the main header
/// @param headerStart rpm-md's `header-range start`
/// @param headerEnd rpm-md's `header-range end`; the payload's first byte
/// @param headerDigest SHA-256 of the main header with its intro
public record RpmFile(
        Header signature, RpmWords words, long headerStart, long headerEnd, Digest headerDigest) {
    private static final int LEAD_BYTES = 96;
    private static final int LEAD_MAGIC = 0xedabeedb;
    private static final int HEADER_SIGNED = 5;

    /// Reads up to the payload, and leaves the stream there.
    ///
    /// @param subject what this is, for messages: a file name
    public static RpmFile read(InputStream in, String subject) throws Damaged, IOException {
        checkLead(take(in, LEAD_BYTES, subject + ": lead"), subject);
        var signatureBytes = readHeader(in, subject + ": signature header");
        Header signature =
                parse(signatureBytes, Header.Region.SIGNATURES, subject + ": signature header");
        int padding = -signatureBytes.length & 7;
        take(in, padding, subject + ": padding");
        long start = (long) LEAD_BYTES + signatureBytes.length + padding;
        byte[] main = readHeader(in, subject + ": header");
        Digest sha256 = Digest.sha256Of(main);
        checkDigests(signature, main, sha256, subject);
        Header header = parse(main, Header.Region.IMMUTABLE_EXACT, subject + ": header");
        return new RpmFile(
                signature, RpmWords.of(header, signature), start, start + main.length, sha256);
    }

    /// Reads the front of a package that is in memory, whole or in part.
    public static RpmFile parse(byte[] bytes, String subject) throws Damaged {
        try {
            return read(new ByteArrayInputStream(bytes), subject);
        } catch (IOException e) {
            throw new AssertionError("memory cannot fail", e);
        }
    }

    private static void checkLead(byte[] lead, String subject) throws Damaged {
        var view = ByteBuffer.wrap(lead);
        if (view.getInt(0) != LEAD_MAGIC) {
            throw Header.damaged(
                    subject,
                    "'" + HexFormat.of().formatHex(lead, 0, 4) + "'",
                    "an rpm ('edabeedb')");
        }
        int major = lead[4];
        int type = view.getShort(6);
        int signatureType = view.getShort(78);
        if (major < 3 || major > 4 || type < 0 || type > 1 || signatureType != HEADER_SIGNED) {
            throw Header.damaged(
                    subject,
                    "a lead of version "
                            + major
                            + ", type "
                            + type
                            + ", signature "
                            + signatureType,
                    "version 3 or 4, type 0 or 1, signature 5");
        }
    }

    private static byte[] readHeader(InputStream in, String subject) throws Damaged, IOException {
        byte[] intro = take(in, Header.INTRO_BYTES, subject);
        var view = ByteBuffer.wrap(intro);
        if (view.getInt(0) != Header.MAGIC || view.getInt(4) != 0) {
            throw Header.damaged(
                    subject, HexFormat.of().formatHex(intro, 0, 8), "8eade80100000000");
        }
        int entryCount = view.getInt(8);
        int dataBytes = view.getInt(12);
        Header.checkSizes(entryCount, dataBytes, subject);
        int rest = entryCount * Header.ENTRY_BYTES + dataBytes;
        byte[] body = take(in, rest, subject);
        byte[] all = Arrays.copyOf(intro, intro.length + rest);
        System.arraycopy(body, 0, all, intro.length, rest);
        return all;
    }

    private static Header parse(byte[] bytes, Header.Region region, String subject) throws Damaged {
        int entryCount = ByteBuffer.wrap(bytes).getInt(8);
        return Header.read(bytes, Header.INTRO_BYTES, entryCount, region, subject);
    }

    /// Memory grows with what really comes, not with what a header claims.
    private static byte[] take(InputStream in, int count, String subject)
            throws Damaged, IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length != count) {
            throw Header.damaged(
                    subject, "the end after " + bytes.length + " bytes", count + " bytes");
        }
        return bytes;
    }

    private static void checkDigests(Header signature, byte[] main, Digest sha256, String subject)
            throws Damaged {
        String wanted = signature.string(Tag.SIG_SHA256);
        if (wanted != null && !wanted.equals(sha256.hex())) {
            throw Header.damaged(subject + ": header", "SHA-256 " + sha256.hex(), wanted);
        }
        String wantedSha1 = signature.string(Tag.SIG_SHA1);
        if (wantedSha1 != null) {
            String sha1 = Algorithm.SHA1.of(main).hex();
            if (!wantedSha1.equals(sha1)) {
                throw Header.damaged(subject + ": header", "SHA-1 " + sha1, wantedSha1);
            }
        }
    }

    /// Tells whether the package carries any OpenPGP signature, of the header or of everything.
    ///
    /// Says nothing about who signed: that is rpmkeys' word, or `opm.trust`'s.
    public boolean isSigned() {
        return signature.has(Tag.SIG_RSA)
                || signature.has(Tag.SIG_DSA)
                || signature.has(Tag.SIG_OPENPGP)
                || signature.has(Tag.SIG_PGP)
                || signature.has(Tag.SIG_GPG)
                || signature.has(Tag.SIG_PGP5);
    }

    /// Returns the OpenPGP packets that sign the main header, in the order of their tags.
    public List<byte[]> headerSignatures() throws Damaged {
        var found = new ArrayList<byte[]>();
        for (int tag : new int[] {Tag.SIG_DSA, Tag.SIG_RSA}) {
            byte[] packet = signature.binary(tag);
            if (packet != null) {
                found.add(packet);
            }
        }
        for (String base64 : signature.strings(Tag.SIG_OPENPGP)) {
            try {
                found.add(java.util.Base64.getMimeDecoder().decode(base64));
            } catch (IllegalArgumentException e) {
                throw Header.damaged(signature.subject(), "tag 278 that is not base64", "base64");
            }
        }
        return found;
    }

    /// Returns MD5 of header and payload as the signature header has it; null when absent.
    public @Nullable Digest md5() throws Damaged {
        byte[] raw = signature.binary(Tag.SIG_MD5);
        return raw == null || raw.length != 16 ? null : Digest.of(Digest.Algorithm.MD5, raw);
    }
}
