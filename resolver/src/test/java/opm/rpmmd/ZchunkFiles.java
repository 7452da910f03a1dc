package opm.rpmmd;

import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import opm.base.Digest.Algorithm;

/// Writes zchunk files as zchunk does: SHA-256 over all, SHA-512/128 over chunks.
final class ZchunkFiles {
    private ZchunkFiles() {}

    /// @param dictionary of the chunks; may be empty
    /// @param packing 0 none, 2 zstd
    static byte[] of(List<String> chunks, String dictionary, int packing) {
        byte[] dict = dictionary.getBytes(StandardCharsets.UTF_8);
        var index = new ByteArrayOutputStream();
        var data = new ByteArrayOutputStream();
        number(index, 3);
        number(index, chunks.size() + 1);
        chunk(index, data, dict, new byte[0], packing);
        for (String chunk : chunks) {
            chunk(index, data, chunk.getBytes(StandardCharsets.UTF_8), dict, packing);
        }
        var rest = new ByteArrayOutputStream();
        rest.writeBytes(sha("SHA-256", data.toByteArray()));
        number(rest, 0);
        number(rest, packing);
        number(rest, index.size());
        rest.writeBytes(index.toByteArray());
        number(rest, 0);
        var lead = new ByteArrayOutputStream();
        lead.writeBytes(new byte[] {0, 'Z', 'C', 'K', '1'});
        number(lead, 1);
        number(lead, rest.size());
        var both = new ByteArrayOutputStream();
        both.writeBytes(lead.toByteArray());
        both.writeBytes(rest.toByteArray());
        lead.writeBytes(sha("SHA-256", both.toByteArray()));
        lead.writeBytes(rest.toByteArray());
        lead.writeBytes(data.toByteArray());
        return lead.toByteArray();
    }

    private static void chunk(
            ByteArrayOutputStream index,
            ByteArrayOutputStream data,
            byte[] open,
            byte[] dictionary,
            int packing) {
        byte[] packed = open;
        if (packing == Zchunk.ZSTD && open.length > 0) {
            try (var zstd = new ZstdCompressCtx()) {
                zstd.setLevel(9);
                if (dictionary.length > 0) {
                    zstd.loadDict(dictionary);
                }
                packed = zstd.compress(open);
            }
        }
        byte[] sum = packed.length == 0 ? new byte[64] : sha("SHA-512", packed);
        index.writeBytes(Arrays.copyOf(sum, 16));
        number(index, packed.length);
        number(index, open.length);
        data.writeBytes(packed);
    }

    private static byte[] sha(String name, byte[] bytes) {
        Algorithm algorithm = name.equals("SHA-256") ? Algorithm.SHA256 : Algorithm.SHA512;
        MessageDigest engine = algorithm.engine();
        return engine.digest(bytes);
    }

    private static void number(ByteArrayOutputStream out, int number) {
        int rest = number;
        while (rest > 0x7f) {
            out.write(rest & 0x7f);
            rest >>>= 7;
        }
        out.write(rest | 0x80);
    }
}
