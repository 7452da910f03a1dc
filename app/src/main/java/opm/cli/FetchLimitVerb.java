package opm.cli;

import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.fetch.Allowance;

/// `opm fetch limit [RATE] [--cap SIZE] [--hours FROM-UNTIL] [--metered yes|no]`: how fast, how
/// much a day, and when; running downloads follow at once. Without any it says what holds.
final class FetchLimitVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        syntax.value("SIZE", "--cap")
                .value("FROM-UNTIL", "--hours")
                .value("yes|no", "--metered")
                .arguments("RATE", 0, 1);
    }

    @Override
    public int run(Session session) throws OpmException {
        Allowance allowance = session.engine().allowance();
        Allowance.Setting setting = allowance.read();
        String cap = session.value("--cap");
        String hours = session.value("--hours");
        String metered = session.value("--metered");
        boolean says = cap != null || hours != null || metered != null;
        if (says || !session.arguments().isEmpty()) {
            String rate = session.arguments().isEmpty() ? null : session.arguments().getFirst();
            setting =
                    new Allowance.Setting(
                            rate == null ? setting.bytesPerSecond() : bytes("fetch limit", rate),
                            cap == null ? setting.bytesPerDay() : bytes("--cap", cap),
                            hours == null ? setting.hours() : hours(hours),
                            metered == null ? setting.overMetered() : yes(metered));
            allowance.write(setting);
        }
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.number("bytesPerSecond", setting.bytesPerSecond())
                        .number("bytesPerDay", setting.bytesPerDay())
                        .number("bytesToday", allowance.spentToday())
                        .text("hours", setting.hours().toString())
                        .flag("overMetered", setting.overMetered());
            }
            return 0;
        }
        var screen = session.screen();
        if (setting.bytesPerSecond() == 0) {
            screen.say("fetch.no-rate");
        } else {
            screen.say("fetch.rate", Screen.size(setting.bytesPerSecond()));
        }
        if (setting.bytesPerDay() == 0) {
            screen.say("fetch.no-cap");
        } else {
            screen.say(
                    "fetch.cap",
                    Screen.size(setting.bytesPerDay()),
                    Screen.size(allowance.spentToday()));
        }
        if (!setting.hours().equals(Allowance.Hours.ALL)) {
            screen.say("fetch.hours", setting.hours().from(), setting.hours().until());
        }
        if (!setting.overMetered()) {
            screen.say("fetch.metered");
        }
        return 0;
    }

    private static Allowance.Hours hours(String text) throws BadRequest {
        Allowance.Hours hours =
                text.equals("none") ? Allowance.Hours.ALL : Allowance.Hours.parse(text);
        if (hours == null) {
            throw new BadRequest(
                    "--hours: found '" + text + "', expected two hours or none",
                    "For example --hours 22-6: from ten in the evening to six in the morning.");
        }
        return hours;
    }

    private static boolean yes(String text) throws BadRequest {
        return switch (text) {
            case "yes" -> true;
            case "no" -> false;
            default ->
                    throw new BadRequest(
                            "--metered: found '" + text + "', expected yes or no",
                            "With no, nothing comes over a metered connection.");
        };
    }

    private static long bytes(String option, String text) throws OpmException {
        return text.equals("none") ? 0 : Settings.rate(option, text);
    }
}
