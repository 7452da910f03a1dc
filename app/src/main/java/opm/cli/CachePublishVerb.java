package opm.cli;

import java.nio.file.Path;
import java.util.List;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.engine.Publishing;
import opm.store.Ref;
import opm.store.Store;
import org.jspecify.annotations.Nullable;

/// `opm cache publish DIR`: a repository of the store's packages, for any package manager, in
/// snapshots that are promoted when they are tested, and taken back.
final class CachePublishVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        syntax.value("NAME", "--snapshot")
                .value("NAME", "--promote")
                .flag("--rollback")
                .value("STAGE", "--to")
                .value("TYPE", "--type")
                .value("NAME", "--name")
                .arguments("DIR", 1, 1);
    }

    @Override
    public int run(Session session) throws OpmException {
        Path folder = Path.of(session.arguments().getFirst()).toAbsolutePath().normalize();
        Store store = session.engine().store();
        var publishing = new Publishing(store, session.host().disk(), folder);
        String snapshot = session.value("--snapshot");
        String promoted = session.value("--promote");
        String to = session.value("--to");
        String stage = to == null ? "tested" : to;
        if (snapshot == null && promoted == null && !session.has("--rollback")) {
            throw new BadRequest(
                    "cache publish: found nothing to do, expected --snapshot, --promote or"
                            + " --rollback",
                    "For example `opm cache publish DIR --snapshot 2026-05-01`.");
        }
        int packages = -1;
        if (snapshot != null) {
            packages =
                    publishing.snapshot(
                            snapshot,
                            objects(session, store),
                            session.host().clock().instant().getEpochSecond());
        }
        if (promoted != null) {
            publishing.promote(stage, promoted);
        } else if (session.has("--rollback")) {
            promoted = publishing.rollBack(stage);
        }
        say(session, folder, packages, snapshot, promoted, stage);
        return 0;
    }

    private static void say(
            Session session,
            Path folder,
            int packages,
            @Nullable String snapshot,
            @Nullable String promoted,
            String stage) {
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("snapshot", snapshot).text("promoted", promoted).text("stage", stage);
                if (packages >= 0) {
                    json.number("packages", packages);
                }
            }
            return;
        }
        if (snapshot != null) {
            session.screen().line(session.messages().count("cache.published", packages, snapshot));
        }
        if (promoted != null) {
            session.screen().say("cache.promoted", folder.resolve(stage), promoted);
        }
    }

    /// Returns what a reference keeps, or everything.
    private static List<Digest> objects(Session session, Store store) throws OpmException {
        String name = session.value("--name");
        if (name == null) {
            return store.objects();
        }
        String type = session.value("--type");
        Ref ref = store.refs().get(type == null ? Ref.Type.PIN : CacheWords.type(type), name);
        if (ref == null) {
            throw new BadRequest(
                    name + ": found no such reference", "`opm cache summary` lists them.");
        }
        return ref.keeps();
    }
}
