package opm.presolve;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import opm.base.Digest;
import opm.base.OpmException;
import opm.host.Host;
import opm.thin.Platform;
import opm.thin.Reference;

/// Publishes trees whose answers nobody solved, at any second, for tests of what stands behind.
public final class Publisher {
    private static final Platform PLATFORM = new Platform("tiny", "1");

    private final Path tree;
    private final TreeMap<String, AnswerIndex.Entry> entries = new TreeMap<>();
    private int version;

    public Publisher(Path tree) {
        this.tree = tree;
    }

    /// Changes some answers, as a build at this second would.
    public void publish(Collection<String> names, long now) throws OpmException {
        publication(names, now, true);
    }

    /// Dies in the middle of a publication: before or after everything is ready.
    public void die(Collection<String> names, long now) throws OpmException {
        publication(names, now, false);
    }

    /// Does what the next build does first.
    public boolean recover() throws OpmException {
        return open().recover();
    }

    private Publication open() {
        Path folder = PLATFORM.in(tree);
        var commands = Host.ofThisMachine().commands();
        return new Publication(folder, Tree.build(tree, PLATFORM), commands);
    }

    private void publication(Collection<String> names, long now, boolean whole)
            throws OpmException {
        Published before = Published.read(tree, PLATFORM);
        long last = before == null ? 0 : before.reference().seconds();
        long seconds = Presolver.nextSecond(last, now);
        version++;
        Publication publication = open();
        for (String name : names) {
            byte[] json = Publication.utf8("{\"" + name + "\":" + version + "}\n");
            byte[] plan = Publication.utf8(name + " " + version + "\n");
            publication.stage(name, json);
            publication.stage(name + Tree.PLAN, plan);
            entries.put(
                    name,
                    new AnswerIndex.Entry(
                            name,
                            seconds,
                            Digest.sha256Of(json).hex(),
                            Digest.sha256Of(plan).hex()));
        }
        AnswerIndex index = AnswerIndex.of(entries.values());
        Path folder = PLATFORM.in(tree);
        for (var node : index.fresh().entrySet()) {
            Path path = folder.relativize(Tree.node(folder, node.getKey()));
            publication.stage(path.toString(), node.getValue());
        }
        var reference =
                new Reference(
                        PLATFORM,
                        "x86_64",
                        "0".repeat(64),
                        seconds,
                        seconds,
                        entries.size(),
                        index.depth(),
                        index.root(),
                        "0".repeat(64),
                        List.of(),
                        List.of());
        publication.stage("updates", Presolver.list(new ArrayList<>(entries.keySet())));
        publication.stage("-/ref", reference.text());
        if (whole) {
            publication.ready(seconds, List.of());
            publication.move();
        } else if (version % 2 == 0) {
            publication.ready(seconds, List.of());
        }
    }

    /// Returns the address of the updates.
    public static String updates() {
        return "/packages/tiny/1/updates";
    }

    /// Returns the root of the index that is published; empty when there is none.
    public String root() throws OpmException {
        Published now = Published.read(tree, PLATFORM);
        return now == null ? "" : now.reference().root();
    }
}
