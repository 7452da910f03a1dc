package opm.workshop;

import java.util.ArrayList;
import java.util.List;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.profile.JobText;

/// The choices of a visit as the lines of a job file (docs/formats/job.md), and back.
final class JobLines {
    /// What the forms of the page take: megabytes.
    private static final long LEAST_PART = 1_000_000;

    private static final long MOST = 9_999_999_000_000L;

    private JobLines() {}

    static List<String> of(Basket basket) {
        var lines = new ArrayList<String>();
        Wishes wishes = basket.wishes();
        if (wishes.security()) {
            lines.add("security");
        }
        if (!wishes.weak()) {
            lines.add("no-weak");
        }
        if (wishes.noReboot()) {
            lines.add("no-reboot");
        }
        wishes.advisories().forEach(id -> lines.add("advisory " + id));
        if (wishes.budgetBytes() > 0) {
            lines.add("budget " + wishes.budgetBytes());
        }
        if (!wishes.release().isEmpty()) {
            lines.add("release " + wishes.release());
        }
        if (wishes.partBytes() > 0) {
            lines.add("parts " + wishes.partBytes());
        }
        if (wishes.parity()) {
            lines.add("parity");
        }
        basket.groups().forEach(id -> lines.add("group " + id));
        basket.leftOut().forEach(spec -> lines.add("without " + spec));
        for (var item : basket.items()) {
            lines.add((item.verb().word() + " " + item.spec()).strip());
        }
        return lines;
    }

    /// Reads the choices of what somebody brought; none of a profile alone.
    ///
    /// @param releases to which the machine may be brought here
    static Basket read(byte[] file, List<String> releases) throws OpmException {
        Basket basket = Basket.EMPTY;
        if (!JobText.is(file)) {
            return basket;
        }
        List<String> lines = JobText.wishes(file, "the job");
        if (lines.size() > 2 * Limits.BASKET_ITEMS) {
            throw new BadRequest(
                    "the job: found " + lines.size() + " choices",
                    "Save it again in the web app.");
        }
        for (String line : lines) {
            String[] words = line.split(" ", 2);
            String rest = words.length < 2 ? "" : words[1];
            basket =
                    switch (words[0]) {
                        case "security" -> basket.withSecurity(true);
                        case "no-weak" -> basket.withWeak(false);
                        case "no-reboot" -> basket.withNoReboot(true);
                        case "advisory" -> basket.withAdvisory(rest);
                        case "budget" -> basket.withBudget(bytes(rest, 0));
                        case "parts" -> basket.withParts(bytes(rest, LEAST_PART), false);
                        case "parity" -> basket.withParts(basket.wishes().partBytes(), true);
                        case "group" -> basket.withGroup(rest);
                        case "without" -> basket.leaving(rest);
                        case "release" -> basket.withRelease(known(rest, releases));
                        default -> basket.with(Basket.item(words[0], rest));
                    };
        }
        return basket;
    }

    private static long bytes(String text, long least) throws BadRequest {
        long bytes = text.matches("\\d{1,15}") ? Long.parseLong(text) : -1;
        if (bytes < least || bytes > MOST) {
            throw new BadRequest(
                    "the job: found '" + text + "', expected " + least + " to " + MOST + " bytes",
                    "Save it again in the web app.");
        }
        return bytes;
    }

    /// A stranger does not say which release this server asks mirrors for.
    private static String known(String release, List<String> releases) throws BadRequest {
        if (!releases.contains(release)) {
            throw new BadRequest(
                    "the job: found release '" + release + "', which this server does not offer",
                    "Go on where it was begun.");
        }
        return release;
    }
}
