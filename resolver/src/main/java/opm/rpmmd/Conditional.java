package opm.rpmmd;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.OpmException;
import opm.host.Disk;
import opm.host.Output;
import org.jspecify.annotations.Nullable;

/// repomd.xml, asked for so that a server which still has the same one need not send it.
///
/// `validators` lies beside the repomd.xml that was kept: SHA-256 of its address, its own SHA-256,
/// the server's `ETag` and `Last-Modified`, a line each. So it counts for that file alone, and a
/// crash between the two costs one answer.
final class Conditional {
    private static final int FILE_BYTES = 1 << 16;
    private static final int LINES = 4;

    private final Disk disk;
    private final Path folder;
    private final byte @Nullable [] kept;

    /// @param kept the repomd.xml that is there; null for none
    Conditional(Disk disk, Path folder, byte @Nullable [] kept) {
        this.disk = disk;
        this.folder = folder;
        this.kept = kept;
    }

    /// Returns what the server has; null when it has none.
    byte @Nullable [] fetch(Download download, String url) throws OpmException {
        Download.Small answer = download.small(url, Limits.REPOMD_BYTES, conditions(url));
        if (answer == null) {
            return null;
        }
        byte[] bytes = answer.isSame() && kept != null ? kept : answer.bytes();
        if (!answer.isSame() && !(answer.etag() + answer.modified()).isEmpty()) {
            remember(url, bytes, answer);
        }
        return bytes;
    }

    private Map<String, String> conditions(String url) throws OpmException {
        var headers = new HashMap<String, String>();
        Path file = folder.resolve("validators");
        if (kept == null || !disk.exists(file)) {
            return headers;
        }
        byte[] text = disk.readAll(file, FILE_BYTES);
        String[] lines = new String(text, StandardCharsets.ISO_8859_1).split("\n", -1);
        if (lines.length > LINES && lines[0].equals(hex(url)) && lines[1].equals(hex(kept))) {
            put(headers, "If-None-Match", lines[2]);
            put(headers, "If-Modified-Since", lines[3]);
        }
        return headers;
    }

    private static void put(Map<String, String> headers, String name, String value) {
        if (!value.isEmpty()) {
            headers.put(name, value);
        }
    }

    private void remember(String url, byte[] bytes, Download.Small answer) throws OpmException {
        disk.createDirectories(folder);
        Path aside = folder.resolve("validators-" + UUID.randomUUID());
        String text =
                String.join(
                        "\n", hex(url), hex(bytes), answer.etag(), answer.modified(), "");
        try (Output out = disk.create(aside)) {
            byte[] encoded = text.getBytes(StandardCharsets.ISO_8859_1);
            out.write(encoded, 0, encoded.length);
        }
        disk.rename(aside, folder.resolve("validators"));
    }

    private static String hex(String text) {
        return hex(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String hex(byte[] bytes) {
        return Digest.sha256Of(bytes).hex();
    }
}
