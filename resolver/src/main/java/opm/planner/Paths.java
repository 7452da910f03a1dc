package opm.planner;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import opm.base.Digest;
import opm.base.Nevra;
import opm.plan.Artifact;

/// Gives each file of a plan its path in a bundle: that of its repository where it is harmless.
///
/// Harmless is below `Packages/` (docs/formats/bundle.md), of letters, digits and `._+~^-`, no part
/// starting with `-`, ending in `.rpm`, and not taken, also not by a path that differs in case. The
/// last part of a path is taken only once too: the appliers lay a batch's files into one folder.
final class Paths {
    private static final String PACKAGES = "Packages/";
    private static final int MOST_CHARS = 200;
    private final Set<String> taken = new HashSet<>();
    private final Set<String> folders = new HashSet<>();
    private final Set<String> names = new HashSet<>();

    /// Returns the path of the next file.
    String next(String location, Nevra nevra, Digest digest) {
        if (isHarmless(location) && take(location)) {
            return location;
        }
        String name = clean(nevra.name() + "-" + nevra.evr().versionRelease() + "." + nevra.arch());
        String folder = PACKAGES + clean(nevra.name().substring(0, 1)).toLowerCase(Locale.ROOT);
        String path = folder + "/" + name + ".rpm";
        if (!take(path)) {
            path = folder + "/" + name + "." + digest.hex().substring(0, 16) + ".rpm";
            take(path);
        }
        return path;
    }

    private static boolean isHarmless(String path) {
        if (!Artifact.isInside(path)
                || path.length() > MOST_CHARS
                || !path.startsWith(PACKAGES)
                || !path.endsWith(".rpm")) {
            return false;
        }
        for (int at = 0; at < path.length(); at++) {
            char c = path.charAt(at);
            if (c != '/' && !isHarmless(c)) {
                return false;
            }
        }
        return !path.contains("/-");
    }

    private static boolean isHarmless(char c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || "._+~^-".indexOf(c) >= 0;
    }

    private static String clean(String text) {
        var out = new StringBuilder();
        for (int at = 0; at < text.length() && out.length() < MOST_CHARS / 2; at++) {
            char c = text.charAt(at);
            out.append(isHarmless(c) && !(out.isEmpty() && (c == '-' || c == '.')) ? c : '_');
        }
        return out.toString();
    }

    /// Takes a path, unless it or a folder of its name is taken.
    private boolean take(String path) {
        String lower = path.toLowerCase(Locale.ROOT);
        String name = lower.substring(lower.lastIndexOf('/') + 1);
        if (folders.contains(lower) || taken.contains(lower) || names.contains(name)) {
            return false;
        }
        for (int at = lower.indexOf('/'); at >= 0; at = lower.indexOf('/', at + 1)) {
            if (taken.contains(lower.substring(0, at))) {
                return false;
            }
        }
        for (int at = lower.indexOf('/'); at >= 0; at = lower.indexOf('/', at + 1)) {
            folders.add(lower.substring(0, at));
        }
        names.add(name);
        return taken.add(lower);
    }
}
