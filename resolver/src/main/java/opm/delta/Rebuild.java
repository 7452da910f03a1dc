package opm.delta;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import opm.base.Digest;
import opm.base.OpmException;
import opm.host.Host;
import opm.host.Output;
import opm.host.StreamFailure;
import opm.repack.Packer;
import opm.rpm.Header;
import opm.rpm.RpmFile;
import opm.rpm.Tag;

/// Packs an archive again, in each of the ways that its builder may have packed it, until the file
/// is the one that was published.
///
/// gzip and zstd are packed here, by the libraries that came with opm, so that the result does not
/// depend on what a machine has; then by the machine's own rpm or tools.
final class Rebuild {
    private static final int GZIP_HEAD_BYTES = 10;

    private final Host host;
    private final Path folder;

    /// @param folder for files that come and go
    Rebuild(Host host, Path folder) {
        this.host = host;
        this.folder = folder;
    }

    /// How a payload is said to be packed.
    ///
    /// @param format `PAYLOADCOMPRESSOR`; empty for none
    /// @param flags `PAYLOADFLAGS`
    record Packing(String format, String flags) {
        int level(int absent) {
            String digits = flags.replaceFirst("[^0-9].*", "");
            return digits.isEmpty() || digits.length() > 2 ? absent : Integer.parseInt(digits);
        }
    }

    /// Returns how a package says that its payload is packed.
    ///
    /// @param front up to the payload
    /// @param absent what counts where the header does not say, or when it is no packing at all
    static Packing packing(byte[] front, Packing absent, String subject) throws OpmException {
        if (absent.format().isEmpty()) {
            return absent;
        }
        Header header = RpmFile.parse(front, subject).words().header();
        String format = header.string(Tag.PAYLOADCOMPRESSOR, absent.format());
        return new Packing(format, header.string(Tag.PAYLOADFLAGS, absent.flags()));
    }

    private interface Way {
        /// Returns false where this machine does not have it.
        boolean pack(byte[] archive, OutputStream out) throws OpmException, IOException;
    }

    /// Writes the package.
    ///
    /// @param wanted of the whole file, by whatever algorithm
    /// @return false, and no file, when no way leads to those bytes
    boolean write(byte[] front, byte[] archive, Packing packing, Digest wanted, Path to)
            throws OpmException {
        Path aside = to.resolveSibling(to.getFileName() + ".part");
        for (Way way : ways(packing)) {
            host.disk().delete(aside);
            Optional<Digest> got = write(front, archive, way, wanted.algorithm(), aside);
            if (got.isPresent() && got.get().equals(wanted)) {
                host.disk().rename(aside, to);
                return true;
            }
            host.disk().delete(aside);
        }
        return false;
    }

    private Optional<Digest> write(
            byte[] front, byte[] archive, Way way, Digest.Algorithm algorithm, Path aside)
            throws OpmException {
        MessageDigest digest = algorithm.engine();
        try (Output file = host.disk().create(aside)) {
            var out = new Digesting(file, digest);
            out.write(front);
            if (!way.pack(archive, out)) {
                return Optional.empty();
            }
            file.force();
            return Optional.of(Digest.of(algorithm, digest.digest()));
        } catch (IOException e) {
            throw StreamFailure.of(e, aside.toString());
        }
    }

    private List<Way> ways(Packing packing) {
        var ways = new ArrayList<Way>();
        switch (packing.format()) {
            case "" -> ways.add(Rebuild::plain);
            case "gzip" -> {
                // zlib wrote 0 before it wrote what the level was.
                ways.add((archive, out) -> gzip(archive, packing.level(9), 2, out));
                ways.add((archive, out) -> gzip(archive, packing.level(9), 0, out));
            }
            case "zstd" -> {
                boolean threads = packing.flags().contains("T");
                ways.add((archive, out) -> zstd(archive, packing.level(3), threads, out));
                ways.add((archive, out) -> zstd(archive, packing.level(3), !threads, out));
            }
            default -> {}
        }
        ways.add((archive, out) -> byMachine(archive, packing, out));
        return ways;
    }

    private static boolean plain(byte[] archive, OutputStream out) throws IOException {
        out.write(archive);
        return true;
    }

    private static boolean gzip(byte[] archive, int level, int extraFlags, OutputStream out)
            throws IOException {
        byte[] head = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, (byte) extraFlags, 3};
        assert head.length == GZIP_HEAD_BYTES;
        out.write(head);
        var crc = new java.util.zip.CRC32();
        crc.update(archive);
        var deflater = new Deflater(Math.clamp(level, 1, 9), true);
        try {
            var packed = new DeflaterOutputStream(out, deflater, 1 << 16);
            packed.write(archive);
            packed.finish();
        } finally {
            deflater.end();
        }
        littleEndian((int) crc.getValue(), out);
        littleEndian(archive.length, out);
        return true;
    }

    private static void littleEndian(int number, OutputStream out) throws IOException {
        for (int shift = 0; shift < 32; shift += 8) {
            out.write(number >>> shift);
        }
    }

    private static boolean zstd(byte[] archive, int level, boolean threads, OutputStream out)
            throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zstd = new ZstdOutputStreamNoFinalizer(bytes, Math.clamp(level, 1, 22))) {
            zstd.setChecksum(false);
            zstd.setWorkers(threads ? 1 : 0);
            zstd.write(archive);
        }
        bytes.writeTo(out);
        return true;
    }

    private boolean byMachine(byte[] archive, Packing packing, OutputStream out)
            throws OpmException, IOException {
        Path from = folder.resolve("archive");
        Path to = folder.resolve("packed");
        host.disk().delete(to);
        try (Output file = host.disk().create(from)) {
            file.write(archive, 0, archive.length);
        }
        var task = new Packer.Task("archive", "packed", packing.format(), packing.flags());
        boolean packed =
                new Packer(host.commands(), host.disk()).pack(folder, List.of(task)).contains(task);
        if (packed) {
            try (InputStream in = host.disk().read(to)) {
                in.transferTo(out);
            }
        }
        host.disk().delete(from);
        host.disk().delete(to);
        return packed;
    }

    /// Writes into a file and into a digest.
    private static final class Digesting extends OutputStream {
        private final Output file;
        private final MessageDigest digest;

        Digesting(Output file, MessageDigest digest) {
            this.file = file;
            this.digest = digest;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            digest.update(bytes, offset, length);
            try {
                file.write(bytes, offset, length);
            } catch (OpmException failure) {
                throw new StreamFailure(failure);
            }
        }
    }
}
