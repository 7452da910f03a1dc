package opm.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.host.Disk;
import opm.sign.FileSignature;
import opm.sign.VerifyKey;
import org.jspecify.annotations.Nullable;

/// `--key KEY...`, and the keys of `/etc/opm/keys`: who must have signed a bundle.
final class SignedBy {
    private static final String KEYS = "/etc/opm/keys";
    private static final int FILE_BYTES = 64 << 10;

    private SignedBy() {}

    static Syntax accept(Syntax syntax) {
        return syntax.values("KEY", "--key");
    }

    /// Requires that each of the keys has signed or, where none is given, one of the system's; that
    /// nobody has where there is none of these either.
    ///
    /// @param seal the bundle's, which somebody compares with its bytes
    /// @param full whether the signature of the whole file is checked too, where that of the seal
    ///     says enough
    /// @return who signed, and what they say about it
    static List<String> require(Session session, Path file, Digest seal, boolean full)
            throws OpmException {
        Disk disk = session.host().disk();
        List<VerifyKey> keys = new ArrayList<>();
        for (String given : session.values("--key")) {
            keys.add(key(disk, given));
        }
        boolean one = keys.isEmpty();
        if (one) {
            String folder = session.outside().environment().getOrDefault("OPM_KEYS", KEYS);
            for (Path path : disk.list(Path.of(folder))) {
                if (path.toString().endsWith(".pub")) {
                    keys.add(key(disk, path.toString()));
                }
            }
        }
        List<String> signers = new ArrayList<>();
        if (keys.isEmpty()) {
            return signers;
        }
        List<Path> beside = beside(disk, file);
        for (VerifyKey key : keys) {
            FileSignature found = find(session, beside, file, key, seal, full);
            if (found != null) {
                signers.add(key.id() + ", " + Screen.harmless(found.comment().replace('\t', ' ')));
            } else if (!one) {
                throw notSigned(session, key);
            }
        }
        if (signers.isEmpty()) {
            throw notSigned(session, keys.getLast());
        }
        return signers;
    }

    /// Reads a public key: a file, or its line of base64.
    static VerifyKey key(Disk disk, String given) throws OpmException {
        byte[] text;
        try {
            text =
                    disk.exists(Path.of(given))
                            ? disk.readAll(Path.of(given), FILE_BYTES)
                            : given.getBytes(StandardCharsets.UTF_8);
        } catch (java.nio.file.InvalidPathException e) {
            text = new byte[0];
        }
        try {
            return VerifyKey.parse(text, given);
        } catch (Damaged e) {
            throw new BadRequest(
                            "--key " + given + ": found no public key, expected one of minisign",
                            "Give NAME.pub, or its second line, which begins with RW.")
                    .because(e);
        }
    }

    /// Returns the files in which signatures of a file would lie.
    static List<Path> beside(Disk disk, Path file) throws OpmException {
        Path whole = file.toAbsolutePath().normalize();
        String name = String.valueOf(whole.getFileName());
        List<Path> beside = new ArrayList<>();
        for (Path other : disk.list(Objects.requireNonNull(whole.getParent(), "a file"))) {
            String its = String.valueOf(other.getFileName());
            if (its.startsWith(name + ".") && its.endsWith(".minisig")) {
                beside.add(other);
            }
        }
        return beside;
    }

    static FileSignature read(Disk disk, Path path) throws OpmException {
        return FileSignature.parse(disk.readAll(path, FILE_BYTES), path.toString());
    }

    private static @Nullable FileSignature find(
            Session session,
            List<Path> beside,
            Path file,
            VerifyKey key,
            Digest seal,
            boolean full)
            throws OpmException {
        Disk disk = session.host().disk();
        for (Path path : beside) {
            FileSignature signature = read(disk, path);
            if (signature.keyId().equals(key.id())) {
                boolean sealed = signature.word("seal").equals(seal.hex());
                boolean good =
                        !full && sealed ? signature.isSound(key) : signature.isOf(disk, file, key);
                if (!good) {
                    throw new Damaged(
                            session.messages().text("sh.apply.bad-seal", path),
                            session.messages().text("sh.apply.bad-seal.hint"));
                }
                return signature;
            }
        }
        return null;
    }

    private static Damaged notSigned(Session session, VerifyKey key) {
        return new Damaged(
                session.messages().text("sh.apply.not-signed", key.id()),
                session.messages().text("sh.apply.not-signed.hint"));
    }
}
