package opm.testcase;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/// How a selection is to be made; the words of testcases.
enum SelFlag {
    NAME,
    PROVIDES,
    FILELIST,
    CANON,
    DOTARCH,
    REL,
    INSTALLEDONLY,
    GLOB,
    FLAT,
    NOCASE,
    SOURCEONLY,
    WITHSOURCE,
    SKIPKIND,
    DEPSTR,
    WITHDISABLED,
    WITHBADARCH,
    ADD,
    SUBTRACT,
    FILTER;

    /// What brings in packages that no provider list has.
    static final Set<SelFlag> EXTRA = EnumSet.of(WITHSOURCE, WITHDISABLED, WITHBADARCH);

    /// What joins a selection with those before it.
    static final Set<SelFlag> JOINING = EnumSet.of(ADD, SUBTRACT, FILTER);

    /// Reads a comma list.
    static EnumSet<SelFlag> read(String text) throws JobText.Unreadable {
        var flags = EnumSet.noneOf(SelFlag.class);
        for (String word : text.split(",")) {
            try {
                flags.add(valueOf(word.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw new JobText.Unreadable("unknown selection flag '" + word + "'");
            }
        }
        return flags;
    }

    static boolean any(Set<SelFlag> flags, Set<SelFlag> wanted) {
        return wanted.stream().anyMatch(flags::contains);
    }

    /// Returns the flags without some of them.
    static EnumSet<SelFlag> without(Set<SelFlag> flags, Set<SelFlag> unwanted) {
        var rest = EnumSet.noneOf(SelFlag.class);
        rest.addAll(flags);
        rest.removeAll(unwanted);
        return rest;
    }
}
