package opm.cli;

import opm.base.OpmException;
import opm.fetch.Allowance;

/// `opm fetch limit [RATE] [--cap SIZE]`: how fast and how much a day; running downloads follow at
/// once. Without either it says what holds.
final class FetchLimitVerb implements Verb {
    @Override
    public void accept(Syntax syntax) {
        syntax.value("SIZE", "--cap").arguments("RATE", 0, 1);
    }

    @Override
    public int run(Session session) throws OpmException {
        Allowance allowance = session.engine().allowance();
        Allowance.Setting setting = allowance.read();
        String cap = session.value("--cap");
        if (!session.arguments().isEmpty() || cap != null) {
            String rate = session.arguments().isEmpty() ? null : session.arguments().getFirst();
            setting =
                    new Allowance.Setting(
                            rate == null ? setting.bytesPerSecond() : bytes("fetch limit", rate),
                            cap == null ? setting.bytesPerDay() : bytes("--cap", cap));
            allowance.write(setting);
        }
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.number("bytesPerSecond", setting.bytesPerSecond())
                        .number("bytesPerDay", setting.bytesPerDay())
                        .number("bytesToday", allowance.spentToday());
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
        return 0;
    }

    private static long bytes(String option, String text) throws OpmException {
        return text.equals("none") ? 0 : Settings.rate(option, text);
    }
}
