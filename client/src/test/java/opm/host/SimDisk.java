package opm.host;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Refused;
import org.jspecify.annotations.Nullable;

/// A disk in memory on which the world can end at any forced write.
///
/// | what              | reaches the medium with                                   |
/// |-------------------|-----------------------------------------------------------|
/// | bytes of a file   | [Output#force] of that file, [#forceAll]                  |
/// | names in a folder | [#forceDirectory], a [#rename] into it, [#forceAll]       |
///
/// That is less than file systems do, so what survives here survives anywhere. After a crash every
/// call fails with [Crash] until [#restart].
public final class SimDisk implements Disk {
    /// What becomes of what was not forced.
    public enum End {
        /// The process dies and the kernel lives: nothing is lost.
        STOP,
        /// The power fails: all of it is lost.
        DROP,
        /// The power fails: some of it is lost, files are cut anywhere.
        TEAR
    }

    /// The process that writes has died.
    public static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private abstract static sealed class Node {}

    private static final class Folder extends Node {
        private final Map<String, Node> now = new TreeMap<>();
        private Map<String, Node> kept = Map.of();

        /// What changed since [#kept]: names with their nodes, those of one change together.
        private final List<Map<String, Optional<Node>>> pending = new ArrayList<>();

        void put(String name, @Nullable Node node) {
            change(Map.of(name, Optional.ofNullable(node)));
        }

        void change(Map<String, Optional<Node>> names) {
            apply(names, now);
            pending.add(names);
        }

        static void apply(Map<String, Optional<Node>> names, Map<String, Node> to) {
            for (var name : names.entrySet()) {
                if (name.getValue().isPresent()) {
                    to.put(name.getKey(), name.getValue().get());
                } else {
                    to.remove(name.getKey());
                }
            }
        }

        void keep() {
            kept = new TreeMap<>(now);
            pending.clear();
        }
    }

    private static final class Plain extends Node {
        private byte[] now = new byte[0];
        private byte[] kept = new byte[0];

        /// Written anew since it was forced: not even its first bytes need survive.
        private boolean emptied;

        void keep() {
            kept = now;
            emptied = false;
        }
    }

    private Folder top = new Folder();
    private boolean dead;
    private int forces;
    private int crashAt = Integer.MAX_VALUE;

    /// Lets the world end before the forced write of this number, counted from 1 from now on.
    public void crashAt(int force) {
        forces = 0;
        crashAt = force;
    }

    /// Returns how many writes were forced since [#crashAt].
    public int forces() {
        return forces;
    }

    /// Goes on with what survived.
    public void restart(End end, Random random) {
        if (end != End.STOP) {
            lose(top, end, random);
        }
        dead = false;
        crashAt(Integer.MAX_VALUE);
    }

    private static void lose(Folder folder, End end, Random random) {
        Map<String, Node> names = new TreeMap<>(folder.kept);
        int survive = end == End.TEAR ? random.nextInt(folder.pending.size() + 1) : 0;
        folder.pending.subList(0, survive).forEach(change -> Folder.apply(change, names));
        folder.now.clear();
        folder.now.putAll(names);
        folder.keep();
        for (Node node : folder.now.values()) {
            switch (node) {
                case Folder inner -> lose(inner, end, random);
                case Plain file -> {
                    if (end == End.TEAR) {
                        int least = file.emptied ? 0 : file.kept.length;
                        int size = least + random.nextInt(file.now.length - least + 1);
                        byte[] survives = Arrays.copyOf(file.now, size);
                        if (!file.emptied && file.kept.length > 0) {
                            // What was written over may be old behind some byte.
                            int until = random.nextInt(file.kept.length + 1);
                            int rest = Math.min(file.kept.length, size) - until;
                            System.arraycopy(
                                    file.kept, until, survives, until, Math.max(rest, 0));
                        }
                        file.kept = survives;
                    }
                    file.now = file.kept;
                    file.emptied = false;
                }
            }
        }
    }

    /// Counts a forced write; the world may end before it.
    private void force() {
        live();
        if (++forces >= crashAt) {
            dead = true;
            throw new Crash();
        }
    }

    private void live() {
        if (dead) {
            throw new Crash();
        }
    }

    /// What `sync` does.
    public void forceAll() {
        force();
        keep(top);
    }

    private static void keep(Folder folder) {
        folder.keep();
        for (Node node : folder.now.values()) {
            switch (node) {
                case Folder inner -> keep(inner);
                case Plain file -> file.keep();
            }
        }
    }

    private @Nullable Node find(Path path) {
        live();
        Node node = top;
        for (Path name : path.toAbsolutePath().normalize()) {
            node = node instanceof Folder folder ? folder.now.get(name.toString()) : null;
        }
        return node;
    }

    private Folder parent(Path path) throws OpmException {
        Path above = path.toAbsolutePath().normalize().getParent();
        if (above != null && find(above) instanceof Folder folder) {
            return folder;
        }
        throw new Refused(path + ": found no folder to write it into", "Make it.");
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private Plain plain(Path path) throws BadRequest {
        if (find(path) instanceof Plain file) {
            return file;
        }
        throw new BadRequest(path + ": no such file", "Name another.");
    }

    /// Writes a file that nobody asks about the medium, like those of /proc.
    public void give(Path path, String text) throws OpmException {
        createDirectories(path.getParent() == null ? path : path.getParent());
        try (Output out = create(path)) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            out.write(bytes, 0, bytes.length);
        }
    }

    /// Returns a file as text, null when there is none.
    public @Nullable String text(Path path) {
        return find(path) instanceof Plain file
                ? new String(file.now, StandardCharsets.UTF_8)
                : null;
    }

    /// Returns the paths of all files below a folder.
    public List<Path> files(Path folder) {
        List<Path> files = new ArrayList<>();
        for (Path path : list(folder)) {
            if (isDirectory(path)) {
                files.addAll(files(path));
            } else {
                files.add(path);
            }
        }
        return files;
    }

    @Override
    public boolean exists(Path path) {
        return find(path) != null;
    }

    @Override
    public boolean isDirectory(Path path) {
        return find(path) instanceof Folder;
    }

    @Override
    public long size(Path path) throws OpmException {
        return plain(path).now.length;
    }

    @Override
    public InputStream read(Path path) throws OpmException {
        return new ByteArrayInputStream(plain(path).now);
    }

    @Override
    public InputStream read(Path path, long fromByte) throws OpmException {
        byte[] bytes = plain(path).now;
        return new ByteArrayInputStream(bytes, (int) fromByte, bytes.length - (int) fromByte);
    }

    @Override
    public byte[] readAll(Path path, int limitBytes) throws OpmException {
        byte[] bytes = plain(path).now;
        if (bytes.length > limitBytes) {
            throw new OpmException.Damaged(path + ": too long", "Get it again.");
        }
        return bytes.clone();
    }

    @Override
    public List<Path> list(Path folder) {
        return find(folder) instanceof Folder found
                ? found.now.keySet().stream()
                        .sorted(Comparator.naturalOrder())
                        .map(folder::resolve)
                        .toList()
                : List.of();
    }

    @Override
    public Output create(Path path) throws OpmException {
        Output out = append(path);
        plain(path).now = new byte[0];
        plain(path).emptied = true;
        return out;
    }

    @Override
    public Output createSecret(Path path) throws OpmException {
        if (find(path) != null) {
            throw new Refused(path + ": it is there already", "Name another.");
        }
        return create(path);
    }

    @Override
    public Output append(Path path) throws OpmException {
        Folder folder = parent(path);
        if (!(folder.now.get(name(path)) instanceof Plain)) {
            folder.put(name(path), new Plain());
        }
        return new Writing(plain(path));
    }

    @Override
    public Output update(Path path, long fromByte) throws OpmException {
        var out = new Writing(plain(path));
        out.position = (int) fromByte;
        return out;
    }

    private final class Writing implements Output {
        private final Plain file;

        /// Where the next bytes go; -1 for the end.
        private int position = -1;

        Writing(Plain file) {
            this.file = file;
        }

        @Override
        public void write(ByteBuffer bytes) {
            live();
            int at = position < 0 ? file.now.length : position;
            int end = at + bytes.remaining();
            file.now = Arrays.copyOf(file.now, Math.max(end, file.now.length));
            bytes.get(file.now, at, bytes.remaining());
            position = position < 0 ? -1 : end;
        }

        @Override
        public long position() {
            return position < 0 ? file.now.length : position;
        }

        @Override
        public void force() {
            SimDisk.this.force();
            file.keep();
        }

        @Override
        public void close() {}
    }

    @Override
    public void truncate(Path path, long sizeBytes) throws OpmException {
        Plain file = plain(path);
        file.now = Arrays.copyOf(file.now, (int) sizeBytes);
        force();
        file.keep();
    }

    @Override
    public void rename(Path from, Path to) throws OpmException {
        move(from, to);
        forceDirectory(to.toAbsolutePath().getParent() == null ? to : to.resolveSibling("."));
    }

    /// Renames as programs do that force nothing.
    public void move(Path from, Path to) throws OpmException {
        Node node = find(from);
        if (node == null) {
            throw new BadRequest(from + ": no such file", "Name another.");
        }
        if (parent(to) == parent(from)) {
            parent(to).change(Map.of(name(to), Optional.of(node), name(from), Optional.empty()));
        } else {
            parent(to).put(name(to), node);
            parent(from).put(name(from), null);
        }
    }

    @Override
    public void delete(Path path) throws OpmException {
        Node node = find(path);
        if (node instanceof Folder folder && !folder.now.isEmpty()) {
            throw new Refused(path + ": the folder is not empty", "Empty it.");
        }
        if (node != null) {
            parent(path).put(name(path), null);
        }
    }

    @Override
    public void createDirectories(Path folder) throws OpmException {
        live();
        Folder at = top;
        for (Path name : folder.toAbsolutePath().normalize()) {
            if (!(at.now.get(name.toString()) instanceof Folder)) {
                at.put(name.toString(), new Folder());
            }
            if (!(at.now.get(name.toString()) instanceof Folder next)) {
                throw new Refused(folder + ": found a file", "Move it away.");
            }
            at = next;
        }
    }

    @Override
    public void createOwnDirectories(Path folder) throws OpmException {
        createDirectories(folder);
    }

    @Override
    public void copy(Path from, Path to) throws OpmException {
        byte[] bytes = plain(from).now;
        try (Output out = create(to)) {
            out.write(bytes, 0, bytes.length);
        }
    }

    @Override
    public boolean tryLink(Path from, Path to) {
        if (find(from) instanceof Plain file && find(to) == null) {
            try {
                parent(to).put(name(to), file);
                return true;
            } catch (OpmException noFolder) {
                return false;
            }
        }
        return false;
    }

    @Override
    public Lock tryLock(Path file) {
        return () -> {};
    }

    @Override
    public void forceDirectory(Path folder) throws OpmException {
        if (!(find(folder) instanceof Folder found)) {
            throw new Refused(folder + ": found no folder", "Make it.");
        }
        force();
        found.keep();
    }

    @Override
    public long freeBytes(Path path) {
        return 1L << 40;
    }

    @Override
    public @Nullable Path linkTarget(Path path) {
        return null;
    }

    @Override
    public Path real(Path path) {
        return path.toAbsolutePath().normalize();
    }

    @Override
    public Access access(Path path) {
        return new Access(0, 0, 0755);
    }

    @Override
    public long modifiedMillis(Path path) {
        return 0;
    }

    private long stamps;

    /// No two are equal, so nobody takes one state of this disk for another.
    @Override
    public @Nullable Stamp stamp(Path path) throws OpmException {
        return exists(path) ? new Stamp("sim:" + stamps++, size(path), Long.MAX_VALUE) : null;
    }

    @Override
    public boolean isOwn(Path folder) {
        return isDirectory(folder);
    }
}
