package opm.engine;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.imports.Listed;
import opm.pkgset.PackageRef;
import opm.profile.InstalledPackage;

/// A machine's packages as lock files of other programs: dnf5's manifest and `rpms.lock.yaml`.
///
/// Both say where each package may be had, so only packages that a repository offers in just that
/// version can stand in them.
///
/// @param text the file
/// @param left full names of those that no repository offers
public record LockFile(String text, List<String> left) {
    private static final String PLAIN = "[A-Za-z/][A-Za-z0-9._+~^:/=,@%-]*[A-Za-z0-9._+~^/=,@%-]";

    public LockFile {
        left = List.copyOf(left);
    }

    private record Found(OpenRepo repo, PackageRef pkg) {}

    /// Writes one for the engine's machine.
    public static LockFile of(Engine engine, Listed.Format format) throws OpmException {
        var offered = new HashMap<Nevra, Found>();
        List<OpenRepo> repos = engine.repos();
        for (OpenRepo repo : repos) {
            for (int at = 0; at < repo.set().packageCount(); at++) {
                var pkg = new PackageRef(repo.set(), at);
                offered.putIfAbsent(pkg.nevra(), new Found(repo, pkg));
            }
        }
        var byArch = new TreeMap<String, List<Found>>();
        var left = new ArrayList<String>();
        for (InstalledPackage installed : engine.machine().packages()) {
            Found found = offered.get(installed.nevra());
            if (found == null || found.pkg().checksum() == null) {
                left.add(installed.nevra().full());
            } else {
                String arch = installed.nevra().arch();
                byArch.computeIfAbsent(arch, _ -> new ArrayList<>()).add(found);
            }
        }
        String text =
                switch (format) {
                    case DNF5_MANIFEST -> manifest(repos, byArch);
                    case RPMS_LOCK -> lock(engine.arch(), byArch);
                    case RPM_QA -> throw new IllegalArgumentException("not a lock file");
                };
        return new LockFile(text, left);
    }

    private static String manifest(List<OpenRepo> repos, Map<String, List<Found>> byArch) {
        var yaml = new StringBuilder("document: rpm-package-manifest\nversion: 0.2.0\ndata:\n");
        yaml.append(repos.isEmpty() ? "  repositories: ~\n" : "  repositories:\n");
        for (OpenRepo repo : repos) {
            yaml.append("    - id: ").append(word(repo.id())).append('\n');
            yaml.append("      baseurl: ").append(word(base(repo))).append('\n');
        }
        yaml.append(byArch.isEmpty() ? "  packages: ~\n" : "  packages:\n");
        byArch.forEach(
                (arch, all) -> {
                    yaml.append("    ").append(arch).append(":\n");
                    for (Found found : all) {
                        PackageRef pkg = found.pkg();
                        field(yaml, "      - ", "name", pkg.nevra().name());
                        field(yaml, "        ", "repo_id", found.repo().id());
                        field(yaml, "        ", "location", pkg.location());
                        field(yaml, "        ", "checksum", checksum(pkg));
                        field(yaml, "        ", "size", pkg.packageBytes());
                        field(yaml, "        ", "evr", pkg.nevra().evr().toString());
                        String source = pkg.sourceRpm().replaceFirst("\\.rpm$", "");
                        if (!source.isEmpty()) {
                            field(yaml, "        ", "srpm", source);
                        }
                    }
                });
        return yaml.toString();
    }

    private static String lock(String arch, Map<String, List<Found>> byArch) {
        var yaml = new StringBuilder("lockfileVersion: 1\nlockfileVendor: redhat\narches:\n");
        yaml.append("- arch: ").append(arch).append('\n');
        yaml.append(byArch.isEmpty() ? "  packages: []\n" : "  packages:\n");
        for (List<Found> all : byArch.values()) {
            for (Found found : all) {
                PackageRef pkg = found.pkg();
                field(yaml, "  - ", "url", base(found.repo()) + pkg.location());
                field(yaml, "    ", "repoid", found.repo().id());
                field(yaml, "    ", "size", pkg.packageBytes());
                field(yaml, "    ", "checksum", checksum(pkg));
                field(yaml, "    ", "name", pkg.nevra().name());
                field(yaml, "    ", "evr", pkg.nevra().evr().toString());
                if (!pkg.sourceRpm().isEmpty()) {
                    field(yaml, "    ", "sourcerpm", pkg.sourceRpm());
                }
            }
        }
        return yaml.append("  source: []\n  module_metadata: []\n").toString();
    }

    private static String base(OpenRepo repo) {
        List<URI> bases = repo.bases();
        return bases.isEmpty() ? "" : bases.getFirst().toString();
    }

    private static String checksum(PackageRef pkg) {
        Digest digest = Objects.requireNonNull(pkg.checksum(), "looked at before");
        return digest.algorithm().name().toLowerCase(java.util.Locale.ROOT) + ":" + digest.hex();
    }

    private static void field(StringBuilder yaml, String before, String key, String value) {
        yaml.append(before).append(key).append(": ").append(word(value)).append('\n');
    }

    private static void field(StringBuilder yaml, String before, String key, long value) {
        yaml.append(before).append(key).append(": ").append(value).append('\n');
    }

    /// Quotes what a reader could take for a number or for more than a word.
    private static String word(String text) {
        return text.matches(PLAIN) ? text : "'" + text.replace("'", "") + "'";
    }
}
