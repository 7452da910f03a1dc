package opm.bundle;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import opm.apply.ScratchRoot;
import opm.apply.ScratchRoot.Run;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.OpmException.Damaged;
import opm.host.LocalDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
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

    /// The ZIP's directory says something else than the manifest: a link, a bomb, another name,
    /// another place, one entry more. Whoever unpacks the file would meet it, so nobody goes on.
    @ParameterizedTest
    @EnumSource
    void directoriesThatLie(Lie lie) throws Exception {
        Path file =
                forge(
                        Map.of("plan", "p", "proof", "qqqqqqqqqqqqqqqq"),
                        List.of("plan", "proof"),
                        0,
                        0,
                        lie::tell);
        refused(file, "directory");
    }

    private enum Lie {
        LINK(38, 0120777 << 16),
        FOLDER_MODE(38, 040755 << 16),
        BOMB(24, 0x7fffffff),
        DEFLATED(10, 8),
        CRC(16, 1),
        PLACE(42, 4096),
        NAME(46, 0x2f2e2e2f),
        EXTRA(30, 1),
        COMMENT(32, 1),
        ENCRYPTED(8, 1);

        private final int at;
        private final int value;

        Lie(int at, int value) {
            this.at = at;
            this.value = value;
        }

        /// Changes four bytes (two where two are the field) of the second record.
        byte[] tell(byte[] directory) {
            byte[] changed = directory.clone();
            int record = 46 + Manifest.PATH.length();
            boolean two = this == DEFLATED || this == EXTRA || this == COMMENT || this == ENCRYPTED;
            var bytes = ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN);
            if (two) {
                bytes.putShort(record + at, (short) value);
            } else {
                bytes.putInt(record + at, value);
            }
            return changed;
        }
    }

    /// More entries than any bundle has, each where it should be.
    @Test
    void hugeCounts() throws Exception {
        int count = Limits.BUNDLE_ENTRIES + 1;
        var paths = new ArrayList<String>();
        for (int at = 0; at < count; at++) {
            paths.add("e" + at);
        }
        // Nobody gets as far as to the directory.
        Path file = forge(Map.of(), paths, 0, 0, directory -> Arrays.copyOf(directory, 99));
        assertThatThrownBy(() -> BundleReader.open(new LocalDisk(), file))
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("200,001 entries");
        othersRefuse(file, "manifest");
    }

    /// A plan of so many batches that a script would write lists until the disk is full.
    @Test
    void hugePlans() throws Exception {
        var plan = new StringBuilder("opm-plan 1\nfor - - noarch base:");
        plan.append(Digest.sha256Of(new byte[0]).hex()).append('\n');
        for (int at = 1; at <= Limits.PLAN_BATCHES + 1; at++) {
            plan.append("batch ").append(at).append("\nerase a-0:").append(at).append("-1.x\n");
        }
        String end = Digest.sha256Of(plan.toString().getBytes(US_ASCII)).hex();
        plan.append("end ").append(end).append('\n');
        Path file =
                forge(
                        Map.of("plan", plan.toString(), "installed", "", "proof", "p"),
                        List.of("plan", "installed", "proof"),
                        0,
                        0);
        var reader = BundleReader.open(new LocalDisk(), file);
        reader.verify();
        assertThatThrownBy(reader::plan)
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("more than 10000 batches");
        shRefuses(file, "plan");
    }

    /// A name may be 200 characters long, and no longer.
    @ParameterizedTest
    @ValueSource(ints = {200, 3000})
    void longPaths(int chars) throws Exception {
        String path = "Packages/" + "x".repeat(chars);
        Path file = forge(Map.of("plan", "p"), List.of("plan", path), 0, 0);
        if (chars == 200) {
            BundleReader.open(new LocalDisk(), file).verify();
        } else {
            refused(file);
        }
    }

    /// A local header that says something else than the directory: Java finds it. The script and
    /// programs that unpack go by manifest or directory and never look.
    @Test
    void localHeadersThatLie() throws Exception {
        Path file = forge(Map.of("plan", "p"), List.of("plan"), 0, 0);
        byte[] bytes = Files.readAllBytes(file);
        var layout = BundleReader.open(new LocalDisk(), file).entries();
        int header = (int) layout.getFirst().end();
        bytes[header + 8] = 8; // deflated
        Files.write(file, reseal(bytes));
        assertThatThrownBy(() -> BundleReader.open(new LocalDisk(), file).verify())
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("ZIP header of plan");
    }

    private static byte[] reseal(byte[] bytes) {
        int sealed = bytes.length - Front.SEAL_BYTES;
        String seal = Digest.sha256Of(Arrays.copyOf(bytes, sealed)).hex();
        System.arraycopy(
                (Front.SEAL + seal).getBytes(US_ASCII), 0, bytes, sealed, Front.SEAL_BYTES);
        return bytes;
    }

    /// The directory that the script makes of a manifest is the layout's, beyond 32 bits too.
    @ParameterizedTest
    @ValueSource(strings = {"dash", "busybox sh"})
    void theScriptKnowsTheDirectory(String shell) throws Exception {
        ScratchRoot.needs(shell.split(" ")[0]);
        List<String> paths = List.of("manifest", "plan", "Packages/big.rpm", "Packages/a_b+~^.rpm");
        long[] sizes = {800, 4, 0x1_2345_6789L, 0xffff_ffffL};
        var layout = new ZipLayout(5000, paths, sizes, ZipLayout.ZIP64_FROM);
        int[] crcs = {0, 0x01020304, 0xfffefdfc, 7};
        var text = new StringBuilder("opm-bundle 1\n");
        for (int at = 1; at < sizes.length; at++) {
            text.append("entry ").append(layout.dataAt(at)).append(' ').append(sizes[at]);
            text.append(" 0 ").append(String.format("%08x ", crcs[at])).append(paths.get(at));
            text.append('\n');
        }
        Files.writeString(temp.resolve("manifest"), text);
        String box = Path.of(System.getProperty("opm.root", ".."), "sh/opm-apply-box.sh") + "";
        String awk = shell.startsWith("busybox") ? "awk() { busybox awk \"$@\"; }; " : "";
        String script =
                awk + ". " + box + "; work=" + temp + "; body_size=2952; rows=$(zip_rows);"
                        + " { printf \"${rows%% *}\"; printf '\\0\\0\\0\\0';"
                        + " printf \"${rows#* }\"; } >" + temp + "/directory";
        script =
                "manifest_at=" + layout.dataAt(0) + "; manifest_size=800; directory_at="
                        + layout.directoryAt() + "; " + script;
        var words = new ArrayList<>(List.of(shell.split(" ")));
        words.addAll(List.of("-c", script));
        Run run = ScratchRoot.run(words.toArray(String[]::new));
        assertThat(run.output()).isEmpty();
        assertThat(Files.readAllBytes(temp.resolve("directory")))
                .isEqualTo(layout.directory(crcs, Front.SEAL_BYTES));
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
        String own = Digest.sha256Of(Arrays.copyOf(head, covered)).hex();
        System.arraycopy(("head_sha256=" + own).getBytes(US_ASCII), 0, head, covered, 76);
        System.arraycopy(head, 0, bytes, 0, head.length);
        Files.write(file, reseal(bytes));
        var reader = BundleReader.open(new LocalDisk(), file);
        reader.verify();
        assertThat(reader.hasKnownProgram()).isFalse();
    }

    private void refused(Path file) throws Exception {
        refused(file, "manifest");
    }

    /// @param what is named as damaged
    private void refused(Path file, String what) throws Exception {
        assertThatThrownBy(
                        () -> {
                            var reader = BundleReader.open(new LocalDisk(), file);
                            reader.verify();
                        })
                .isInstanceOf(Damaged.class);
        othersRefuse(file, what);
    }

    /// The sh program, and who knows no more than the format's page.
    private void othersRefuse(Path file, String what) throws Exception {
        shRefuses(file, what);
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

    private void shRefuses(Path file, String what) throws Exception {
        ScratchRoot.needs("rpm", "rpmkeys", "dash");
        Path root = Files.createDirectories(temp.resolve("root"));
        var before = ScratchRoot.listing(root);
        Run run = ScratchRoot.run("dash", file.toString(), "--yes", "--root", root.toString());
        assertThat(run.status()).as(run.output()).isEqualTo(3);
        assertThat(run.output()).contains("damaged: " + what + "\n");
        assertThat(ScratchRoot.listing(root)).isEqualTo(before);
    }

    private static byte[] bytes(Map<String, String> files, String path) {
        return files.getOrDefault(path, "").getBytes(US_ASCII);
    }

    /// Makes a sealed bundle of any paths, with the last entry's offset and size changed in the
    /// manifest.
    private Path forge(Map<String, String> files, List<String> paths, long shift, long more)
            throws Exception {
        return forge(files, paths, shift, more, directory -> directory);
    }

    /// @param lie changes the ZIP's directory; of too many entries only the manifest is written
    private Path forge(
            Map<String, String> files,
            List<String> paths,
            long shift,
            long more,
            UnaryOperator<byte[]> lie)
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
        byte[] directory = lie.apply(layout.directory(crcs, Front.SEAL_BYTES));
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
        int written = sizes.length > Limits.BUNDLE_ENTRIES ? 1 : sizes.length;
        for (int at = 0; at < written; at++) {
            out.writeBytes(layout.header(at, crcs[at]));
            out.writeBytes(at == 0 ? manifest : bytes(files, all.get(at)));
        }
        out.writeBytes(directory);
        out.writeBytes((Front.SEAL + Digest.sha256Of(out.toByteArray()).hex()).getBytes(US_ASCII));
        return Files.write(temp.resolve("hostile.opm"), out.toByteArray());
    }
}
