package opm.cli;

import java.nio.file.Path;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.store.Store;

/// `opm cache merge DIR`: takes what another store has and this one has not, checked on the way.
final class CacheMergeVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        syntax.arguments("DIR", 1, 1);
    }

    @Override
    public int run(Session session) throws OpmException {
        Path folder = Path.of(session.arguments().getFirst());
        if (!session.host().disk().isDirectory(folder)) {
            throw new BadRequest(
                    folder + ": found no folder, expected a store", "Give the folder of a store.");
        }
        var other = new Store(session.host().disk(), folder);
        Store store = session.engine().store();
        int taken = 0;
        int damaged = 0;
        for (Digest digest : other.objects()) {
            try {
                taken += store.takeFrom(other, digest) ? 1 : 0;
            } catch (Damaged e) {
                damaged++;
                session.screen().note("cache.left-out", digest.toString());
            }
        }
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.number("taken", taken).number("damaged", damaged);
            }
            return 0;
        }
        session.screen().line(session.messages().count("cache.merged", taken));
        return 0;
    }
}
