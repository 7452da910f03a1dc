package opm.workshop;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.engine.AdvisoryFilter;
import opm.engine.Engine;
import opm.engine.Updates;
import opm.rpmmd.Advisory;

/// What publishers say about updates that a machine lacks.
final class Notices {
    private Notices() {}

    /// Returns them: security first, the gravest first, then by id.
    static List<Notice> of(Engine engine) throws OpmException {
        var packages = new LinkedHashMap<String, TreeSet<Nevra>>();
        var advisories = new LinkedHashMap<String, Advisory>();
        var reboots = new TreeSet<String>();
        var all = new AdvisoryFilter(false, List.of(), List.of(), List.of());
        for (Updates.Applicable one : new Updates(engine).applicable(all)) {
            String id = one.advisory().id();
            advisories.putIfAbsent(id, one.advisory());
            packages.computeIfAbsent(id, _ -> new TreeSet<>()).add(one.item().pkg());
            if (one.item().reboot()) {
                reboots.add(id);
            }
        }
        var notices = new ArrayList<Notice>();
        advisories.forEach(
                (id, advisory) ->
                        notices.add(
                                new Notice(
                                        id,
                                        advisory.title(),
                                        advisory.kind(),
                                        advisory.severity(),
                                        advisory.cves(),
                                        List.copyOf(packages.getOrDefault(id, new TreeSet<>())),
                                        reboots.contains(id))));
        notices.sort((one, two) -> Integer.compare(rank(one), rank(two)));
        return notices;
    }

    private static int rank(Notice notice) {
        if (!notice.kind().equals("security")) {
            return 9;
        }
        return switch (notice.severity().toLowerCase(Locale.ROOT)) {
            case "critical" -> 0;
            case "important" -> 1;
            case "moderate" -> 2;
            default -> 3;
        };
    }
}
