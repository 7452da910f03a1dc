package opm.cli;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeSet;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.bundle.BundleSplit;
import opm.plan.Artifact;
import opm.plan.Plan;
import opm.plan.PlanText;
import org.jspecify.annotations.Nullable;

/// `--provenance FILE`: where a bundle comes from, for who must be able to say so later: what was
/// asked, of which snapshots of which repositories, which mirrors gave the packages, who and when.
///
/// What a bundle holds is a function of plan and packages; this is what varies, so it lies beside
/// it. Sources: in-toto Attestation Framework, Statement v1; SLSA provenance v1.
final class Provenance {
    private static final String BUILD_TYPE = "urn:opm:bundle:1";

    private final Session session;
    private final Path file;
    private final Instant started;

    private Provenance(Session session, Path file) {
        this.session = session;
        this.file = file;
        started = session.host().clock().instant();
    }

    static Syntax accept(Syntax syntax) {
        return syntax.value("FILE", "--provenance");
    }

    /// Begins the clock; null where nobody asks.
    ///
    /// @throws BadRequest with `--fleet`, whose many plans no one statement describes
    static @Nullable Provenance of(Session session) throws OpmException {
        String name = session.value("--provenance");
        if (name == null) {
            return null;
        }
        if (!session.values("--fleet").isEmpty()) {
            throw new BadRequest(
                    "--fleet and --provenance: found both, expected one of them",
                    "A statement is about one machine's plan: leave --provenance out.");
        }
        return new Provenance(session, Path.of(name).toAbsolutePath().normalize());
    }

    /// @param bundles the files that were written, one or the parts of one
    void write(Plan plan, List<Path> bundles) throws OpmException {
        var bytes = new ByteArrayOutputStream();
        try (Json json = Json.bare(bytes)) {
            json.text("_type", "https://in-toto.io/Statement/v1").beginList("subject");
            for (Path bundle : bundles) {
                json.beginItem().text("name", Objects.toString(bundle.getFileName()));
                digest(json, HashList.digest(session, bundle)).end();
            }
            json.endList().text("predicateType", "https://slsa.dev/provenance/v1");
            json.begin("predicate").begin("buildDefinition").text("buildType", BUILD_TYPE);
            definition(json, plan);
            json.end().begin("runDetails");
            run(json, plan);
            json.end().end();
        }
        session.engine().write(file, bytes.toByteArray());
        if (!session.settings().json()) {
            session.screen().forPeople().say("provenance.written", file.getFileName());
        }
    }

    private void definition(Json json, Plan plan) throws OpmException {
        json.begin("externalParameters").texts("ask", plan.asked());
        json.text("base", plan.target().base().hex()).end();
        json.beginList("resolvedDependencies");
        for (Plan.Source source : plan.sources()) {
            json.beginItem().text("name", source.id());
            digest(json, source.repomd()).begin("annotations");
            json.number("revision", source.revisionSeconds()).end().end();
        }
        for (Artifact artifact : plan.artifacts()) {
            json.beginItem().text("name", artifact.path());
            List<URI> from =
                    session.engine().cameFrom().getOrDefault(artifact.digest(), List.of());
            if (!from.isEmpty()) {
                json.text("downloadLocation", harmless(from.getLast()));
            }
            digest(json, artifact.digest()).end();
        }
        json.endList();
    }

    private void run(Json json, Plan plan) throws OpmException {
        json.begin("builder").text("id", "urn:opm:" + VersionVerb.VERSION).end();
        json.begin("metadata").text("invocationId", PlanText.digest(plan).hex());
        json.text("startedOn", started.toString());
        json.text("finishedOn", session.host().clock().instant().toString()).end();
        json.beginList("byproducts").beginItem().text("name", "mirrors");
        json.begin("annotations").texts("hosts", mirrors()).end().end();
        json.beginItem().text("name", "asked by").begin("annotations");
        json.text("user", System.getProperty("user.name")).end().end().endList();
    }

    private TreeSet<String> mirrors() {
        var mirrors = new TreeSet<String>();
        for (List<URI> from : session.engine().cameFrom().values()) {
            for (URI one : from) {
                mirrors.add(one.getHost() == null ? one.getScheme() + ":" : one.getHost());
            }
        }
        return mirrors;
    }

    /// Without user, password and query: they may be secret.
    private static String harmless(URI source) {
        String host = source.getHost() == null ? "" : source.getHost();
        String port = source.getPort() < 0 ? "" : ":" + source.getPort();
        return source.getScheme() + "://" + host + port + source.getRawPath();
    }

    private static Json digest(Json json, Digest digest) {
        String name = digest.algorithm().name().toLowerCase(Locale.ROOT);
        return json.begin("digest").text(name, digest.hex()).end();
    }

    static List<Path> files(List<BundleSplit.Written> parts) {
        var files = new ArrayList<Path>();
        parts.forEach(part -> files.add(part.file()));
        return files;
    }
}
