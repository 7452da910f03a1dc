package opm.profile;

import java.util.List;

/// One section of a `.repo` file, or of a file that overrides one, as it was written.
///
/// Nothing is interpreted: variables such as `$releasever` stand. Secrets are gone.
///
/// @param id the section's name
/// @param file where it stands, seen from inside the root
/// @param override true for dnf5's `repos.override.d`: it changes the repository of the same id
/// @param options in the order of the file; a key can repeat, then the last counts
/// @param stripped names of options that were left out or lost a part, because they held secrets
public record Repo(
        String id, String file, boolean override, List<Setting> options, List<String> stripped) {
    public Repo {
        options = List.copyOf(options);
        stripped = List.copyOf(stripped);
    }

    /// Returns the last value of an option, or `absent`.
    public String option(String key, String absent) {
        String value = absent;
        for (Setting setting : options) {
            if (setting.key().equals(key)) {
                value = setting.value();
            }
        }
        return value;
    }
}
