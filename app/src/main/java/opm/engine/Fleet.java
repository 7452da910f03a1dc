package opm.engine;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Refused;
import opm.base.OpmException.Unavailable;
import opm.host.Disk;
import opm.plan.Artifact;
import opm.plan.Plan;
import opm.solve.Request;
import opm.store.Ref;
import opm.store.Store;

/// Machines whose needs the store keeps, as the solver works them out: of each a profile, and what
/// is to be installed there, or else upgraded.
///
/// | path in the state folder  | what                                                   |
/// |---------------------------|--------------------------------------------------------|
/// | `fleet/NAME/profile`      | the machine                                            |
/// | `fleet/NAME/asked`        | `repo ID=URL` and `install SPEC` lines                 |
///
/// The store's reference `fleet NAME` keeps the packages of the plan. A full collection solves anew
/// with the metadata at hand, so what new metadata no longer needs goes, and only then.
///
/// 1. A reference always keeps a plan that installs from the store alone: one that names packages
///    which are not there replaces none that does.
public final class Fleet {
    private static final int ASKED_BYTES = 1 << 20;
    private final Engine engine;
    private final Disk disk;
    private final Path folder;

    public Fleet(Engine engine) {
        this.engine = engine;
        this.disk = engine.host().disk();
        this.folder = engine.options().state().resolve("fleet");
    }

    /// What is kept for a machine.
    public record Kept(String name, int packages, long bytes) {}

    /// Takes a machine in: solves, fetches what is missing, and keeps it.
    ///
    /// @param specs what is to be installed there; what is there is upgraded when empty
    /// @throws Refused when the request cannot be solved
    public Kept register(String name, List<String> specs) throws OpmException {
        Path profile = engine.options().profile();
        if (profile == null || !name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
            throw new BadRequest(
                    "cache keep: found "
                            + (profile == null ? "no profile" : "the name '" + name + "'")
                            + ", expected a name and the profile of a machine",
                    "For example opm cache keep school --profile school.opmprofile.");
        }
        Solution solution = solution(engine, specs);
        Plan plan = engine.fetch(solution).plan();
        Path own = folder.resolve(name);
        disk.createDirectories(own);
        engine.write(own.resolve("profile"), disk.readAll(profile, Limits.PROFILE_BYTES));
        var asked = new StringBuilder();
        engine.options()
                .repos()
                .forEach((id, url) -> asked.append("repo " + id + "=" + url + "\n"));
        specs.forEach(spec -> asked.append("install " + spec.strip() + "\n"));
        engine.write(own.resolve("asked"), asked.toString().getBytes(StandardCharsets.UTF_8));
        return keep(name, plan);
    }

    private static Request request(List<String> specs) {
        var items = new ArrayList<Request.Item>();
        specs.forEach(spec -> items.add(new Request.Item(Request.Verb.INSTALL, spec.strip())));
        return items.isEmpty() ? Request.all(Request.Verb.UPGRADE) : new Request(items);
    }

    private static Solution solution(Engine engine, List<String> specs) throws OpmException {
        Solution solution = engine.solve(request(specs), specs);
        if (solution.plan() == null) {
            throw new Refused(
                    "cache keep: found no plan for the machine, expected one",
                    "`opm install --assumeno --profile FILE SPEC...` says what stands in the way.");
        }
        return solution;
    }

    private Kept keep(String name, Plan plan) throws OpmException {
        List<Digest> digests = plan.artifacts().stream().map(Artifact::digest).toList();
        String reason = "the machine " + name + " needs it";
        String user = System.getProperty("user.name", "");
        engine.store().refs().put(new Ref(Ref.Type.FLEET, name, user, reason, 0, digests));
        long bytes = plan.artifacts().stream().mapToLong(Artifact::sizeBytes).sum();
        return new Kept(name, digests.size(), bytes);
    }

    /// Solves for every machine again, with the metadata at hand and no network.
    ///
    /// @return the machines whose packages are kept for another plan than before
    public List<String> solveAgain() throws OpmException {
        var changed = new ArrayList<String>();
        Store store = engine.store();
        for (Path own : disk.list(folder)) {
            String name = String.valueOf(own.getFileName());
            Ref before = store.refs().get(Ref.Type.FLEET, name);
            if (before == null) {
                // Taken away by `cache unpin --type fleet`.
                disk.delete(own.resolve("profile"));
                disk.delete(own.resolve("asked"));
                disk.delete(own);
                continue;
            }
            Plan plan;
            try {
                plan = planAgain(own);
            } catch (Unavailable | Refused | BadRequest _) {
                // Without metadata, or without an answer, what is kept stays.
                continue;
            }
            List<Digest> digests = plan.artifacts().stream().map(Artifact::digest).toList();
            boolean whole = digests.stream().allMatch(store::has);
            if (whole && !digests.equals(before.keeps())) {
                keep(name, plan);
                changed.add(name);
            }
        }
        return changed;
    }

    private Plan planAgain(Path own) throws OpmException {
        String text =
                new String(
                        disk.readAll(own.resolve("asked"), ASKED_BYTES), StandardCharsets.UTF_8);
        var repos = new LinkedHashMap<String, String>();
        var specs = new ArrayList<String>();
        for (String line : text.split("\n")) {
            int equals = line.indexOf('=');
            if (line.startsWith("repo ") && equals > 0) {
                repos.put(line.substring("repo ".length(), equals), line.substring(equals + 1));
            } else if (line.startsWith("install ")) {
                specs.add(line.substring("install ".length()));
            }
        }
        Options options = engine.options().offlineFor(own.resolve("profile"), repos);
        var other = new Engine(engine.host(), options, engine.watcher());
        return Objects.requireNonNull(solution(other, specs).plan());
    }
}
