package opm.cli;

import java.util.ResourceBundle;

/// The log of the JDK, which is off: what went wrong is said by failures.
///
/// A process that starts another one asks for a logger. Without this class the JDK looks for one in
/// every jar of the class path, and then starts `java.util.logging`: some 25 ms and 3 MB of each
/// command that runs `rpm`. Named in META-INF/services.
public class Silence extends System.LoggerFinder {
    private static final System.Logger NOTHING = new Nothing();

    /// For the loader of services.
    public Silence() {}

    @Override
    public System.Logger getLogger(String name, Module module) {
        return NOTHING;
    }

    /// The second one that the JDK looks for, and does not use.
    public static final class Again extends Silence {
        public Again() {}
    }

    private static final class Nothing implements System.Logger {
        @Override
        public String getName() {
            return "opm";
        }

        @Override
        public boolean isLoggable(Level level) {
            return false;
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String text, Throwable thrown) {}

        @Override
        public void log(Level level, ResourceBundle bundle, String format, Object... values) {}
    }
}
