package opm.rpmmd;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import opm.base.Digest;
import opm.base.OpmException;
import opm.host.Disk;
import opm.host.Host;
import opm.host.Output;
import opm.host.RpmCommand;
import opm.pkgset.PackageSet;
import opm.profile.ProfileCapture;
import opm.profile.SystemProfile;
import org.jspecify.annotations.Nullable;

/// Keeps the set of a root's installed packages between runs, so that rpm need not list them all.
///
/// | path                          | what                                                       |
/// |-------------------------------|------------------------------------------------------------|
/// | `installed/DIGEST.opmset`     | the packages, as [InstalledSet] makes them                 |
/// | `installed/ROOT`              | of one root: what was looked at, then which set came of it |
///
/// What was looked at: every file of rpm's database that holds packages (device, inode, size, both
/// times in nanoseconds, and the first bytes, where sqlite and ndb count changes) and the files
/// that say why packages are installed. One word that differs, or a file that is absent, and rpm
/// is asked. Nothing is kept
///
/// 1. when the database changed while rpm listed it,
/// 2. when it changed in the last two seconds or "in the future": another change in the same tick
///    of a coarse or rolled-back clock might leave the same times,
/// 3. when another user could put a file into the folder.
///
/// A cache that cannot be read or written costs time and nothing else.
public final class InstalledCache {
    private static final String FORMAT = "opm-installed 1";
    private static final String FOLDER = "installed";

    /// Beside the database itself: frames that are not in it yet. Reading touches an empty one.
    private static final String WAL = "rpmdb.sqlite-wal";

    private static final List<String> FILES =
            List.of("rpmdb.sqlite", WAL, "Packages.db", "Packages");
    private static final int HEAD_BYTES = 64;
    private static final int QUIET_MILLIS = 2000;
    private static final int TEXT_BYTES = 1 << 16;

    /// Files aside that are older than a day were left by a crash.
    private static final long STALE_MILLIS = 24 * 3600 * 1000L;

    private final Host host;
    private final Path folder;
    private final RpmCommand rpm;

    /// @param state the folder in which the cache has a folder of its own
    public InstalledCache(Host host, Path state, RpmCommand rpm) {
        this.host = host;
        this.folder = state.resolve(FOLDER);
        this.rpm = rpm;
    }

    /// What is installed.
    ///
    /// @param digest [SystemProfile#installedDigest]
    /// @param releasever [SystemProfile#releasever]
    public record Installed(PackageSet set, Digest digest, String releasever) {
        /// Makes it from what was captured.
        public static Installed of(SystemProfile machine) {
            return new Installed(
                    InstalledSet.of(machine), machine.installedDigest(), machine.releasever());
        }
    }

    /// Where a machine is captured when there is nothing that can be trusted.
    public interface Capture {
        SystemProfile machine() throws OpmException;
    }

    /// Returns what is installed, from the cache where nothing has changed.
    ///
    /// @param configuration the machine without its packages: the answer where there are none
    public Installed get(SystemProfile configuration, Capture capture) throws OpmException {
        if (!rpm.hasDatabase()) {
            return Installed.of(configuration);
        }
        @Nullable String before = look();
        if (before != null) {
            Installed known = read(before);
            if (known != null) {
                return known;
            }
        }
        Installed found = Installed.of(capture.machine());
        if (before != null && before.equals(look()) && isQuiet()) {
            try {
                write(before, found);
            } catch (OpmException _) {
                // The next run asks rpm again.
            }
        }
        return found;
    }

    /// Returns one line per fact that the answer depends on; null when it must not be kept.
    private @Nullable String look() throws OpmException {
        String reasons = ProfileCapture.reasonsStamp(rpm.root(), host.disk(), host.commands());
        if (reasons == null) {
            return null;
        }
        var text = new StringBuilder(FORMAT).append('\n');
        text.append("root ").append(rpm.databaseFolder()).append('\n');
        for (String name : FILES) {
            Path file = rpm.databaseFolder().resolve(name);
            Disk.Stamp stamp = host.disk().stamp(file);
            boolean empty = name.equals(WAL) && stamp != null && stamp.sizeBytes() == 0;
            text.append(name).append(' ');
            text.append(stamp == null || empty ? "-" : stamp.word() + ":" + head(file));
            text.append('\n');
        }
        text.append("reasons ").append(reasons).append('\n');
        for (String name : List.of("etc/os-release", "usr/lib/os-release")) {
            Disk.Stamp stamp = host.disk().stamp(rpm.root().resolve(name));
            text.append(name).append(' ').append(stamp == null ? "-" : stamp.word()).append('\n');
        }
        return text.toString();
    }

    private String head(Path file) throws OpmException {
        try (var in = host.disk().read(file)) {
            return HexFormat.of().formatHex(in.readNBytes(HEAD_BYTES));
        } catch (java.io.IOException e) {
            return "unread";
        }
    }

    private boolean isQuiet() throws OpmException {
        long now = host.clock().millis();
        for (String name : FILES) {
            Disk.Stamp stamp = host.disk().stamp(rpm.databaseFolder().resolve(name));
            boolean empty = name.equals(WAL) && stamp != null && stamp.sizeBytes() == 0;
            if (stamp != null && !empty && stamp.changedMillis() > now - QUIET_MILLIS) {
                return false;
            }
        }
        return true;
    }

    private Path file() {
        byte[] root = rpm.root().toString().getBytes(StandardCharsets.UTF_8);
        return folder.resolve(Digest.sha256Of(root).hex().substring(0, 16));
    }

    private @Nullable Installed read(String looked) {
        Disk disk = host.disk();
        try {
            if (!disk.isOwn(folder) || !disk.exists(file())) {
                return null;
            }
            String text = new String(disk.readAll(file(), TEXT_BYTES), StandardCharsets.UTF_8);
            List<String> rest =
                    text.startsWith(looked)
                            ? text.substring(looked.length()).lines().toList()
                            : List.of();
            if (rest.size() != 4 || !rest.get(3).equals("end")) {
                return null;
            }
            PackageSet set = PackageSet.open(set(rest.get(0)));
            if (!set.digest().hex().equals(rest.get(0))) {
                return null;
            }
            return new Installed(set, Digest.sha256(rest.get(1)), rest.get(2));
        } catch (OpmException | IllegalArgumentException e) {
            return null;
        }
    }

    private Path set(String digest) {
        return folder.resolve(digest + ".opmset");
    }

    private void write(String looked, Installed found) throws OpmException {
        Disk disk = host.disk();
        disk.createOwnDirectories(folder);
        if (!disk.isOwn(folder) || found.releasever().indexOf('\n') >= 0) {
            return;
        }
        String digest = found.set().digest().hex();
        if (!disk.exists(set(digest))) {
            replace(set(digest), out -> found.set().writeTo(out::write));
        }
        String text =
                looked
                        + digest
                        + "\n"
                        + found.digest().hex()
                        + "\n"
                        + found.releasever()
                        + "\nend\n";
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        replace(file(), out -> out.write(bytes, 0, bytes.length));
        sweep();
    }

    private interface Writing {
        void to(Output out) throws OpmException;
    }

    private void replace(Path target, Writing writing) throws OpmException {
        Path aside = folder.resolve(java.util.UUID.randomUUID() + ".part");
        boolean done = false;
        try {
            try (Output out = host.disk().create(aside)) {
                writing.to(out);
                out.force();
            }
            host.disk().rename(aside, target);
            done = true;
        } finally {
            if (!done) {
                host.disk().delete(aside);
            }
        }
    }

    /// Removes sets that no root has any more. Whoever has one open keeps it.
    private void sweep() throws OpmException {
        var used = new ArrayList<String>();
        List<Path> all = host.disk().list(folder);
        for (Path file : all) {
            if (String.valueOf(file.getFileName()).indexOf('.') < 0) {
                byte[] bytes = host.disk().readAll(file, TEXT_BYTES);
                used.addAll(new String(bytes, StandardCharsets.UTF_8).lines().toList());
            }
        }
        for (Path file : all) {
            String name = String.valueOf(file.getFileName());
            int dot = name.indexOf('.');
            boolean unused = name.endsWith(".opmset") && !used.contains(name.substring(0, dot));
            boolean left =
                    name.endsWith(".part")
                            && host.clock().millis() - host.disk().modifiedMillis(file)
                                    > STALE_MILLIS;
            if (unused || left) {
                host.disk().delete(file);
            }
        }
    }
}
