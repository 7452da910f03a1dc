package opm.delta;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;
import opm.host.Host;
import opm.host.StreamFailure;
import opm.rpm.RpmFile;

/// Makes new packages of old ones and deltas, and deltas of old packages and new ones.
public final class Deltas {
    private static final int MD5_BYTES = 16;
    private final Host host;

    public Deltas(Host host) {
        this.host = host;
    }

    /// Makes the new package, whole and right or not at all.
    ///
    /// @param base the old package
    /// @param delta of deltarpm, or of opm
    /// @param folder of the caller's own, for what comes and goes
    /// @throws BadRequest when the delta was made for another package than `base`
    /// @throws OpmException.Damaged when either is damaged
    /// @throws Refused when nothing here packs as the builder did
    public void apply(Path base, Path delta, Path folder, Path to) throws OpmException {
        if (OpmDelta.isOne(host.disk(), delta)) {
            OpmDelta.read(host.disk(), delta).apply(host, base, folder, to);
        } else {
            applyDrpm(base, delta, folder, to);
        }
    }

    /// What was made.
    ///
    /// @param deltaBytes of the delta
    /// @param fullBytes of the package that it replaces
    public record Made(Nevra base, Nevra target, long deltaBytes, long fullBytes) {}

    /// Makes a delta, and the new package of it again: what cannot be made here is not offered.
    ///
    /// @param old the package that is there
    /// @param fresh the one that shall be there
    /// @param folder of the caller's own, for what comes and goes
    /// @throws Refused when nothing here packs as the builder of `fresh` did
    public Made make(Path old, Path fresh, Path folder, Path to) throws OpmException {
        var disk = host.disk();
        long sizeBytes = disk.size(fresh);
        Digest digest = Digest.of(Digest.Algorithm.SHA256, hash(fresh, Digest.Algorithm.SHA256));
        OpmDelta delta =
                OpmDelta.between(
                        WholeRpm.read(disk, old), WholeRpm.read(disk, fresh), digest, sizeBytes);
        Path again = folder.resolve("again.rpm");
        delta.apply(host, old, folder, again);
        disk.delete(again);
        delta.write(disk, to);
        return new Made(delta.base(), delta.target(), disk.size(to), sizeBytes);
    }

    /// Says what a delta starts from and leads to.
    ///
    /// @param base full name, or name, version and release in one of deltarpm's
    /// @param target full name; empty in one of deltarpm's that is not an rpm
    /// @param digest of the new package's file
    public record Facts(String kind, String base, String target, Digest digest) {}

    /// Reads the facts of a delta, whose every byte is checked where the format has sums.
    public Facts facts(Path file) throws OpmException {
        if (OpmDelta.isOne(host.disk(), file)) {
            OpmDelta delta = OpmDelta.read(host.disk(), file);
            return new Facts(
                    "opm-delta", delta.base().full(), delta.target().full(), delta.digest());
        }
        Drpm delta = Drpm.read(host.disk(), file);
        return new Facts(
                delta.rpmOnly() ? "drpm, rpm-only" : "drpm", delta.source(), "", delta.target());
    }

    /// Tells whether a delta starts from a package, by its header alone: before anything large is
    /// read.
    public boolean startsFrom(Path delta, RpmFile base) throws OpmException {
        if (OpmDelta.isOne(host.disk(), delta)) {
            return OpmDelta.read(host.disk(), delta).baseHeader().equals(base.headerDigest());
        }
        Drpm drpm = Drpm.read(host.disk(), delta);
        return drpm.rpmOnly()
                ? isMd5(base, drpm.sequence())
                : new OldFiles(base.words(), "the old package").fits(drpm.sequence());
    }

    /// Tells whether a delta that a repository offers starts from a package, before anything of it
    /// is fetched.
    ///
    /// @param sequence as `prestodelta.xml` has it
    public static boolean fits(RpmFile base, String sequence) throws OpmException {
        String digits = sequence.substring(sequence.lastIndexOf('-') + 1);
        if (!digits.matches("([0-9a-f]{2}){16,}")) {
            return false;
        }
        byte[] bytes = HexFormat.of().parseHex(digits);
        if (bytes.length == MD5_BYTES && isMd5(base, bytes)) {
            return true;
        }
        try {
            return new OldFiles(base.words(), "the old package").fits(bytes);
        } catch (Damaged other) {
            return false; // it names more files than that package has
        }
    }

    /// An rpm-only delta names the MD5 of header and payload that the signature header has.
    private static boolean isMd5(RpmFile base, byte[] md5) throws OpmException {
        Digest noted = base.md5();
        return noted != null && noted.equals(Digest.of(Digest.Algorithm.MD5, md5));
    }

    private void applyDrpm(Path base, Path file, Path folder, Path to) throws OpmException {
        Drpm delta = Drpm.read(host.disk(), file);
        String subject = base.getFileName().toString();
        WholeRpm old = WholeRpm.read(host.disk(), base);
        byte[] data;
        if (delta.rpmOnly()) {
            requireFits(isMd5(old.head(), delta.sequence()), delta.source(), subject);
            data = old.base();
        } else {
            var files = new OldFiles(old.head().words(), subject);
            requireFits(files.fits(delta.sequence()), delta.source(), subject);
            data = files.data(delta.sequence(), old.archive());
        }
        byte[] made = delta.made(data, file.getFileName().toString());
        int headerBytes = delta.headerBytes();
        if (headerBytes > made.length) {
            throw Unpacking.damaged(file.getFileName().toString(), "half a header", "a whole one");
        }
        byte[] header = delta.rpmOnly() ? Arrays.copyOf(made, headerBytes) : delta.header();
        byte[] front = Arrays.copyOf(delta.lead(), delta.lead().length + header.length);
        System.arraycopy(header, 0, front, delta.lead().length, header.length);
        byte[] archive = Arrays.copyOfRange(made, headerBytes, made.length);
        Rebuild.Packing packing = Rebuild.packing(front, delta.packing(), subject);
        if (!new Rebuild(host, folder).write(front, archive, packing, delta.target(), to)) {
            throw cannotPack(file.getFileName().toString(), packing);
        }
    }

    static void requireFits(boolean fits, String wanted, String subject) throws BadRequest {
        if (!fits) {
            throw new BadRequest(
                    subject + ": found another package than the delta starts from: " + wanted,
                    "Give that package, or fetch the whole new one.");
        }
    }

    static Refused cannotPack(String subject, Rebuild.Packing packing) {
        return new Refused(
                subject
                        + ": found no way to pack as its builder did ("
                        + packing.format()
                        + " "
                        + packing.flags()
                        + "), or another package than the delta starts from",
                "Fetch the whole package; another version of the library packs otherwise.");
    }

    private byte[] hash(Path file, Digest.Algorithm algorithm) throws OpmException {
        MessageDigest digest = algorithm.engine();
        try (InputStream in = host.disk().read(file)) {
            var piece = new byte[1 << 16];
            for (int count; (count = in.read(piece)) >= 0; ) {
                digest.update(piece, 0, count);
            }
        } catch (IOException e) {
            throw StreamFailure.of(e, file.toString());
        }
        return digest.digest();
    }
}
