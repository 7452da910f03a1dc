package opm.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.host.Host;
import opm.profile.JobText;
import opm.solve.Request;
import org.jspecify.annotations.Nullable;

/// `--job FILE`: goes on with what somebody chose in a browser (docs/formats/job.md). The file is
/// the profile, too; how the choices are to be met counts as the options that say the same.
final class JobOption {
    private JobOption() {}

    static Syntax accept(Syntax syntax) {
        return syntax.value("FILE", "--job");
    }

    /// Adds what a job says to the options that were given.
    static void into(Syntax.Given given, Host host) throws OpmException {
        String file = given.value("--job");
        if (file == null) {
            return;
        }
        if (given.has("--profile")) {
            throw new BadRequest(
                    "--job and --profile: found both, expected one of them",
                    "A job holds its profile.");
        }
        given.also("--profile", file);
        for (String line : lines(file, host)) {
            String[] words = line.split(" ", 2);
            String rest = words.length < 2 ? "" : words[1];
            String option = option(words[0]);
            if (option == null) {
                item(line, file);
            } else {
                given.also(option, rest);
            }
        }
    }

    /// Returns the option that says what a line of a job says; null when the line is a choice.
    private static @Nullable String option(String word) {
        return switch (word) {
            case "security", "no-weak", "no-reboot", "parity", "advisory", "budget" -> "--" + word;
            case "release" -> "--releasever";
            case "parts" -> "--split";
            default -> null;
        };
    }

    /// Returns what the job of this run asks for, and notes the words for it, as the web app does.
    static List<Request.Item> items(Session session, List<String> asked) throws OpmException {
        var items = new ArrayList<Request.Item>();
        String file = session.value("--job");
        if (file == null) {
            return items;
        }
        for (String line : lines(file, session.host())) {
            if (option(line.split(" ", 2)[0]) == null) {
                items.add(item(line, file));
                asked.add(line);
            }
        }
        return items;
    }

    private static List<String> lines(String file, Host host) throws OpmException {
        Path path = Path.of(file).toAbsolutePath().normalize();
        byte[] text = host.disk().readAll(path, Limits.PROFILE_BYTES + Limits.JOB_HEAD_BYTES);
        if (!JobText.is(text)) {
            throw new BadRequest(
                    file + ": found no job, expected one that the web app saved",
                    "For a profile alone: --profile " + file + ", and what you want.");
        }
        return JobText.wishes(text, file);
    }

    private static Request.Item item(String line, String file) throws BadRequest {
        String[] words = line.split(" ", 2);
        String spec = words.length < 2 ? "" : words[1].strip();
        for (Request.Verb verb : Request.Verb.values()) {
            boolean whole = verb == Request.Verb.UPGRADE || verb == Request.Verb.DISTRO_SYNC;
            if (verb.word().equals(words[0]) && (whole || !spec.isEmpty())) {
                String checked = spec.isEmpty() ? "" : ChangeVerb.checked(spec);
                return new Request.Item(verb, checked);
            }
        }
        throw new BadRequest(
                file + ": found '" + line + "', expected a choice that a command can make",
                "Go on in the web app, or make the choice with other options.");
    }
}
