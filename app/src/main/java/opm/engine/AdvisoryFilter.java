package opm.engine;

import java.util.List;
import opm.rpmmd.Advisory;

/// Which advisories matter.
///
/// @param security all that mend security
/// @param ids those of these ids
/// @param cves those about these CVEs
/// @param kinds those of these kinds, such as `bugfix`
public record AdvisoryFilter(
        boolean security, List<String> ids, List<String> cves, List<String> kinds) {
    public AdvisoryFilter {
        kinds = List.copyOf(kinds);
        ids = List.copyOf(ids);
        cves = List.copyOf(cves);
    }

    /// Tells whether it leaves anything out.
    public boolean isEmpty() {
        return !security && ids.isEmpty() && cves.isEmpty() && kinds.isEmpty();
    }

    /// Tells whether an advisory is one of those asked for; one reason suffices, as in dnf.
    public boolean takes(Advisory advisory) {
        return isEmpty()
                || security && advisory.isSecurity()
                || ids.contains(advisory.id())
                || kinds.contains(advisory.kind())
                || cves.stream().anyMatch(advisory::names);
    }
}
