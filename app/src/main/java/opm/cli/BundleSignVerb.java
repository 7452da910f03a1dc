package opm.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.bundle.BundleReader;
import opm.host.Disk;
import opm.host.Output;
import opm.sign.FileSignature;
import opm.sign.SignKey;

/// `opm bundle sign FILE --key FILE.key [--comment TEXT]`: a signature beside a bundle that is
/// whole. The first one is `FILE.minisig`, where `minisign -Vm FILE` looks; those of other keys are
/// `FILE.KEY.minisig`.
final class BundleSignVerb implements Verb {
    private static final int KEY_BYTES = 64 << 10;

    @Override
    public void accept(Syntax syntax) {
        SignedBy.accept(syntax).value("TEXT", "--comment").arguments("FILE", 1, 1);
    }

    @Override
    public int run(Session session) throws OpmException {
        if (session.values("--key").size() != 1) {
            throw new BadRequest(
                    "bundle sign: found " + session.values("--key").size() + " keys, expected one",
                    "--key NAME.key; `opm key generate -o NAME` makes one.");
        }
        Disk disk = session.host().disk();
        String given = session.values("--key").getFirst();
        SignKey key = SignKey.parse(disk.readAll(Path.of(given), KEY_BYTES), given);
        Path file = Path.of(session.arguments().getFirst()).toAbsolutePath().normalize();
        var bundle = BundleReader.open(disk, file);
        bundle.verify();
        var comment = new StringBuilder("timestamp:");
        comment.append(session.host().clock().instant().getEpochSecond());
        comment.append("\tfile:").append(file.getFileName()).append("\thashed\tseal:");
        comment.append(bundle.seal().hex());
        String more = session.value("--comment");
        if (more != null) {
            comment.append('\t').append(more.strip());
        }
        var signature = FileSignature.of(disk, file, key, comment.toString());
        Path to = target(disk, file, signature.keyId());
        Path aside = to.resolveSibling(to.getFileName() + ".part");
        byte[] text = signature.text().getBytes(StandardCharsets.UTF_8);
        try (Output out = disk.create(aside)) {
            out.write(text, 0, text.length);
            out.force();
        }
        disk.rename(aside, to);
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("result", "signed")
                        .text("file", to.toString())
                        .text("key", signature.keyId())
                        .text("seal", bundle.seal().hex());
            }
            return 0;
        }
        Screen screen = session.screen().forPeople();
        screen.say("sign.done", to.getFileName(), signature.keyId());
        screen.say("inspect.seal", bundle.seal().hex());
        return 0;
    }

    /// Returns where a key's signature goes: over its own one, beside those of others.
    private static Path target(Disk disk, Path file, String keyId) throws OpmException {
        Path first = file.resolveSibling(file.getFileName() + ".minisig");
        if (!disk.exists(first) || SignedBy.read(disk, first).keyId().equals(keyId)) {
            return first;
        }
        return file.resolveSibling(file.getFileName() + "." + keyId + ".minisig");
    }
}
