package opm.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.host.Disk;
import opm.host.Output;
import opm.sign.SignKey;

/// `opm key generate -o NAME`: a key to sign bundles with, `NAME.key`, and what others need to
/// check them, `NAME.pub`; both as minisign has them.
final class KeyGenerateVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        syntax.value("FILE", "--output", "-o");
    }

    @Override
    public int run(Session session) throws OpmException {
        String name = session.value("--output");
        if (name == null) {
            throw new BadRequest(
                    "key generate: found no name, expected -o NAME",
                    "For example `opm key generate -o school` writes school.key and school.pub.");
        }
        Disk disk = session.host().disk();
        Path secret = Path.of(name + ".key").toAbsolutePath().normalize();
        Path open = Path.of(name + ".pub").toAbsolutePath().normalize();
        for (Path file : new Path[] {secret, open}) {
            if (disk.exists(file)) {
                throw new BadRequest(
                        file + ": found a file of this name, expected none",
                        "A key that is lost cannot be made again: choose another name.");
            }
        }
        SignKey key = SignKey.generate();
        write(disk.createSecret(secret), key.text());
        write(disk.create(open), key.publicHalf().text());
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("result", "generated")
                        .text("secret", secret.toString())
                        .text("public", open.toString())
                        .text("key", key.publicHalf().base64());
            }
            return 0;
        }
        Screen screen = session.screen().forPeople();
        screen.say("key.generated", secret.getFileName(), open.getFileName());
        screen.line(key.publicHalf().base64());
        return 0;
    }

    private static void write(Output to, String text) throws OpmException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        try (Output out = to) {
            out.write(bytes, 0, bytes.length);
            out.force();
        }
    }
}
