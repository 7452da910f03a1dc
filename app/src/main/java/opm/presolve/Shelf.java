package opm.presolve;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import opm.base.OpmException;
import opm.plan.Artifact;
import opm.thin.Addresses;
import opm.thin.Answers;
import opm.thin.Platform;
import opm.thin.Reference;
import org.jspecify.annotations.Nullable;

/// A built tree as a server sees it: what is published now. Many threads.
public final class Shelf {
    private static final int TEXT_BYTES = 1 << 16;

    private final Path tree;
    private final Map<Platform, Now> known = new ConcurrentHashMap<>();

    public Shelf(Path tree) {
        this.tree = tree;
    }

    /// What is valid of one platform.
    ///
    /// @param names sorted
    /// @param changed when each one's answer was published, seconds since 1970
    @SuppressWarnings("ArrayRecordComponent") // one owner, never compared
    private record Now(
            String stamp,
            Reference reference,
            String[] names,
            long[] changed,
            long lastSeconds) {}

    /// Returns the platforms of the tree, sorted.
    public List<Platform> platforms() throws OpmException {
        return Published.platforms(tree);
    }

    private @Nullable Now now(Platform platform) throws OpmException {
        String stamp = stamp(Tree.own(platform.in(tree)).resolve("ref"));
        if (stamp == null) {
            return null;
        }
        Now now = known.get(platform);
        if (now == null || !now.stamp.equals(stamp)) {
            synchronized (this) {
                now = known.get(platform);
                if (now == null || !now.stamp.equals(stamp)) {
                    now = read(platform, stamp);
                    known.put(platform, now);
                }
            }
        }
        return now;
    }

    private Now read(Platform platform, String stamp) throws OpmException {
        Published published = Published.read(tree, platform);
        if (published == null) {
            throw new IllegalStateException(platform + " left while it was read");
        }
        var entries = List.copyOf(published.index().entries().values());
        var names = new String[entries.size()];
        var changed = new long[entries.size()];
        long last = 0;
        for (int at = 0; at < names.length; at++) {
            names[at] = entries.get(at).name();
            changed[at] = entries.get(at).seconds();
            last = Math.max(last, changed[at]);
        }
        return new Now(stamp, published.reference(), names, changed, last);
    }

    private static @Nullable String stamp(Path file) {
        BasicFileAttributes facts = facts(file);
        return facts == null
                ? null
                : facts.lastModifiedTime() + " " + facts.size() + " " + facts.fileKey();
    }

    /// Answers that changed.
    ///
    /// @param json the list of names
    /// @param count of them
    /// @param lastSeconds when the latest of all answers was published
    @SuppressWarnings("ArrayRecordComponent") // one owner, never compared
    public record Updates(byte[] json, int count, long lastSeconds) {}

    /// Returns the names whose answers were published after a second; null where there is no such
    /// platform. Each publication has a later second than all in which anybody could have seen what
    /// was before it, so no name is lost, however often somebody asks.
    ///
    /// @param seconds -1 for all names
    public @Nullable Updates updates(Platform platform, long seconds) throws OpmException {
        Now now = now(platform);
        if (now == null) {
            return null;
        }
        var names = new ArrayList<String>();
        for (int at = 0; at < now.names.length; at++) {
            if (now.changed[at] > seconds) {
                names.add(now.names[at]);
            }
        }
        return new Updates(Presolver.list(names), names.size(), now.lastSeconds);
    }

    /// Returns names that hold a word, those that begin with it first; null where there is no such
    /// platform.
    public @Nullable List<String> search(Platform platform, String word) throws OpmException {
        Now now = now(platform);
        return now == null ? null : Answers.holding(word, List.of(now.names));
    }

    /// Returns a list as JSON.
    public static byte[] list(List<String> names) {
        return Presolver.list(names);
    }

    /// A file that is served.
    public record Served(Path file, BasicFileAttributes facts) {}

    /// Returns the file that an address means; null when it is none that is served.
    ///
    /// @param path as in an address, without the first `/`
    public @Nullable Served file(String path) {
        if (!Artifact.isInside(path) || path.startsWith(".") || path.contains("/.")) {
            return null;
        }
        Path file = tree.resolve(path);
        BasicFileAttributes facts = facts(file);
        if (facts != null && facts.isDirectory()) {
            file = file.resolve("index.html");
            facts = facts(file);
        }
        return facts == null || !facts.isRegularFile() ? null : new Served(file, facts);
    }

    private static @Nullable BasicFileAttributes facts(Path file) {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class);
        } catch (IOException e) {
            return null;
        }
    }

    /// Returns where a package is that the tree does not hold; null when nobody said so.
    ///
    /// @param path what stands after `-/rpm/`
    public @Nullable String mirror(Platform platform, String path) throws OpmException {
        Now now = now(platform);
        int slash = path.indexOf('/');
        if (now == null || slash < 0 || !Artifact.isInside(path)) {
            return null;
        }
        String start = path.substring(0, slash) + " ";
        for (String line : now.reference.mirrors()) {
            if (line.startsWith(start)) {
                return line.substring(start.length()) + Addresses.of(path.substring(slash + 1));
            }
        }
        return null;
    }

    /// Returns figures about the tree, as Prometheus reads them.
    public String metrics() throws OpmException {
        var out = new StringBuilder();
        for (Platform platform : platforms()) {
            Now now = now(platform);
            if (now != null) {
                String label = "{platform=\"" + platform.word() + "\"} ";
                out.append("opm_presolve_answers").append(label);
                out.append(now.reference.answers()).append('\n');
                out.append("opm_presolve_serial").append(label);
                out.append(now.reference.serial()).append('\n');
                out.append("opm_presolve_published_seconds").append(label);
                out.append(now.reference.seconds()).append('\n');
            }
        }
        byte[] failed = Publication.read(failed(tree), TEXT_BYTES);
        out.append("opm_presolve_build_failed ").append(failed == null ? 0 : 1).append('\n');
        return out.toString();
    }

    /// Returns what the last build died of; null when it did not.
    public @Nullable String alarm() throws OpmException {
        byte[] failed = Publication.read(failed(tree), TEXT_BYTES);
        return failed == null ? null : new String(failed, StandardCharsets.UTF_8).strip();
    }

    static Path failed(Path tree) {
        return tree.resolve(".build").resolve("failed");
    }
}
