package opm.host;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import org.jspecify.annotations.Nullable;

/// The disk of this machine.
public final class LocalDisk implements Disk {
    private static final Comparator<Path> BY_NAME_BYTES =
            (a, b) -> Arrays.compareUnsigned(nameBytes(a), nameBytes(b));

    /// Of stat's mode (inode(7)).
    private static final int FILE_TYPE = 0170000;

    private static final int FOLDER = 0040000;
    private static final int WRITABLE_BY_OTHERS = 022;

    /// The files that this process has locked.
    private final Set<Path> locked = ConcurrentHashMap.newKeySet();

    public LocalDisk() {}

    @Override
    public boolean exists(Path path) {
        return Files.exists(path);
    }

    @Override
    public boolean isDirectory(Path path) {
        return Files.isDirectory(path);
    }

    @Override
    public long size(Path path) throws OpmException {
        try {
            return Files.size(path);
        } catch (IOException e) {
            throw Failures.reading(e, path.toString());
        }
    }

    @Override
    public InputStream read(Path path) throws OpmException {
        return read(path, 0);
    }

    @Override
    public InputStream read(Path path, long fromByte) throws OpmException {
        if (Files.isDirectory(path)) {
            throw new OpmException.BadRequest(
                    path + ": found a folder, expected a file", "Name a file.");
        }
        try {
            var channel = FileChannel.open(path, StandardOpenOption.READ);
            try {
                channel.position(fromByte);
                return new Reading(Channels.newInputStream(channel), path);
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw Failures.reading(e, path.toString());
        }
    }

    @Override
    public byte[] readAll(Path path, int limitBytes) throws OpmException {
        byte[] atOnce = readAtOnce(path, limitBytes);
        if (atOnce != null) {
            return atOnce;
        }
        try (var in = read(path)) {
            byte[] bytes = in.readNBytes(limitBytes);
            if (bytes.length == limitBytes && in.read() >= 0) {
                throw new Damaged(
                        path + ": longer than " + limitBytes + " bytes",
                        "This is not the file that it should be; get it again.");
            }
            return bytes;
        } catch (IOException e) {
            throw Failures.reading(e, path.toString());
        }
    }

    /// Reads a file that stays as long as it says; null where that is not so, or something is
    /// wrong with it. A collection reads hundreds of references: this takes half the time.
    private static byte @Nullable [] readAtOnce(Path path, int limitBytes) {
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size == 0 || size > limitBytes) {
                return null;
            }
            var bytes = ByteBuffer.allocate((int) size + 1);
            for (int read = 0; read >= 0 && bytes.hasRemaining(); read = channel.read(bytes)) {
                // Until the end.
            }
            return bytes.position() == size ? Arrays.copyOf(bytes.array(), (int) size) : null;
        } catch (IOException _) {
            return null;
        }
    }

    @Override
    public List<Path> list(Path folder) throws OpmException {
        var found = new ArrayList<Path>();
        try (var entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                found.add(entry);
            }
        } catch (java.nio.file.NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw Failures.reading(new IOException(e.getMessage(), e), folder.toString());
        } catch (IOException e) {
            throw Failures.reading(e, folder.toString());
        }
        found.sort(BY_NAME_BYTES);
        return found;
    }

    private static byte[] nameBytes(Path path) {
        return String.valueOf(path.getFileName()).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Output create(Path path) throws OpmException {
        return open(
                path,
                0,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public Output createSecret(Path path) throws OpmException {
        Set<OpenOption> options =
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            FileChannel channel;
            try {
                var own = PosixFilePermissions.fromString("rw-------");
                channel =
                        FileChannel.open(
                                path, options, PosixFilePermissions.asFileAttribute(own));
            } catch (UnsupportedOperationException _) {
                channel = FileChannel.open(path, options); // FAT knows no users
            }
            return new Writing(channel, path, 0);
        } catch (IOException e) {
            throw Failures.writing(e, path.toString());
        }
    }

    @Override
    public Output append(Path path) throws OpmException {
        long size = exists(path) ? size(path) : 0;
        return open(
                path,
                size,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND,
                LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public Output update(Path path, long fromByte) throws OpmException {
        try {
            var channel =
                    FileChannel.open(path, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
            return new Writing(channel.position(fromByte), path, fromByte);
        } catch (IOException e) {
            throw Failures.writing(e, path.toString());
        }
    }

    private static Output open(Path path, long position, OpenOption... options)
            throws OpmException {
        try {
            return new Writing(FileChannel.open(path, options), path, position);
        } catch (IOException e) {
            throw Failures.writing(e, path.toString());
        }
    }

    @Override
    public void truncate(Path path, long sizeBytes) throws OpmException {
        try (var channel =
                FileChannel.open(path, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            channel.truncate(sizeBytes);
            channel.force(true);
        } catch (IOException e) {
            throw Failures.writing(e, path.toString());
        }
    }

    @Override
    public void rename(Path from, Path to) throws OpmException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw Failures.writing(e, to.toString());
        }
        Path folder = to.toAbsolutePath().getParent();
        if (folder != null) {
            forceDirectory(folder);
        }
    }

    @Override
    public void forceDirectory(Path folder) throws OpmException {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // FAT and some network file systems cannot force a folder; the rename itself stands.
            if (!Failures.words(e).contains("Invalid argument")) {
                throw Failures.writing(e, folder.toString());
            }
        }
    }

    @Override
    public void delete(Path path) throws OpmException {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw Failures.writing(e, path.toString());
        }
    }

    @Override
    public void createDirectories(Path folder) throws OpmException {
        try {
            Files.createDirectories(folder);
        } catch (FileAlreadyExistsException e) {
            throw new OpmException.Refused(
                            folder + ": found a file where a folder is wanted",
                            "Move that file away, or choose another folder.")
                    .because(e);
        } catch (IOException e) {
            throw Failures.writing(e, folder.toString());
        }
    }

    @Override
    public void createOwnDirectories(Path folder) throws OpmException {
        try {
            Set<PosixFilePermission> own = PosixFilePermissions.fromString("rwxr-xr-x");
            Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(own));
        } catch (IOException e) {
            throw Failures.writing(e, folder.toString());
        }
    }

    @Override
    public void copy(Path from, Path to) throws OpmException {
        try {
            Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw exists(from)
                    ? Failures.writing(e, to.toString())
                    : Failures.reading(e, from.toString());
        }
    }

    @Override
    public boolean tryLink(Path from, Path to) {
        try {
            Files.createLink(to, from);
            return true;
        } catch (IOException | UnsupportedOperationException _) {
            return false;
        }
    }

    @Override
    public @Nullable Lock tryLock(Path file) throws OpmException {
        // Asked first: to open and close a file that this process has locked would unlock it.
        Path name = file.toAbsolutePath().normalize();
        if (!locked.add(name)) {
            return null;
        }
        try {
            var channel =
                    FileChannel.open(
                            file,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE,
                            LinkOption.NOFOLLOW_LINKS);
            if (channel.tryLock() != null) {
                return () -> {
                    closeQuietly(channel);
                    locked.remove(name);
                };
            }
            closeQuietly(channel);
        } catch (IOException e) {
            locked.remove(name);
            throw Failures.writing(e, file.toString());
        }
        locked.remove(name);
        return null;
    }

    private static void closeQuietly(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException _) {
            // Nothing was written through it.
        }
    }

    @Override
    public long freeBytes(Path path) throws OpmException {
        try {
            return Files.getFileStore(nearest(path)).getUsableSpace();
        } catch (IOException e) {
            throw Failures.reading(e, path.toString());
        }
    }

    @Override
    public boolean isOneFileSystem(Path one, Path other) {
        try {
            return Files.getFileStore(nearest(one)).equals(Files.getFileStore(nearest(other)));
        } catch (IOException e) {
            return false;
        }
    }

    /// Returns a path, or what is there of it.
    private static Path nearest(Path path) {
        Path there = path.toAbsolutePath();
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        return there;
    }

    @Override
    public @Nullable Path linkTarget(Path path) {
        try {
            return Files.isSymbolicLink(path) ? Files.readSymbolicLink(path) : null;
        } catch (IOException _) {
            return null;
        }
    }

    @Override
    public Kind kind(Path path) {
        try {
            var facts =
                    Files.readAttributes(
                            path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (facts.isSymbolicLink()) {
                return Kind.LINK;
            }
            if (facts.isDirectory()) {
                return Kind.DIRECTORY;
            }
            return facts.isRegularFile() ? Kind.FILE : Kind.OTHER;
        } catch (IOException absent) {
            return Kind.ABSENT;
        }
    }

    @Override
    public void letAllRead(Path path) {
        try {
            Files.setPosixFilePermissions(
                    path,
                    PosixFilePermissions.fromString(
                            Files.isDirectory(path) ? "rwxr-xr-x" : "rw-r--r--"));
        } catch (IOException | UnsupportedOperationException _) {
            // FAT, or a folder that somebody else made: as readable as its owner wants.
        }
    }

    @Override
    public boolean isOnlyOurs(Path path) {
        try {
            var facts = Files.readAttributes(path, PosixFileAttributes.class);
            String owner = facts.owner().getName();
            return (owner.equals("root") || owner.equals(System.getProperty("user.name")))
                    && !facts.permissions().contains(PosixFilePermission.GROUP_WRITE)
                    && !facts.permissions().contains(PosixFilePermission.OTHERS_WRITE);
        } catch (UnsupportedOperationException _) {
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    @Override
    public boolean isAnotherUsers(Path path) {
        try {
            return System.getProperty("user.name", "").equals("root")
                    && !Files.getOwner(path).getName().equals("root");
        } catch (IOException | UnsupportedOperationException _) {
            return false;
        }
    }

    @Override
    public Path real(Path path) throws OpmException {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            throw Failures.reading(e, path.toString());
        }
    }

    @Override
    public Access access(Path path) throws OpmException {
        try {
            var facts = Files.readAttributes(path, "unix:uid,gid,mode");
            return new Access(
                    (int) Objects.requireNonNull(facts.get("uid")),
                    (int) Objects.requireNonNull(facts.get("gid")),
                    (int) Objects.requireNonNull(facts.get("mode")) & 07777);
        } catch (IOException e) {
            throw Failures.reading(e, path.toString());
        }
    }

    @Override
    public long modifiedMillis(Path path) throws OpmException {
        try {
            return Files.getLastModifiedTime(path).toMillis();
        } catch (IOException e) {
            throw Failures.reading(e, path.toString());
        }
    }

    @Override
    public @Nullable Stamp stamp(Path path) throws OpmException {
        try {
            Map<String, Object> is =
                    Files.readAttributes(path, "unix:dev,ino,size,lastModifiedTime,ctime");
            var modified = (FileTime) fact(is, "lastModifiedTime");
            var changed = (FileTime) fact(is, "ctime");
            long size = (long) fact(is, "size");
            String word =
                    is.get("dev")
                            + ":"
                            + is.get("ino")
                            + ":"
                            + size
                            + ":"
                            + modified.to(TimeUnit.NANOSECONDS)
                            + ":"
                            + changed.to(TimeUnit.NANOSECONDS);
            return new Stamp(word, size, changed.toMillis());
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw Failures.reading(e, path.toString());
        }
    }

    private static Object fact(Map<String, Object> facts, String name) {
        return Objects.requireNonNull(facts.get(name), name);
    }

    @Override
    public boolean isOwn(Path folder) {
        try {
            Map<String, Object> is =
                    Files.readAttributes(folder, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
            int mode = (int) fact(is, "mode");
            boolean isFolder = (mode & FILE_TYPE) == FOLDER;
            // The kernel says who we are: this folder belongs to the process.
            Object self = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            return isFolder && (mode & WRITABLE_BY_OTHERS) == 0 && fact(is, "uid").equals(self);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /// Gives failures their remedy on the way out.
    private static final class Reading extends FilterInputStream {
        private final Path path;

        Reading(InputStream in, Path path) {
            super(in);
            this.path = path;
        }

        @Override
        public int read() throws IOException {
            try {
                return super.read();
            } catch (IOException e) {
                throw new StreamFailure(Failures.reading(e, path.toString()));
            }
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                return super.read(bytes, offset, length);
            } catch (IOException e) {
                throw new StreamFailure(Failures.reading(e, path.toString()));
            }
        }
    }

    private static final class Writing implements Output {
        private final FileChannel channel;
        private final Path path;
        private long position;

        Writing(FileChannel channel, Path path, long position) {
            this.channel = channel;
            this.path = path;
            this.position = position;
        }

        @Override
        public void write(ByteBuffer bytes) throws OpmException {
            try {
                while (bytes.hasRemaining()) {
                    position += channel.write(bytes);
                }
            } catch (IOException e) {
                throw Failures.writing(e, path.toString());
            }
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public void force() throws OpmException {
            try {
                channel.force(true);
            } catch (IOException e) {
                throw Failures.writing(e, path.toString());
            }
        }

        @Override
        public void close() throws OpmException {
            try {
                channel.close();
            } catch (IOException e) {
                throw Failures.writing(e, path.toString());
            }
        }
    }
}
