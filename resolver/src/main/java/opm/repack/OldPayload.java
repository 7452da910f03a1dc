package opm.repack;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import opm.base.OpmException;

/// The payload of a package that was built before rpm 4.14, whose archive also tells of the disk on
/// which it was built: its device number, and how many links each folder had there.
///
/// Neither stands in the header, but both are guessed within some tries: builders' disks have few
/// numbers, and a folder has two links and one for each folder in it. Measured on CentOS 7: 14 of
/// 18 packages have just that, 3 have one folder that had more in it than the package brings.
final class OldPayload {
    /// A try costs a run of the packer.
    private static final long MOST_PACKED_BYTES = 160L << 20;

    private static final int MOST_TRIES = 700;
    private static final int LINKS_AT = 6 + 8 * 4;
    private static final int MAJOR_AT = 6 + 8 * 7;
    private static final int MINOR_AT = 6 + 8 * 8;
    private static final int HEAD_BYTES = 110;

    /// Device mapper, virtual disks, SCSI, partitions of them: the usual builders'.
    private static final int[][] DEVICES = {
        {253, 0}, {253, 1}, {253, 2}, {8, 1}, {8, 2}, {8, 3}, {252, 1}, {252, 2}, {252, 3},
        {252, 4}, {252, 5}, {252, 0}, {8, 5}, {8, 0}, {9, 0}, {9, 1}, {254, 0}, {254, 1}, {253, 3}
    };

    private final byte[] archive;
    private final List<Integer> heads = new ArrayList<>();

    /// Folder → where its head is.
    private final TreeMap<String, Integer> folders = new TreeMap<>();

    /// Is shown an archive and tells whether it is the one.
    interface Judge {
        boolean isIt(byte[] archive) throws OpmException;
    }

    OldPayload(byte[] archive) {
        this.archive = archive;
        int at = 0;
        while (at + HEAD_BYTES <= archive.length) {
            int nameBytes = number(at + 6 + 8 * 11);
            String name = new String(archive, at + HEAD_BYTES, nameBytes - 1, US_ASCII);
            if (name.equals("TRAILER!!!")) {
                break;
            }
            heads.add(at);
            if ((number(at + 6 + 8) & 0170000) == 0040000) {
                folders.put(name, at);
            }
            int size = number(at + 6 + 8 * 6);
            at = up(up(at + HEAD_BYTES + nameBytes) + size);
        }
    }

    private static int up(int at) {
        return at + 3 & ~3;
    }

    private int number(int at) {
        return Integer.parseUnsignedInt(new String(archive, at, 8, US_ASCII), 16);
    }

    private void set(int at, int number) {
        byte[] text = String.format("%08x", number).getBytes(US_ASCII);
        System.arraycopy(text, 0, archive, at, text.length);
    }

    /// Tries one after the other.
    ///
    /// @param lucky the device that was right last time, or null
    /// @return the device that was right, or an empty array
    int[] find(int[] lucky, Judge judge) throws OpmException {
        folders.forEach((name, at) -> set(at + LINKS_AT, 2 + below(name)));
        long left = Math.min(MOST_TRIES, MOST_PACKED_BYTES / Math.max(1, archive.length));
        var devices = new ArrayList<>(Arrays.asList(DEVICES));
        if (lucky.length > 0) {
            devices.addFirst(lucky);
        }
        for (int[] device : devices) {
            if (left-- <= 0) {
                return new int[0];
            }
            put(device);
            if (judge.isIt(archive)) {
                return device;
            }
        }
        for (int[] device : devices.subList(0, 3)) {
            put(device);
            for (var folder : folders.entrySet()) {
                int links = 2 + below(folder.getKey());
                // Where there are many already, there may have been many more.
                int most = links > 12 ? 40 : 3;
                for (int more = 1; more <= most; more++) {
                    if (left-- <= 0) {
                        return new int[0];
                    }
                    set(folder.getValue() + LINKS_AT, links + more);
                    if (judge.isIt(archive)) {
                        return device;
                    }
                }
                set(folder.getValue() + LINKS_AT, links);
            }
        }
        return new int[0];
    }

    private void put(int[] device) {
        for (int head : heads) {
            set(head + MAJOR_AT, device[0]);
            set(head + MINOR_AT, device[1]);
        }
    }

    private int below(String folder) {
        int count = 0;
        for (String other : folders.tailMap(folder + "/").keySet()) {
            if (!other.startsWith(folder + "/")) {
                break;
            }
            count += other.indexOf('/', folder.length() + 1) < 0 ? 1 : 0;
        }
        return count;
    }
}
