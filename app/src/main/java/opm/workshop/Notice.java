package opm.workshop;

import java.util.List;
import opm.base.Nevra;

/// What a publisher says about updates that this machine lacks.
///
/// @param kind `security`, `bugfix` or what else it says
/// @param severity empty when it does not say
/// @param packages newer than what the machine has, sorted
/// @param reboot whether one of them counts only after a restart
public record Notice(
        String id,
        String title,
        String kind,
        String severity,
        List<String> cves,
        List<Nevra> packages,
        boolean reboot) {
    public Notice {
        cves = List.copyOf(cves);
        packages = List.copyOf(packages);
    }
}
