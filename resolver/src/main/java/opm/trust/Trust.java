package opm.trust;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import opm.base.Digest;
import opm.base.OpmException.Damaged;
import opm.rpm.RpmFile;
import opm.rpm.Tag;
import opm.trust.Verdict.Distrusted;
import opm.trust.Verdict.Reason;
import opm.trust.Verdict.Trusted;
import org.jspecify.annotations.Nullable;

/// Verdicts on package files and on files with a detached signature.
///
/// A package is trusted when everything that it carries about itself agrees, as rpmkeys wants at
/// level `all` (rpm's lib/rpmvs.c): a signature by a trusted key covers the header, and the payload
/// is covered by that signature or by a SHA-2 digest which the header holds. MD5 counts against a
/// package when it is wrong and never for it.
public final class Trust {
    private static final int BUFFER_BYTES = 1 << 16;

    private final Keyring keyring;
    private final long nowSeconds;

    /// @param nowSeconds since 1970, by which a signature may have expired; 0 for an unknown time
    public Trust(Keyring keyring, long nowSeconds) {
        this.keyring = keyring;
        this.nowSeconds = nowSeconds;
    }

    /// Judges a file by a signature that lies beside it: repomd.xml and repomd.xml.asc.
    public Verdict detached(byte[] bytes, byte[] signature) {
        var check = SignatureCheck.of(signature, keyring, nowSeconds);
        check.update(bytes, 0, bytes.length);
        return check.verdict();
    }

    /// Judges a package.
    ///
    /// @param in the whole file; read to its end and not closed
    /// @throws IOException when the stream breaks: nothing is known then
    public Verdict ofPackage(InputStream in, String subject) throws IOException {
        var kept = new Recorder(in);
        RpmFile rpm;
        List<byte[]> packets;
        try {
            rpm = RpmFile.read(kept, subject);
            packets = rpm.headerSignatures();
        } catch (Damaged e) {
            return new Distrusted(Reason.DAMAGED, String.valueOf(e.getMessage()));
        }
        byte[] header = kept.bytes((int) rpm.headerStart(), (int) rpm.headerEnd());
        kept.stop();
        try {
            return judge(rpm, header, packets, in);
        } catch (Damaged e) {
            return new Distrusted(Reason.DAMAGED, String.valueOf(e.getMessage()));
        }
    }

    /// Judges the header of a package alone, as the front of a package file without a payload.
    ///
    /// @param in the file; read as far as the header goes
    public Verdict ofHeader(InputStream in, String subject) throws IOException {
        var kept = new Recorder(in);
        try {
            RpmFile rpm = RpmFile.read(kept, subject);
            byte[] header = kept.bytes((int) rpm.headerStart(), (int) rpm.headerEnd());
            kept.stop();
            String sum = rpm.signature().string(Tag.SIG_SHA256);
            if (sum != null && !Digest.sha256Of(header).hex().equals(sum)) {
                return new Distrusted(Reason.DAMAGED, "another SHA-256 than the package says");
            }
            var verdicts = new ArrayList<Verdict>();
            for (byte[] packet : rpm.headerSignatures()) {
                var check = SignatureCheck.of(packet, keyring, nowSeconds);
                check.update(header, 0, header.length);
                verdicts.add(check.verdict());
            }
            return together(verdicts, true, false);
        } catch (Damaged e) {
            return new Distrusted(Reason.DAMAGED, String.valueOf(e.getMessage()));
        }
    }

    private Verdict judge(RpmFile rpm, byte[] header, List<byte[]> packets, InputStream payload)
            throws Damaged, IOException {
        if (!sha3Agrees(rpm.signature().string(Tag.SIG_SHA3_256), header)) {
            return new Distrusted(Reason.DAMAGED, "another SHA3-256 than the package says");
        }
        var verdicts = new ArrayList<Verdict>();
        for (byte[] packet : packets) {
            var check = SignatureCheck.of(packet, keyring, nowSeconds);
            check.update(header, 0, header.length);
            verdicts.add(check.verdict());
        }
        @Nullable Digest wanted = payloadDigest(rpm);
        // The old kind of signature, over header and payload.
        var whole = new ArrayList<SignatureCheck>();
        for (int tag : new int[] {Tag.SIG_PGP, Tag.SIG_GPG, Tag.SIG_PGP5}) {
            byte[] packet = rpm.signature().binary(tag);
            if (packet != null && (wanted == null || packets.isEmpty())) {
                var check = SignatureCheck.of(packet, keyring, nowSeconds);
                check.update(header, 0, header.length);
                whole.add(check);
            }
        }
        @Nullable Digest md5 = rpm.md5();
        MessageDigest payloadEngine = wanted == null ? null : wanted.algorithm().engine();
        MessageDigest md5Engine = md5 == null ? null : md5.algorithm().engine();
        if (md5Engine != null) {
            md5Engine.update(header);
        }
        var buffer = new byte[BUFFER_BYTES];
        for (int read = payload.read(buffer); read >= 0; read = payload.read(buffer)) {
            for (SignatureCheck check : whole) {
                check.update(buffer, 0, read);
            }
            if (payloadEngine != null) {
                payloadEngine.update(buffer, 0, read);
            }
            if (md5Engine != null) {
                md5Engine.update(buffer, 0, read);
            }
        }
        if (wanted != null
                && payloadEngine != null
                && !Digest.of(wanted.algorithm(), payloadEngine.digest()).equals(wanted)) {
            return new Distrusted(Reason.DAMAGED, "a payload that is not the one of the header");
        }
        if (md5 != null
                && md5Engine != null
                && !Digest.of(Digest.Algorithm.MD5, md5Engine.digest()).equals(md5)) {
            return new Distrusted(Reason.DAMAGED, "another MD5 than the package says");
        }
        List<Verdict> ofWhole = whole.stream().map(SignatureCheck::verdict).toList();
        verdicts.addAll(ofWhole);
        return together(
                verdicts, wanted != null, ofWhole.stream().anyMatch(Trusted.class::isInstance));
    }

    /// All that a package carries has to hold; without a payload that is covered it is not enough.
    private static Verdict together(
            List<Verdict> verdicts, boolean hasPayloadDigest, boolean wholeIsSigned) {
        Trusted trusted = null;
        Distrusted worst = null;
        for (Verdict verdict : verdicts) {
            switch (verdict) {
                case Trusted it -> trusted = trusted == null ? it : trusted;
                case Distrusted it ->
                        worst =
                                worst == null || it.reason().compareTo(worst.reason()) < 0
                                        ? it
                                        : worst;
            }
        }
        if (worst != null) {
            return worst;
        }
        if (trusted == null) {
            return new Distrusted(Reason.UNSIGNED, "no signature");
        }
        return hasPayloadDigest || wholeIsSigned
                ? trusted
                : new Distrusted(Reason.WEAK, "a payload that only an MD5 covers");
    }

    /// Returns what the header says about the compressed payload; null when nothing.
    private static @Nullable Digest payloadDigest(RpmFile rpm) throws Damaged {
        String hex = rpm.words().header().string(Tag.PAYLOADDIGEST);
        if (hex == null) {
            return null;
        }
        Digest.Algorithm algorithm =
                switch ((int) rpm.words().header().number(Tag.PAYLOADDIGESTALGO, 8)) {
                    case 8 -> Digest.Algorithm.SHA256;
                    case 9 -> Digest.Algorithm.SHA384;
                    case 10 -> Digest.Algorithm.SHA512;
                    case 11 -> Digest.Algorithm.SHA224;
                    default -> null;
                };
        try {
            return algorithm == null ? null : new Digest(algorithm, hex);
        } catch (IllegalArgumentException e) {
            var damaged =
                    new Damaged(
                            "payload digest: found '" + hex + "', expected a digest",
                            "Get the package again.");
            damaged.initCause(e);
            throw damaged;
        }
    }

    /// Checks the SHA3-256 of the header, which version 6 of the format may carry.
    static boolean sha3Agrees(@Nullable String wanted, byte[] header) {
        if (wanted == null) {
            return true;
        }
        try {
            byte[] sum = MessageDigest.getInstance("SHA3-256").digest(header);
            return HexFormat.of().formatHex(sum).equals(wanted);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA3-256", e);
        }
    }

    /// Keeps what was read, until told to stop.
    private static final class Recorder extends InputStream {
        private final InputStream in;
        private java.io.@Nullable ByteArrayOutputStream kept = new java.io.ByteArrayOutputStream();

        Recorder(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            int b = in.read();
            if (b >= 0 && kept != null) {
                kept.write(b);
            }
            return b;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = in.read(bytes, offset, length);
            if (count > 0 && kept != null) {
                kept.write(bytes, offset, count);
            }
            return count;
        }

        byte[] bytes(int from, int until) {
            byte[] all = kept == null ? new byte[0] : kept.toByteArray();
            return java.util.Arrays.copyOfRange(all, from, until);
        }

        void stop() {
            kept = null;
        }
    }
}
