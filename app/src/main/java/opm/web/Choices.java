package opm.web;

import java.util.Map;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.workshop.Basket;
import opm.workshop.Visit;

/// Reads what a form wants to change about the choices of a visit.
record Choices(Visit visit, Map<String, String> fields) {
    private static final long MEGABYTE = 1_000_000;
    private static final long MOST_MEGABYTES = 9_999_999;

    void take() throws OpmException {
        Basket basket = visit.basket();
        String verb = field("verb");
        String spec = field("spec");
        String value = field("value");
        boolean yes = isOn("value");
        visit.choose(
                switch (field("do")) {
                    case "add" -> basket.with(Basket.item(verb, spec));
                    case "drop" -> basket.without(Basket.item(verb, spec));
                    case "group" -> basket.withGroup(word(value));
                    case "ungroup" -> basket.withoutGroup(value);
                    case "advise" -> basket.withAdvisory(word(value));
                    case "unadvise" -> basket.withoutAdvisory(value);
                    case "let" -> basket.letting(value);
                    case "security" -> basket.withSecurity(yes);
                    case "weak" -> basket.withWeak(yes);
                    case "reboot" -> basket.withNoReboot(!yes);
                    case "budget" -> basket.withBudget(megabytes(value));
                    case "parts" -> basket.withParts(megabytes(value), isOn("parity"));
                    case "release" -> basket.withRelease(release(value));
                    case "clear" -> basket.cleared();
                    default -> throw bad();
                });
    }

    /// Reads how fast the user's line is, in kbit/s.
    void line() throws BadRequest {
        String value = field("value");
        if (!value.matches("\\d{1,9}")) {
            throw bad();
        }
        visit.line(Long.parseLong(value) * 125);
    }

    private boolean isOn(String name) {
        return field(name).equals("yes");
    }

    private String field(String name) {
        return fields.getOrDefault(name, "");
    }

    private static String word(String id) throws BadRequest {
        if (id.isBlank() || id.length() > 200) {
            throw bad();
        }
        return id;
    }

    private String release(String name) throws BadRequest {
        if (!name.isEmpty() && !visit.releases().contains(name)) {
            throw new BadRequest(
                    "release '" + name + "': found none of that name, expected one of the list",
                    "Choose one that the page offers.");
        }
        return name;
    }

    private static long megabytes(String text) throws BadRequest {
        if (text.isBlank()) {
            return 0;
        }
        if (!text.matches("\\d{1,7}") || Long.parseLong(text) > MOST_MEGABYTES) {
            throw new BadRequest(
                    "'" + text + "': expected a number of megabytes", "For example 300.");
        }
        return Long.parseLong(text) * MEGABYTE;
    }

    private static BadRequest bad() {
        return new BadRequest(
                "basket: found no such change", "Go back to the page and try again.");
    }
}
