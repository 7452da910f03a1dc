package opm.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import opm.host.Exec;

/// Goes on in a JVM for work of minutes, where the launcher took one for work of seconds.
///
/// Which of the two a command is may show only when it is under way: most rebuilds of a tree of
/// answers are over before C2 pays, and what C1 compiles is a third slower while C2 may follow.
final class LongWork {
    private LongWork() {}

    /// Begins the command again from its first word, in the place of this process; returns where
    /// the launcher has nothing better.
    ///
    /// @param home where the launcher is
    /// @param words that this process was started with
    static void begin(String home, List<String> words) {
        if (Boolean.getBoolean("opm.short")) {
            var again = new ArrayList<String>(List.of(home + "/opm"));
            again.addAll(words);
            var environment = new HashMap<>(System.getenv());
            environment.put("OPM_LONG", "1");
            Exec.become(again, environment);
        }
    }
}
