package opm.rpmmd;

import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import opm.base.Nevra;

/// What a publisher says about an update: why it exists, how grave it is, which packages hold it.
///
/// @param id as the publisher writes it: `FEDORA-2025-f9c15219ca`, `RHSA-2025:1234`
/// @param kind `security`, `bugfix`, `enhancement`, `newpackage` or what else it says
/// @param severity `Critical` and the like; empty when it does not say
/// @param issued the day and time as it is written; empty when it does not say
/// @param packages those whose names somebody knows, in the order of the file
public record Advisory(
        String id,
        String title,
        String kind,
        String severity,
        String issued,
        List<Reference> references,
        List<Item> packages) {
    public Advisory {
        references = List.copyOf(references);
        packages = List.copyOf(packages);
    }

    /// Where to read more.
    ///
    /// @param kind `cve`, `bugzilla`, `vendor` or what else it says
    public record Reference(String kind, String id, String title, String address) {}

    /// A package that holds the update.
    ///
    /// @param reboot whether it counts only after the machine has started again
    /// @param relogin whether it counts only after people have logged in again
    public record Item(Nevra pkg, boolean reboot, boolean relogin) {}

    /// Returns the same with those packages alone whose names somebody wants to know.
    Advisory about(Predicate<String> wanted) {
        List<Item> some =
                packages.stream().filter(item -> wanted.test(item.pkg().name())).toList();
        return new Advisory(id, title, kind, severity, issued, references, some);
    }

    public boolean isSecurity() {
        return kind.equals("security");
    }

    /// Tells whether it is about a CVE, in any of the ways that publishers say so.
    public boolean names(String cve) {
        String wanted = cve.toUpperCase(Locale.ROOT);
        for (Reference reference : references) {
            if (reference.id().toUpperCase(Locale.ROOT).equals(wanted)
                    || reference.kind().equals("cve")
                            && reference.title().toUpperCase(Locale.ROOT).contains(wanted)) {
                return true;
            }
        }
        return false;
    }

    /// Returns the ids of the CVEs that it is about, sorted.
    public List<String> cves() {
        return references.stream()
                .filter(reference -> reference.kind().equals("cve"))
                .map(Reference::id)
                .distinct()
                .sorted()
                .toList();
    }
}
