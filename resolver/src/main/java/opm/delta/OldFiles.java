package opm.delta;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import opm.base.Digest;
import opm.base.OpmException;
import opm.rpm.RpmFileEntry;
import opm.rpm.RpmWords;
import opm.rpm.Tag;

/// The old data of a standard deltarpm: the files that its sequence names, as an archive whose
/// heads say nothing of inodes, owners and times.
///
/// The sequence begins with an MD5 over name, mode, size, device, link and digest of each of the
/// files, so the old package's header alone tells whether the delta fits.
final class OldFiles {
    private static final int MD5_BYTES = 16;
    private static final int HEAD_BYTES = 110;
    private static final int TYPE = 0170000;
    private static final int PLAIN = 0100000;
    private static final int LINK = 0120000;
    private static final int BLOCK_DEVICE = 0060000;
    private static final int CHARACTER_DEVICE = 0020000;
    private static final String TRAILER = "TRAILER!!!";

    private final List<RpmFileEntry> files;
    private final long[] devices;
    private final String subject;

    OldFiles(RpmWords words, String subject) throws OpmException {
        this.files = words.files();
        this.devices = words.header().numbers(Tag.FILERDEVS);
        this.subject = subject;
    }

    /// Tells whether a package with this header is what the delta starts from.
    boolean fits(byte[] sequence) throws OpmException {
        MessageDigest md5 = Digest.Algorithm.MD5.engine();
        for (int number : numbers(sequence)) {
            RpmFileEntry file = files.get(number);
            byte[] content = linkOf(file);
            md5.update(name(file).getBytes(UTF_8));
            md5.update((byte) 0);
            var three = ByteBuffer.allocate(12);
            three.putInt(file.mode() & 0xffff).putInt((int) sizeOf(file)).putInt(device(number));
            md5.update(three.array());
            if (is(file, LINK)) {
                md5.update(content);
                md5.update((byte) 0);
            } else if (is(file, PLAIN) && file.sizeBytes() > 0) {
                md5.update(HexFormat.of().parseHex(file.digest()));
            }
        }
        return Arrays.equals(md5.digest(), 0, MD5_BYTES, sequence, 0, MD5_BYTES);
    }

    /// Returns the old data.
    ///
    /// @param archive of the old package, as it is
    byte[] data(byte[] sequence, byte[] archive) throws OpmException {
        Map<String, int[]> places = places(archive);
        var data = new ByteArrayOutputStream(archive.length);
        for (int number : numbers(sequence)) {
            RpmFileEntry file = files.get(number);
            int size = Math.toIntExact(sizeOf(file));
            head(data, "./" + name(file), file.mode(), size, device(number));
            if (is(file, LINK)) {
                data.writeBytes(linkOf(file));
            } else if (size > 0) {
                int[] place = places.get(name(file));
                if (place == null || place[1] != size) {
                    throw Unpacking.damaged(
                            subject, "no content of /" + name(file), size + " bytes");
                }
                data.write(archive, place[0], size);
            }
            pad(data);
        }
        head(data, TRAILER, 0, 0, 0);
        return data.toByteArray();
    }

    private static boolean is(RpmFileEntry file, int type) {
        return (file.mode() & TYPE) == type;
    }

    private static String name(RpmFileEntry file) {
        return file.path().startsWith("/") ? file.path().substring(1) : file.path();
    }

    private static byte[] linkOf(RpmFileEntry file) {
        return file.linkTo().getBytes(UTF_8);
    }

    private static long sizeOf(RpmFileEntry file) {
        return is(file, PLAIN) ? file.sizeBytes() : is(file, LINK) ? linkOf(file).length : 0;
    }

    private int device(int number) {
        RpmFileEntry file = files.get(number);
        boolean one = is(file, BLOCK_DEVICE) || is(file, CHARACTER_DEVICE);
        return one && number < devices.length ? (int) devices[number] & 0xffff : 0;
    }

    private static void head(
            ByteArrayOutputStream data, String name, int mode, int size, int device) {
        byte[] bytes = name.getBytes(UTF_8);
        var text = new StringBuilder("070701");
        int[] fields = {
            0,
            mode & 0xffff,
            0,
            0,
            1,
            0,
            size,
            0,
            0,
            device >> 8,
            device & 0xff,
            bytes.length + 1,
            0
        };
        for (int field : fields) {
            text.append(String.format(Locale.ROOT, "%08x", field));
        }
        data.writeBytes(text.toString().getBytes(US_ASCII));
        data.writeBytes(bytes);
        data.write(0);
        pad(data);
    }

    private static void pad(ByteArrayOutputStream data) {
        while (data.size() % 4 != 0) {
            data.write(0);
        }
    }

    /// Returns where the content of each file lies in an archive, and how long it is.
    private Map<String, int[]> places(byte[] archive) throws OpmException {
        var places = new HashMap<String, int[]>();
        int at = 0;
        while (at + HEAD_BYTES <= archive.length) {
            if (!new String(archive, at, 6, US_ASCII).matches("07070[12]")) {
                throw Unpacking.damaged(subject, "an archive of an unknown kind", "newc");
            }
            int size = field(archive, at, 6);
            int nameBytes = field(archive, at, 11);
            int contentAt = up(at + HEAD_BYTES + nameBytes);
            if (nameBytes < 1 || size < 0 || contentAt < 0 || size > archive.length - contentAt) {
                throw Unpacking.damaged(subject, "an archive that is cut off", "a whole one");
            }
            String name = new String(archive, at + HEAD_BYTES, nameBytes - 1, UTF_8);
            if (name.equals(TRAILER)) {
                return places;
            }
            name = name.startsWith("./") ? name.substring(2) : name;
            places.put(
                    name.startsWith("/") ? name.substring(1) : name, new int[] {contentAt, size});
            at = up(contentAt + size);
        }
        throw Unpacking.damaged(subject, "an archive without its last entry", "one");
    }

    private int field(byte[] archive, int at, int field) throws OpmException {
        try {
            String digits = new String(archive, at + 6 + 8 * field, 8, US_ASCII);
            return Math.toIntExact(Long.parseLong(digits, 16));
        } catch (ArithmeticException | NumberFormatException e) {
            throw Unpacking.damaged(subject, "an archive with a bad head", "a good one");
        }
    }

    private static int up(int at) {
        return at + 3 & ~3;
    }

    /// Returns the numbers of files: halves of bytes with three bits each, the lowest first, the
    /// fourth telling that more follow. Runs of files and gaps take turns; a run of none is
    /// followed by the number to go on with.
    private List<Integer> numbers(byte[] sequence) throws OpmException {
        var numbers = new ArrayList<Integer>();
        long value = 0;
        int shift = 0;
        long at = 0;
        boolean run = true;
        boolean jump = false;
        for (int half = 2 * MD5_BYTES; half < 2 * sequence.length; half++) {
            int bits = sequence[half / 2] >> (half % 2 == 0 ? 4 : 0) & 0xf;
            value |= (long) (bits & 7) << shift;
            shift += 3;
            if ((bits & 8) != 0 && shift < 33) {
                continue;
            }
            if (jump) {
                at = value;
                jump = false;
                run = true;
            } else if (value == 0) {
                // The last half of the last byte may be filled up with a zero.
                jump = true;
            } else if (!run) {
                at += value;
                run = true;
            } else {
                for (long end = at + value; at < end; at++) {
                    if (at >= files.size() || numbers.size() > files.size()) {
                        throw Unpacking.damaged(subject, "fewer files", "those of the delta");
                    }
                    numbers.add((int) at);
                }
                run = false;
            }
            value = 0;
            shift = 0;
        }
        return numbers;
    }
}
