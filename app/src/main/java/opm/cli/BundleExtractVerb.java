package opm.cli;

import java.nio.file.Path;
import opm.base.OpmException;
import opm.bundle.BundleReader;
import opm.bundle.Entry;
import opm.host.Disk;

/// `opm bundle extract FILE [-o DIR]`: what `unzip` does, with every entry checked.
final class BundleExtractVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        syntax.value("DIR", "--output", "-o").arguments("FILE", 1, 1);
    }

    @Override
    public int run(Session session) throws OpmException {
        Disk disk = session.host().disk();
        var bundle = BundleReader.open(disk, Path.of(session.arguments().getFirst()));
        String output = session.value("--output");
        Path folder = Path.of(output == null ? "." : output).toAbsolutePath().normalize();
        for (Entry entry : bundle.entries()) {
            // The manifest's paths were checked when it was read; this only says so aloud.
            Path target = folder.resolve(entry.path()).normalize();
            assert target.startsWith(folder) : entry.path();
            disk.createDirectories(java.util.Objects.requireNonNull(target.getParent()));
            extract(disk, bundle, entry, target);
        }
        session.screen().forPeople().say("extract.done", bundle.entries().size(), folder);
        return 0;
    }

    private static void extract(Disk disk, BundleReader bundle, Entry entry, Path target)
            throws OpmException {
        Path aside = target.resolveSibling(target.getFileName() + ".part");
        bundle.extract(entry, aside);
        disk.rename(aside, target);
    }
}
