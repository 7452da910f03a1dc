package opm.imports;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.host.Disk;
import opm.host.Output;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/// Lays the few files down that tell what is installed in a container image, layer over layer.
///
/// Only plain files are written, only at paths of [#WANTED], so no link or device of an
/// archive ever gets onto this machine. Whiteouts (`.wh.NAME`, `.wh..wh..opq`) remove, as the OCI
/// image specification says (layer.md).
public final class Layers {
    private static final long MOST_BYTES = 4L << 30;
    private static final int MAGIC_BYTES = 4;
    private static final int BLOCK_BYTES = 1 << 16;
    private static final Pattern WANTED =
            Pattern.compile(
                    "(?:etc|usr/lib)/os-release"
                            + "|(?:var/lib/rpm|usr/lib/sysimage/rpm|usr/share/rpm)/[^/]+"
                            + "|etc/(?:dnf|yum|yum\\.repos\\.d|zypp|pki/rpm-gpg)/.+|etc/yum\\.conf"
                            + "|usr/lib/sysimage/libdnf5/[^/]+|var/lib/dnf/history\\.sqlite");

    private final Disk disk;
    private final Path root;
    private final String subject;

    /// @param root a folder of ours, to be filled
    /// @param subject the image's name, for messages
    public Layers(Disk disk, Path root, String subject) {
        this.disk = disk;
        this.root = root.toAbsolutePath().normalize();
        this.subject = subject;
    }

    /// Unpacks what tells of packages out of one layer.
    ///
    /// @param layer a tar, plain or packed by gzip or zstd
    public void unpack(InputStream layer) throws OpmException {
        unpack(layer, path -> WANTED.matcher(path).matches());
    }

    /// Unpacks all plain files of an archive: an image in one file.
    public void unpackAll(InputStream archive) throws OpmException {
        unpack(archive, _ -> true);
    }

    private void unpack(InputStream packed, Predicate<String> wanted) throws OpmException {
        long bytes = 0;
        try (var tar = new TarArchiveInputStream(plain(packed))) {
            for (TarArchiveEntry entry = tar.getNextEntry();
                    entry != null;
                    entry = tar.getNextEntry()) {
                String path = clean(entry.getName());
                Path file = root.resolve(path).normalize();
                if (file.equals(root) || !file.startsWith(root) || whiteout(file)) {
                    continue;
                }
                if (!entry.isFile() || !wanted.test(path)) {
                    continue;
                }
                bytes += entry.getSize();
                if (bytes > MOST_BYTES) {
                    throw new Damaged(
                            subject + ": found more than 4 GiB of what was looked for",
                            "Name the folder of the unpacked image instead.");
                }
                write(tar, file);
            }
        } catch (IOException e) {
            throw new Damaged(
                    subject + ": found no whole tar archive (" + e.getMessage() + ")",
                    "Save the image again: skopeo copy, podman save, docker save.");
        }
    }

    private void write(InputStream in, Path file) throws OpmException, IOException {
        Path folder = file.getParent();
        if (folder != null) {
            disk.createDirectories(folder);
        }
        try (Output out = disk.create(file)) {
            byte[] block = new byte[BLOCK_BYTES];
            for (int read = in.read(block); read > 0; read = in.read(block)) {
                out.write(block, 0, read);
            }
        }
    }

    private static String clean(String name) {
        return name.replaceFirst("^(\\./|/)+", "").replaceFirst("/+$", "");
    }

    /// Removes what a layer says is gone; tells whether the entry said so.
    private boolean whiteout(Path entry) throws OpmException {
        String name = entry.getFileName().toString();
        if (!name.startsWith(".wh.")) {
            return false;
        }
        Path folder = entry.getParent();
        boolean all = name.equals(".wh..wh..opq");
        Path gone = all ? folder : entry.resolveSibling(name.substring(".wh.".length()));
        if (gone != null && disk.exists(gone)) {
            remove(gone);
        }
        return true;
    }

    private void remove(Path file) throws OpmException {
        if (disk.isDirectory(file)) {
            for (Path inside : disk.list(file)) {
                remove(inside);
            }
        }
        disk.delete(file);
    }

    private static InputStream plain(InputStream packed) throws IOException {
        var in = new BufferedInputStream(packed, 1 << 16);
        in.mark(MAGIC_BYTES);
        byte[] magic = in.readNBytes(MAGIC_BYTES);
        in.reset();
        if (magic.length > 1 && magic[0] == 0x1f && magic[1] == (byte) 0x8b) {
            return new GZIPInputStream(in);
        }
        boolean zstd = magic.length == MAGIC_BYTES && magic[0] == 0x28 && magic[1] == (byte) 0xb5;
        return zstd ? new ZstdInputStream(in) : in;
    }
}
