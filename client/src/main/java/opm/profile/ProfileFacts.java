package opm.profile;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import opm.base.DepKind;
import opm.base.Limits;
import opm.base.OpmException.Damaged;
import opm.base.RpmDep;
import opm.profile.InstalledPackage.Reason;
import opm.profile.SystemProfile.Config;
import opm.profile.SystemProfile.Distro;
import opm.profile.SystemProfile.Key;
import opm.profile.SystemProfile.Lock;
import opm.profile.SystemProfile.Module;
import opm.profile.SystemProfile.Mount;
import org.jspecify.annotations.Nullable;

/// Collects the lines of a profile, one after the other, into what they say.
final class ProfileFacts {
    private static final Map<String, DepKind> BY_LETTER = new TreeMap<>();

    static {
        for (DepKind kind : DepKind.values()) {
            BY_LETTER.put(String.valueOf(kind.letter()), kind);
        }
    }

    private final ProfileReader reader;
    private final Map<String, List<String>> once = new TreeMap<>();
    private final List<RpmDep> rpmlib = new ArrayList<>();
    private final List<Mount> mounts = new ArrayList<>();
    private final List<Config> mains = new ArrayList<>();
    private final List<Repo> repos = new ArrayList<>();
    private final Map<String, String> variables = new TreeMap<>();
    private final List<String> withheld = new ArrayList<>();
    private final List<Lock> locks = new ArrayList<>();
    private final List<Module> modules = new ArrayList<>();
    private final List<String> protectedNames = new ArrayList<>();
    private final List<Key> keys = new ArrayList<>();
    private final List<InstalledPackage> packages = new ArrayList<>();

    /// What `set`, `strip`, `armor`, dependency and file lines belong to.
    private List<String> head = List.of("");

    private final List<Setting> options = new ArrayList<>();
    private final List<String> stripped = new ArrayList<>();
    private final List<String> armor = new ArrayList<>();
    private final Map<DepKind, List<RpmDep>> dependencies = new EnumMap<>(DepKind.class);
    private final List<String> files = new ArrayList<>();
    private int dependencyCount;

    /// The package of the head, before its dependencies and files are known.
    private @Nullable InstalledPackage bare;

    ProfileFacts(ProfileReader reader) {
        this.reader = reader;
    }

    void line(List<String> fields) throws Damaged {
        String kind = fields.getFirst();
        DepKind dependency = kind.length() == 1 ? BY_LETTER.get(kind) : null;
        if (dependency != null) {
            belongs("pkg", kind);
            if (++dependencyCount > Limits.DEPENDENCIES) {
                throw reader.fault("another dependency", "at most " + Limits.DEPENDENCIES);
            }
            dependencies
                    .computeIfAbsent(dependency, _ -> new ArrayList<>())
                    .add(reader.dependency(fields, dependency));
            return;
        }
        switch (kind) {
            case "F" -> {
                belongs("pkg", kind);
                files.add(count(fields, 2).get(1));
            }
            case "set" -> {
                belongs("main repo override", kind);
                options.add(new Setting(count(fields, 3).get(1), fields.get(2)));
            }
            case "strip" -> {
                belongs("main repo override", kind);
                stripped.add(count(fields, 2).get(1));
            }
            case "armor" -> {
                belongs("key", kind);
                armor.add(count(fields, 2).get(1));
            }
            case "main" -> head(count(fields, 2));
            case "key" -> head(count(fields, 3));
            case "repo", "override" -> head(count(fields, 3));
            case "pkg" -> {
                head(count(fields, 11));
                bare = installed(fields);
            }
            default -> other(kind, fields);
        }
    }

    private void other(String kind, List<String> fields) throws Damaged {
        head(List.of(""));
        switch (kind) {
            case "distro" -> once(count(fields, 5));
            case "arch", "kernel", "rpm" -> once(count(fields, 2));
            case "ram", "at" -> {
                once(count(fields, 2));
                reader.number(fields.get(1), kind);
            }
            case "rpmlib" ->
                    rpmlib.add(new RpmDep(count(fields, 3).get(1), 1 << 24 | 8, fields.get(2)));
            case "mount" -> mounts.add(mount(count(fields, 7)));
            case "var" -> variables.put(count(fields, 3).get(1), fields.get(2));
            case "withheld" -> withheld.add(count(fields, 2).get(1));
            case "lock" -> locks.add(new Lock(count(fields, 3).get(1), fields.get(2)));
            case "module" ->
                    modules.add(
                            new Module(
                                    count(fields, 5).get(1),
                                    fields.get(2),
                                    fields.get(3),
                                    fields.get(4)));
            case "protect" -> protectedNames.add(count(fields, 2).get(1));
            default -> {
                if (!reader.newerMinor()) {
                    throw reader.fault("'" + kind + "'", "a kind of line of version 1.0");
                }
                // Lines that follow belong to something that is not known here.
                head = List.of("?");
            }
        }
    }

    private void once(List<String> fields) throws Damaged {
        if (once.put(fields.getFirst(), fields) != null) {
            throw reader.fault("'" + fields.getFirst() + "' again", "it once");
        }
    }

    private void belongs(String heads, String kind) throws Damaged {
        boolean fits = false;
        for (String one : heads.split(" ")) {
            fits |= one.equals(head.getFirst());
        }
        if (!fits && !(reader.newerMinor() && head.getFirst().equals("?"))) {
            throw reader.fault("'" + kind + "' here", "it behind " + heads.replace(" ", " or "));
        }
    }

    /// A newer minor version may add fields at the end, never take one away.
    private List<String> count(List<String> fields, int expected) throws Damaged {
        if (fields.size() != expected && !(reader.newerMinor() && fields.size() > expected)) {
            throw reader.fault(
                    "'" + fields.getFirst() + "' with " + (fields.size() - 1) + " fields",
                    String.valueOf(expected - 1));
        }
        return fields;
    }

    private void head(List<String> fields) throws Damaged {
        finish();
        head = fields;
    }

    private void finish() throws Damaged {
        switch (head.getFirst()) {
            case "main" -> mains.add(new Config(head.get(1), options, stripped));
            case "repo", "override" ->
                    repos.add(
                            new Repo(
                                    head.get(1),
                                    head.get(2),
                                    head.getFirst().equals("override"),
                                    options,
                                    stripped));
            case "key" -> keys.add(new Key(head.get(1), head.get(2), armor));
            case "pkg" -> packages.add(requireNonNull(bare).with(dependencies, files));
            default -> {
                // Nothing was open.
            }
        }
        options.clear();
        stripped.clear();
        armor.clear();
        dependencies.clear();
        files.clear();
        dependencyCount = 0;
    }

    private InstalledPackage installed(List<String> fields) throws Damaged {
        return new InstalledPackage(
                reader.nevra(fields.get(1)),
                fields.get(10),
                reader.number(fields.get(3), "a build time"),
                reader.number(fields.get(4), "an install time"),
                reader.number(fields.get(5), "a size"),
                fields.get(6),
                fields.get(2).isEmpty() ? null : reader.digest(fields.get(2)),
                reason(fields.get(7)),
                fields.get(8),
                fields.get(9),
                Map.of(),
                List.of());
    }

    private Reason reason(String word) throws Damaged {
        Reason found = reasonOf(word);
        if (found != null) {
            return found;
        }
        if (reader.newerMinor()) {
            return Reason.UNKNOWN;
        }
        throw reader.fault("reason '" + word + "'", "-, user, group, dependency or weak");
    }

    private static @Nullable Reason reasonOf(String word) {
        for (Reason reason : Reason.values()) {
            if (reason.word().equals(word)) {
                return reason;
            }
        }
        return null;
    }

    private Mount mount(List<String> fields) throws Damaged {
        String mode = fields.get(6);
        if (!mode.equals("ro") && !mode.equals("rw")) {
            throw reader.fault("'" + mode + "'", "ro or rw");
        }
        long block = reader.number(fields.get(5), "a block size");
        if (block < 1 || block > 1 << 30) {
            throw reader.fault("a block of " + block + " bytes", "1 to 1073741824");
        }
        String inodes = fields.get(4);
        return new Mount(
                fields.get(1),
                fields.get(2),
                reader.number(fields.get(3), "free bytes"),
                inodes.equals("-") ? -1 : reader.number(inodes, "free inodes"),
                (int) block,
                mode.equals("ro"));
    }

    SystemProfile profile() throws Damaged {
        head(List.of(""));
        for (String needed : List.of("distro", "arch", "rpm")) {
            if (!once.containsKey(needed)) {
                throw reader.fault("the end", "a line '" + needed + "' before it");
            }
        }
        List<String> distro = once.getOrDefault("distro", List.of());
        var profile =
                new SystemProfile(
                        new Distro(distro.get(1), distro.get(2), distro.get(3), distro.get(4)),
                        one("arch"),
                        one("kernel"),
                        one("rpm"),
                        rpmlib,
                        numberOrZero("ram"),
                        numberOrZero("at"),
                        mounts,
                        mains,
                        repos,
                        variables,
                        withheld,
                        locks,
                        modules,
                        protectedNames,
                        keys,
                        packages);
        return profile;
    }

    private String one(String kind) {
        List<String> fields = once.get(kind);
        return fields == null ? "" : fields.get(1);
    }

    private long numberOrZero(String kind) {
        String text = one(kind);
        return text.isEmpty() ? 0 : Long.parseLong(text);
    }
}
