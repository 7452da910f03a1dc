package opm.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.pkgset.PackageRef;

/// Fills `%{name}` and its kin in, with dnf's tags: `%{-20name}` has at least 20 letters, filled on
/// the right.
final class QueryFormat {
    private static final Pattern TAG = Pattern.compile("%(-?\\d{0,3})\\{([a-zA-Z_]+)\\}");
    private final Session session;

    QueryFormat(Session session) {
        this.session = session;
    }

    String line(String format, PackageRef pkg) throws OpmException {
        var line = new StringBuilder();
        Matcher tags = TAG.matcher(format.replace("\\n", "\n").replace("\\t", "\t"));
        while (tags.find()) {
            String known = value(tags.group(2).toLowerCase(Locale.ROOT), pkg);
            String value = known.isEmpty() ? "(none)" : known;
            String width = tags.group(1);
            String shown =
                    width.isEmpty() || width.equals("-")
                            ? value
                            : String.format(Locale.ROOT, "%" + width + "s", value);
            tags.appendReplacement(line, Matcher.quoteReplacement(shown));
        }
        return tags.appendTail(line).toString();
    }

    private String value(String tag, PackageRef pkg) throws OpmException {
        Nevra nevra = pkg.nevra();
        return switch (tag) {
            case "name" -> nevra.name();
            case "epoch" -> String.valueOf(nevra.evr().epoch());
            case "version" -> nevra.evr().version();
            case "release" -> nevra.evr().release();
            case "arch" -> nevra.arch();
            case "evr" -> nevra.evr().toString();
            case "summary" -> pkg.summary();
            case "description" -> pkg.description();
            case "url" -> pkg.url();
            case "license" -> pkg.license();
            case "group" -> pkg.group();
            case "vendor" -> pkg.vendor();
            case "packager" -> pkg.packager();
            case "sourcerpm", "source_name" -> source(tag, pkg.sourceRpm());
            case "location" -> pkg.location();
            case "size", "downloadsize" -> String.valueOf(pkg.packageBytes());
            case "installsize" -> String.valueOf(pkg.installedBytes());
            case "buildtime" -> String.valueOf(pkg.buildSeconds());
            case "repoid", "reponame" -> session.engine().repoOf(pkg);
            default ->
                    throw new BadRequest(
                            "--qf: found the tag '" + tag + "', expected one that opm knows",
                            "For example --qf '%{name} %{version} %{repoid}'");
        };
    }

    private static String source(String tag, String file) {
        if (tag.equals("sourcerpm")) {
            return file;
        }
        int release = file.lastIndexOf('-');
        int version = release < 0 ? -1 : file.lastIndexOf('-', release - 1);
        return version < 0 ? file : file.substring(0, version);
    }
}
