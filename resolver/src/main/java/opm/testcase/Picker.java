package opm.testcase;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import opm.solve.Globs;
import opm.solve.Jobs;
import opm.solve.Rels;
import opm.solve.TagsPool;

/// Makes a selection from what somebody typed: a path, a name, something provided, or a name with a
/// version, whichever is asked for and names anything, in this order.
///
/// Source: facts on solver test cases, 12.
final class Picker {
    private static final int KIND_CHARS = 32;
    private final TagsPool pool;
    private final Refs refs;

    Picker(TagsPool pool, Refs refs) {
        this.pool = pool;
        this.refs = refs;
    }

    /// Makes a selection and joins it with the one before, as the flags say.
    Selection make(Selection before, String text, EnumSet<SelFlag> flags) {
        return join(before, flags, rest -> pick(text, rest));
    }

    /// Something that makes a selection.
    interface Made {
        Selection by(EnumSet<SelFlag> flags);
    }

    static Selection join(Selection before, EnumSet<SelFlag> flags, Made made) {
        EnumSet<SelFlag> rest = SelFlag.without(flags, SelFlag.JOINING);
        if (flags.contains(SelFlag.ADD)) {
            before.parts.addAll(made.by(rest).parts);
        } else if (flags.contains(SelFlag.SUBTRACT)) {
            before.filter(made.by(rest), true);
        } else if (flags.contains(SelFlag.FILTER)) {
            before.filter(made.by(rest), false);
        } else {
            return made.by(rest);
        }
        return before;
    }

    private Selection pick(String text, EnumSet<SelFlag> flags) {
        var found = new Selection(pool, refs);
        boolean installedOnly = flags.contains(SelFlag.INSTALLEDONLY);
        if (installedOnly && pool.installedRepo() < 0) {
            return found;
        }
        boolean done = flags.contains(SelFlag.FILELIST) && byFile(found, text, flags);
        done = done || flags.contains(SelFlag.NAME) && byRel(found, text, flags, false);
        done = done || flags.contains(SelFlag.PROVIDES) && byRel(found, text, flags, true);
        done = done || flags.contains(SelFlag.CANON) && byCanon(found, text, flags);
        if (!done) {
            found.parts.clear();
        } else if (installedOnly) {
            found.filterRepo(pool.installedRepo(), Jobs.SETREPO);
        }
        if (done && flags.contains(SelFlag.FLAT)) {
            found.flatten();
        }
        return found;
    }

    /// Returns the test that a text and the flags stand for.
    static Predicate<String> test(String text, Set<SelFlag> flags) {
        boolean noCase = flags.contains(SelFlag.NOCASE);
        if (flags.contains(SelFlag.GLOB) && Globs.isGlob(text)) {
            return noCase
                    ? name -> Globs.matchesIgnoringCase(text, name)
                    : name -> Globs.matches(text, name);
        }
        return noCase ? text::equalsIgnoreCase : text::equals;
    }

    private static boolean exact(String text, Set<SelFlag> flags) {
        return !flags.contains(SelFlag.NOCASE)
                && !(flags.contains(SelFlag.GLOB) && Globs.isGlob(text));
    }

    // ---------------------------------------------------------------- by file

    private boolean byFile(Selection found, String text, Set<SelFlag> flags) {
        boolean glob = flags.contains(SelFlag.GLOB);
        boolean open = glob && !text.isEmpty() && "*[?".indexOf(text.charAt(0)) >= 0;
        if (!text.startsWith("/") && !open) {
            return false;
        }
        Predicate<String> test = test(text, flags);
        var owners = new java.util.TreeMap<String, IntBag>();
        for (int pkg = 2; pkg < pool.packageCount(); pkg++) {
            if (flags.contains(SelFlag.INSTALLEDONLY) && !pool.isInstalled(pkg)
                    || !found.allowed(pkg, flags)) {
                continue;
            }
            for (int file : pool.files(pkg)) {
                String path = pool.wordText(file);
                if (test.test(path)) {
                    owners.computeIfAbsent(path, p -> new IntBag()).addNew(pkg);
                }
            }
        }
        for (IntBag pkgs : owners.values()) {
            addPackages(found, pkgs.toArray(), flags.contains(SelFlag.FLAT));
        }
        return !found.parts.isEmpty();
    }

    private static void addPackages(Selection found, int[] pkgs, boolean flat) {
        if (flat || pkgs.length == 1) {
            for (int pkg : pkgs) {
                found.addNew(Jobs.PKG | Jobs.NOAUTOSET, pkg);
            }
            return;
        }
        for (Job part : found.parts) {
            if (part.select() == Jobs.ONE_OF && java.util.Arrays.equals(part.pkgs, pkgs)) {
                return;
            }
        }
        found.parts.add(Job.oneOf(0, pkgs));
    }

    // ---------------------------------------------------------------- by name or provides

    private boolean byRel(
            Selection found, String text, EnumSet<SelFlag> flags, boolean byProvides) {
        boolean late =
                byProvides
                        && (flags.contains(SelFlag.WITHDISABLED)
                                || flags.contains(SelFlag.WITHBADARCH));
        SplitRel split = flags.contains(SelFlag.REL) ? SplitRel.of(text) : null;
        String name = split == null ? text : split.name();
        if (!byArch(found, name, flags, byProvides, late)) {
            return false;
        }
        if (split != null) {
            found.filterRel(split.op(), pool.word(split.evr()));
        }
        if (late) {
            found.addExtra(flags);
        }
        if (split != null || late) {
            found.prune();
        }
        return !found.parts.isEmpty();
    }

    private boolean byArch(
            Selection found,
            String text,
            EnumSet<SelFlag> flags,
            boolean byProvides,
            boolean late) {
        if (byProvides ? byProvides(found, text, flags) : byName(found, text, flags)) {
            return true;
        }
        int dot = text.lastIndexOf('.');
        int arch = dot < 0 ? 0 : arch(text.substring(dot + 1));
        if (!flags.contains(SelFlag.DOTARCH) || arch == 0) {
            return false;
        }
        EnumSet<SelFlag> more = flags.clone();
        if (arch == pool.sourceArch() || arch == pool.sourceWithoutSourceArch()) {
            more.add(SelFlag.SOURCEONLY);
        }
        String name = text.substring(0, dot);
        if (!(byProvides ? byProvides(found, name, more) : byName(found, name, more))) {
            return false;
        }
        found.filterRel(Rels.ARCH, arch);
        if (!late) {
            found.prune();
        }
        return !found.parts.isEmpty();
    }

    /// Returns the architecture that a text names, or 0.
    private int arch(String text) {
        int arch = text.isEmpty() ? 0 : pool.findWord(text);
        boolean special =
                arch == pool.sourceArch()
                        || arch == pool.sourceWithoutSourceArch()
                        || arch == pool.noArch();
        return special || arch != 0 && pool.fitsMachine(arch) ? arch : 0;
    }

    private boolean byProvides(Selection found, String text, Set<SelFlag> flags) {
        if (flags.contains(SelFlag.SOURCEONLY)) {
            return false;
        }
        boolean extra = flags.contains(SelFlag.WITHBADARCH) || flags.contains(SelFlag.WITHDISABLED);
        Predicate<String> test = test(text, flags);
        int known = pool.findWord(text);
        int from = exact(text, flags) ? Math.max(1, known) : 1;
        int to = exact(text, flags) ? known + 1 : pool.wordCount();
        for (int word = from; word < to; word++) {
            if (test.test(pool.wordText(word))
                    && (provided(word, flags) || extra && extra(word, flags))) {
                found.addNew(Jobs.PROVIDES, word);
            }
        }
        return !found.parts.isEmpty();
    }

    private boolean provided(int word, Set<SelFlag> flags) {
        return IntStream.of(pool.providers(word))
                .anyMatch(pkg -> !flags.contains(SelFlag.INSTALLEDONLY) || pool.isInstalled(pkg));
    }

    private boolean extra(int word, Set<SelFlag> flags) {
        var probe = new Selection(pool, refs);
        probe.parts.add(Job.of(Jobs.PROVIDES, word));
        probe.addExtra(flags);
        return probe.parts.getFirst().select() != Jobs.PROVIDES;
    }

    private boolean byName(Selection found, String text, EnumSet<SelFlag> flags) {
        EnumSet<SelFlag> rest = flags.clone();
        if (flags.contains(SelFlag.SOURCEONLY)) {
            rest.remove(SelFlag.WITHSOURCE);
        }
        if (!flags.contains(SelFlag.NOCASE)
                && !flags.contains(SelFlag.SKIPKIND)
                && pool.findWord(text) != 0
                && byKnownName(found, pool.findWord(text), flags)) {
            return true;
        }
        if (exact(text, flags) && !flags.contains(SelFlag.SKIPKIND)) {
            return false;
        }
        Predicate<String> test = test(text, flags);
        for (int pkg = 2; pkg < pool.packageCount(); pkg++) {
            if (rest.contains(SelFlag.INSTALLEDONLY) && !pool.isInstalled(pkg)
                    || !found.allowed(pkg, rest)) {
                continue;
            }
            String name = pool.wordText(pool.name(pkg));
            if (test.test(rest.contains(SelFlag.SKIPKIND) ? skipKind(name) : name)) {
                int what = pool.name(pkg);
                if (rest.contains(SelFlag.SOURCEONLY)) {
                    what = pool.rel(what, Rels.ARCH, pool.sourceArch());
                }
                found.addNew(Jobs.NAME, what);
            }
        }
        if (found.parts.isEmpty()) {
            return false;
        }
        found.addExtra(rest);
        return true;
    }

    private static String skipKind(String name) {
        int colon = 0;
        while (colon < Math.min(KIND_CHARS, name.length())
                && name.charAt(colon) >= 'a'
                && name.charAt(colon) <= 'z') {
            colon++;
        }
        boolean kind = colon > 0 && colon < name.length() && name.charAt(colon) == ':';
        return kind ? name.substring(colon + 1) : name;
    }

    private boolean byKnownName(Selection found, int name, EnumSet<SelFlag> flags) {
        boolean installedOnly = flags.contains(SelFlag.INSTALLEDONLY);
        boolean sourceOnly = flags.contains(SelFlag.SOURCEONLY);
        int source = pool.rel(name, Rels.ARCH, pool.sourceArch());
        EnumSet<SelFlag> rest = flags.clone();
        if (sourceOnly) {
            if (installedOnly) {
                return false;
            }
            rest.remove(SelFlag.WITHSOURCE);
        }
        Job part = Job.of(Jobs.NAME, sourceOnly ? source : name);
        boolean any =
                IntStream.of(pool.providers(part.what))
                        .filter(pkg -> !installedOnly || pool.isInstalled(pkg))
                        .anyMatch(pkg -> called(pkg, name));
        boolean extra = rest.contains(SelFlag.WITHBADARCH) || rest.contains(SelFlag.WITHDISABLED);
        if (any || extra) {
            found.parts.add(part);
            found.addExtra(rest);
            if (any || found.parts.getFirst().select() != Jobs.NAME) {
                return true;
            }
            found.parts.clear();
            return false;
        }
        if (rest.contains(SelFlag.WITHSOURCE)
                && !installedOnly
                && IntStream.of(pool.providers(source)).anyMatch(pkg -> called(pkg, name))) {
            found.parts.add(Job.of(Jobs.NAME, source));
            return true;
        }
        return false;
    }

    private boolean called(int pkg, int name) {
        return pool.name(pkg) == name;
    }

    // ---------------------------------------------------------------- by name and version

    private boolean byCanon(Selection found, String text, EnumSet<SelFlag> flags) {
        EnumSet<SelFlag> rest = flags.clone();
        rest.add(SelFlag.NAME);
        rest.remove(SelFlag.PROVIDES);
        return pool.debian() ? byDebianCanon(found, text, rest) : byRpmCanon(found, text, rest);
    }

    /// `NAME_VERSION` or `NAME_VERSION_ARCH`.
    private boolean byDebianCanon(Selection found, String text, EnumSet<SelFlag> flags) {
        int cut = text.indexOf('_');
        if (cut < 0 || !byName(found, text.substring(0, cut), flags)) {
            return false;
        }
        String evr = text.substring(cut + 1);
        int last = evr.lastIndexOf('_');
        int arch = last < 0 ? 0 : arch(evr.substring(last + 1));
        if (arch != 0) {
            evr = evr.substring(0, last);
            found.filterRel(Rels.ARCH, arch);
            found.prune();
        }
        found.filterRel(Rels.EQ, pool.word(evr));
        found.prune();
        return !found.parts.isEmpty();
    }

    /// `NAME-VERSION` or `NAME-VERSION-RELEASE`, perhaps with `.ARCH`.
    private boolean byRpmCanon(Selection found, String text, EnumSet<SelFlag> flags) {
        int dash = text.lastIndexOf('-');
        if (dash < 0) {
            return false;
        }
        int dot = text.lastIndexOf('.');
        int arch = dot > dash ? arch(text.substring(dot + 1)) : 0;
        String base = arch == 0 ? text : text.substring(0, dot);
        if (arch != 0 && (arch == pool.sourceArch() || arch == pool.sourceWithoutSourceArch())) {
            flags.add(SelFlag.SOURCEONLY);
        }
        if (!byName(found, base.substring(0, dash), flags)) {
            dash = base.lastIndexOf('-', dash - 1);
            if (dash < 0 || !byName(found, base.substring(0, dash), flags)) {
                return false;
            }
        }
        if (arch != 0) {
            found.filterRel(Rels.ARCH, arch);
            found.prune();
        }
        filterEvr(found, base.substring(dash + 1));
        return !found.parts.isEmpty();
    }

    /// Asks for a version; where no epoch is given, that of the packages that match counts.
    private void filterEvr(Selection found, String evr) {
        if (epochEnd(evr) > 0) {
            found.filterRel(Rels.EQ, pool.word(evr));
            found.prune();
            return;
        }
        var old = java.util.List.copyOf(found.parts);
        found.parts.clear();
        for (Job part : old) {
            var matching = new IntBag();
            var epochs = new java.util.LinkedHashSet<String>();
            for (int pkg : refs.members(part)) {
                String own = pool.wordText(pool.evr(pkg));
                int end = epochEnd(own);
                String rest = end > 0 ? own.substring(end + 1) : own;
                int order = rest.equals(evr) ? 0 : pool.matchOrder(rest, evr);
                if (order != -1 && order != 1) {
                    matching.add(pkg);
                    epochs.add(end > 0 ? own.substring(zeros(own, end), end) : "");
                }
            }
            if (epochs.size() > 1) {
                found.parts.add(Job.oneOf(part.how, matching.toArray()));
                continue;
            }
            String epoch = epochs.isEmpty() ? "" : epochs.getFirst();
            var one = new Selection(pool, refs);
            one.parts.add(part);
            one.filterRel(Rels.EQ, pool.word(epoch.isEmpty() ? evr : epoch + ":" + evr));
            one.prune();
            found.parts.addAll(one.parts);
        }
    }

    /// Returns where the `:` after the epoch stands, or 0.
    private static int epochEnd(String evr) {
        int end = 0;
        while (end < evr.length() && evr.charAt(end) >= '0' && evr.charAt(end) <= '9') {
            end++;
        }
        return end < evr.length() && evr.charAt(end) == ':' ? end : 0;
    }

    private static int zeros(String evr, int end) {
        int at = 0;
        while (at < end && evr.charAt(at) == '0') {
            at++;
        }
        return at;
    }
}
