package opm.workshop;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import opm.base.Limits;
import opm.base.OpmException.BadRequest;
import opm.solve.Request;
import opm.solve.Request.Item;
import opm.solve.Request.Verb;

/// What somebody chose: items in the order in which `opm bundle create` puts them, so that equal
/// choices give equal bundles.
///
/// @param groups ids of groups of packages, in the order of choosing
/// @param leftOut specs that groups and advisories would bring and that are not wanted
public record Basket(
        List<Item> items, List<String> groups, List<String> leftOut, Wishes wishes) {
    public static final Basket EMPTY =
            new Basket(List.of(), List.of(), List.of(), Wishes.USUAL);

    private static final List<Verb> ORDER =
            List.of(
                    Verb.DISTRO_SYNC,
                    Verb.UPGRADE,
                    Verb.INSTALL,
                    Verb.REINSTALL,
                    Verb.DOWNGRADE,
                    Verb.REMOVE);

    public Basket {
        items = sorted(items);
        groups = List.copyOf(groups);
        leftOut = List.copyOf(leftOut);
    }

    /// The sort is stable: within a verb the order of choosing stays.
    private static List<Item> sorted(List<Item> items) {
        var sorted = new ArrayList<>(items);
        sorted.sort(Comparator.comparingInt(item -> ORDER.indexOf(item.verb())));
        return List.copyOf(sorted);
    }

    /// Reads `install`, `remove`, `upgrade` ... and a spec.
    ///
    /// @throws BadRequest for another word, or a spec where none can be
    public static Item item(String verb, String spec) throws BadRequest {
        for (Verb known : ORDER) {
            if (known.word().equals(verb)) {
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

    /// Returns the same with one more item; one about the same packages makes room for it.
    public Basket with(Item item) throws BadRequest {
        var all = new ArrayList<>(items);
        all.removeIf(other -> other.spec().equals(item.spec()));
        all.add(item);
        requireFew(all.size());
        return new Basket(all, groups, without(leftOut, item.spec()), wishes);
    }

    private static void requireFew(int count) throws BadRequest {
        if (count > Limits.BASKET_ITEMS) {
            throw new BadRequest(
                    "basket: found more than " + Limits.BASKET_ITEMS + " choices",
                    "Build this bundle, then begin another.");
        }
    }

    private static List<String> with(List<String> list, String one) throws BadRequest {
        requireFew(list.size() + 1);
        var more = new ArrayList<>(without(list, one));
        more.add(one);
        return more;
    }

    private static List<String> without(List<String> list, String one) {
        return list.stream().filter(other -> !other.equals(one)).toList();
    }

    /// Returns the same without an item that stands in it.
    public Basket without(Item item) {
        return new Basket(
                items.stream().filter(other -> !other.equals(item)).toList(),
                groups,
                leftOut,
                wishes);
    }

    /// Returns the same without an item of the request, whether it was chosen by itself or a group
    /// or an advisory brings it.
    Basket doingWithout(Item item) throws BadRequest {
        return items.contains(item) ? without(item) : leaving(item.spec());
    }

    /// Returns the same without what groups or advisories would bring by a spec.
    Basket leaving(String spec) throws BadRequest {
        return new Basket(items, groups, with(leftOut, spec), wishes);
    }

    /// Returns the same where something that was left out may come again.
    public Basket letting(String spec) {
        return new Basket(items, groups, without(leftOut, spec), wishes);
    }

    public Basket withGroup(String id) throws BadRequest {
        return new Basket(items, with(groups, id), leftOut, wishes);
    }

    public Basket withoutGroup(String id) {
        return new Basket(items, without(groups, id), leftOut, wishes);
    }

    public Basket withAdvisory(String id) throws BadRequest {
        return wishing(wishes.withAdvisories(with(wishes.advisories(), id)));
    }

    public Basket withoutAdvisory(String id) {
        return wishing(wishes.withAdvisories(without(wishes.advisories(), id)));
    }

    public Basket withSecurity(boolean value) {
        return wishing(wishes.withSecurity(value));
    }

    public Basket withWeak(boolean value) {
        return wishing(wishes.withWeak(value));
    }

    public Basket withNoReboot(boolean value) {
        return wishing(wishes.withNoReboot(value));
    }

    /// @param bytes that may be fetched; 0 for all
    public Basket withBudget(long bytes) {
        return wishing(wishes.withBudget(bytes));
    }

    /// @param bytes of one file of the bundle; 0 for one file
    public Basket withParts(long bytes, boolean parity) {
        return wishing(wishes.withParts(bytes, bytes > 0 && parity));
    }

    /// Brings the whole machine to another release, or no longer does.
    ///
    /// @param release empty for the one that it has
    public Basket withRelease(String release) throws BadRequest {
        Item all = new Item(Verb.DISTRO_SYNC, "");
        Basket before = without(all);
        Basket now = release.isEmpty() ? before : before.with(all);
        return now.wishing(wishes.withRelease(release));
    }

    private Basket wishing(Wishes other) {
        return new Basket(items, groups, leftOut, other);
    }

    /// Returns an empty one with the same habits.
    public Basket cleared() {
        return EMPTY.withWeak(wishes.weak()).withParts(wishes.partBytes(), wishes.parity());
    }

    public boolean isEmpty() {
        return items.isEmpty()
                && groups.isEmpty()
                && !wishes.security()
                && wishes.advisories().isEmpty();
    }

    /// Returns the request.
    ///
    /// @param advised upgrades that advisories ask for
    /// @param grouped installations that groups ask for
    Request request(List<Item> advised, List<Item> grouped) {
        var all = new ArrayList<>(advised);
        var chosen = new ArrayList<>(items);
        chosen.addAll(grouped);
        all.addAll(sorted(chosen));
        all.removeIf(item -> leftOut.contains(item.spec()) && !items.contains(item));
        return new Request(all);
    }

    /// Returns the words that stand in the plan, those of `opm bundle create`.
    List<String> asked() {
        var asked = new ArrayList<String>();
        if (wishes.security() || !wishes.advisories().isEmpty()) {
            var words = new ArrayList<String>(List.of("upgrade"));
            if (wishes.security()) {
                words.add("--security");
            }
            wishes.advisories().forEach(id -> words.add("--advisory " + id));
            asked.add(String.join(" ", words));
        }
        for (Item item : items) {
            if (ORDER.indexOf(item.verb()) <= ORDER.indexOf(Verb.INSTALL)) {
                asked.add((item.verb().word() + " " + item.spec()).strip());
            }
        }
        groups.forEach(id -> asked.add("group install " + id));
        for (Item item : items) {
            if (ORDER.indexOf(item.verb()) > ORDER.indexOf(Verb.INSTALL)) {
                asked.add((item.verb().word() + " " + item.spec()).strip());
            }
        }
        leftOut.forEach(spec -> asked.add("without " + spec));
        return asked;
    }
}
