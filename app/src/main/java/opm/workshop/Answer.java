package opm.workshop;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.engine.AdvisoryFilter;
import opm.engine.Budgeting;
import opm.engine.Engine;
import opm.engine.GroupPackages;
import opm.engine.Restarts;
import opm.engine.Solution;
import opm.engine.Updates;
import opm.solve.Policy;
import opm.solve.Request;

/// What choices come to: a solution, and what it leaves for the next time.
///
/// @param left sorted by name
public record Answer(Solution solution, List<Left> left) {
    public Answer {
        left = List.copyOf(left);
    }

    /// A package that waits.
    ///
    /// @param bytes to fetch then; 0 where nobody counted
    public record Left(Nevra pkg, long bytes) {}

    /// Solves what somebody chose, as the command line does with the same words.
    static Answer of(Engine engine, Basket basket) throws OpmException {
        Wishes wishes = basket.wishes();
        var advised = new ArrayList<Request.Item>();
        if (wishes.security() || !wishes.advisories().isEmpty()) {
            var filter =
                    new AdvisoryFilter(
                            wishes.security(), wishes.advisories(), List.of(), List.of());
            for (String pkg : new Updates(engine).specs(filter)) {
                advised.add(new Request.Item(Request.Verb.UPGRADE, pkg));
            }
        }
        Request request = basket.request(advised, grouped(engine, basket.groups()));
        List<String> asked = basket.asked();
        UnaryOperator<Policy> policy =
                usual -> wishes.weak() ? usual : usual.withWeakDeps(false);
        if (wishes.noReboot()) {
            var without = Restarts.solve(engine, request, asked, policy);
            List<Left> left = without.left().stream().map(pkg -> new Left(pkg, 0)).toList();
            return new Answer(without.solution(), left);
        }
        if (wishes.budgetBytes() > 0) {
            var chosen =
                    Budgeting.solve(engine, request, asked, policy, wishes.budgetBytes());
            List<Left> left =
                    chosen.left().stream().map(one -> new Left(one.pkg(), one.bytes())).toList();
            return new Answer(chosen.solution(), left);
        }
        return new Answer(engine.solve(request, asked, policy), List.of());
    }

    private static List<Request.Item> grouped(Engine engine, List<String> ids)
            throws OpmException {
        if (ids.isEmpty()) {
            return List.of();
        }
        var groups = new GroupPackages(engine);
        return groups.items(groups.called(ids), false);
    }
}
