package opm.cli;

/// `opm version`: what to name in a report.
final class VersionVerb implements Verb {
    /// The version of the pom; a test compares them.
    static final String VERSION = "0.1.0";

    @Override
    public void accept(Syntax syntax) {}

    @Override
    public int run(Session session) {
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("version", VERSION).text("java", System.getProperty("java.version"));
            }
            return 0;
        }
        session.screen().line("opm " + VERSION);
        if (session.settings().verbose()) {
            session.screen().line("java " + System.getProperty("java.version"));
            session.screen()
                    .line(System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        }
        return 0;
    }
}
