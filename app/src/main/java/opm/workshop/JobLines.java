package opm.workshop;

import java.util.ArrayList;
import java.util.List;
import opm.base.Limits;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.profile.JobText;

/// The choices of a visit as the lines of a job file (docs/formats/job.md), and back.
final class JobLines {
    private JobLines() {}

    static List<String> of(Basket basket) {
        var lines = new ArrayList<String>();
        if (basket.equals(basket.withSecurity(true))) {
            lines.add("security");
        }
        if (basket.equals(basket.withWeak(false))) {
            lines.add("no-weak");
        }
        for (var item : basket.items()) {
            lines.add((Basket.word(item.verb()) + " " + item.spec()).strip());
        }
        return lines;
    }

    /// Reads the choices of what somebody brought; none of a profile alone.
    static Basket read(byte[] file) throws OpmException {
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
                        default -> basket.with(Basket.item(words[0], rest));
                    };
        }
        return basket;
    }
}
