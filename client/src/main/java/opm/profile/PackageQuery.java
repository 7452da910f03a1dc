package opm.profile;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import opm.base.DepKind;
import opm.base.Digest;
import opm.base.Evr;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.base.RpmDep;
import opm.host.RpmCommand;
import org.jspecify.annotations.Nullable;

/// Asks rpm for every installed package, twice: once which paths dependencies name, then for
/// everything. By text, so that sqlite, ndb and bdb are alike.
final class PackageQuery {
    /// `REQUIRE` of `REQUIRENAME`, in the order of [DepKind].
    private static final Map<DepKind, String> TAGS =
            new EnumMap<>(
                    Map.of(
                            DepKind.PROVIDES, "PROVIDE",
                            DepKind.REQUIRES, "REQUIRE",
                            DepKind.CONFLICTS, "CONFLICT",
                            DepKind.OBSOLETES, "OBSOLETE",
                            DepKind.RECOMMENDS, "RECOMMEND",
                            DepKind.SUGGESTS, "SUGGEST",
                            DepKind.SUPPLEMENTS, "SUPPLEMENT",
                            DepKind.ENHANCES, "ENHANCE"));
    private static final int PKG_FIELDS = 13;

    private final RpmCommand rpm;
    private final Reasons reasons;
    private final Map<String, DepKind> byLetter = new TreeMap<>();
    private final List<InstalledPackage> packages = new ArrayList<>();
    private final Map<DepKind, List<RpmDep>> dependencies = new EnumMap<>(DepKind.class);
    private final List<String> files = new ArrayList<>();
    private @Nullable InstalledPackage head;

    PackageQuery(RpmCommand rpm, Reasons reasons) {
        this.rpm = rpm;
        this.reasons = reasons;
        for (DepKind kind : DepKind.values()) {
            byLetter.put(String.valueOf(kind.letter()), kind);
        }
    }

    List<InstalledPackage> all() throws OpmException {
        Set<String> known = rpm.queryTags();
        Set<String> named = namedPaths(known);
        boolean skip = false;
        for (String raw : RootFiles.split(rpm.queryAll(format(known)))) {
            String line = withoutNones(raw);
            if (line.startsWith("F\t")) {
                String path = line.substring(2);
                if (!skip && (isPrimary(path) || named.contains(path))) {
                    files.add(path.replace('\t', ' ').replace('\r', ' '));
                }
            } else if (line.startsWith("pkg\t")) {
                finish();
                String[] fields = line.replace('\r', ' ').split("\t", -1);
                skip = fields.length < PKG_FIELDS || fields[1].equals("gpg-pubkey");
                head = skip ? null : installed(fields);
            } else if (!skip) {
                dependency(line.replace('\r', ' ').split("\t", -1));
            }
        }
        finish();
        return packages;
    }

    /// The paths that createrepo_c puts into primary.xml (misc.h, `cr_is_primary`).
    static boolean isPrimary(String path) {
        return path.contains("bin/")
                || path.startsWith("/etc/")
                || path.equals("/usr/lib/sendmail");
    }

    /// Old rpm writes this, without an end of line, for a kind that a package has none of.
    private static String withoutNones(String line) {
        int at = 0;
        while (line.startsWith("(none)", at)) {
            at += 6;
        }
        return line.substring(at);
    }

    private Set<String> namedPaths(Set<String> known) throws OpmException {
        var format = new StringBuilder();
        for (String tag :
                List.of("REQUIRE", "CONFLICT", "RECOMMEND", "SUGGEST", "SUPPLEMENT", "ENHANCE")) {
            if (known.contains(tag + "NAME")) {
                format.append("[%{").append(tag).append("NAME}\\n]");
            }
        }
        var named = new HashSet<String>();
        for (String line : RootFiles.split(rpm.queryAll(format.toString()))) {
            if (line.startsWith("/")) {
                named.add(line);
            } else if (line.startsWith("(")) {
                addPaths(line, named);
            }
        }
        return named;
    }

    /// Adds the paths that stand in a rich dependency.
    static void addPaths(String rich, Set<String> paths) {
        for (String word : rich.split("[ \t()]+")) {
            if (word.startsWith("/")) {
                paths.add(word);
            }
        }
    }

    private static String format(Set<String> known) {
        String digest = "%|SHA1HEADER?{sha1:%{SHA1HEADER}}:{%|SIGMD5?{md5:%{SIGMD5}}|}|";
        if (known.contains("SHA256HEADER")) {
            digest = "%|SHA256HEADER?{sha256:%{SHA256HEADER}}:{" + digest + "}|";
        }
        var format =
                new StringBuilder(
                                "pkg\\t%{NAME}\\t%|EPOCH?{%{EPOCH}}:{0}|\\t%{VERSION}\\t%{RELEASE}")
                        .append("\\t%|ARCH?{%{ARCH}}|\\t")
                        .append(digest)
                        .append("\\t%{BUILDTIME}\\t%|INSTALLTIME?{%{INSTALLTIME}}|\\t")
                        .append("%{LONGSIZE}\\t%|SOURCERPM?{%{SOURCERPM}}|\\t")
                        .append(
                                known.contains("MODULARITYLABEL")
                                        ? "%|MODULARITYLABEL?{%{MODULARITYLABEL}}|"
                                        : "")
                        .append("\\t%|VENDOR?{%{VENDOR}}|\\n");
        TAGS.forEach(
                (kind, tag) -> {
                    if (known.contains(tag + "NAME")) {
                        format.append("[" + kind.letter() + "\\t%{" + tag + "NAME}\\t%{" + tag)
                                .append("FLAGS}\\t%{" + tag + "VERSION}\\n]");
                    }
                });
        return format.append("[F\\t%{FILENAMES}\\n]").toString();
    }

    private InstalledPackage installed(String[] fields) throws Damaged {
        String name = fields[1];
        String versionRelease = fields[3] + "-" + fields[4];
        String arch = fields[5];
        try {
            var nevra =
                    new Nevra(
                            name, new Evr(Integer.parseInt(fields[2]), fields[3], fields[4]), arch);
            return new InstalledPackage(
                    nevra,
                    String.join(" ", List.of(fields).subList(PKG_FIELDS - 1, fields.length)),
                    number(fields[7]),
                    number(fields[8]),
                    number(fields[9]),
                    fields[10],
                    fields[6].isEmpty() ? null : digest(fields[6]),
                    reasons.reason(name, versionRelease, arch),
                    reasons.repo(name, fields[2], versionRelease, arch),
                    fields[11],
                    Map.of(),
                    List.of());
        } catch (IllegalArgumentException e) {
            throw (Damaged)
                    new Damaged(
                                    "installed package "
                                            + name
                                            + "-"
                                            + versionRelease
                                            + ": "
                                            + e.getMessage(),
                                    "Run `rpm --rebuilddb`, then try again.")
                            .because(e);
        }
    }

    private static Digest digest(String text) {
        int colon = text.indexOf(':');
        return new Digest(
                Digest.Algorithm.ofWord(text.substring(0, colon)), text.substring(colon + 1));
    }

    private static long number(String text) {
        boolean digits = !text.isEmpty() && text.length() < 19;
        for (int at = 0; digits && at < text.length(); at++) {
            digits = text.charAt(at) >= '0' && text.charAt(at) <= '9';
        }
        return digits ? Long.parseLong(text) : 0;
    }

    private void dependency(String[] fields) {
        DepKind kind = byLetter.get(fields[0]);
        if (kind == null || fields.length < 4) {
            return;
        }
        int last = fields.length - 1;
        String name = String.join(" ", List.of(fields).subList(1, last - 1));
        String evr = fields[last].equals("(none)") ? "" : fields[last];
        if (!name.isEmpty()) {
            dependencies
                    .computeIfAbsent(kind, _ -> new ArrayList<>())
                    .add(new RpmDep(name, (int) number(fields[last - 1]), evr));
        }
    }

    private void finish() {
        if (head != null) {
            packages.add(head.with(dependencies, files));
        }
        head = null;
        dependencies.clear();
        files.clear();
    }
}
