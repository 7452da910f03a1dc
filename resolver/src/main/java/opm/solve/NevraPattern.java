package opm.solve;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One way to read a spec: which packages it means by name, epoch, version, release, architecture.
///
/// Source: libdnf's forms of a subject, tried from the most specific: `name-[epoch:]version-release
/// .arch`, `name.arch`, `name`, `name-[epoch:]version-release`, `name-[epoch:]version`. The name
/// takes as much as it can. Each part may be a shell pattern, but for the epoch.
///
/// @param epoch absent for any, as for the others but the name
record NevraPattern(
        String name,
        @Nullable String epoch,
        @Nullable String version,
        @Nullable String release,
        @Nullable String arch) {
    private static final String NAME = "([^:(/=<> ]+)";
    private static final String EPOCH = "(?:([0-9]+):)?";
    private static final String VERSION = "([^-:(/=<> ]+)";
    private static final String ARCH = "([^-:.(/=<> ]+)";
    private static final Pattern NEVRA =
            Pattern.compile(NAME + "-" + EPOCH + VERSION + "-" + VERSION + "\\." + ARCH);
    private static final Pattern NA = Pattern.compile(NAME + "\\." + ARCH);
    private static final Pattern NEVR =
            Pattern.compile(NAME + "-" + EPOCH + VERSION + "-" + VERSION);
    private static final Pattern NEV = Pattern.compile(NAME + "-" + EPOCH + VERSION);

    /// Returns every way to read a spec, the most specific first; none when it names no package.
    static List<NevraPattern> of(String spec) {
        var ways = new ArrayList<NevraPattern>();
        Matcher nevra = NEVRA.matcher(spec);
        if (nevra.matches()) {
            ways.add(
                    new NevraPattern(
                            nevra.group(1),
                            nevra.group(2),
                            nevra.group(3),
                            nevra.group(4),
                            nevra.group(5)));
        }
        Matcher na = NA.matcher(spec);
        if (na.matches()) {
            ways.add(new NevraPattern(na.group(1), null, null, null, na.group(2)));
        }
        if (spec.matches(NAME)) {
            ways.add(new NevraPattern(spec, null, null, null, null));
        }
        Matcher nevr = NEVR.matcher(spec);
        if (nevr.matches()) {
            ways.add(
                    new NevraPattern(
                            nevr.group(1), nevr.group(2), nevr.group(3), nevr.group(4), null));
        }
        Matcher nev = NEV.matcher(spec);
        if (nev.matches()) {
            ways.add(new NevraPattern(nev.group(1), nev.group(2), nev.group(3), null, null));
        }
        return ways;
    }

    /// Tells whether a package of a fitting name fits.
    ///
    /// @param evr `[epoch:]version-release`
    boolean fits(String evr, String ofArch) {
        if (arch != null && !Globs.matches(arch, ofArch)) {
            return false;
        }
        int colon = evr.indexOf(':');
        int dash = evr.lastIndexOf('-');
        int end = dash < 0 ? evr.length() : dash;
        return (epoch == null || epoch.equals(colon < 0 ? "0" : evr.substring(0, colon)))
                && (version == null || Globs.matches(version, evr.substring(colon + 1, end)))
                && (release == null
                        || Globs.matches(release, dash < 0 ? "" : evr.substring(dash + 1)));
    }
}
