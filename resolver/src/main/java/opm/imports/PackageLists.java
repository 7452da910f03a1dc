package opm.imports;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import opm.base.Evr;
import opm.base.Limits;
import opm.base.Nevra;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.imports.Listed.Format;
import opm.imports.Listed.Lack;
import opm.profile.Repo;
import opm.profile.Setting;
import org.jspecify.annotations.Nullable;

/// Reads lists of packages; which kind it is, the text itself tells.
///
/// Sources: libpkgmanifest 0.2's `schemas/manifest.json`, rpm-lockfile-prototype's README, rpm(8).
public final class PackageLists {
    private static final Pattern EPOCH = Pattern.compile("\\d{1,10}|\\(none\\)");
    private static final Pattern FILE = Pattern.compile("^.*/");
    private static final String NO_ARCH = "noarch";

    private final String subject;
    private final Set<Lack> lacks = EnumSet.of(
            Lack.DEPENDENCIES, Lack.DISTRIBUTION, Lack.KEYS, Lack.SPACE, Lack.REASONS);
    private final List<Nevra> packages = new ArrayList<>();
    private final List<Repo> repos = new ArrayList<>();

    private PackageLists(String subject) {
        this.subject = subject;
    }

    /// Reads one.
    ///
    /// @param subject its name, for messages
    /// @param arch of the machine, where the list is of several; null for the list's only one
    public static Listed read(byte[] bytes, String subject, @Nullable String arch)
            throws Damaged, BadRequest {
        String text = new String(bytes, StandardCharsets.UTF_8);
        var lists = new PackageLists(subject);
        boolean manifest = text.contains("document: rpm-package-manifest");
        if (!manifest && !Pattern.compile("(?m)^lockfileVersion:").matcher(text).find()) {
            return lists.plain(text, arch);
        }
        if (!(PlainYaml.read(text, subject) instanceof Map<?, ?> document)) {
            throw lists.damaged("no mapping", "one");
        }
        return manifest ? lists.manifest(document, arch) : lists.lock(document, arch);
    }

    // ---------------------------------------------------------------- dnf5's manifest

    private Listed manifest(Map<?, ?> document, @Nullable String arch)
            throws Damaged, BadRequest {
        if (!(document.get("data") instanceof Map<?, ?> data)) {
            throw damaged("no `data`", "repositories and packages");
        }
        for (Map<?, ?> repo : maps(data.get("repositories"))) {
            var options = new ArrayList<Setting>();
            for (String key : List.of("baseurl", "metalink", "mirrorlist")) {
                String value = word(repo, key);
                if (!value.isEmpty()) {
                    options.add(new Setting(key, value));
                }
            }
            repos.add(new Repo(word(repo, "id"), subject, false, options, List.of()));
        }
        var groups = new TreeMap<String, List<Map<?, ?>>>();
        if (data.get("packages") instanceof Map<?, ?> byArch) {
            for (Map.Entry<?, ?> group : byArch.entrySet()) {
                groups.put(group.getKey().toString(), maps(group.getValue()));
            }
        }
        String mine = chosen(groups.keySet().stream().filter(a -> isMain(a)).toList(), arch);
        for (Map.Entry<String, List<Map<?, ?>>> group : groups.entrySet()) {
            String of = group.getKey();
            if (isMain(of) && !of.equals(mine) || isSource(of)) {
                continue;
            }
            for (Map<?, ?> pkg : group.getValue()) {
                String nevra = word(pkg, "nevra");
                if (nevra.isEmpty()) {
                    add(word(pkg, "name"), word(pkg, "evr"), of);
                } else {
                    add(nevra);
                }
            }
        }
        if (repos.isEmpty()) {
            lacks.add(Lack.CONFIGURATION);
        }
        return listed(Format.DNF5_MANIFEST, mine);
    }

    /// Those that a machine is of; `i686` packages live on another one's.
    private static boolean isMain(String arch) {
        return !isSource(arch) && !arch.equals(NO_ARCH) && !arch.matches("i[3-6]86");
    }

    private static boolean isSource(String arch) {
        return arch.equals("src") || arch.equals("nosrc");
    }

    private String chosen(List<String> archs, @Nullable String arch) throws BadRequest {
        if (arch != null) {
            return arch;
        }
        if (archs.size() > 1) {
            throw new BadRequest(
                    subject + ": found packages for " + String.join(", ", archs)
                            + ", expected one machine's",
                    "Say which one: --arch " + archs.getFirst() + ".");
        }
        return archs.isEmpty() ? "" : archs.getFirst();
    }

    // ---------------------------------------------------------------- rpms.lock.yaml

    private Listed lock(Map<?, ?> document, @Nullable String arch) throws Damaged, BadRequest {
        List<Map<?, ?>> all = maps(document.get("arches"));
        String mine = chosen(all.stream().map(one -> word(one, "arch")).toList(), arch);
        lacks.add(Lack.CONFIGURATION);
        for (Map<?, ?> one : all) {
            if (!word(one, "arch").equals(mine)) {
                continue;
            }
            for (Map<?, ?> pkg : maps(one.get("packages"))) {
                String file = FILE.matcher(word(pkg, "url")).replaceFirst("");
                String name = word(pkg, "name");
                if (file.endsWith(".rpm")) {
                    Nevra inFile = nevra(file.substring(0, file.length() - 4));
                    if (name.isEmpty()) {
                        lacks.add(Lack.EPOCHS);
                        packages.add(inFile);
                    } else {
                        add(name, word(pkg, "evr"), inFile.arch());
                    }
                } else {
                    add(name, word(pkg, "evr"), mine);
                }
            }
        }
        return listed(Format.RPMS_LOCK, mine);
    }

    // ---------------------------------------------------------------- rpm -qa

    private Listed plain(String text, @Nullable String arch) throws Damaged {
        lacks.add(Lack.CONFIGURATION);
        for (String raw : text.split("\n")) {
            String line = raw.strip();
            if (line.isEmpty() || line.startsWith("#") || line.startsWith("gpg-pubkey")) {
                continue;
            }
            if (line.length() > Limits.LINE_BYTES) {
                throw damaged("a line of " + line.length() + " characters", "a package");
            }
            String[] words = line.split("[\\s,;|]+");
            switch (words.length) {
                case 1 -> add(words[0]);
                case 4 -> {
                    lacks.add(Lack.EPOCHS);
                    add(words[0], words[1] + "-" + words[2], words[3]);
                }
                case 5 -> columns(words);
                default -> throw damaged("'" + shown(line) + "'", "one package a line");
            }
        }
        if (packages.isEmpty()) {
            throw damaged("no package", "what `rpm -qa` prints, a manifest or a lock file");
        }
        return listed(Format.RPM_QA, arch == null ? usual() : arch);
    }

    /// `NAME EPOCH VERSION RELEASE ARCH`, or the epoch first, as repoquery has it.
    private void columns(String[] words) throws Damaged {
        boolean epochFirst = EPOCH.matcher(words[0]).matches();
        String name = words[epochFirst ? 1 : 0];
        String epoch = words[epochFirst ? 0 : 1];
        if (!EPOCH.matcher(epoch).matches()) {
            throw damaged("'" + epoch + "'", "an epoch");
        }
        String evr = (epoch.equals("(none)") ? "0" : epoch) + ":" + words[2] + "-" + words[3];
        add(name, evr, words[4]);
    }

    /// The architecture of most packages that have one.
    private String usual() {
        var counts = new TreeMap<String, Integer>();
        for (Nevra pkg : packages) {
            if (isMain(pkg.arch())) {
                counts.merge(pkg.arch(), 1, Integer::sum);
            }
        }
        String most = "";
        for (Map.Entry<String, Integer> entry : counts.entrySet()) {
            if (most.isEmpty() || entry.getValue() > counts.getOrDefault(most, 0)) {
                most = entry.getKey();
            }
        }
        return most;
    }

    // ---------------------------------------------------------------- all of them

    private void add(String full) throws Damaged {
        if (full.indexOf(':') < 0) {
            lacks.add(Lack.EPOCHS);
        }
        Nevra nevra = nevra(full.endsWith(".rpm") ? full.substring(0, full.length() - 4) : full);
        if (!isSource(nevra.arch())) {
            packages.add(nevra);
        }
    }

    private void add(String name, String evr, String arch) throws Damaged {
        if (name.isEmpty() || evr.isEmpty() || arch.isEmpty()) {
            throw damaged("a package without name, version or architecture", "all three");
        }
        // A lock file leaves out an epoch of 0, as rpm does.
        packages.add(new Nevra(name, Evr.parse(evr), arch));
    }

    private Nevra nevra(String text) throws Damaged {
        try {
            return Nevra.parse(text);
        } catch (IllegalArgumentException e) {
            throw damaged("'" + shown(text) + "'", "NAME-VERSION-RELEASE.ARCH");
        }
    }

    private Listed listed(Format format, String arch) {
        return new Listed(format, arch, packages, repos, lacks);
    }

    private static List<Map<?, ?>> maps(@Nullable Object list) {
        var found = new ArrayList<Map<?, ?>>();
        if (list instanceof List<?> items) {
            for (Object item : items) {
                if (item instanceof Map<?, ?> map) {
                    found.add(map);
                }
            }
        }
        return found;
    }

    private static String word(Map<?, ?> map, String key) {
        return map.get(key) instanceof String text ? text : "";
    }

    private static String shown(String text) {
        return text.length() > 100 ? text.substring(0, 100) + "..." : text;
    }

    private Damaged damaged(String found, String expected) {
        return new Damaged(
                subject + ": found " + found + ", expected " + expected,
                "Lists of `rpm -qa`, `dnf5 manifest new` and rpms.lock.yaml are read.");
    }
}
