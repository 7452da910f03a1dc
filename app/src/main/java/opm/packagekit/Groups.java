package opm.packagekit;

import java.util.Locale;

/// RPM's groups, free text of packagers, as words of PackageKit's fixed list.
final class Groups {
    /// Beginning of the lower-case text, word; the first that fits counts.
    private static final String[][] WORDS = {
        {"amusements/games", "games"},
        {"amusements", "multimedia"},
        {"games", "games"},
        {"applications/archiving", "admin-tools"},
        {"applications/communications", "communication"},
        {"applications/editors", "office"},
        {"applications/education", "education"},
        {"applications/engineering", "science"},
        {"applications/internet", "internet"},
        {"applications/multimedia", "multimedia"},
        {"applications/productivity", "office"},
        {"applications/publishing", "publishing"},
        {"applications/system", "admin-tools"},
        {"applications", "other"},
        {"development", "programming"},
        {"documentation", "documentation"},
        {"education", "education"},
        {"hardware", "system"},
        {"productivity/games", "games"},
        {"productivity/graphics", "graphics"},
        {"productivity/multimedia", "multimedia"},
        {"productivity/networking", "internet"},
        {"productivity/office", "office"},
        {"productivity/publishing", "publishing"},
        {"productivity/scientific", "science"},
        {"productivity", "other"},
        {"sugar/activities", "education"},
        {"system environment/daemons", "servers"},
        {"system environment", "system"},
        {"system/fonts", "fonts"},
        {"system/gui", "desktop-other"},
        {"system/i18n", "localization"},
        {"system/localization", "localization"},
        {"system", "system"},
        {"user interface/x hardware", "system"},
        {"user interface", "desktop-other"},
    };

    private Groups() {}

    /// Returns the word for a text; `other` for what nobody knows, `fonts` and `localization` also
    /// by the package's name, since most packages say no group any more.
    static String word(String text, String name) {
        String lower = text.toLowerCase(Locale.ROOT);
        for (String[] pair : WORDS) {
            if (lower.startsWith(pair[0])) {
                return pair[1];
            }
        }
        if (name.endsWith("-fonts") || name.contains("-fonts-")) {
            return "fonts";
        }
        if (name.contains("-langpack") || name.contains("-l10n") || name.contains("-i18n")) {
            return "localization";
        }
        return name.endsWith("-devel")
                ? "programming"
                : name.endsWith("-doc") ? "documentation" : "other";
    }
}
