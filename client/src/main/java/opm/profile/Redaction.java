package opm.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// A profile for strangers: a solve still answers the same, but nothing says whose machine it is.
///
/// Capturing leaves secrets out already. What is taken away here is no secret, yet may name an
/// owner: hosts of repositories and proxies, values of dnf's variables, the running kernel, places
/// where people mount things. Packages, locks, modules and keys stay: answers depend on them.
public final class Redaction {
    private static final Pattern HOST = Pattern.compile("://[^/?#\\s,]+");
    private static final Pattern OWN_PLACE = Pattern.compile("/(home|media|mnt|run|srv)(/.*)?");
    private static final String NOBODY = "redacted.invalid";

    private Redaction() {}

    /// Returns the profile without what may name its owner; redacting it again changes nothing.
    public static SystemProfile of(SystemProfile profile) {
        var mains = new ArrayList<SystemProfile.Config>();
        for (SystemProfile.Config main : profile.mains()) {
            mains.add(
                    new SystemProfile.Config(
                            main.file(), settings(main.options()), main.stripped()));
        }
        var repos = new ArrayList<Repo>();
        for (Repo repo : profile.repos()) {
            repos.add(
                    new Repo(
                            repo.id(),
                            repo.file(),
                            repo.override(),
                            settings(repo.options()),
                            repo.stripped()));
        }
        var variables = new TreeMap<String, String>();
        profile.variables().keySet().forEach(name -> variables.put(name, "redacted"));
        List<SystemProfile.Mount> mounts =
                profile.mounts().stream()
                        .filter(mount -> !OWN_PLACE.matcher(mount.point()).matches())
                        .toList();
        return new SystemProfile(
                profile.distro(),
                profile.arch(),
                "",
                profile.rpmVersion(),
                profile.rpmlib(),
                profile.ramBytes(),
                profile.capturedAtSeconds(),
                mounts,
                mains,
                repos,
                variables,
                profile.withheld(),
                profile.locks(),
                profile.modules(),
                profile.protectedNames(),
                profile.keys(),
                profile.packages());
    }

    private static List<Setting> settings(List<Setting> options) {
        var settings = new ArrayList<Setting>();
        for (Setting option : options) {
            String value = HOST.matcher(option.value()).replaceAll("://" + NOBODY);
            boolean isHost = option.key().equals("proxy") && !value.isEmpty();
            settings.add(new Setting(option.key(), isHost ? "http://" + NOBODY : value));
        }
        return settings;
    }
}
