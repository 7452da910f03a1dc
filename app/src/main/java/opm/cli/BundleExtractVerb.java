package opm.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.bundle.BundleReader;
import opm.bundle.Entry;
import opm.host.Disk;

/// `opm bundle extract FILE [--entry PATH...] [-o DIR]`: what `unzip` does, with every entry
/// checked.
final class BundleExtractVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        syntax.several("PATH", "--entry").value("DIR", "--output", "-o").arguments("FILE", 1, 1);
    }

    @Override
    public int run(Session session) throws OpmException {
        Disk disk = session.host().disk();
        var bundle = BundleReader.open(disk, Path.of(session.arguments().getFirst()));
        String output = session.value("--output");
        Path folder = Path.of(output == null ? "." : output).toAbsolutePath().normalize();
        List<Entry> entries = chosen(session, bundle);
        for (Entry entry : entries) {
            // The manifest's paths were checked when it was read; this only says so aloud.
            Path target = folder.resolve(entry.path()).normalize();
            assert target.startsWith(folder) : entry.path();
            disk.createDirectories(java.util.Objects.requireNonNull(target.getParent()));
            extract(disk, bundle, entry, target);
        }
        session.screen().forPeople().say("extract.done", entries.size(), folder);
        return 0;
    }

    /// Returns the entries that `--entry` names, all without it.
    private static List<Entry> chosen(Session session, BundleReader bundle) throws BadRequest {
        if (session.values("--entry").isEmpty()) {
            return bundle.entries();
        }
        var byPath = new HashMap<String, Entry>();
        bundle.entries().forEach(entry -> byPath.put(entry.path(), entry));
        var chosen = new ArrayList<Entry>();
        for (String path : session.values("--entry")) {
            Entry entry = byPath.get(path);
            if (entry == null) {
                throw new BadRequest(
                        session.arguments().getFirst() + ": found no entry '" + path + "'",
                        "`opm bundle inspect --entries` lists what it holds.");
            }
            chosen.add(entry);
        }
        return chosen;
    }

    private static void extract(Disk disk, BundleReader bundle, Entry entry, Path target)
            throws OpmException {
        Path aside = target.resolveSibling(target.getFileName() + ".part");
        bundle.extract(entry, aside);
        disk.rename(aside, target);
    }
}
