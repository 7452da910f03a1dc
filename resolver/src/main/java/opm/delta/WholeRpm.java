package opm.delta;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import opm.base.Digest;
import opm.base.OpmException;
import opm.host.Disk;
import opm.host.StreamFailure;
import opm.rpm.RpmFile;

/// A package file taken apart.
///
/// @param front lead, signature header and main header as they stand in the file
/// @param archive the payload, unpacked
/// @param packed whether the payload was packed at all
@SuppressWarnings("ArrayRecordComponent") // one owner, never compared
record WholeRpm(RpmFile head, byte[] front, byte[] archive, boolean packed) {
    static WholeRpm read(Disk disk, Path file) throws OpmException {
        String subject = file.getFileName().toString();
        try (InputStream in = disk.read(file)) {
            RpmFile head = RpmFile.read(in, subject);
            byte[] archive = Unpacking.all(in, Unpacking.most(), subject + ": payload");
            boolean packed = disk.size(file) != head.headerEnd() + archive.length;
            return new WholeRpm(head, front(disk, file, head), archive, packed);
        } catch (IOException e) {
            throw StreamFailure.of(e, subject);
        }
    }

    static byte[] front(Disk disk, Path file, RpmFile head) throws OpmException {
        try (InputStream in = disk.read(file)) {
            return in.readNBytes(Math.toIntExact(head.headerEnd()));
        } catch (IOException e) {
            throw StreamFailure.of(e, file.toString());
        }
    }

    /// Returns what a delta starts from: the main header, which rpm's database keeps, and the
    /// archive.
    byte[] base() {
        int start = Math.toIntExact(head.headerStart());
        byte[] all = Arrays.copyOfRange(front, start, front.length + archive.length);
        System.arraycopy(archive, 0, all, front.length - start, archive.length);
        return all;
    }

    Digest archiveDigest() {
        return Digest.sha256Of(archive);
    }
}
