package opm.preflight;

import java.util.List;
import java.util.Set;
import opm.base.OpmException;
import opm.host.RpmCommand;

/// How rpm is set up on the machine, where that decides about files.
///
/// @param withoutDocs `%_excludedocs`
/// @param languages `%_install_langs`; empty for all
/// @param colors `%_transaction_color`: 3 where 32-bit and 64-bit programs live together
/// @param preferred `%_prefer_color`: whose file wins
record Switches(boolean withoutDocs, Set<String> languages, int colors, int preferred) {
    Switches {
        languages = Set.copyOf(languages);
    }

    static Switches of(RpmCommand rpm) throws OpmException {
        String expression =
                "%{?_excludedocs}|%{?_install_langs}|%{?_transaction_color}|%{?_prefer_color}|";
        String[] said = (rpm.macro(expression) + " ").split("\\|", -1);
        String languages = said.length > 1 ? said[1].strip() : "";
        boolean all = languages.isEmpty() || languages.equals("all");
        return new Switches(
                number(said, 0, 0) != 0,
                all ? Set.of() : Set.copyOf(List.of(languages.split(":"))),
                number(said, 2, 0),
                number(said, 3, 2));
    }

    private static int number(String[] said, int at, int otherwise) {
        boolean fits = at < said.length && said[at].strip().matches("[0-9]{1,4}");
        return fits ? Integer.parseInt(said[at].strip()) : otherwise;
    }

    /// Tells whether rpm leaves a name out of an installation.
    boolean leavesOut(Item item) {
        if (colors != 0 && item.color() != 0 && (colors & item.color()) == 0) {
            return true;
        }
        if (item.isLicense()) {
            return false;
        }
        if (!languages.isEmpty() && !item.languages().isEmpty()) {
            boolean wanted = false;
            for (String language : item.languages().split("\\|")) {
                // rpm compares only as many characters as the package gives.
                wanted |= languages.stream().anyMatch(own -> own.startsWith(language));
            }
            if (!wanted) {
                return true;
            }
        }
        return withoutDocs && item.isDoc();
    }
}
