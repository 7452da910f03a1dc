package opm.engine;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.zip.GZIPInputStream;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.host.Host;
import opm.pkgset.PackageSet;
import opm.profile.ProfileText;
import opm.profile.SystemProfile;
import opm.rpmmd.Group;
import org.jspecify.annotations.Nullable;

/// Machines of strangers: their profiles lie in memory alone, and say nothing about where this
/// machine fetches from. Repositories that several of them see are mapped once.
public final class Guest {
    /// Stands where other engines have the name of the profile's file; nobody opens it.
    private static final Path NOWHERE = Path.of("/dev/null");

    private final Host host;
    private final Options options;
    private final Map<String, WeakReference<PackageSet>> sets = new ConcurrentHashMap<>();
    private final Map<Digest, WeakReference<List<Group>>> groups = new ConcurrentHashMap<>();
    final FilesAside files;

    /// @param closed whether nobody needs anything any more
    /// @throws IllegalArgumentException when the options name no repositories: those of the profile
    ///     would count
    public Guest(Host host, Options options, BooleanSupplier closed) {
        if (options.repos().isEmpty() && options.reposDir() == null) {
            throw new IllegalArgumentException("no repositories of our own");
        }
        this.host = host;
        this.options = options;
        Engine nobody = engine(Watcher.until(closed), SystemProfile.blank(""));
        files = new FilesAside(Repositories.metadata(nobody));
    }

    /// Unpacks a profile within what strangers may send.
    public static byte[] unpacked(byte[] sent) throws BadRequest {
        byte[] text = sent;
        if (sent.length > 1 && sent[0] == 0x1f && (sent[1] & 0xff) == 0x8b) {
            try (var in = new GZIPInputStream(new ByteArrayInputStream(sent))) {
                text = in.readNBytes(Limits.GUEST_PROFILE_BYTES + 1);
            } catch (IOException e) {
                throw (BadRequest)
                        new BadRequest(
                                        "the profile: found a damaged gzip file",
                                        "Copy it again, or capture it again.")
                                .because(e);
            }
        }
        int lines = 0;
        for (byte one : text) {
            lines += one == '\n' ? 1 : 0;
        }
        if (text.length > Limits.GUEST_PROFILE_BYTES || lines > Limits.GUEST_PROFILE_LINES) {
            throw new BadRequest(
                    "the profile: found more than this server takes, expected at most "
                            + Limits.GUEST_PROFILE_BYTES
                            + " bytes and "
                            + Limits.GUEST_PROFILE_LINES
                            + " lines, unpacked",
                    "For a machine as large as that use opm itself: `opm bundle create`.");
        }
        return text;
    }

    /// Reads a profile as somebody sent it.
    ///
    /// Its variables are dropped: they would stand in addresses that this machine asks.
    ///
    /// @throws BadRequest when its release is no plain word, which would stand there too
    public static SystemProfile read(byte[] text) throws OpmException {
        SystemProfile read = ProfileText.read(text, "the profile");
        if (!read.releasever().matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}|")
                || !read.arch().matches("[A-Za-z0-9_]{1,32}")) {
            throw new BadRequest(
                    "the profile: found a release or an architecture with strange letters",
                    "Capture the profile again with opm-profile.sh.");
        }
        return new SystemProfile(
                read.distro(),
                read.arch(),
                read.kernel(),
                read.rpmVersion(),
                read.rpmlib(),
                read.ramBytes(),
                read.capturedAtSeconds(),
                read.mounts(),
                read.mains(),
                read.repos(),
                Map.of(),
                read.withheld(),
                read.locks(),
                read.modules(),
                read.protectedNames(),
                read.keys(),
                read.packages());
    }

    /// Makes an engine that thinks for a machine, with the repositories of the options.
    public Engine engine(Watcher watcher, SystemProfile machine) {
        return engine(watcher, machine, "", null);
    }

    /// Makes an engine that thinks for a machine.
    ///
    /// @param release to which it is brought; empty for the one that it has
    /// @param repos null for the repositories of the options
    public Engine engine(
            Watcher watcher, SystemProfile machine, String release, @Nullable Folder repos) {
        Options own = repos == null ? options : options.of(repos.folder(), repos.on());
        Options now = release.isEmpty() ? own : own.ofRelease(release);
        var engine = new Engine(host, now.forMachine(NOWHERE), watcher);
        engine.machine = machine;
        engine.guest = this;
        return engine;
    }

    /// Repositories for one kind of machine.
    ///
    /// @param folder of `.repo` files
    /// @param on ids of those that count although they are disabled there
    public record Folder(Path folder, List<String> on) {
        public Folder {
            on = List.copyOf(on);
        }
    }

    /// Looks for what is new in the repositories that a machine sees; of those that cannot be had
    /// the last that was good stays.
    ///
    /// @param repos null for the repositories of the options
    /// @return what stood in the way, by the repository's id
    public Map<String, OpmException> refresh(
            Watcher watcher, SystemProfile machine, @Nullable Folder repos) throws OpmException {
        return engine(watcher, machine, "", repos).repositories().refreshEach();
    }

    interface GroupsReader {
        List<Group> read() throws OpmException;
    }

    /// Returns the groups of a repository, read once for all machines that look at them.
    ///
    /// @param repomd of the repository
    List<Group> groups(Digest repomd, GroupsReader reader) throws OpmException {
        WeakReference<List<Group>> known = groups.get(repomd);
        List<Group> there = known == null ? null : known.get();
        if (there == null) {
            there = reader.read();
            groups.values().removeIf(old -> old.get() == null);
            groups.put(repomd, new WeakReference<>(there));
        }
        return there;
    }

    /// Returns the set of equal content that another machine sees, else this one.
    PackageSet shared(PackageSet set) {
        sets.values().removeIf(known -> known.get() == null);
        String key = set.digest().hex() + " " + set.askedPaths() + " " + set.knowsAllFiles();
        WeakReference<PackageSet> known =
                sets.compute(
                        key,
                        (_, there) ->
                                there == null || there.get() == null
                                        ? new WeakReference<>(set)
                                        : there);
        PackageSet there = known.get();
        return there == null ? set : there;
    }
}
