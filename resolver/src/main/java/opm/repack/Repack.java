package opm.repack;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.host.Disk;
import opm.host.Host;
import opm.host.Output;
import opm.host.RpmCommand;
import opm.host.StreamFailure;
import opm.repack.Regenerated.Impossible;
import opm.repack.Regenerated.Made;
import opm.repack.Regenerated.Why;
import opm.rpm.Header;
import opm.rpm.Tag;

/// Makes package files again from an installed system.
///
/// The header is the one that was signed, and it holds the digests of all files: a file with other
/// content is noticed. Since rpm 4.14 it also holds the digest of the packed payload, so that one
/// has to come out byte for byte. Older packages were signed together with their payload, so it has
/// to come out as well, which needs a guess or two (see `OldPayload`); only unsigned ones may be
/// packed otherwise than they were.
public final class Repack {
    private static final String ARCHIVE = "archive";
    private static final String PACKED = "packed";

    /// A larger archive is packed once and not searched.
    private static final int OLD_BYTES = 32 << 20;

    private final Disk disk;
    private final RpmCommand rpm;
    private final Packer packer;
    private int[] lucky = {};

    public Repack(Host host, RpmCommand rpm) {
        this.disk = host.disk();
        this.rpm = rpm;
        this.packer = new Packer(host.commands(), host.disk());
    }

    /// Makes packages again, one after the other.
    ///
    /// @param folder of the caller's own; a file that was made lies in it until `taken` returns
    /// @param taken is told of each package, in any order
    public void regenerate(List<Nevra> pkgs, Path folder, Consumer<Regenerated> taken)
            throws OpmException {
        Map<String, StoredHeader> headers = StoredHeader.of(rpm, pkgs);
        for (Nevra pkg : pkgs) {
            StoredHeader stored = headers.get(pkg.full());
            Regenerated made =
                    stored == null
                            ? new Impossible(pkg, Why.HEADER, "")
                            : one(stored, folder.resolve(fileName(pkg)), folder);
            taken.accept(made);
            for (String file : List.of(ARCHIVE, PACKED, fileName(pkg))) {
                disk.delete(folder.resolve(file));
            }
        }
    }

    private static String fileName(Nevra pkg) {
        String name = pkg.name() + "-" + pkg.evr().versionRelease() + "." + pkg.arch() + ".rpm";
        return name.replace('/', '_');
    }

    private Regenerated one(StoredHeader stored, Path file, Path folder) throws OpmException {
        var payload = new Payload(disk, rpm.root(), stored);
        try (Output out = disk.create(folder.resolve(ARCHIVE))) {
            Optional<Impossible> obstacle = payload.write(out);
            if (obstacle.isPresent()) {
                return obstacle.get();
            }
        }
        Digest wanted = stored.words().payloadDigest();
        boolean packed = wanted == null ? packOld(stored, folder) : pack(stored, folder);
        if (!packed || wanted != null && !digest(folder.resolve(PACKED)).equals(wanted)) {
            return new Impossible(stored.nevra(), Why.PACKER, "");
        }
        String md5 = md5(stored.bytes(), folder.resolve(PACKED));
        boolean exact = md5.equals(stored.md5()) || wanted != null;
        if (!exact && !stored.signatures().isEmpty()) {
            return new Impossible(stored.nevra(), Why.BUILDER, "");
        }
        write(stored, payload.sizeBytes(), md5, folder.resolve(PACKED), file);
        return new Made(stored.nevra(), file, exact);
    }

    private boolean pack(StoredHeader stored, Path folder) throws OpmException {
        Header header = stored.words().header();
        String format = header.string(Tag.PAYLOADCOMPRESSOR, "");
        String flags = header.string(Tag.PAYLOADFLAGS, "");
        return packer.pack(folder, ARCHIVE, PACKED, format, flags);
    }

    /// Packs so that the original's MD5 of header and payload comes out, where that can be.
    private boolean packOld(StoredHeader stored, Path folder) throws OpmException {
        Path archive = folder.resolve(ARCHIVE);
        if (disk.size(archive) <= OLD_BYTES && stored.md5().length() == 32) {
            var old = new OldPayload(disk.readAll(archive, OLD_BYTES));
            int[] device =
                    old.find(
                            lucky,
                            bytes -> {
                                try (Output out = disk.create(archive)) {
                                    out.write(bytes, 0, bytes.length);
                                }
                                return pack(stored, folder)
                                        && md5(stored.bytes(), folder.resolve(PACKED))
                                                .equals(stored.md5());
                            });
            lucky = device.length > 0 ? device : lucky;
            return disk.exists(folder.resolve(PACKED));
        }
        return pack(stored, folder);
    }

    private Digest digest(Path file) throws OpmException {
        return Digest.of(Digest.Algorithm.SHA256, hashed("SHA-256", new byte[0], file));
    }

    private String md5(byte[] header, Path payload) throws OpmException {
        return HexFormat.of().formatHex(hashed("MD5", header, payload));
    }

    private byte[] hashed(String algorithm, byte[] front, Path file) throws OpmException {
        try (InputStream in = disk.read(file)) {
            var hash = MessageDigest.getInstance(algorithm);
            hash.update(front);
            var buffer = new byte[1 << 16];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                hash.update(buffer, 0, count);
            }
            return hash.digest();
        } catch (IOException e) {
            throw StreamFailure.of(e, file.toString());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has " + algorithm, e);
        }
    }

    private void write(StoredHeader stored, long archiveBytes, String md5, Path packed, Path file)
            throws OpmException {
        boolean same = md5.equals(stored.md5());
        var front = new SignatureHeader();
        stored.signatures()
                .forEach(
                        (tag, value) -> {
                            if (tag == Tag.SIG_OPENPGP) {
                                front.texts(tag, value);
                            } else if (tag < 1000 || same) {
                                front.binary(tag, value);
                            }
                        });
        front.text(Tag.SIG_SHA1, StoredHeader.hash("SHA-1", stored.bytes()));
        if (stored.words().payloadDigest() != null) {
            // With it rpm also wants the payload's digest in the header, which older ones lack.
            front.text(Tag.SIG_SHA256, StoredHeader.hash("SHA-256", stored.bytes()));
        }
        long size = stored.bytes().length + disk.size(packed);
        if (size < 1L << 32 && archiveBytes < 1L << 32) {
            front.number(Tag.SIG_SIZE, size);
            front.number(Tag.SIG_PAYLOADSIZE, archiveBytes);
        }
        front.binary(Tag.SIG_MD5, HexFormat.of().parseHex(md5));
        Nevra pkg = stored.nevra();
        try (Output out = disk.create(file);
                InputStream in = disk.read(packed)) {
            byte[] head = front.bytes(pkg.name() + "-" + pkg.evr().versionRelease());
            out.write(head, 0, head.length);
            out.write(stored.bytes(), 0, stored.bytes().length);
            var buffer = new byte[1 << 16];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                out.write(buffer, 0, count);
            }
        } catch (IOException e) {
            throw StreamFailure.of(e, file.toString());
        }
    }
}
