package opm.engine;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.TreeMap;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.history.Change;
import opm.history.Journal;
import opm.history.StateFolder;
import opm.host.Disk;
import opm.host.Host;
import opm.profile.SystemProfile;
import opm.store.Ref;

/// One look at everything that opm depends on here. Each part that cannot be looked at becomes a
/// trouble of its own, so that a broken machine still gets a whole page.
public final class Checkup {
    private static final long LITTLE_BYTES = 500L << 20;
    private static final long LITTLE_INODES = 10_000;
    private static final long DAY_SECONDS = 86_400;

    private final Engine engine;
    private final Host host;
    private final List<Fact> facts = new ArrayList<>();
    private final List<Trouble> troubles = new ArrayList<>();

    public Checkup(Engine engine) {
        this.engine = engine;
        this.host = engine.host();
    }

    /// One line of the page.
    ///
    /// @param what names it: `journal`
    public record Fact(String what, String value) {}

    /// Something to do.
    ///
    /// @param what names it: `change-open`
    /// @param values to fill into the sentence
    public record Trouble(String what, List<String> values) {
        public Trouble {
            values = List.copyOf(values);
        }
    }

    /// What was found.
    public record Page(List<Fact> facts, List<Trouble> troubles) {
        public Page {
            facts = List.copyOf(facts);
            troubles = List.copyOf(troubles);
        }
    }

    private interface Look {
        void at() throws OpmException;
    }

    /// Looks at everything.
    public Page page() {
        part("machine", this::machine);
        part("clock", this::clock);
        part("packages", this::packages);
        part("journal", this::journal);
        part("store", this::store);
        part("repositories", this::repositories);
        part("space", this::space);
        part("tools", this::tools);
        return new Page(facts, troubles);
    }

    private void part(String what, Look look) {
        try {
            look.at();
        } catch (OpmException e) {
            fact(what, "?");
            trouble("cannot-look", what, String.valueOf(e.getMessage()), e.hint());
        }
    }

    private void fact(String what, String value) {
        facts.add(new Fact(what, value));
    }

    private void trouble(String what, String... values) {
        troubles.add(new Trouble(what, List.of(values)));
    }

    private void machine() throws OpmException {
        SystemProfile machine = engine.machine();
        String distro = machine.distro().prettyName();
        fact("machine", distro + ", " + machine.arch() + ", kernel " + machine.kernel());
        fact("rpm", machine.rpmVersion() + ", " + engine.rpm().databaseFolder());
        fact("root", engine.rpm().root().toString());
        if (machine.keys().isEmpty()) {
            trouble("no-keys");
        }
        List<String> keys =
                machine.keys().stream().map(key -> key.id() + " " + key.summary()).toList();
        fact("keys", keys.isEmpty() ? "0" : keys.size() + ": " + String.join("; ", keys));
    }

    private void clock() throws OpmException {
        long now = host.clock().instant().getEpochSecond();
        fact("clock", Instant.ofEpochSecond(now).toString());
        long latest = 0;
        for (var pkg : engine.machine().packages()) {
            latest = Math.max(latest, Math.max(pkg.installTimeSeconds(), pkg.buildTimeSeconds()));
        }
        for (Change change : engine.history()) {
            latest = Math.max(latest, change.records().getLast().seconds());
        }
        // Signatures, certificates and the order of changes all depend on it.
        if (latest > now + DAY_SECONDS) {
            String newest = Instant.ofEpochSecond(latest).toString();
            trouble("clock", Instant.ofEpochSecond(now).toString(), newest);
        }
    }

    private void packages() throws OpmException {
        var engineRpm = engine.rpm();
        if (!engineRpm.hasDatabase()) {
            fact("packages", "0");
            return;
        }
        List<Nevra> names = engine.installedNames();
        fact("packages", Integer.toString(names.size()));
        var byName = new TreeMap<String, List<Nevra>>();
        for (Nevra pkg : names) {
            byName.computeIfAbsent(pkg.nameArch(), _ -> new ArrayList<>()).add(pkg);
        }
        byName.forEach(
                (name, all) -> {
                    boolean several = name.startsWith("kernel") || name.startsWith("gpg-pubkey");
                    if (all.size() > 1 && !several) {
                        List<String> words = all.stream().map(Nevra::toString).toList();
                        trouble("twice", String.join(", ", words));
                    }
                });
        var said = engineRpm.run("-qa", "--qf", "");
        String complaint = said.errText().strip();
        if (!complaint.isEmpty()) {
            trouble("database", complaint.lines().findFirst().orElse(""));
        }
    }

    private void journal() throws OpmException {
        StateFolder state = StateFolder.in(engine.rpm().root());
        Journal journal = Journal.read(host.disk(), host.clock(), state);
        List<Change> changes = journal.changes();
        String last = "";
        if (!changes.isEmpty()) {
            Change change = changes.getLast();
            last =
                    ", last "
                            + change.number()
                            + " "
                            + Instant.ofEpochSecond(change.records().getLast().seconds())
                            + " "
                            + words(change);
            if (change.isOpen()) {
                String number = Integer.toString(change.number());
                trouble("change-open", number, words(change));
            }
        }
        fact("journal", changes.size() + last);
        if (journal.skippedLines() > 0) {
            trouble("torn-lines", Integer.toString(journal.skippedLines()));
        }
        if (host.disk().exists(state.lock())) {
            byte[] words = host.disk().readAll(state.lock(), 4096);
            String holder = new String(words, StandardCharsets.US_ASCII).strip();
            String pid = holder.split(" ")[0];
            boolean lives = host.disk().exists(Path.of("/proc/" + pid));
            fact("lock", holder + (lives ? "" : " (gone)"));
        }
        if (host.disk().kind(state.stage()) == Disk.Kind.DIRECTORY) {
            trouble("stage", state.stage().toString());
        }
    }

    private static String words(Change change) {
        return switch (change.stage()) {
            case Change.Stage.Begun _ -> "0/" + change.batches();
            case Change.Stage.Started(var batch, _, _) -> batch + "/" + change.batches() + " ?";
            case Change.Stage.Exited(var batch, _, _, _) -> batch + "/" + change.batches() + " ?";
            case Change.Stage.Verified(var batch) -> batch + "/" + change.batches();
            case Change.Stage.Ended(var result) -> result;
        };
    }

    private void store() throws OpmException {
        var store = engine.store();
        int objects = store.objects().size();
        var counts = new HashMap<Ref.Type, Integer>();
        for (Ref ref : store.refs().all()) {
            counts.merge(ref.type(), ref.keeps().size(), Integer::sum);
        }
        var words = new TreeMap<String, Integer>();
        counts.forEach((type, count) -> words.put(type.word(), count));
        fact("store", store.root() + ": " + objects + " " + words);
    }

    private void repositories() throws OpmException {
        SystemProfile machine = engine.configuration();
        List<String> ids = machine.repos().stream().map(repo -> repo.id()).distinct().toList();
        fact("repositories", ids.size() + ": " + String.join(" ", ids));
        if (ids.isEmpty()) {
            trouble("no-repositories");
        }
    }

    private void space() throws OpmException {
        for (SystemProfile.Mount mount : engine.machine().mounts()) {
            String inodes = mount.freeInodes() < 0 ? "" : ", " + mount.freeInodes() + " inodes";
            fact(
                    "space",
                    mount.point()
                            + " "
                            + mount.type()
                            + " "
                            + (mount.readOnly() ? "ro " : "")
                            + mount.freeBytes()
                            + inodes);
            boolean own = mount.point().matches("/|/(usr|var|boot)(/.*)?");
            if (own && mount.readOnly()) {
                trouble("read-only", mount.point());
            }
            long bytes = mount.point().startsWith("/boot") ? LITTLE_BYTES / 5 : LITTLE_BYTES;
            boolean little =
                    mount.freeBytes() < bytes
                            || mount.freeInodes() >= 0 && mount.freeInodes() < LITTLE_INODES;
            if (own && little && !mount.readOnly()) {
                trouble("little-space", mount.point());
            }
        }
    }

    private void tools() {
        var there = new ArrayList<String>();
        for (String tool : List.of("rpm", "rpmkeys", "dnf", "dnf5", "zypper", "sync", "lsattr")) {
            if (host.commands().has(tool)) {
                there.add(tool);
            }
        }
        fact("tools", String.join(" ", there));
        if (!there.contains("rpm")) {
            trouble("no-rpm");
        } else if (!there.contains("rpmkeys")) {
            trouble("no-rpmkeys");
        }
    }
}
