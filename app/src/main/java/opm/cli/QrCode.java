package opm.cli;

import java.util.ArrayList;
import java.util.List;

/// A QR code of up to 180 bytes (ISO/IEC 18004: byte mode, level M, versions 1 to 9).
final class QrCode {
    private static final int MOST_VERSION = 9;

    /// By version: all codewords, those of correction in each block, how many blocks.
    private static final int[][] SIZES = {
        {26, 10, 1}, {44, 16, 1}, {70, 26, 1}, {100, 18, 2}, {134, 24, 2}, {172, 16, 4},
        {196, 18, 4}, {242, 22, 4}, {292, 22, 5}
    };

    /// By version: where the middles of alignment patterns lie.
    private static final int[][] ALIGNMENT = {
        {}, {6, 18}, {6, 22}, {6, 26}, {6, 30}, {6, 34}, {6, 22, 38}, {6, 24, 42}, {6, 26, 46}
    };

    private static final int FINDER = 7;
    private static final int FORMAT_MASK = 0x5412;
    private static final int FORMAT_POLYNOMIAL = 0x537;
    private static final int VERSION_POLYNOMIAL = 0x1f25;
    private static final int FIELD_POLYNOMIAL = 0x11d;
    private static final int QUIET = 4;

    private final int version;
    private final int size;
    private final boolean[][] dark;
    private final boolean[][] fixed;

    private QrCode(int version) {
        this.version = version;
        size = 17 + 4 * version;
        dark = new boolean[size][size];
        fixed = new boolean[size][size];
    }

    /// Encodes bytes.
    ///
    /// @throws IllegalArgumentException when they are more than it holds
    static QrCode of(byte[] bytes) {
        for (int version = 1; version <= MOST_VERSION; version++) {
            int[] sizes = SIZES[version - 1];
            int dataCount = sizes[0] - sizes[1] * sizes[2];
            if (bytes.length + 2 <= dataCount) {
                var code = new QrCode(version);
                code.patterns();
                code.place(code.corrected(data(bytes, dataCount)));
                code.mask();
                return code;
            }
        }
        throw new IllegalArgumentException(bytes.length + " bytes");
    }

    private static int[] data(byte[] bytes, int count) {
        int[] data = new int[count];
        data[0] = 0x40 | bytes.length >> 4; // byte mode, then the length in 8 bits
        data[1] = (bytes.length & 0xf) << 4;
        for (int at = 0; at < bytes.length; at++) {
            data[at + 1] |= (bytes[at] & 0xff) >> 4;
            data[at + 2] = (bytes[at] & 0xf) << 4;
        }
        for (int at = bytes.length + 2, pad = 0xec; at < count; at++, pad ^= 0xec ^ 0x11) {
            data[at] = pad;
        }
        return data;
    }

    /// Cuts data into blocks, adds correction to each, and lays them one codeword after the other.
    private int[] corrected(int[] data) {
        int[] sizes = SIZES[version - 1];
        int blockCount = sizes[2];
        int shorter = data.length / blockCount;
        List<int[]> blocks = new ArrayList<>();
        List<int[]> corrections = new ArrayList<>();
        int at = 0;
        for (int block = 0; block < blockCount; block++) {
            int length = shorter + (block >= blockCount - data.length % blockCount ? 1 : 0);
            int[] own = java.util.Arrays.copyOfRange(data, at, at + length);
            at += length;
            blocks.add(own);
            corrections.add(remainder(own, sizes[1]));
        }
        int[] all = new int[sizes[0]];
        int next = 0;
        for (int column = 0; column <= shorter; column++) {
            for (int[] block : blocks) {
                if (column < block.length) {
                    all[next++] = block[column];
                }
            }
        }
        for (int column = 0; column < sizes[1]; column++) {
            for (int[] correction : corrections) {
                all[next++] = correction[column];
            }
        }
        return all;
    }

    /// Returns what is left of a polynomial over GF(256) by the generator of this degree.
    private static int[] remainder(int[] data, int degree) {
        int[] generator = new int[degree];
        generator[degree - 1] = 1;
        int root = 1;
        for (int step = 0; step < degree; step++) {
            for (int at = 0; at < degree; at++) {
                int next = at + 1 < degree ? generator[at + 1] : 0;
                generator[at] = times(generator[at], root) ^ next;
            }
            root = times(root, 2);
        }
        int[] rest = new int[degree];
        for (int word : data) {
            int factor = word ^ rest[0];
            System.arraycopy(rest, 1, rest, 0, degree - 1);
            rest[degree - 1] = 0;
            for (int at = 0; at < degree; at++) {
                rest[at] ^= times(generator[at], factor);
            }
        }
        return rest;
    }

    private static int times(int one, int other) {
        int product = 0;
        for (int bit = 7; bit >= 0; bit--) {
            product = product << 1 ^ (product >> 7) * FIELD_POLYNOMIAL;
            product ^= (other >> bit & 1) * one;
        }
        return product;
    }

    private void set(int row, int column, boolean isDark) {
        dark[row][column] = isDark;
        fixed[row][column] = true;
    }

    private void patterns() {
        for (int at = 0; at < size; at++) {
            set(6, at, at % 2 == 0);
            set(at, 6, at % 2 == 0);
        }
        finder(3, 3);
        finder(3, size - 4);
        finder(size - 4, 3);
        int[] middles = ALIGNMENT[version - 1];
        int last = middles.length - 1;
        for (int row = 0; row <= last; row++) {
            for (int column = 0; column <= last; column++) {
                boolean corner =
                        row == 0 && column == 0
                                || row == 0 && column == last
                                || row == last && column == 0;
                if (!corner) {
                    alignment(middles[row], middles[column]);
                }
            }
        }
        format(0);
        version();
    }

    private void finder(int row, int column) {
        for (int down = -4; down <= 4; down++) {
            for (int right = -4; right <= 4; right++) {
                int y = row + down;
                int x = column + right;
                int far = Math.max(Math.abs(down), Math.abs(right));
                if (y >= 0 && y < size && x >= 0 && x < size) {
                    set(y, x, far != 2 && far != 4);
                }
            }
        }
    }

    private void alignment(int row, int column) {
        for (int down = -2; down <= 2; down++) {
            for (int right = -2; right <= 2; right++) {
                set(row + down, column + right, Math.max(Math.abs(down), Math.abs(right)) != 1);
            }
        }
    }

    /// Says which mask; level M is 00.
    private void format(int mask) {
        int rest = mask;
        for (int step = 0; step < 10; step++) {
            rest = rest << 1 ^ (rest >> 9) * FORMAT_POLYNOMIAL;
        }
        int bits = (mask << 10 | rest) ^ FORMAT_MASK;
        for (int bit = 0; bit < 15; bit++) {
            boolean on = (bits >> bit & 1) != 0;
            int row = bit < 6 ? bit : bit < 8 ? bit + 1 : 8;
            int column = bit < 8 ? 8 : bit == 8 ? 7 : 14 - bit;
            set(row, column, on);
            if (bit < 8) {
                set(8, size - 1 - bit, on);
            } else {
                set(size - 15 + bit, 8, on);
            }
        }
        set(size - 8, 8, true);
    }

    private void version() {
        if (version < FINDER) {
            return;
        }
        int rest = version;
        for (int step = 0; step < 12; step++) {
            rest = rest << 1 ^ (rest >> 11) * VERSION_POLYNOMIAL;
        }
        int bits = version << 12 | rest;
        for (int bit = 0; bit < 18; bit++) {
            boolean on = (bits >> bit & 1) != 0;
            set(size - 11 + bit % 3, bit / 3, on);
            set(bit / 3, size - 11 + bit % 3, on);
        }
    }

    private void place(int[] words) {
        int bit = 0;
        boolean up = true;
        for (int right = size - 1; right > 0; right -= 2) {
            right -= right == 6 ? 1 : 0;
            for (int step = 0; step < size; step++) {
                int row = up ? size - 1 - step : step;
                for (int column = right; column > right - 2; column--) {
                    if (!fixed[row][column] && bit < words.length * 8) {
                        dark[row][column] = (words[bit / 8] >> 7 - bit % 8 & 1) != 0;
                        bit++;
                    }
                }
            }
            up = !up;
        }
    }

    private void mask() {
        int best = 0;
        int least = Integer.MAX_VALUE;
        for (int mask = 0; mask < 8; mask++) {
            turn(mask);
            format(mask);
            int penalty = penalty();
            if (penalty < least) {
                least = penalty;
                best = mask;
            }
            turn(mask);
        }
        turn(best);
        format(best);
    }

    private void turn(int mask) {
        for (int row = 0; row < size; row++) {
            for (int column = 0; column < size; column++) {
                boolean turned =
                        switch (mask) {
                            case 0 -> (row + column) % 2 == 0;
                            case 1 -> row % 2 == 0;
                            case 2 -> column % 3 == 0;
                            case 3 -> (row + column) % 3 == 0;
                            case 4 -> (row / 2 + column / 3) % 2 == 0;
                            case 5 -> row * column % 2 + row * column % 3 == 0;
                            case 6 -> (row * column % 2 + row * column % 3) % 2 == 0;
                            default -> ((row + column) % 2 + row * column % 3) % 2 == 0;
                        };
                dark[row][column] ^= turned && !fixed[row][column];
            }
        }
    }

    /// Counts long runs, blocks of one colour, and how far it is from half and half.
    private int penalty() {
        int penalty = 0;
        int darks = 0;
        for (int row = 0; row < size; row++) {
            int across = 0;
            int down = 0;
            for (int column = 0; column < size; column++) {
                darks += dark[row][column] ? 1 : 0;
                boolean first = column == 0;
                across = first || dark[row][column] != dark[row][column - 1] ? 1 : across + 1;
                down = first || dark[column][row] != dark[column - 1][row] ? 1 : down + 1;
                penalty += across == 5 ? 3 : across > 5 ? 1 : 0;
                penalty += down == 5 ? 3 : down > 5 ? 1 : 0;
                boolean block =
                        row > 0
                                && column > 0
                                && dark[row][column] == dark[row - 1][column]
                                && dark[row][column] == dark[row][column - 1]
                                && dark[row][column] == dark[row - 1][column - 1];
                penalty += block ? 3 : 0;
            }
        }
        return penalty + 10 * (Math.abs(darks * 20 - size * size * 10) / (size * size));
    }

    private boolean isDark(int row, int column) {
        return row >= 0 && row < size && column >= 0 && column < size && dark[row][column];
    }

    /// Draws it in half blocks, light where a terminal is: for one that writes light on dark.
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (int row = -QUIET; row < size + QUIET; row += 2) {
            var line = new StringBuilder();
            for (int column = -QUIET; column < size + QUIET; column++) {
                boolean above = !isDark(row, column);
                boolean below = !isDark(row + 1, column);
                line.append(above ? below ? '█' : '▀' : below ? '▄' : ' ');
            }
            lines.add(line.toString());
        }
        return lines;
    }

    /// Draws it as SVG, one unit a module.
    String svg() {
        int width = size + 2 * QUIET;
        var path = new StringBuilder();
        for (int row = 0; row < size; row++) {
            for (int column = 0; column < size; column++) {
                if (dark[row][column]) {
                    path.append("M").append(column + QUIET).append(',').append(row + QUIET);
                    path.append("h1v1h-1z");
                }
            }
        }
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 "
                + width
                + " "
                + width
                + "\"><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/><path d=\""
                + path
                + "\"/></svg>\n";
    }
}
