package opm.cli;

import java.nio.file.Path;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.bundle.BundleReader;
import opm.bundle.BundleSplit;

/// `opm bundle split FILE --split SIZE [--parity] [-o FILE]`: several files of one bundle.
final class BundleSplitVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        SplitOption.accept(syntax).value("FILE", "--output", "-o").arguments("FILE", 1, 1);
    }

    @Override
    public int run(Session session) throws OpmException {
        String name = session.arguments().getFirst();
        long bytes = SplitOption.bytes(session);
        if (bytes == 0) {
            throw new BadRequest(
                    "bundle split: found no size, expected --split SIZE",
                    "For example `opm bundle split " + name + " --split 4G`.");
        }
        var disk = session.host().disk();
        var bundle = BundleReader.open(disk, Path.of(name).toAbsolutePath().normalize());
        bundle.verify();
        String output = session.value("--output");
        Path file = Path.of(output == null ? name : output).toAbsolutePath().normalize();
        var parts = BundleSplit.split(disk, bundle, file, bytes, session.has("--parity"));
        SplitOption.report(session, parts);
        return 0;
    }
}
