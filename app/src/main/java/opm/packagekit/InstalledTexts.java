package opm.packagekit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.engine.Engine;
import opm.pkgset.PackageRef;

/// What people read about installed packages. Their set has none of it: rpm is asked.
final class InstalledTexts {
    /// More than so many are cheaper to have with all others than one by one.
    private static final int FEW = 50;

    /// Two control characters that no text has.
    private static final String FORMAT =
            "%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%{ARCH}\\f%{SUMMARY}\\f%{LICENSE}\\f"
                    + "%{GROUP}\\f%{URL}\\f%{DESCRIPTION}\\v";

    private static final int FIELDS = 6;

    private final Map<String, Texts> byName = new HashMap<>();

    /// The texts of one package; empty where it has none.
    record Texts(String summary, String license, String group, String url, String description) {
        static final Texts NONE = new Texts("", "", "", "", "");

        /// Tells whether all of some lower-case words stand in summary or description.
        boolean hold(List<String> words) {
            String all = (summary + "\n" + description).toLowerCase(Locale.ROOT);
            return words.stream().allMatch(all::contains);
        }
    }

    private InstalledTexts() {}

    static InstalledTexts none() {
        return new InstalledTexts();
    }

    /// Asks for some installed packages.
    static InstalledTexts of(Collection<PackageRef> packages, Engine engine) throws OpmException {
        if (packages.isEmpty()) {
            return none();
        }
        if (packages.size() > FEW) {
            return all(engine);
        }
        var words = new ArrayList<>(List.of("-q", "--qf", FORMAT));
        packages.forEach(pkg -> words.add(pkg.nevra().toString()));
        return read(engine, words);
    }

    static InstalledTexts all(Engine engine) throws OpmException {
        return read(engine, List.of("-qa", "--qf", FORMAT));
    }

    private static InstalledTexts read(Engine engine, List<String> words) throws OpmException {
        var texts = new InstalledTexts();
        // For a machine that is only thought of rpm knows nothing.
        String said = engine.rpm().run(words.toArray(String[]::new)).outText();
        for (String record : said.split("\u000b")) {
            String[] fields = record.split("\f", -1);
            if (fields.length == FIELDS) {
                texts.byName.put(
                        fields[0],
                        new Texts(
                                known(fields[1]),
                                known(fields[2]),
                                known(fields[3]),
                                known(fields[4]),
                                known(fields[5])));
            }
        }
        return texts;
    }

    private static String known(String field) {
        return field.equals("(none)") ? "" : field;
    }

    Texts of(Nevra nevra) {
        return byName.getOrDefault(nevra.full(), Texts.NONE);
    }
}
