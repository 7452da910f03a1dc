package opm.web;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import opm.base.OpmException;
import opm.words.Sizes;
import opm.workshop.Cost;
import opm.workshop.GroupHit;
import opm.workshop.Hit;
import opm.workshop.Visit;
import org.jspecify.annotations.Nullable;

/// What the first hits of a page cost the machine, as far as there was time: the script asks for
/// the others.
///
/// @param known by `name.arch`, or `@` and the id of a group
record Costs(Map<String, Cost> known) {
    private static final long NANOS = 300_000_000;
    static final Costs NONE = new Costs(Map.of());

    static Costs of(Visit visit, List<Hit> hits, List<GroupHit> groups) throws OpmException {
        var known = new LinkedHashMap<String, Cost>();
        long end = System.nanoTime() + NANOS;
        for (GroupHit group : groups) {
            if (System.nanoTime() < end && group.missing() > 0) {
                known.put("@" + group.id(), visit.cost("@" + group.id()));
            }
        }
        for (Hit hit : hits) {
            if (System.nanoTime() < end && hit.offered()) {
                known.put(hit.pkg().nameArch(), visit.cost(hit.pkg().nameArch()));
            }
        }
        return new Costs(known);
    }

    /// Writes what something costs, or the place where the script writes it.
    void write(Html html, Page page, String spec) {
        Cost cost = known.get(spec);
        if (cost == null) {
            html.with("", "p", "class", "cost", "data-spec", spec);
        } else {
            html.with(said(page, cost), "p", "class", "cost");
        }
    }

    /// Says what a package costs this machine.
    static String said(Page page, @Nullable Cost cost) {
        if (cost == null || !cost.possible()) {
            return page.word("hit-impossible");
        }
        String said = page.count("hit-cost", cost.comes(), Sizes.of(cost.bytes()));
        return cost.goes() == 0 ? said : said + ", " + page.count("hit-goes", cost.goes());
    }
}
