package opm.pkgset;

import static opm.pkgset.Worlds.U32;
import static opm.pkgset.Worlds.U64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import opm.base.OpmException.Damaged;
import org.junit.jupiter.api.Test;

/// Files of every released format version open for ever, and those that must not open do not.
class SetFixtureTest {
    private static final Path FOLDER =
            Path.of(System.getProperty("opm.root", ".")).resolve("fixtures/opmset");
    private static final boolean ACCEPT = !System.getProperty("opm.accept", "").isEmpty();

    private static Path fixture(String name, byte[] whenAccepting) throws IOException {
        Path file = FOLDER.resolve(name);
        if (ACCEPT) {
            Files.createDirectories(FOLDER);
            Files.write(file, whenAccepting);
        }
        return file;
    }

    private static byte[] world() {
        return Worlds.everything().toBytes().toArray(ValueLayout.JAVA_BYTE);
    }

    @Test
    void version1() throws Exception {
        // The first format opens, holds what its list says, and is still what we write.
        Path file = fixture("world-1.opmset", world());
        PackageSet set = PackageSet.open(file);
        set.check();
        List<String> lines = Worlds.dump(set);
        Path text =
                fixture(
                        "world-1.txt",
                        (String.join("\n", lines) + "\n")
                                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(lines).isEqualTo(Files.readAllLines(text));
        assertThat(Files.readAllBytes(file)).isEqualTo(world());
    }

    @Test
    void aLaterVersionWithLongerRowsAndMoreSections() throws Exception {
        // Rows that grew and optional sections that nobody knows change no answer.
        Path file = fixture("grown-1.opmset", grown(false));
        List<String> grown = Worlds.dump(PackageSet.open(file));
        PackageSet.open(file).check();
        List<String> plain = Worlds.dump(PackageSet.of(MemorySegment.ofArray(world())));
        assertThat(grown.subList(1, grown.size())).isEqualTo(plain.subList(1, plain.size()));
    }

    @Test
    void refused() throws Exception {
        // What is newer, cut, or no set at all is refused with advice.
        byte[] version = world();
        version[8] = 2;
        byte[] flipped = world();
        flipped[40] ^= 1;
        byte[][] bad = {
            version,
            grown(true),
            Arrays.copyOf(world(), 500),
            flipped,
            "PK no set at all".getBytes(java.nio.charset.StandardCharsets.US_ASCII)
        };
        String[] names = {
            "bad-newer-version.opmset",
            "bad-newer-section.opmset",
            "bad-cut.opmset",
            "bad-table.opmset",
            "bad-magic.opmset"
        };
        for (int at = 0; at < names.length; at++) {
            Path file = fixture(names[at], bad[at]);
            String name = names[at];
            assertThatThrownBy(() -> PackageSet.open(file))
                    .as(name)
                    .isInstanceOf(Damaged.class)
                    .hasMessageContaining(name.contains("newer") ? "newer" : "package set");
        }
        byte[] content = world();
        content[content.length / 2] ^= 1;
        Path file = fixture("bad-content.opmset", content);
        assertThatThrownBy(() -> PackageSet.open(file).check())
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("section");
    }

    /// Makes the world again with 12 more bytes in every row but those of bytes, and a section 900.
    ///
    /// @param required whether readers must know section 900
    private static byte[] grown(boolean required) throws Exception {
        byte[] plain = world();
        MemorySegment in = MemorySegment.ofArray(plain);
        int count = in.get(U32, 12);
        var body = new java.io.ByteArrayOutputStream();
        int tableEnd = 32 + (count + 1) * 32;
        var table = MemorySegment.ofArray(new byte[(count + 1) * 32]);
        for (int row = 0; row <= count; row++) {
            while ((tableEnd + body.size()) % 8 != 0) {
                body.write(0x55);
            }
            int start = body.size();
            int at = 32 + row * 32;
            int rowBytes = row == count ? 3 : in.get(U32, at + 8);
            long rows = row == count ? 7 : in.get(U64, at + 16);
            int more = rowBytes == 1 || row == count ? 0 : 12;
            for (long item = 0; item < rows; item++) {
                for (int index = 0; index < rowBytes; index++) {
                    int from =
                            row == count
                                    ? 0
                                    : (int) (in.get(U64, at + 24) + item * rowBytes);
                    body.write(row == count ? 0x77 : plain[from + index]);
                }
                for (int index = 0; index < more; index++) {
                    body.write(0x99);
                }
            }
            var crc = new CRC32C();
            crc.update(body.toByteArray(), start, body.size() - start);
            boolean must = row == count ? required : (in.get(U32, at + 4) >>> 16) == 1;
            table.set(U32, row * 32L, row == count ? 900 : in.get(U32, at));
            table.set(U32, row * 32L + 4, 1 | (must ? 1 << 16 : 0));
            table.set(U32, row * 32L + 8, rowBytes + more);
            table.set(U32, row * 32L + 12, (int) crc.getValue());
            table.set(U64, row * 32L + 16, rows);
            table.set(U64, row * 32L + 24, tableEnd + start);
        }
        var all = new byte[tableEnd + body.size() + 32];
        MemorySegment out = MemorySegment.ofArray(all);
        System.arraycopy(plain, 0, all, 0, 12);
        out.set(U32, 12, count + 1);
        out.set(U64, 16, all.length);
        MemorySegment.copy(table, 0, out, 32, table.byteSize());
        System.arraycopy(body.toByteArray(), 0, all, tableEnd, body.size());
        var crc = new CRC32C();
        crc.update(all, 0, 24);
        crc.update(all, 32, tableEnd - 32);
        out.set(U32, 24, (int) crc.getValue());
        var sha = java.security.MessageDigest.getInstance("SHA-256");
        sha.update(all, 0, all.length - 32);
        System.arraycopy(sha.digest(), 0, all, all.length - 32, 32);
        return all;
    }
}
