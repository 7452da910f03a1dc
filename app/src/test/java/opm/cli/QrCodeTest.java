package opm.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a camera would read.
final class QrCodeTest {
    private static final int SCALE = 4;

    @TempDir Path temp;

    /// A reader that is not ours reads every version back, where one is installed.
    @Test
    void anotherReaderReadsIt() throws Exception {
        Path reader = Path.of("/usr/bin/zbarimg");
        assumeTrue(Files.exists(reader), "zbarimg is not installed");
        for (int length : List.of(1, 14, 15, 26, 42, 62, 82, 84, 85, 106, 122, 152, 180)) {
            String text = "opm-seal 1 sha256 0123456789abcdef".repeat(6).substring(0, length);
            Path image = image(QrCode.of(text.getBytes(US_ASCII)));
            var argv = List.of(reader.toString(), "-q", "--raw", image.toString());
            Process process = new ProcessBuilder(argv).start();
            String read = new String(process.getInputStream().readAllBytes(), US_ASCII);
            assertThat(read.strip()).as("length " + length).isEqualTo(text);
        }
    }

    /// Finder patterns stand in three corners, and a quiet border around all.
    @Test
    void hasItsCorners() {
        List<String> lines = QrCode.of(new byte[] {'x'}).lines();
        assertThat(lines).hasSize(15).allMatch(line -> line.length() == 29);
        assertThat(lines.get(0)).isEqualTo("█".repeat(29));
        assertThat(lines.get(2)).startsWith("████ ▄▄▄▄▄ ").endsWith(" ▄▄▄▄▄ ████");
        assertThatThrownBy(() -> QrCode.of(new byte[181]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(QrCode.of(new byte[] {'x'}).svg()).startsWith("<svg ").contains("0 0 29 29");
    }

    /// Draws half blocks as a picture of grey bytes (PGM).
    private Path image(QrCode code) throws Exception {
        List<String> lines = code.lines();
        int width = lines.getFirst().length();
        int height = lines.size() * 2;
        byte[] pixels = new byte[width * height * SCALE * SCALE];
        for (int y = 0; y < height * SCALE; y++) {
            for (int x = 0; x < width * SCALE; x++) {
                char c = lines.get(y / SCALE / 2).charAt(x / SCALE);
                boolean light = c == '█' || c == (y / SCALE % 2 == 0 ? '▀' : '▄');
                pixels[y * width * SCALE + x] = (byte) (light ? 255 : 0);
            }
        }
        String head = "P5\n" + width * SCALE + " " + height * SCALE + "\n255\n";
        Path file = temp.resolve("code.pgm");
        Files.write(file, head.getBytes(US_ASCII));
        return Files.write(file, pixels, java.nio.file.StandardOpenOption.APPEND);
    }
}
