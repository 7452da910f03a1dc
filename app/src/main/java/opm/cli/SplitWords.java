package opm.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import opm.apply.Outcome;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.Refused;
import opm.bundle.BundleReader;
import opm.bundle.PartsAtHand;
import opm.engine.PartsHere;

/// Says what a part of a bundle can do here and for which parts the rest waits, in the words of the
/// sh program.
final class SplitWords {
    private SplitWords() {}

    /// Returns what can be done: the bundle itself where it is no part.
    ///
    /// @throws Refused when nothing can, or the machine is not as it should be
    static BundleReader take(Session session, BundleReader bundle) throws OpmException {
        if (bundle.part().isEmpty()) {
            return bundle;
        }
        PartsAtHand.Choice choice = PartsHere.choose(session.engine(), bundle);
        List<Nevra> there = new ArrayList<>(choice.bundle().installed());
        there.sort(null);
        var expected = choice.expected().stream().sorted().toList();
        if (!there.equals(expected) && !choice.begun()) {
            var added = new ArrayList<>(there);
            expected.forEach(added::remove);
            var missing = new ArrayList<>(expected);
            there.forEach(missing::remove);
            new Applying(session)
                    .requireDone(new Outcome.Drifted(names(added), names(missing)));
        }
        if (!choice.waits().isEmpty()) {
            var messages = session.messages();
            String waits = list(choice.waits());
            String away = list(choice.away());
            if (choice.bundle().plan().batches().isEmpty()) {
                throw new Refused(
                        messages.text("sh.apply.part-missing", away, choice.count(), waits),
                        messages.text("sh.apply.part-missing.hint"));
            }
            session.screen().note("sh.apply.part-waits", waits, away, choice.count());
        }
        return choice.bundle();
    }

    private static List<String> names(List<Nevra> packages) {
        return packages.stream().map(Nevra::full).toList();
    }

    private static String list(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
}
