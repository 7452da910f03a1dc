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
import java.util.Map;
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
    void numbersTheOtherWayRound() throws Exception {
        // A file of a machine that writes the greatest byte first is the same set, digest and all.
        byte[] plain = world();
        Path file = fixture("swapped-1.opmset", swapped(plain));
        PackageSet set = PackageSet.open(file);
        set.check();
        assertThat(Worlds.dump(set)).isEqualTo(Worlds.dump(PackageSet.of(segment(plain))));
        List<String> grown = Worlds.dump(PackageSet.of(segment(swapped(grown(false)))));
        List<String> lines = Worlds.dump(set);
        assertThat(grown.subList(1, grown.size())).isEqualTo(lines.subList(1, lines.size()));
        assertThatThrownBy(() -> PackageSet.of(segment(swapped(grown(true)))))
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("newer");
        byte[] bytes = swapped(plain);
        for (int at = 0; at < bytes.length; at += 7) {
            byte[] bad = bytes.clone();
            bad[at] ^= 4;
            assertThatThrownBy(() -> PackageSet.of(segment(bad)))
                    .as("byte %d", at)
                    .isInstanceOf(Damaged.class);
        }
    }

    private static MemorySegment segment(byte[] bytes) {
        return MemorySegment.ofArray(bytes);
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
                    .hasMessageContaining(name.contains("newer") ? "newer" : "package set")
                    .extracting(e -> ((Damaged) e).hint())
                    .asString()
                    .contains(name.contains("newer") ? "Upgrade opm" : "opm refresh");
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

    /// Sizes of the numbers of a row, by section, as docs/formats/opmset.md has them; rows of what
    /// is missing here are bytes.
    private static final Map<Integer, String> COLUMNS =
            Map.ofEntries(
                    Map.entry(1, "4"),
                    Map.entry(3, "4"),
                    Map.entry(4, "44"),
                    Map.entry(5, "44444"),
                    Map.entry(6, "44"),
                    Map.entry(7, "4"),
                    Map.entry(8, "4444444"),
                    Map.entry(9, "888422"),
                    Map.entry(11, "4444"),
                    Map.entry(12, "44"),
                    Map.entry(13, "4444444844"),
                    Map.entry(15, "844"),
                    Map.entry(16, "4"),
                    Map.entry(17, "4444444"),
                    Map.entry(22, "44"),
                    Map.entry(23, "44"),
                    Map.entry(25, "4"));

    /// Turns all numbers of a set round.
    private static byte[] swapped(byte[] plain) throws Exception {
        byte[] all = plain.clone();
        MemorySegment in = MemorySegment.ofArray(plain);
        int count = in.get(U32, 12);
        for (int row = 0; row < count; row++) {
            long at = 32 + row * 32L;
            String columns = COLUMNS.getOrDefault(in.get(U32, at), "");
            int stride = in.get(U32, at + 8);
            long rows = in.get(U64, at + 16);
            long offset = in.get(U64, at + 24);
            for (long item = 0; item < rows; item++) {
                turn(all, (int) (offset + item * stride), columns);
            }
            var crc = new CRC32C();
            crc.update(all, (int) offset, (int) (rows * stride));
            MemorySegment.ofArray(all).set(U32, at + 12, (int) crc.getValue());
            turn(all, (int) at, "4224488");
        }
        turn(all, 8, "448");
        var crc = new CRC32C();
        crc.update(all, 0, 24);
        crc.update(all, 32, count * 32);
        MemorySegment.ofArray(all).set(U32, 24, (int) crc.getValue());
        turn(all, 24, "4");
        var sha = java.security.MessageDigest.getInstance("SHA-256");
        sha.update(all, 0, all.length - 32);
        System.arraycopy(sha.digest(), 0, all, all.length - 32, 32);
        return all;
    }

    private static void turn(byte[] all, int start, String columns) {
        int at = start;
        for (int column = 0; column < columns.length(); column++) {
            int width = columns.charAt(column) - '0';
            for (int index = 0; index < width / 2; index++) {
                byte b = all[at + index];
                all[at + index] = all[at + width - 1 - index];
                all[at + width - 1 - index] = b;
            }
            at += width;
        }
    }
}
