package opm.solve;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// What somebody asks for: items, all of them to hold at once.
///
/// @param items in the order given
public record Request(List<Item> items) {
    public Request {
        items = List.copyOf(items);
    }

    /// What to do with the packages that a spec names.
    public enum Verb {
        /// Have one of them in, or the newest version of those that are in.
        INSTALL,
        /// Have none of them.
        REMOVE,
        /// Bring those that are installed to the newest version that fits; all without a spec.
        UPGRADE,
        /// Bring those that are installed to the next lower version, or to the one named.
        DOWNGRADE,
        /// Put the installed version in again.
        REINSTALL,
        /// Bring those that are installed to the version that repositories hold, also downwards.
        DISTRO_SYNC,
        /// Remove what was installed as a dependency and is needed no more.
        AUTOREMOVE,
        /// Keep those installed as they are, the others out.
        LOCK,
        /// Prefer them wherever there is a choice.
        FAVOR,
        /// Take them only where there is no choice.
        DISFAVOR,
        /// Repair what the installed ones miss.
        VERIFY;

        /// Returns how forms, jobs and plans write it: `distro-sync`.
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /// One item.
    ///
    /// A spec is one of: `name`, `name.arch`, `name-version`, `name-version-release`,
    /// `name-[epoch:]version-release.arch`, each part perhaps with `*`, `?`, `[...]`; a provided
    /// name; an absolute path; `name >= 1.2`; a rich dependency in parentheses. An empty spec means
    /// all packages, where the verb knows that.
    ///
    /// @param weak whether the request still holds when this item cannot
    public record Item(Verb verb, String spec, boolean weak) {
        public Item {
            if (spec.isEmpty()
                    && verb != Verb.UPGRADE
                    && verb != Verb.DISTRO_SYNC
                    && verb != Verb.AUTOREMOVE
                    && verb != Verb.VERIFY) {
                throw new IllegalArgumentException(verb + " needs a spec");
            }
        }

        public Item(Verb verb, String spec) {
            this(verb, spec, false);
        }
    }

    /// Asks the same for each of the specs.
    public static Request of(Verb verb, String... specs) {
        return new Request(Arrays.stream(specs).map(spec -> new Item(verb, spec)).toList());
    }

    /// Asks for all installed packages, for instance [Verb#UPGRADE] or [Verb#DISTRO_SYNC].
    public static Request all(Verb verb) {
        return new Request(List.of(new Item(verb, "")));
    }
}
