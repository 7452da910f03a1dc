package opm.imports;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import opm.base.Nevra;
import opm.profile.Repo;

/// What a list says of a machine.
///
/// @param arch of the machine; empty when the list names none
/// @param packages sorted; source packages and keys left out
/// @param repos where the list says that its packages come from
/// @param lacks what a profile has and this list has not
public record Listed(
        Format format, String arch, List<Nevra> packages, List<Repo> repos, Set<Lack> lacks) {
    /// Who writes such lists.
    public enum Format {
        /// `dnf5 manifest new`.
        DNF5_MANIFEST("dnf5-manifest"),
        /// rpm-lockfile-prototype: `rpms.lock.yaml`.
        RPMS_LOCK("rpms-lock"),
        /// `rpm -qa`, with whatever format.
        RPM_QA("rpm-qa");

        private final String word;

        Format(String word) {
            this.word = word;
        }

        /// Returns its name on the command line.
        public String word() {
            return word;
        }
    }

    /// What is not known.
    public enum Lack {
        /// What packages provide, require, conflict with and replace.
        DEPENDENCIES,
        /// Some packages' epochs: 0 is taken.
        EPOCHS,
        /// Repositories, locks and excludes.
        CONFIGURATION,
        /// The distribution and its release.
        DISTRIBUTION,
        /// Keys that the machine trusts.
        KEYS,
        /// Free space of its disks.
        SPACE,
        /// Which packages somebody asked for.
        REASONS
    }

    public Listed {
        packages = packages.stream().distinct().sorted().toList();
        repos = List.copyOf(repos);
        var all = EnumSet.noneOf(Lack.class);
        all.addAll(lacks);
        lacks = java.util.Collections.unmodifiableSet(all);
    }
}
