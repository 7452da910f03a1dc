package opm.trust;

import static java.nio.charset.StandardCharsets.UTF_8;
import static opm.trust.Signer.BORN;
import static opm.trust.Signer.YEAR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import opm.base.OpmException.Damaged;
import opm.trust.Signer.Kind;
import opm.trust.Verdict.Distrusted;
import opm.trust.Verdict.Reason;
import opm.trust.Verdict.Trusted;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Nothing is believed unless a trusted key that might sign signed exactly these bytes.
class TrustTest {
    private static final long SIGNED = BORN + YEAR;
    private static byte[] rpm = {};

    @TempDir Path folder;

    @BeforeAll
    static void read() throws Exception {
        rpm =
                Files.readAllBytes(
                        Path.of(System.getProperty("opm.root", ".."))
                                .resolve(
                                        "app/src/main/resources/opm/cli/demo/repository/Packages/a/"
                                                + "abc-songs-3.1-1.noarch.rpm"));
    }

    private static Verdict judge(byte[] file, byte[]... keys) throws Exception {
        return new Trust(Keyring.of(List.of(keys)), SIGNED + 3 * YEAR)
                .ofPackage(new ByteArrayInputStream(file), "test");
    }

    private static byte[] signed(Signer signer, Kind kind) throws Exception {
        var package_ = new Resigned(rpm);
        return package_.signed(signer.sign(package_.header(), SIGNED, 0), kind).bytes();
    }

    private static void assertReason(Verdict verdict, Reason reason) {
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Distrusted.class, it -> assertThat(it.reason()).isEqualTo(reason));
    }

    private boolean rpmkeysBelieves(byte[] file, byte[]... keys) throws Exception {
        Path db = Files.createTempDirectory(folder, "db");
        for (byte[] key : keys) {
            run(db, "--import", Files.write(db.resolve("key.asc"), key).toString());
        }
        Path rpmFile = Files.write(db.resolve("file.rpm"), file);
        return run(db, "--define", "_pkgverify_level all", "-Kv", rpmFile.toString()) == 0;
    }

    private static int run(Path db, String... words) throws Exception {
        var argv = new ArrayList<>(List.of("rpmkeys", "--dbpath", db.resolve("db").toString()));
        argv.addAll(Arrays.asList(words));
        return new ProcessBuilder(argv)
                .redirectErrorStream(true)
                .redirectOutput(db.resolve("said").toFile())
                .start()
                .waitFor();
    }

    // Every kind of key signs packages, in the old tags and in the one of rpm 6.
    @ParameterizedTest
    @EnumSource
    void believesEveryKindOfKey(Kind kind) throws Exception {
        Signer signer = Signer.of(kind);
        var trusted =
                new Trusted(
                        Keyring.of(List.of(signer.certificate())).fingerprints().getFirst(),
                        SIGNED);
        assertThat(judge(signed(signer, kind), signer.certificate())).isEqualTo(trusted);
        var six = new Resigned(rpm).without(269);
        six.text(
                279,
                HexFormat.of()
                        .formatHex(
                                java.security.MessageDigest.getInstance("SHA3-256")
                                        .digest(six.header())));
        six.openPgp(List.of(signer.sign(six.header(), SIGNED, 0)));
        assertThat(judge(six.bytes(), signer.certificate())).isEqualTo(trusted);
        six.text(279, "00".repeat(32));
        assertReason(judge(six.bytes(), signer.certificate()), Reason.DAMAGED);
    }

    // Altered, foreign, unsigned, of a key that nobody trusts: each with its own reason.
    @Test
    void saysWhyNot() throws Exception {
        Signer ours = Signer.of(Kind.ECDSA);
        Signer other = Signer.of(Kind.ECDSA);
        byte[] key = ours.certificate();
        assertReason(judge(signed(other, Kind.ECDSA), key), Reason.UNKNOWN_KEY);
        assertReason(judge(new Resigned(rpm).bytes(), key), Reason.UNSIGNED);
        byte[] foreign = ours.sign("something else".getBytes(UTF_8), SIGNED, 0);
        assertReason(
                judge(new Resigned(rpm).signed(foreign, Kind.ECDSA).bytes(), key),
                Reason.BAD_SIGNATURE);
        var package_ = new Resigned(rpm);
        byte[] good = ours.sign(package_.header(), SIGNED, 0);
        assertReason(
                judge(package_.signed(good, Kind.ECDSA).tampered().bytes(), key), Reason.DAMAGED);
        assertReason(judge(Arrays.copyOf(rpm, rpm.length - 9), key), Reason.DAMAGED);
        assertReason(
                judge(new Resigned(rpm).signed(new byte[] {1, 2, 3}, Kind.ECDSA).bytes(), key),
                Reason.DAMAGED);
        byte[] flipped = signed(ours, Kind.ECDSA);
        flipped[flipped.length - 400] ^= 1;
        assertReason(judge(flipped, key), Reason.DAMAGED);
    }

    // One good signature does not make up for a bad one beside it.
    @Test
    void wantsAllSignaturesToHold() throws Exception {
        Signer ours = Signer.of(Kind.ECDSA);
        Signer other = Signer.of(Kind.ECDSA);
        var both = new Resigned(rpm);
        both.openPgp(
                List.of(ours.sign(both.header(), SIGNED, 0), other.sign(both.header(), SIGNED, 0)));
        assertReason(judge(both.bytes(), ours.certificate()), Reason.UNKNOWN_KEY);
        assertThat(judge(both.bytes(), ours.certificate(), other.certificate()))
                .isInstanceOf(Trusted.class);
    }

    // What counts is the time of the signature: a key may expire afterwards, and not before.
    @Test
    void expiresByTheTimeOfTheSignature() throws Exception {
        Signer before = Signer.of(Kind.ECDSA, YEAR / 2);
        assertReason(judge(signed(before, Kind.ECDSA), before.certificate()), Reason.EXPIRED);
        Signer after = Signer.of(Kind.ECDSA, 2 * YEAR);
        assertThat(judge(signed(after, Kind.ECDSA), after.certificate()))
                .isInstanceOf(Trusted.class);
        var early = new Resigned(rpm);
        early.signed(after.sign(early.header(), BORN - YEAR, 0), Kind.ECDSA);
        assertReason(judge(early.bytes(), after.certificate()), Reason.EXPIRED);
        var brief = new Resigned(rpm);
        brief.signed(after.sign(brief.header(), SIGNED, YEAR), Kind.ECDSA);
        assertReason(judge(brief.bytes(), after.certificate()), Reason.EXPIRED);
        var unknownTime = new Trust(Keyring.of(List.of(after.certificate())), 0);
        assertThat(unknownTime.ofPackage(new ByteArrayInputStream(brief.bytes()), "test"))
                .as("a clock that is not to be believed decides nothing")
                .isInstanceOf(Trusted.class);
    }

    // A stolen key is never believed; one that was retired is, for what it signed before.
    @Test
    void followsRevocations() throws Exception {
        Signer stolen = Signer.of(Kind.ECDSA).revokedAt(SIGNED + YEAR, 2);
        assertReason(judge(signed(stolen, Kind.ECDSA), stolen.certificate()), Reason.REVOKED);
        Signer retired = Signer.of(Kind.ECDSA).revokedAt(SIGNED + YEAR, 3);
        assertThat(judge(signed(retired, Kind.ECDSA), retired.certificate()))
                .isInstanceOf(Trusted.class);
        Signer retiredBefore = Signer.of(Kind.ECDSA).revokedAt(SIGNED - 1, 3);
        assertReason(
                judge(signed(retiredBefore, Kind.ECDSA), retiredBefore.certificate()),
                Reason.REVOKED);
    }

    // A subkey signs for its certificate when both say so.
    @Test
    void believesSubkeysThatAreBoundBothWays() throws Exception {
        Signer bound = Signer.of(Kind.ECDSA).withSubkey(Kind.ECDSA, true);
        assertThat(judge(signed(bound, Kind.ECDSA), bound.certificate()))
                .isInstanceOf(Trusted.class);
        Signer adopted = Signer.of(Kind.ECDSA).withSubkey(Kind.ECDSA, false);
        assertReason(
                judge(signed(adopted, Kind.ECDSA), adopted.certificate()), Reason.BAD_SIGNATURE);
        Signer revoked = Signer.of(Kind.ECDSA).withSubkey(Kind.ECDSA, true).revokedAt(BORN + 1, 3);
        assertReason(judge(signed(revoked, Kind.ECDSA), revoked.certificate()), Reason.REVOKED);
    }

    // repomd.xml and what lies beside it.
    @Test
    void judgesDetachedSignatures() throws Exception {
        Signer signer = Signer.of(Kind.ED25519_LEGACY);
        byte[] repomd = "<repomd/>".getBytes(UTF_8);
        byte[] signature = signer.sign(repomd, SIGNED, 0);
        var trust = new Trust(Keyring.of(List.of(signer.certificate())), 0);
        assertThat(trust.detached(repomd, signature)).isInstanceOf(Trusted.class);
        assertReason(trust.detached("<repomD/>".getBytes(UTF_8), signature), Reason.BAD_SIGNATURE);
        assertReason(trust.detached(repomd, repomd), Reason.DAMAGED);
        assertThatThrownBy(() -> Keyring.of(List.of(repomd))).isInstanceOf(Damaged.class);
    }

    // What rpmkeys says of the same files and keys; opm may be stricter about keys, never laxer.
    @Test
    void agreesWithRpmkeys() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/rpmkeys")), "skipped: no rpmkeys here");
        Signer rsa = Signer.of(Kind.RSA);
        Signer ed = Signer.of(Kind.ED25519_LEGACY);
        byte[] key = rsa.certificate();
        var package_ = new Resigned(rpm);
        byte[] good = rsa.sign(package_.header(), SIGNED, 0);
        byte[] bad = rsa.sign(new byte[] {1}, SIGNED, 0);
        Map<String, byte[]> files = new TreeMap<>();
        files.put("good", signed(rsa, Kind.RSA));
        files.put("good ed25519", signed(ed, Kind.ED25519_LEGACY));
        files.put("unknown key", signed(Signer.of(Kind.RSA), Kind.RSA));
        files.put("unsigned", new Resigned(rpm).bytes());
        files.put("bad", new Resigned(rpm).signed(bad, Kind.RSA).bytes());
        files.put("tampered", new Resigned(rpm).signed(good, Kind.RSA).tampered().bytes());
        files.put("cut off", Arrays.copyOf(signed(rsa, Kind.RSA), 2000));
        files.put("subkey", signed(rsa.withSubkey(Kind.RSA, true), Kind.RSA));
        byte[] withSubkey = rsa.certificate();
        for (var file : files.entrySet()) {
            byte[][] keys = {file.getKey().equals("subkey") ? withSubkey : key, ed.certificate()};
            assertThat(judge(file.getValue(), keys) instanceof Trusted)
                    .as(file.getKey())
                    .isEqualTo(rpmkeysBelieves(file.getValue(), keys));
        }
        Signer expired = Signer.of(Kind.RSA, YEAR / 2);
        Signer revoked = Signer.of(Kind.RSA).revokedAt(SIGNED + 1, 2);
        for (Signer stricter : List.of(expired, revoked)) {
            Verdict verdict = judge(signed(stricter, Kind.RSA), stricter.certificate());
            assertThat(verdict).isInstanceOf(Distrusted.class);
        }
    }
}
