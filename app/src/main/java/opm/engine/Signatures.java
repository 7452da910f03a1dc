package opm.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import opm.base.Awaited;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;
import opm.host.Command;
import opm.host.Commands;
import opm.host.StreamFailure;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Step;
import opm.profile.SystemProfile;
import opm.rpm.RpmFile;
import opm.store.Stored;
import opm.trust.Keyring;
import opm.trust.Trust;
import opm.trust.Verdict;

/// Says who signed the packages of a plan, by the keys that the machine trusts and no others.
///
/// What would fail at home has to fail here. rpm's own `rpmkeys` is asked, with a keyring of its
/// own in a temporary folder; where this machine has no rpm, `opm.trust` judges.
final class Signatures {
    /// Files for one call of rpmkeys; each name in the store has about 150 characters.
    private static final int FILES_PER_CALL = 200;

    /// rpm hashes 350 MB/s; what one call reads should not keep others waiting at the end.
    private static final long BYTES_PER_CALL = 64L << 20;

    private static final int MOST_CALLS = 8;

    private static final int SECONDS_PER_CALL = 600;

    /// `    Header V4 RSA/SHA256 Signature, key ID 613ec4f1: OK`, and in rpm 4.11 some hexadecimal
    /// digits in parentheses behind it; rpm 6 says `fingerprint` for `ID`.
    private static final Pattern VERDICT = Pattern.compile("^\\s+(.*): ([A-Z]+)(?: .*)?$");

    private static final Pattern KEY =
            Pattern.compile("(?i)signature.*(?:key id|fingerprint:?) +([0-9a-f]+)");

    private final Engine engine;
    private final Map<Digest, String> keys = new HashMap<>();

    Signatures(Engine engine) {
        this.engine = engine;
    }

    /// Checks every package of a plan, all of which are in the store.
    ///
    /// @return the plan, with the names of unsigned packages that may be unsigned
    /// @throws Damaged when a signature is bad, of an unknown key, or absent and not allowed to be
    Engine.Fetched check(Plan plan) throws OpmException {
        if (plan.artifacts().isEmpty()) {
            return new Engine.Fetched(plan, true);
        }
        engine.watcher().begins(Watcher.Stage.SIGNATURES, "");
        Map<Digest, Nevra> names = names(plan);
        List<Artifact> unsigned =
                engine.host().commands().has("rpmkeys")
                        ? ask(plan.artifacts(), names)
                        : judge(plan.artifacts(), names);
        for (Artifact artifact : plan.artifacts()) {
            Nevra pkg = names.get(artifact.digest());
            if (pkg != null) {
                engine.watcher().signed(pkg, keys.getOrDefault(artifact.digest(), ""));
            }
        }
        return new Engine.Fetched(withUnsigned(plan, unsigned, names), true);
    }

    /// Judges without rpm, by the same keys; at least as strict.
    ///
    /// @return those without a signature
    private List<Artifact> judge(List<Artifact> artifacts, Map<Digest, Nevra> names)
            throws OpmException {
        var unsigned = new ArrayList<Artifact>();
        var keyring = new ArrayList<byte[]>();
        for (SystemProfile.Key key : engine.machine().keys()) {
            String armor = String.join("\n", key.armor()) + "\n";
            keyring.add(armor.getBytes(StandardCharsets.US_ASCII));
        }
        var trust = new Trust(Keyring.of(keyring), 0);
        for (Artifact artifact : artifacts) {
            if (!isSigned(artifact)) {
                unsigned.add(artifact);
                continue;
            }
            Nevra pkg = names.get(artifact.digest());
            String name = pkg == null ? artifact.fileName() : pkg.toString();
            Verdict verdict;
            try (InputStream in = engine.host().disk().read(stored(artifact).path())) {
                verdict = trust.ofPackage(in, artifact.fileName());
            } catch (IOException e) {
                throw StreamFailure.of(e, artifact.fileName());
            }
            switch (verdict) {
                case Verdict.Trusted it -> keys.put(artifact.digest(), it.fingerprint());
                case Verdict.Distrusted it ->
                        throw new Damaged(
                                name
                                        + ": found "
                                        + it.words()
                                        + ", expected a signature by a key that the machine trusts",
                                it.reason() == Verdict.Reason.UNKNOWN_KEY
                                        ? "If you trust that key, `rpm --import` it on the machine"
                                                + " and make its profile again."
                                        : "The repository holds a damaged or altered package; try"
                                                + " another mirror.");
            }
        }
        return unsigned;
    }

    private Plan withUnsigned(Plan plan, List<Artifact> unsigned, Map<Digest, Nevra> names)
            throws Damaged {
        var allowed = new TreeSet<String>();
        var refused = new TreeSet<String>();
        List<String> wanted = engine.options().unsigned();
        for (Artifact artifact : unsigned) {
            Nevra pkg = names.get(artifact.digest());
            String name = pkg == null ? artifact.fileName() : pkg.name();
            boolean may = wanted != null && (wanted.isEmpty() || wanted.contains(name));
            (may ? allowed : refused).add(name);
        }
        if (!refused.isEmpty()) {
            throw PlanPackages.unsigned(List.copyOf(refused));
        }
        return new Plan(
                plan.target(),
                plan.asked(),
                plan.sources(),
                plan.artifacts(),
                plan.batches(),
                List.copyOf(allowed));
    }

    /// Returns the name of the package in each file.
    static Map<Digest, Nevra> names(Plan plan) {
        var names = new HashMap<Digest, Nevra>();
        for (Batch batch : plan.batches()) {
            for (Step step : batch.steps()) {
                switch (step) {
                    case Step.Install(var pkg, var rpm, _) -> names.put(rpm, pkg);
                    case Step.Upgrade(_, var to, var rpm) -> names.put(rpm, to);
                    case Step.Downgrade(_, var to, var rpm) -> names.put(rpm, to);
                    case Step.Reinstall(var pkg, var rpm) -> names.put(rpm, pkg);
                    case Step.Replaced _, Step.Erase _ -> {}
                }
            }
        }
        return names;
    }

    private boolean isSigned(Artifact artifact) throws OpmException {
        try (InputStream in = engine.host().disk().read(stored(artifact).path())) {
            return RpmFile.read(in, artifact.fileName()).isSigned();
        } catch (IOException e) {
            throw StreamFailure.of(e, artifact.fileName());
        }
    }

    private Stored stored(Artifact artifact) throws OpmException {
        Stored stored = engine.store().get(artifact.digest());
        if (stored == null) {
            throw new Damaged(
                    artifact.fileName() + ": found nothing in the store, expected what was fetched",
                    "Run the same again.");
        }
        return stored;
    }

    /// Asks rpmkeys, with nothing but the machine's keys, several at a time, and meanwhile hashes
    /// the next packages.
    ///
    /// @return those without a signature, about which nobody is asked
    private List<Artifact> ask(List<Artifact> artifacts, Map<Digest, Nevra> names)
            throws OpmException {
        var unsigned = new ArrayList<Artifact>();
        var calls = new ArrayList<Call>();
        int lanes = Math.clamp(Runtime.getRuntime().availableProcessors(), 1, MOST_CALLS);
        try (var folder = new TemporaryFolder(engine.host(), engine.options().state());
                var threads = Executors.newFixedThreadPool(lanes)) {
            importKeys(folder.path());
            var some = new TreeMap<String, Artifact>();
            long bytes = 0;
            for (Artifact artifact : artifacts) {
                if (!isSigned(artifact)) {
                    unsigned.add(artifact);
                    continue;
                }
                some.put(stored(artifact).path().toString(), artifact);
                bytes += artifact.sizeBytes();
                if (some.size() == FILES_PER_CALL || bytes >= BYTES_PER_CALL) {
                    calls.add(call(threads, folder.path(), some));
                    some = new TreeMap<>();
                    bytes = 0;
                }
            }
            if (!some.isEmpty()) {
                calls.add(call(threads, folder.path(), some));
            }
            for (Call call : calls) {
                read(call, names);
            }
        }
        return unsigned;
    }

    /// One run of rpmkeys.
    ///
    /// @param byPath what it is asked about
    private record Call(SortedMap<String, Artifact> byPath, Future<Commands.Result> result) {}

    private Call call(ExecutorService threads, Path folder, SortedMap<String, Artifact> byPath) {
        List<String> paths = List.copyOf(byPath.keySet());
        return new Call(byPath, threads.submit(() -> rpmkeys(folder, "-Kv", paths)));
    }

    private void importKeys(Path folder) throws OpmException {
        int number = 0;
        for (SystemProfile.Key key : engine.machine().keys()) {
            number++;
            Path file = folder.resolve("key" + number + ".asc");
            String armor = String.join("\n", key.armor()) + "\n";
            engine.write(file, armor.getBytes(StandardCharsets.US_ASCII));
            // A key that this rpm cannot read cannot verify anything here; the packages it signed
            // are named below.
            rpmkeys(folder, "--import", List.of(file.toString()));
        }
    }

    private Commands.Result rpmkeys(Path dbpath, String act, List<String> files)
            throws OpmException {
        var argv =
                new ArrayList<>(
                        List.of(
                                "rpmkeys",
                                "--dbpath",
                                dbpath.resolve("db").toString(),
                                "--define",
                                "_pkgverify_level all",
                                act));
        argv.addAll(files);
        return engine.host()
                .commands()
                .run(Command.of(argv).withEnv(Map.of("LC_ALL", "C")).withTimeout(SECONDS_PER_CALL));
    }

    /// What rpmkeys said about one file.
    private static final class Said {
        String okKey = "";
        String otherKey = "";
        String bad = "";
    }

    /// Reads what `rpmkeys -Kv` says: the path of each file, then a line for each digest and
    /// signature in it.
    private void read(Call call, Map<Digest, Nevra> names) throws OpmException {
        Commands.Result result = Awaited.of(call.result());
        var all = new HashMap<String, Said>();
        var said = new Said();
        for (String line : result.outText().split("\n")) {
            if (!line.startsWith(" ") && line.endsWith(":")) {
                said = all.computeIfAbsent(line.substring(0, line.length() - 1), _ -> new Said());
                continue;
            }
            Matcher verdict = VERDICT.matcher(line);
            if (!verdict.matches()) {
                continue;
            }
            Matcher key = KEY.matcher(verdict.group(1));
            switch (verdict.group(2)) {
                case "OK" -> said.okKey = key.find() ? key.group(1) : said.okKey;
                // Says of digests that the header has none of that kind, and nothing of others.
                case "NOTFOUND" -> {}
                case "NOKEY" -> said.otherKey = key.find() ? key.group(1) : "?";
                default -> said.bad = said.bad.isEmpty() ? line.strip() : said.bad;
            }
        }
        var unknown = new ArrayList<String>();
        for (var one : call.byPath().entrySet()) {
            judge(one.getValue(), all.getOrDefault(one.getKey(), new Said()), names, unknown);
        }
        if (!unknown.isEmpty()) {
            throw new Damaged(
                    unknown.getFirst()
                            + ", expected one of the keys that the machine trusts"
                            + (unknown.size() > 1 ? "; so with " + unknown.size() : ""),
                    "If you trust that key, `rpm --import` it on the machine and make its profile"
                            + " again.");
        }
        if (result.exitStatus() != 0) {
            throw new Refused(
                    "rpmkeys: found exit status "
                            + result.exitStatus()
                            + ", expected 0: "
                            + result.errText().lines().findFirst().orElse(""),
                    "Run the same again with --verbose; rpmkeys may be damaged here.");
        }
    }

    private void judge(Artifact artifact, Said said, Map<Digest, Nevra> names, List<String> unknown)
            throws Damaged {
        Nevra pkg = names.get(artifact.digest());
        String name = pkg == null ? artifact.fileName() : pkg.toString();
        if (!said.bad.isEmpty()) {
            throw new Damaged(
                    name + ": found '" + said.bad + "', expected OK",
                    "The repository holds a damaged or altered package; try another mirror.");
        }
        if (!said.okKey.isEmpty()) {
            keys.put(artifact.digest(), said.okKey);
        } else if (!said.otherKey.isEmpty()) {
            unknown.add(name + ": found a signature by key " + said.otherKey);
        } else {
            throw new Damaged(
                    name + ": found no verdict of rpmkeys on its signature, expected OK",
                    "Its signature is of a kind that the rpm here does not know.");
        }
    }
}
