package opm.engine;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Unavailable;
import opm.fetch.Fetcher;
import opm.fetch.Outcome;
import opm.fetch.Wanted;
import opm.pkgset.PackageRef;
import opm.plan.Artifact;
import opm.planner.Planned;

/// Brings the packages of a plan into the store, and says which of them are signed by whom.
final class PlanPackages {
    private final Engine engine;

    PlanPackages(Engine engine) {
        this.engine = engine;
    }

    /// Returns what a plan's files are and where they may be had.
    List<Wanted> wanted(Planned planned) throws OpmException {
        var origins = new HashMap<Digest, Planned.Origin>();
        planned.origins().forEach(origin -> origins.put(origin.digest(), origin));
        var wanted = new ArrayList<Wanted>();
        for (Artifact artifact : planned.plan().artifacts()) {
            Planned.Origin origin = origins.get(artifact.digest());
            List<URI> sources =
                    origin == null ? List.of() : sources(origin.repo(), origin.location());
            wanted.add(Wanted.of(artifact, sources));
        }
        return wanted;
    }

    /// Returns what packages of repositories are as files and where they may be had.
    List<Wanted> wanted(Collection<PackageRef> packages) throws OpmException {
        var wanted = new ArrayList<Wanted>();
        for (PackageRef pkg : packages) {
            Digest digest = pkg.checksum();
            if (digest == null) {
                throw new Damaged(
                        pkg + ": the repository gives no digest, expected one",
                        "Make the repository's metadata again, with createrepo_c.");
            }
            String location = pkg.location();
            wanted.add(
                    new Wanted(
                            digest,
                            pkg.packageBytes(),
                            sources(engine.repoOf(pkg), location),
                            fileName(location, pkg.nevra())));
        }
        wanted.sort((one, two) -> one.label().compareTo(two.label()));
        return wanted;
    }

    /// Returns where a file of a repository may be had.
    List<URI> sources(String repo, String location) throws OpmException {
        for (OpenRepo open : engine.repos()) {
            if (open.id().equals(repo)) {
                if (location.contains("://")) {
                    return List.of(elsewhere(open, location));
                }
                if (("/" + location + "/").contains("/../")) {
                    throw outside(repo, location);
                }
                var sources = new ArrayList<URI>();
                for (URI base : open.bases()) {
                    sources.add(address(base + escaped(location)));
                }
                return sources;
            }
        }
        return List.of();
    }

    /// Returns an address that a repository gives in full: somewhere on the network, but no file of
    /// this machine because a server says so. For strangers it has to be a mirror of that
    /// repository, for they get the bytes as they come, and a repository does not say where this
    /// machine may be sent.
    private URI elsewhere(OpenRepo repo, String location) throws Damaged {
        URI address = address(escaped(location));
        boolean web = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
        boolean known =
                repo.bases().stream()
                        .anyMatch(
                                base ->
                                        Objects.equals(base.getScheme(), address.getScheme())
                                                && Objects.equals(
                                                        base.getAuthority(),
                                                        address.getAuthority()));
        if (!known && (!web || engine.guest != null)) {
            throw outside(repo.id(), location);
        }
        return address;
    }

    private static Damaged outside(String repo, String location) {
        return new Damaged(
                repo + ": names '" + location + "' as a package, which is outside the repository",
                "The repository's metadata is wrong, or hostile; do not use it.");
    }

    private static URI address(String text) throws Damaged {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw (Damaged)
                    new Damaged(
                                    "'" + text + "': found no address, expected that of a package",
                                    "The repository's metadata is wrong; exclude the package.")
                            .because(e);
        }
    }

    /// Returns the name that a package gets in a folder of the user's: that of its repository where
    /// it can be no `.bashrc`, no option and no other folder.
    static String fileName(String location, Nevra nevra) {
        String name = location.substring(location.lastIndexOf('/') + 1);
        return name.matches("[A-Za-z0-9_][^\\p{Cntrl}]{0,240}[.]rpm")
                ? name
                : (nevra + ".rpm").replaceAll("[^A-Za-z0-9._+~^-]|^[.-]", "_");
    }

    /// Escapes what may stand in a file name and not in an address; `%41` is taken as meant so.
    static String escaped(String location) {
        var text = new StringBuilder(location.length() + 16);
        byte[] bytes = location.getBytes(StandardCharsets.UTF_8);
        for (byte b : bytes) {
            char c = (char) (b & 0xff);
            boolean plain =
                    c < 128
                            && (Character.isLetterOrDigit(c)
                                    || "-._~/:@!$&'()*+,;=%".indexOf(c) >= 0);
            if (plain) {
                text.append(c);
            } else {
                text.append('%').append(HexFormat.of().withUpperCase().toHexDigits((byte) c));
            }
        }
        return text.toString();
    }

    void fetch(List<Wanted> all) throws OpmException {
        List<Wanted> wanted = all;
        if (engine.options().offline()) {
            requireHere(all);
            wanted =
                    all.stream()
                            .map(o -> new Wanted(o.digest(), o.sizeBytes(), local(o), o.label()))
                            .toList();
        }
        List<Outcome> outcomes =
                engine.fetcher()
                        .fetch(wanted, engine.watcher().downloads(), engine.watcher()::cancelled);
        for (Outcome outcome : outcomes) {
            if (outcome instanceof Outcome.Fetched it && !it.from().isEmpty()) {
                engine.cameFrom().put(it.wanted().digest(), it.from());
            }
            if (outcome.troubles().stream().anyMatch(t -> "store".equals(t.source().getScheme()))) {
                engine.watcher().damaged(outcome.wanted());
            }
        }
        List<Outcome.Failed> failed = Fetcher.failed(outcomes);
        if (!failed.isEmpty() && !engine.watcher().cancelled()) {
            engine.watcher().missing(failed.stream().map(Outcome::wanted).toList());
        }
        Fetcher.requireAll(outcomes);
    }

    /// Returns the sources that lie in folders which the user named.
    private List<URI> local(Wanted one) {
        return one.sources().stream()
                .filter(
                        source ->
                                engine.folders().stream()
                                        .anyMatch(
                                                folder ->
                                                        source.toString()
                                                                .startsWith(
                                                                        folder.toUri().toString())))
                .toList();
    }

    private void requireHere(List<Wanted> wanted) throws Unavailable {
        var missing = new TreeSet<String>();
        for (Wanted one : wanted) {
            if (local(one).isEmpty() && !engine.store().has(one.digest())) {
                missing.add(one.label());
            }
        }
        if (!missing.isEmpty()) {
            throw new Unavailable(
                    "--offline: "
                            + missing.size()
                            + " of "
                            + wanted.size()
                            + " packages are not here, first "
                            + missing.first(),
                    "Run the same without --offline where there is a network, or with --only-here:"
                            + " what is complete.");
        }
    }

    /// Says that packages are unsigned and nobody allowed it.
    static Damaged unsigned(List<String> names) {
        String first = String.join(", ", names.stream().limit(3).toList());
        return new Damaged(
                names.size() == 1
                        ? first + ": found no signature, expected one"
                        : names.size() + " packages have no signature, first " + first,
                "If you trust where they come from: --allow-unsigned="
                        + String.join(",", names.stream().limit(10).toList()));
    }
}
