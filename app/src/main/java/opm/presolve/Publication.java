package opm.presolve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;
import opm.host.Command;
import opm.host.Commands;
import org.jspecify.annotations.Nullable;

/// Brings new answers into a platform's folder: all of them or none.
///
/// | state   | on disk                                  | left by  | recovery           |
/// |---------|------------------------------------------|----------|--------------------|
/// | quiet   | no `next`                                |          | nothing            |
/// | staging | `next` without `ready`                   | [#ready] | it is thrown away  |
/// | moving  | `next` with `ready`: everything is there | [#move]  | moving goes on     |
///
/// 1. The reference is moved last: what it names is in its place.
/// 2. A file that does not change is not touched.
/// 3. Names that go are removed after the reference is moved.
///
/// 130,000 files are forced by one `sync` before `ready` is written, not one by one, so this room
/// writes them without `Disk`. What [#move] does is not forced: `ready` goes last, and a file
/// system that loses the end of it in a power cut loses that, too, so moving goes on.
final class Publication {
    private static final String READY = "ready";
    private static final String GONE = "gone";
    private static final String FILES = "files";

    /// Files that are forced one by one: `sync` waits for whatever others wrote, too.
    private static final int FEW = 256;

    private final Path folder;
    private final Path next;
    private final Commands commands;
    private final Set<Path> made = new HashSet<>();

    /// @param folder of the platform
    /// @param build the builder's own of it
    Publication(Path folder, Path build, Commands commands) {
        this.folder = folder;
        next = build.resolve("next");
        this.commands = commands;
    }

    /// Brings the folder into a quiet state.
    ///
    /// @return whether an interrupted publication was brought to its end
    boolean recover() throws OpmException {
        try {
            boolean ready = Files.exists(next.resolve(READY));
            if (ready) {
                move();
            } else {
                removeAll(next);
            }
            return ready;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// Writes a file aside; many threads may.
    ///
    /// @param path relative to the platform's folder
    void stage(String path, byte[] bytes) throws OpmException {
        try {
            Path file = next.resolve(FILES).resolve(path);
            folderOf(file);
            Files.write(file, bytes);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private void folderOf(Path file) throws IOException {
        Path parent = file.getParent();
        synchronized (made) {
            if (parent != null && made.add(parent)) {
                Files.createDirectories(parent);
            }
        }
    }

    /// Everything is staged: from now on it happens.
    ///
    /// @param seconds the time of change of all files
    /// @param gone files that are valid no more, relative to the platform's folder
    void ready(long seconds, List<String> gone) throws OpmException {
        try {
            Files.createDirectories(next.resolve(FILES));
            List<Path> staged = files(next.resolve(FILES));
            for (Path file : staged) {
                Files.setLastModifiedTime(file, FileTime.fromMillis(seconds * 1000));
            }
            Files.writeString(next.resolve(GONE), String.join("\n", gone));
            if (staged.size() > FEW) {
                sync(next);
            } else {
                for (Path file : staged) {
                    force(file);
                }
            }
            force(next.resolve(GONE));
            Files.writeString(next.resolve(READY), "1\n");
            force(next.resolve(READY));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// Puts everything into its place.
    void move() throws OpmException {
        try {
            Path from = next.resolve(FILES);
            Path reference = from.resolve(Tree.OWN).resolve("ref");
            Path signature = from.resolve(Tree.OWN).resolve("ref.minisig");
            for (Path file : files(from)) {
                if (!file.equals(reference) && !file.equals(signature)) {
                    move(from, file);
                }
            }
            for (Path last : List.of(signature, reference)) {
                if (Files.exists(last)) {
                    move(from, last);
                }
            }
            for (String gone : Files.readString(next.resolve(GONE)).lines().toList()) {
                if (!gone.isEmpty()) {
                    remove(folder, folder.resolve(gone));
                }
            }
            Files.deleteIfExists(next.resolve(READY));
            removeAll(next);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// Removes a file, and its folder where that was the last one of it.
    private static void remove(Path folder, Path file) throws IOException {
        Files.deleteIfExists(file);
        Path parent = file.getParent();
        if (parent == null || parent.equals(folder)) {
            return;
        }
        try {
            Files.deleteIfExists(parent);
        } catch (DirectoryNotEmptyException _) {
            // It has others.
        }
    }

    private static void force(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private void move(Path from, Path file) throws IOException {
        Path to = folder.resolve(from.relativize(file));
        folderOf(to);
        Files.move(file, to, StandardCopyOption.ATOMIC_MOVE);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .toList();
        }
    }

    /// Forces a whole file system; where there is no such program the kernel does in its own time,
    /// and a torn file shows by its digest.
    private void sync(Path place) throws OpmException {
        if (commands.has("sync")) {
            commands.run(Command.of("sync", "-f", place.toString()).withTimeout(600));
        }
    }

    private static void removeAll(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        var all = new ArrayList<Path>();
        try (Stream<Path> walk = Files.walk(folder)) {
            walk.forEach(all::add);
        }
        for (Path one : all.reversed()) {
            Files.deleteIfExists(one);
        }
    }

    /// Reads a file of a tree; null when it is absent.
    static byte @Nullable [] read(Path file, int limitBytes) throws OpmException {
        try (var in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(limitBytes + 1);
            if (bytes.length > limitBytes) {
                throw new Damaged(
                        file + ": found more than " + limitBytes + " bytes",
                        "Copy the tree again, or build it anew.");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// Writes a file that is no part of a publication, unless it is that already.
    static void write(Path file, byte[] bytes) throws OpmException {
        try {
            if (Files.exists(file)
                    && Files.size(file) == bytes.length
                    && Arrays.equals(Files.readAllBytes(file), bytes)) {
                return;
            }
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path aside = file.resolveSibling("." + file.getFileName() + ".part");
            Files.write(aside, bytes);
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    static void remove(Path file) throws OpmException {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// Returns the names of what a folder holds, sorted; none where it is absent.
    static List<String> list(Path folder) throws OpmException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static OpmException failed(IOException e) {
        return new Refused(
                        "presolve tree: " + e,
                        "What is published stays as it is; see that the disk has room and may be"
                                + " written, then build again.")
                .because(e);
    }
}
