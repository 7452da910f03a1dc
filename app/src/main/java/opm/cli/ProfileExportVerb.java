package opm.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.engine.LockFile;
import opm.imports.Listed.Format;
import org.jspecify.annotations.Nullable;

/// `opm profile export --form dnf5-manifest|rpms-lock [-o FILE]`: what is installed, as other
/// programs lock it.
final class ProfileExportVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        syntax.value("FORMAT", "--form").value("FILE", "--output", "-o");
    }

    @Override
    public int run(Session session) throws OpmException {
        LockFile lock = LockFile.of(session.engine(), format(session.value("--form")));
        session.progress().clear();
        byte[] text = lock.text().getBytes(StandardCharsets.UTF_8);
        String output = session.value("--output");
        if (output == null || output.equals("-")) {
            session.outside().out().writeBytes(text);
        } else {
            session.engine().write(Path.of(output).toAbsolutePath().normalize(), text);
            session.screen().forPeople().say("profile.exported", output);
        }
        if (!lock.left().isEmpty()) {
            session.screen()
                    .note(
                            "profile.export-left",
                            lock.left().size(),
                            String.join(", ", lock.left().stream().limit(5).toList()));
        }
        return 0;
    }

    private static Format format(@Nullable String word) throws BadRequest {
        for (Format format : Format.values()) {
            if (format.word().equals(word) && format != Format.RPM_QA) {
                return format;
            }
        }
        throw new BadRequest(
                "profile export: found --form "
                        + (word == null ? "without a word" : word)
                        + ", expected dnf5-manifest or rpms-lock",
                "`rpm -qa` prints the plain list.");
    }
}
