package opm.workshop;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import opm.base.Limits;
import opm.base.OpmException.BadRequest;
import opm.solve.Request;
import opm.solve.Request.Item;
import opm.solve.Request.Verb;

/// What somebody chose: items in the order in which `opm bundle create` puts them, so that equal
/// choices give equal bundles.
///
/// @param security whether updates that advisories call security fixes are wanted
/// @param weak whether weak dependencies come along
public record Basket(List<Item> items, boolean security, boolean weak) {
    public static final Basket EMPTY = new Basket(List.of(), false, true);

    private static final List<Verb> ORDER =
            List.of(
                    Verb.DISTRO_SYNC,
                    Verb.UPGRADE,
                    Verb.INSTALL,
                    Verb.REINSTALL,
                    Verb.DOWNGRADE,
                    Verb.REMOVE);

    public Basket {
        var sorted = new ArrayList<>(items);
        // The sort is stable: within a verb the order of choosing stays.
        sorted.sort(Comparator.comparingInt(item -> ORDER.indexOf(item.verb())));
        items = List.copyOf(sorted);
    }

    /// Reads `install`, `remove`, `upgrade` ... and a spec.
    ///
    /// @throws BadRequest for another word, or a spec where none can be
    public static Item item(String verb, String spec) throws BadRequest {
        for (Verb known : ORDER) {
            if (word(known).equals(verb)) {
                boolean alone = known == Verb.UPGRADE || known == Verb.DISTRO_SYNC;
                if (spec.isBlank() && !alone
                        || spec.length() > Limits.SEARCH_CHARS
                        || spec.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
                    break;
                }
                return new Item(known, spec.strip());
            }
        }
        throw new BadRequest(
                "basket: found '" + verb + "' with '" + spec + "', expected a choice",
                "For example `install` and the name of a package.");
    }

    /// Returns how forms and plans write a verb.
    public static String word(Verb verb) {
        return verb.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// Returns the same with one more item; one about the same packages makes room for it.
    public Basket with(Item item) throws BadRequest {
        var all = new ArrayList<>(items);
        all.removeIf(other -> other.spec().equals(item.spec()));
        all.add(item);
        if (all.size() > Limits.BASKET_ITEMS) {
            throw new BadRequest(
                    "basket: found more than " + Limits.BASKET_ITEMS + " choices",
                    "Build this bundle, then begin another.");
        }
        return new Basket(all, security, weak);
    }

    /// Returns the same without an item.
    public Basket without(Item item) {
        return new Basket(
                items.stream().filter(other -> !other.equals(item)).toList(), security, weak);
    }

    public Basket withSecurity(boolean value) {
        return new Basket(items, value, weak);
    }

    public Basket withWeak(boolean value) {
        return new Basket(items, security, value);
    }

    public boolean isEmpty() {
        return items.isEmpty() && !security;
    }

    /// Returns the request.
    ///
    /// @param advised upgrades that advisories ask for
    Request request(List<Item> advised) {
        var all = new ArrayList<>(advised);
        all.addAll(items);
        return new Request(all);
    }

    /// Returns the words that stand in the plan, those of `opm bundle create`.
    List<String> asked() {
        var asked = new ArrayList<String>();
        if (security) {
            asked.add("upgrade --security");
        }
        for (Item item : items) {
            asked.add((word(item.verb()) + " " + item.spec()).strip());
        }
        return asked;
    }
}
