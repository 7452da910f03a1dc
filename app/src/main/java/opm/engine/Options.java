package opm.engine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;
import opm.solve.Globs;
import opm.solve.Policy;
import org.jspecify.annotations.Nullable;

/// For which machine, with which repositories, by which policy.
///
/// @param root the machine to look at and change
/// @param profile another machine to think for; null for `root`
/// @param base what the machine's own packages lie upon
/// @param repos id → address; when not empty, only these are looked at
/// @param reposDir where `.repo` files lie; null for what the machine's profile says
/// @param switches which of the configured repositories are looked at
/// @param releasever null for what the machine says, as for `arch`
/// @param state the folder for package sets, store and history
/// @param stores where packages are kept
/// @param best only the newest candidate will do; null for what the machine's configuration says
/// @param excludes globs of packages that must not come in
/// @param style whose habits to follow; null for those of the machine's distribution
/// @param modules the stream to take, by module; for others the machine decides
/// @param limitBytesPerSecond 0 for none
/// @param unsigned which packages may be unsigned: null none, empty all of this request
/// @param offline nothing is fetched; what is at hand must do
/// @param oneBatch all packages go to rpm in one run, as dnf does it
public record Options(
        Path root,
        @Nullable Path profile,
        Base base,
        SequencedMap<String, String> repos,
        @Nullable Path reposDir,
        Switches switches,
        @Nullable String releasever,
        @Nullable String arch,
        Path state,
        Stores stores,
        @Nullable Boolean weak,
        @Nullable Boolean best,
        boolean allowErasing,
        List<String> excludes,
        Policy.@Nullable Style style,
        Map<String, String> modules,
        long limitBytesPerSecond,
        @Nullable List<String> unsigned,
        boolean offline,
        boolean oneBatch) {
    /// Which configured repositories count, whatever their files say. The last word is `off`.
    ///
    /// @param on globs of names of repositories
    /// @param off globs of names of repositories
    /// @param beside repositories that count in addition: id → address
    public record Switches(List<String> on, List<String> off, Map<String, String> beside) {
        /// As the files say.
        public static final Switches NONE = new Switches(List.of(), List.of(), Map.of());

        public Switches {
            on = List.copyOf(on);
            off = List.copyOf(off);
            beside = Map.copyOf(beside);
        }

        /// Tells whether a repository is looked at.
        boolean enabled(String id, boolean configured) {
            return (configured || on.stream().anyMatch(glob -> Globs.matches(glob, id)))
                    && off.stream().noneMatch(glob -> Globs.matches(glob, id));
        }
    }

    /// A base that is read and never changed.
    ///
    /// @param place a root or a package set; null for none
    /// @param hidden packages of it that the machine does not have: `NAME` or `NAME.ARCH`
    public record Base(@Nullable Path place, List<String> hidden) {
        public static final Base NONE = new Base(null, List.of());

        public Base {
            hidden = List.copyOf(hidden);
        }
    }

    /// Where packages are kept.
    ///
    /// @param own null for `store` in the state folder
    /// @param below stores that are only read: root's, one on a stick
    public record Stores(@Nullable Path own, List<Path> below) {
        /// The state folder's alone.
        public static final Stores USUAL = new Stores(null, List.of());

        public Stores {
            below = List.copyOf(below);
        }
    }

    public Options {
        excludes = List.copyOf(excludes);
        modules = Map.copyOf(modules);
        unsigned = unsigned == null ? null : List.copyOf(unsigned);
    }

    /// Returns the same with one more of the configured repositories, and nothing is fetched.
    Options offlineWith(String repo) {
        var on = new ArrayList<>(switches.on());
        on.add(repo);
        var which = new Switches(on, switches.off(), switches.beside());
        return with(same -> same.switches = which).withoutNetwork();
    }

    /// Returns the same with one repository and no other.
    public Options only(String id, String url) {
        return only(new LinkedHashMap<>(Map.of(id, url)));
    }

    /// Returns the same with these repositories and no others: id → address.
    Options only(SequencedMap<String, String> these) {
        return with(
                same -> {
                    same.repos = these;
                    same.reposDir = null;
                    same.switches = Switches.NONE;
                });
    }

    /// Returns the same with the repositories of a folder of `.repo` files and no others.
    ///
    /// @param on ids of those that count although they are disabled there
    public Options of(Path folder, List<String> on) {
        return with(
                same -> {
                    same.repos = new LinkedHashMap<>();
                    same.reposDir = folder;
                    same.switches = new Switches(on, List.of(), Map.of());
                });
    }

    /// Returns the same with repositories beside those that are configured or given.
    public Options beside(Map<String, String> more) {
        return with(same -> same.switches = new Switches(switches.on(), switches.off(), more));
    }

    /// Returns the same for another machine, with its own repositories when none are given, and
    /// without a network.
    Options offlineFor(Path machine, SequencedMap<String, String> itsRepos) {
        return only(itsRepos).forMachine(machine).withoutNetwork();
    }

    /// Returns the same for another machine.
    public Options forMachine(Path machine) {
        return with(same -> same.profile = machine);
    }

    /// Returns the same for another release.
    Options ofRelease(String release) {
        return with(same -> same.releasever = release);
    }

    /// Returns the same where nothing is fetched.
    Options withoutNetwork() {
        return with(same -> same.offline = true);
    }

    /// Returns the same where packages may be unsigned that nobody named.
    public Options unsignedToo() {
        return unsignedToo(List.of());
    }

    /// Returns the same where these packages may be unsigned, by name; null for none.
    Options unsignedToo(@Nullable List<String> names) {
        return with(same -> same.unsigned = names);
    }

    /// Returns the same with another state folder, and a store of its own in it.
    public Options in(Path folder) {
        return with(
                same -> {
                    same.state = folder;
                    same.stores = Stores.USUAL;
                });
    }

    private Options with(Consumer<Draft> change) {
        var draft = new Draft(this);
        change.accept(draft);
        return draft.over(this);
    }

    /// What can be changed of options, while it is.
    private static final class Draft {
        private @Nullable Path profile;
        private SequencedMap<String, String> repos;
        private @Nullable Path reposDir;
        private Switches switches;
        private @Nullable String releasever;
        private Path state;
        private Stores stores;
        private @Nullable List<String> unsigned;
        private boolean offline;

        Draft(Options from) {
            profile = from.profile;
            repos = from.repos;
            reposDir = from.reposDir;
            switches = from.switches;
            releasever = from.releasever;
            state = from.state;
            stores = from.stores;
            unsigned = from.unsigned;
            offline = from.offline;
        }

        Options over(Options from) {
            return new Options(
                    from.root,
                    profile,
                    from.base,
                    repos,
                    reposDir,
                    switches,
                    releasever,
                    from.arch,
                    state,
                    stores,
                    from.weak,
                    from.best,
                    from.allowErasing,
                    from.excludes,
                    from.style,
                    from.modules,
                    from.limitBytesPerSecond,
                    unsigned,
                    offline,
                    from.oneBatch);
        }
    }
}
