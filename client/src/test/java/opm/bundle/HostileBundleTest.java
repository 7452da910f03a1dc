package opm.bundle;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import opm.apply.ScratchRoot;
import opm.apply.ScratchRoot.Run;
import opm.base.Digest;
import opm.base.OpmException.Damaged;
import opm.host.LocalDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Bundles whose every digest and seal is right, made by somebody who means harm.
final class HostileBundleTest {
    @TempDir Path temp;

    /// A path that leaves the folder, hides, or stands for another is refused by everybody.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "../outside",
                "/etc/passwd",
                "Packages/../../x",
                "Packages//x",
                "Packages/.hidden",
                "Packages/-rf",
                "a\\b",
                "a$(id)",
                "a;b",
                "a*",
                "PLAN",
                "x/"
            })
    void unsafePaths(String path) throws Exception {
        refused(forge(Map.of("plan", "p", path, "x"), List.of("plan", path), 0, 0));
    }

    /// The same path twice, or once in capitals, could be two files or one.
    @Test
    void doubleEntries() throws Exception {
        refused(forge(Map.of("plan", "p"), List.of("plan", "plan"), 0, 0));
    }

    /// An entry that claims bytes of the next one, of the manifest, or beyond the end.
    @ParameterizedTest
    @ValueSource(longs = {-4096, 4096, 1L << 40})
    void offsetsThatLie(long shift) throws Exception {
        refused(forge(Map.of("plan", "p", "proof", "q"), List.of("plan", "proof"), shift, 0));
    }

    /// Sizes that would fill a disk or overflow a number.
    @ParameterizedTest
    @ValueSource(longs = {1, 1L << 40, 900_000_000_000_000L})
    void sizesThatLie(long more) throws Exception {
        refused(forge(Map.of("plan", "p", "proof", "q"), List.of("plan", "proof"), 0, more));
    }

    /// A sealed bundle whose every digest is right has another program at its front, or another
    /// command in its head: whole, and not called one of ours.
    @Test
    void strangePrograms() throws Exception {
        var contents =
                new BundleWriter.Contents(
                        FolderPackages.plan(
                                "abc 1 noarch", List.of(), List.of(), List.of(), List.of()),
                        List.of(),
                        new byte[0],
                        new java.util.TreeMap<>());
        byte[] ours = Front.standardBody();
        byte[] other =
                new String(ours, US_ASCII).replace("umask 022", "umask 000").getBytes(US_ASCII);
        for (byte[] body : List.of(ours, other)) {
            Path file = temp.resolve("strange.opm");
            try (var out = new LocalDisk().create(file)) {
                BundleWriter.write(
                        contents,
                        FolderPackages.of(ScratchRoot.demoNewer()),
                        out,
                        body,
                        ZipLayout.ZIP64_FROM);
            }
            var reader = BundleReader.open(new LocalDisk(), file);
            reader.verify();
            assertThat(reader.hasKnownProgram()).isEqualTo(body == ours);
        }
        Path file = temp.resolve("strange.opm");
        byte[] bytes = Files.readAllBytes(file);
        byte[] head = new String(bytes, 0, Front.HEAD_BYTES, US_ASCII).getBytes(US_ASCII);
        int comment = new String(head, US_ASCII).indexOf("\n####") + 1;
        System.arraycopy("id\n".getBytes(US_ASCII), 0, head, comment, 3);
        int covered = Front.HEAD_BYTES - 77;
        String own = Digest.sha256Of(java.util.Arrays.copyOf(head, covered)).hex();
        System.arraycopy(("head_sha256=" + own).getBytes(US_ASCII), 0, head, covered, 76);
        System.arraycopy(head, 0, bytes, 0, head.length);
        int sealed = bytes.length - Front.SEAL_BYTES;
        String seal = Digest.sha256Of(java.util.Arrays.copyOf(bytes, sealed)).hex();
        System.arraycopy(
                (Front.SEAL + seal).getBytes(US_ASCII), 0, bytes, sealed, Front.SEAL_BYTES);
        Files.write(file, bytes);
        var reader = BundleReader.open(new LocalDisk(), file);
        reader.verify();
        assertThat(reader.hasKnownProgram()).isFalse();
    }

    private void refused(Path file) throws Exception {
        assertThatThrownBy(
                        () -> {
                            var reader = BundleReader.open(new LocalDisk(), file);
                            reader.verify();
                        })
                .isInstanceOf(Damaged.class);
        ScratchRoot.needs("rpm", "rpmkeys", "dash");
        Path root = Files.createDirectories(temp.resolve("root"));
        var before = ScratchRoot.listing(root);
        Run run = ScratchRoot.run("dash", file.toString(), "--yes", "--root", root.toString());
        assertThat(run.status()).as(run.output()).isEqualTo(3);
        assertThat(run.output()).contains("manifest");
        assertThat(ScratchRoot.listing(root)).isEqualTo(before);
        Path python = Path.of("/usr/bin/python3");
        Path script =
                Path.of(
                        System.getProperty("opm.root", ".."),
                        "client/src/test/python/read_bundle.py");
        if (Files.exists(python)) {
            Run third = ScratchRoot.run(python.toString(), script.toString(), file.toString());
            assertThat(third.status()).as(third.output()).isEqualTo(3);
        }
    }

    private static byte[] bytes(Map<String, String> files, String path) {
        return String.valueOf(files.get(path)).getBytes(US_ASCII);
    }

    /// Makes a sealed bundle of any paths, with the last entry's offset and size changed in the
    /// manifest.
    private Path forge(Map<String, String> files, List<String> paths, long shift, long more)
            throws Exception {
        byte[] body = Front.standardBody();
        List<String> all = new ArrayList<>(List.of(Manifest.PATH));
        all.addAll(paths);
        long[] sizes = new long[all.size()];
        sizes[0] = Manifest.textBytes(paths);
        for (int at = 1; at < sizes.length; at++) {
            sizes[at] = bytes(files, all.get(at)).length;
        }
        var layout =
                new ZipLayout(
                        (long) Front.HEAD_BYTES + body.length, all, sizes, ZipLayout.ZIP64_FROM);
        List<Entry> entries = new ArrayList<>();
        int[] crcs = new int[sizes.length];
        for (int at = 1; at < sizes.length; at++) {
            byte[] bytes = bytes(files, all.get(at));
            Part part = Part.of(all.get(at), bytes);
            crcs[at] = part.crc32();
            boolean last = at == sizes.length - 1;
            entries.add(
                    new Entry(
                            all.get(at),
                            Math.max(0, layout.dataAt(at) + (last ? shift : 0)),
                            sizes[at] + (last ? more : 0),
                            part.sha256(),
                            part.crc32()));
        }
        byte[] manifest = new Manifest(entries).text();
        crcs[0] = Part.of(Manifest.PATH, manifest).crc32();
        byte[] directory = layout.directory(crcs, Front.SEAL_BYTES);
        MessageDigest gaps = Digest.Algorithm.SHA256.engine();
        for (int at = 0; at < sizes.length; at++) {
            gaps.update(layout.header(at, crcs[at]));
        }
        var front =
                new Front(
                        body.length,
                        Digest.sha256Of(body),
                        layout.dataAt(0),
                        manifest.length,
                        Digest.sha256Of(manifest),
                        Digest.of(Digest.Algorithm.SHA256, gaps.digest()),
                        layout.directoryAt(),
                        directory.length,
                        Digest.sha256Of(directory));
        var out = new ByteArrayOutputStream();
        out.writeBytes(front.head());
        out.writeBytes(body);
        for (int at = 0; at < sizes.length; at++) {
            out.writeBytes(layout.header(at, crcs[at]));
            out.writeBytes(at == 0 ? manifest : bytes(files, all.get(at)));
        }
        out.writeBytes(directory);
        out.writeBytes((Front.SEAL + Digest.sha256Of(out.toByteArray()).hex()).getBytes(US_ASCII));
        return Files.write(temp.resolve("hostile.opm"), out.toByteArray());
    }
}
