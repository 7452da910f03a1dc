package opm.host;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import opm.base.OpmException;
import org.jspecify.annotations.Nullable;

/// Files and folders.
///
/// What is written survives a power cut only after [Output#force], and a new name only after
/// [#rename]. The failures: `BadRequest` when a file is not there, `Refused` when the kernel says
/// no or the disk is full, `Unavailable` when the medium does not give its bytes.
public interface Disk {
    /// Tells whether there is a file or folder of this name, symbolic links followed.
    boolean exists(Path path);

    /// Tells whether this is a folder, symbolic links followed.
    boolean isDirectory(Path path);

    /// Returns the length of a file in bytes.
    long size(Path path) throws OpmException;

    /// Opens a file; the caller closes it.
    ///
    /// Its `read` fails with a [StreamFailure].
    InputStream read(Path path) throws OpmException;

    /// Opens a file from a byte on; the caller closes it.
    InputStream read(Path path, long fromByte) throws OpmException;

    /// Reads a whole file.
    ///
    /// @throws OpmException.Damaged when it is longer than `limitBytes`
    byte[] readAll(Path path, int limitBytes) throws OpmException;

    /// Returns what a folder holds, sorted by name bytewise; empty when it is absent.
    List<Path> list(Path folder) throws OpmException;

    /// Makes an empty file, or empties an existing one; a symbolic link of that name is a failure.
    Output create(Path path) throws OpmException;

    /// Makes a new file that nobody but this user can read, where the file system knows users; one
    /// that is there is a failure.
    Output createSecret(Path path) throws OpmException;

    /// Opens a file for writing behind its last byte; makes it when it is absent; a symbolic link
    /// of that name is a failure.
    Output append(Path path) throws OpmException;

    /// Opens a file that is there for writing over its bytes, from one on, and behind its end; a
    /// symbolic link of that name is a failure. A crash may leave any of it written: who uses this
    /// has what it writes elsewhere too.
    Output update(Path path, long fromByte) throws OpmException;

    /// Cuts a file to a length: how a torn tail of a partial file goes. A symbolic link is a
    /// failure.
    void truncate(Path path, long sizeBytes) throws OpmException;

    /// Renames atomically over whatever has the new name, then forces the new name's folder.
    void rename(Path from, Path to) throws OpmException;

    /// Removes a file or an empty folder; does nothing when it is absent.
    void delete(Path path) throws OpmException;

    /// Makes a folder and those above it.
    void createDirectories(Path folder) throws OpmException;

    /// Makes a folder and those above it, each writable by its owner alone whatever the umask.
    void createOwnDirectories(Path folder) throws OpmException;

    /// Copies a file over whatever has the other name; shares its blocks where the kernel can
    /// (btrfs, xfs), else copies them.
    void copy(Path from, Path to) throws OpmException;

    /// Makes a second name for a file.
    ///
    /// @return false where the file system cannot: another device, FAT, or the name is taken
    boolean tryLink(Path from, Path to);

    /// Takes the kernel's lock on a file of its own, made when absent and never removed; the kernel
    /// gives it back when this process ends in whatever way.
    ///
    /// The file holds nothing and is opened by nobody else: closing any other descriptor of it
    /// would give the lock back (fcntl).
    ///
    /// @return null when somebody holds it, or this process through the same `Disk`
    @Nullable Lock tryLock(Path file) throws OpmException;

    /// A lock that is held until it is closed.
    interface Lock extends AutoCloseable {
        @Override
        void close();
    }

    /// Forces a folder, so that names made or removed in it survive a power cut.
    void forceDirectory(Path folder) throws OpmException;

    /// Returns the bytes that may still be written where `path` is or would be.
    long freeBytes(Path path) throws OpmException;

    /// Tells whether two places, or the folders in which they would be, lie on one file system:
    /// they share its free bytes, and a file of the one can get a second name in the other.
    default boolean isOneFileSystem(Path one, Path other) {
        return true;
    }

    /// Returns where a symbolic link points, as it is written; null when this is none.
    @Nullable Path linkTarget(Path path);

    /// What a name stands for, symbolic links not followed.
    enum Kind {
        ABSENT,
        FILE,
        DIRECTORY,
        LINK,
        /// A device, a socket, a pipe.
        OTHER
    }

    /// Returns what a name stands for, symbolic links not followed.
    default Kind kind(Path path) {
        if (linkTarget(path) != null) {
            return Kind.LINK;
        }
        if (isDirectory(path)) {
            return Kind.DIRECTORY;
        }
        return exists(path) ? Kind.FILE : Kind.ABSENT;
    }

    /// Lets everybody read a file or folder, and its owner alone write; does nothing where the file
    /// system knows no such thing.
    default void letAllRead(Path path) {}

    /// Tells whether nobody but this user and root may change what this names: it is theirs, and
    /// neither a group nor everybody may write to it. True where the file system knows no owners.
    default boolean isOnlyOurs(Path path) {
        return true;
    }

    /// Tells whether this user is root and the folder is an ordinary user's.
    default boolean isAnotherUsers(Path path) {
        return false;
    }

    /// Returns where a file or folder really is: absolute, without symbolic links.
    Path real(Path path) throws OpmException;

    /// Returns who may change a file or folder, symbolic links followed.
    Access access(Path path) throws OpmException;

    /// Who may change a file.
    ///
    /// @param mode the permission bits, with sticky bit
    record Access(int uid, int gid, int mode) {}

    /// When a file was last changed, milliseconds since 1970.
    long modifiedMillis(Path path) throws OpmException;

    /// Returns what the kernel says of a file, without reading it; null when it is absent.
    ///
    /// Two equal stamps mean that nobody wrote the file, replaced it, or set its times back in
    /// between, save within one tick of the kernel's clock.
    @Nullable Stamp stamp(Path path) throws OpmException;

    /// What tells one state of a file from another.
    ///
    /// @param word device, inode, size, and both times in nanoseconds
    /// @param changedMillis when content or inode last changed: no program can set this time
    record Stamp(String word, long sizeBytes, long changedMillis) {}

    /// Tells whether this is a folder of the user who runs this, no link, in which no other user
    /// but root can make, replace or remove a file.
    boolean isOwn(Path folder);
}
