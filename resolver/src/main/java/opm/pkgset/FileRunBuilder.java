package opm.pkgset;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;

/// Files of packages as they come, until there are enough of them for a run, which [FileRun] reads.
///
/// Files come in order, nearly all of them, and those of a directory together: each is told by what
/// it shares with the one before, and what is in order is looked at once. A directory's files may
/// stand in several places all the same, those below it between: its parts are joined when the run
/// is packed, and put in order where they are not.
final class FileRunBuilder {
    /// The path that came last, and how much of it is its directory, slash included.
    private byte[] path = new byte[1 << 10];

    private int pathLength;
    private int directoryLength;

    /// The packages, where their first part is, and the number of parts.
    private final Ints packages = new Ints();

    private final Ints firstParts = new Ints();

    /// Parts: directories, one behind the other; names, each by what it shares with the one before
    /// it in the part; how many names.
    private final VarOutput directories = new VarOutput();

    private final Ints directoryEnds = new Ints();
    private final VarOutput names = new VarOutput();
    private final Ints nameEnds = new Ints();
    private final Ints counts = new Ints();

    /// How many names the part at hand has.
    private int namesOfPart;

    /// The directories, each once, while the run is packed.
    private final StringInterner strings = new StringInterner();

    /// The head of a group, and names of several parts, as they are packed.
    private final VarOutput head = new VarOutput();

    private final VarOutput joined = new VarOutput();
    private byte[] lastName = new byte[1 << 10];

    /// Returns how many bytes there are, about.
    int size() {
        return names.size() + directories.size();
    }

    void begin(int pkg) {
        endPart();
        pathLength = 0;
        directoryLength = 0;
        packages.add(pkg);
        firstParts.add(counts.size());
    }

    /// Adds a file of the package at hand, by its whole path.
    void file(byte[] from, int start, int length) {
        int most = Math.min(length, pathLength);
        int shared = Arrays.mismatch(path, 0, most, from, start, start + most);
        if (shared < 0) {
            if (length == pathLength) {
                return;
            }
            shared = most;
        }
        int nameStart = length;
        while (from[start + nameStart - 1] != '/') {
            nameStart--;
        }
        boolean ascends =
                nameStart == directoryLength
                        && shared >= nameStart
                        && shared < length
                        && (shared == pathLength
                                || (from[start + shared] & 0xff) > (path[shared] & 0xff));
        if (!ascends) {
            endPart();
            directoryLength = nameStart;
            directories.bytes(from, start, directoryLength);
            directoryEnds.add(directories.size());
        }
        int sharedName = ascends ? shared - nameStart : 0;
        names.behind(sharedName, from, start + nameStart, length - nameStart);
        namesOfPart++;
        if (path.length < length) {
            path = Arrays.copyOf(path, Math.max(length, 2 * path.length));
        }
        System.arraycopy(from, start + shared, path, shared, length - shared);
        pathLength = length;
    }

    private void endPart() {
        if (namesOfPart > 0) {
            nameEnds.add(names.size());
            counts.add(namesOfPart);
            namesOfPart = 0;
        }
    }

    /// Sorts the parts and packs them; then this is empty.
    ArrayDeque<byte[]> pack() {
        endPart();
        firstParts.add(counts.size());
        var directoryOf = new int[counts.size()];
        for (int part = 0; part < directoryOf.length; part++) {
            int start = start(directoryEnds, part);
            int length = directoryEnds.get(part) - start;
            directoryOf[part] = strings.intern(directories.buffer(), start, length);
        }
        var owners = new int[directoryOf.length];
        int[] sorted = sorted(directoryOf, owners);
        try (var out = new FileRun.Packing()) {
            int last = 0;
            int to;
            for (int at = 0; at < sorted.length; at = to) {
                int part = sorted[at];
                int directory = directoryOf[part];
                for (to = at + 1; to < sorted.length; to++) {
                    int next = sorted[to];
                    if (directoryOf[next] != directory || owners[next] != owners[part]) {
                        break;
                    }
                }
                writeHead(last, directory, owners[part]);
                last = directory;
                if (to == at + 1) {
                    int start = start(nameEnds, part);
                    writeNames(counts.get(part), names, start, nameEnds.get(part), out);
                } else {
                    join(sorted, at, to, out);
                }
            }
            clear();
            return out.end();
        }
    }

    private static int start(Ints ends, int part) {
        return part == 0 ? 0 : ends.get(part - 1);
    }

    /// Returns the parts in the order of their directories, those of one in that of the packages,
    /// those of both as they came: few directories are many parts.
    ///
    /// @param owners gets the package of each part
    private int[] sorted(int[] directoryOf, int[] owners) {
        var places = new int[strings.size()];
        for (int directory : directoryOf) {
            places[directory]++;
        }
        int place = 0;
        for (int directory : strings.sorted()) {
            int parts = places[directory];
            places[directory] = place;
            place += parts;
        }
        var byNumber = new long[packages.size()];
        for (int at = 0; at < byNumber.length; at++) {
            byNumber[at] = (long) packages.get(at) << 32 | at;
        }
        Arrays.sort(byNumber);
        var sorted = new int[directoryOf.length];
        for (long one : byNumber) {
            int at = (int) one;
            for (int part = firstParts.get(at); part < firstParts.get(at + 1); part++) {
                owners[part] = packages.get(at);
                sorted[places[directoryOf[part]]++] = part;
            }
        }
        return sorted;
    }

    /// Writes directory and package of a group; a directory by what it shares with the one before.
    private void writeHead(int last, int directory, int owner) {
        byte[] bytes = strings.piece(directory);
        int start = strings.offset(directory);
        int length = strings.length(directory);
        int some = Math.min(length, strings.length(last));
        int before = strings.offset(last);
        int shared =
                Arrays.mismatch(
                        bytes, start, start + some, strings.piece(last), before, before + some);
        head.clear();
        head.behind(shared < 0 ? some : shared, bytes, start, length);
        head.number(owner);
    }

    /// Writes the names of the group whose head was written.
    private void writeNames(int count, VarOutput from, int start, int end, FileRun.Packing out) {
        head.number(count);
        head.number(end - start);
        out.add(head.buffer(), 0, head.size());
        out.add(from.buffer(), start, end - start);
    }

    /// Writes the names of several parts as those of one group. Each part ascends; where all of
    /// them do, one behind the other, only the first name of each is told anew.
    private void join(int[] sorted, int from, int to, FileRun.Packing out) {
        byte[] bytes = names.buffer();
        joined.clear();
        int count = 0;
        int lastLength = 0;
        for (int at = from; at < to; at++) {
            int part = sorted[at];
            int end = nameEnds.get(part);
            var in = new VarInput(bytes, start(nameEnds, part), end, "run of files");
            in.number();
            int length = in.count();
            int start = in.at();
            in.skip(length);
            int some = Math.min(length, lastLength);
            int shared = Arrays.mismatch(lastName, 0, some, bytes, start, start + some);
            boolean ascends =
                    at == from
                            || (shared < 0
                                    ? length > lastLength
                                    : (bytes[start + shared] & 0xff) > (lastName[shared] & 0xff));
            if (!ascends) {
                joinAnew(sorted, from, to, out);
                return;
            }
            joined.behind(shared < 0 ? some : shared, bytes, start, length);
            joined.bytes(bytes, start + length, end - start - length);
            count += counts.get(part);
            lastLength = readLast(in, start, length);
        }
        writeNames(count, joined, 0, joined.size(), out);
    }

    /// Reads the last name of a part into [#lastName].
    ///
    /// @param in behind the first name
    /// @return its length
    private int readLast(VarInput in, int start, int length) {
        byte[] bytes = names.buffer();
        int shared = 0;
        int rest = length;
        int at = start;
        while (true) {
            if (lastName.length < shared + rest) {
                lastName = Arrays.copyOf(lastName, 2 * (shared + rest));
            }
            System.arraycopy(bytes, at, lastName, shared, rest);
            if (in.atEnd()) {
                return shared + rest;
            }
            shared = in.number(FileListBuilder.MOST_PATH);
            rest = in.count();
            at = in.at();
            in.skip(rest);
        }
    }

    /// The same where they come in any order, or twice.
    private void joinAnew(int[] sorted, int from, int to, FileRun.Packing out) {
        var all = new ArrayList<byte[]>();
        for (int at = from; at < to; at++) {
            int part = sorted[at];
            int end = nameEnds.get(part);
            var in = new VarInput(names.buffer(), start(nameEnds, part), end, "run of files");
            byte[] name = {};
            while (!in.atEnd()) {
                name = FileList.next(in, name);
                all.add(name);
            }
        }
        all.sort(Arrays::compareUnsigned);
        joined.clear();
        int count = 0;
        byte[] before = {};
        for (byte[] name : all) {
            if (count == 0 || !Arrays.equals(before, name)) {
                joined.next(before, name);
                before = name;
                count++;
            }
        }
        writeNames(count, joined, 0, joined.size(), out);
    }

    private void clear() {
        strings.clear();
        packages.clear();
        firstParts.clear();
        directories.clear();
        directoryEnds.clear();
        names.clear();
        nameEnds.clear();
        counts.clear();
    }
}
