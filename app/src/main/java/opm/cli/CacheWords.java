package opm.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.host.StreamFailure;
import opm.store.Collector;
import opm.store.Item;
import opm.store.Ref;
import opm.store.Store;

/// What the commands about the store share: how objects are named and shown.
final class CacheWords {
    private static final int LEAST_DIGITS = 6;
    private static final int SHOWN_DIGITS = 16;

    private CacheWords() {}

    static Collector collector(Session session) {
        return new Collector(
                session.engine().store(), session.host().clock().instant().getEpochSecond());
    }

    static String user() {
        return System.getProperty("user.name", "");
    }

    /// Returns the object that a word means: `sha256:HEX`, the first digits of HEX, or a file whose
    /// bytes it has.
    static Digest digest(Session session, String word) throws OpmException {
        Path file = Path.of(word);
        String lower = word.toLowerCase(Locale.ROOT);
        String hex = lower.substring(lower.indexOf(':') + 1);
        if (!hex.matches("[0-9a-f]{" + LEAST_DIGITS + ",128}")
                || word.contains("/")
                || session.host().disk().exists(file)) {
            return ofFile(session, file);
        }
        List<Digest> found = session.engine().store().find(hex);
        if (lower.contains(":")) {
            found = found.stream().filter(one -> one.toString().startsWith(lower)).toList();
        }
        if (found.size() != 1) {
            throw new BadRequest(
                    "'" + word + "': found " + found.size() + " objects, expected one",
                    "`opm cache list` shows them; write more digits.");
        }
        return found.getFirst();
    }

    static List<Digest> digests(Session session) throws OpmException {
        var found = new ArrayList<Digest>();
        for (String word : session.arguments()) {
            found.add(digest(session, word));
        }
        return found;
    }

    private static Digest ofFile(Session session, Path file) throws OpmException {
        Store store = session.engine().store();
        if (!session.host().disk().exists(file)) {
            throw new BadRequest(
                    "'" + file + "': found neither an object nor a file of this name",
                    "`opm cache list` shows the objects.");
        }
        for (var algorithm : Digest.Algorithm.values()) {
            MessageDigest engine = algorithm.engine();
            try (InputStream in = session.host().disk().read(file)) {
                var buffer = new byte[1 << 18];
                for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                    engine.update(buffer, 0, read);
                }
            } catch (IOException e) {
                throw StreamFailure.of(e, file.toString());
            }
            Digest digest = Digest.of(algorithm, engine.digest());
            if (store.has(digest)) {
                return digest;
            }
        }
        throw new BadRequest(
                file + ": found no object with its bytes in " + store.root(),
                "`opm cache add " + file + "` puts it there.");
    }

    static String shortName(Digest digest) {
        return digest.algorithm().word() + ":" + digest.hex().substring(0, SHOWN_DIGITS);
    }

    static String keepers(List<Ref> refs) {
        return refs.stream()
                .map(ref -> ref.type().word() + " " + ref.name())
                .collect(Collectors.joining(", "));
    }

    static void print(Session session, List<Item> items) {
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.beginList("objects");
                items.forEach(item -> write(json, item));
                json.endList();
            }
            return;
        }
        var rows = new ArrayList<List<String>>();
        for (Item item : items) {
            rows.add(
                    List.of(
                            shortName(item.digest()),
                            Screen.size(item.sizeBytes()),
                            Instant.ofEpochSecond(item.modifiedMillis() / 1000).toString(),
                            keepers(item.keptBy())));
        }
        new Columns(session.screen()).print(rows);
        if (items.isEmpty()) {
            session.screen().note("look.nothing");
        }
    }

    static void write(Json json, Item item) {
        json.beginItem()
                .text("digest", item.digest().toString())
                .number("bytes", item.sizeBytes())
                .number("modifiedSeconds", item.modifiedMillis() / 1000);
        refs(json, item.keptBy());
        json.end();
    }

    static void refs(Json json, List<Ref> refs) {
        json.beginList("keptBy");
        for (Ref ref : refs) {
            json.beginItem()
                    .text("type", ref.type().word())
                    .text("name", ref.name())
                    .text("owner", ref.owner())
                    .text("reason", ref.reason())
                    .number("expiresSeconds", ref.expiresSeconds())
                    .number("objects", ref.keeps().size())
                    .end();
        }
        json.endList();
    }

    /// Says of each reference whose it is, what for, and until when.
    static void sayRefs(Session session, List<Ref> refs) {
        var rows = new ArrayList<List<String>>();
        for (Ref ref : refs) {
            rows.add(
                    List.of(
                            ref.type().word(),
                            ref.name(),
                            ref.owner(),
                            ref.reason(),
                            ref.expiresSeconds() == 0
                                    ? session.messages().text("cache.for-ever")
                                    : session.messages()
                                            .text(
                                                    "cache.until",
                                                    Instant.ofEpochSecond(ref.expiresSeconds())
                                                            .toString())));
        }
        new Columns(session.screen()).print(rows);
    }

    /// Reads a type of reference.
    static Ref.Type type(String word) throws BadRequest {
        try {
            return Ref.Type.ofWord(word);
        } catch (IllegalArgumentException e) {
            throw new BadRequest(
                    "--type: found '" + word + "', expected a type of reference",
                    "plan, latest-metadata, rollback, installed, lan-share, fleet or pin.");
        }
    }
}
