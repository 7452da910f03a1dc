package opm.engine;

import java.util.Map;
import opm.base.OpmException;
import opm.fetch.Fetcher;
import opm.rpmmd.RepoFiles;

/// How many downloads at a time: as dnf is told, and eight where it is told nothing.
///
/// Source: dnf.conf(5) `max_parallel_downloads`, at most 20; dnf5's `max_downloads_per_mirror`.
final class Lanes {
    private static final int MOST = 20;

    private Lanes() {}

    static Fetcher.Options of(Engine engine) {
        try {
            return of(RepoFiles.main(engine.host().disk(), engine.options().root()));
        } catch (OpmException _) {
            // Whoever needs the configuration itself says what is wrong with it.
            return Fetcher.Options.USUAL;
        }
    }

    static Fetcher.Options of(Map<String, String> main) {
        Fetcher.Options usual = Fetcher.Options.USUAL;
        int lanes = number(main, "max_parallel_downloads", usual.lanes());
        int ofAHost = number(main, "max_downloads_per_mirror", lanes);
        return new Fetcher.Options(lanes, ofAHost, usual.rounds(), usual.firstPauseMillis());
    }

    private static int number(Map<String, String> main, String key, int absent) {
        String word = main.getOrDefault(key, "");
        return word.matches("[1-9][0-9]{0,8}") ? Math.min(MOST, Integer.parseInt(word)) : absent;
    }
}
