package opm.solve;

import java.util.List;
import opm.pkgset.PackageRef;
import org.jspecify.annotations.Nullable;

/// One way out of a problem: acts that together make it go away.
///
/// Ranked by the dearest act: accepting or replacing a package loses nothing, dropping a request
/// does not meet it, erasing takes something from the system.
///
/// @param acts at least one
/// @param cost of the answer that it leads to, other problems repaired as cheaply; null where
///     nobody tried
public record Repair(List<Act> acts, @Nullable Cost cost) {
    public Repair {
        acts = List.copyOf(acts);
        if (acts.isEmpty()) {
            throw new IllegalArgumentException("a repair without an act");
        }
    }

    public Repair(List<Act> acts) {
        this(acts, null);
    }

    /// What an answer changes.
    ///
    /// @param comesCount packages that come in
    /// @param goesCount packages that go and that nothing of their name takes the place of
    public record Cost(int comesCount, int goesCount, long downloadBytes) {
        static Cost of(List<Change> changes) {
            int comes = 0;
            int goes = 0;
            long bytes = 0;
            for (Change change : changes) {
                switch (change) {
                    case Change.Install _,
                            Change.Upgrade _,
                            Change.Downgrade _,
                            Change.Reinstall _ -> {
                        comes++;
                        bytes += change.pkg().packageBytes();
                    }
                    case Change.Obsoleted _, Change.Erase _ -> goes++;
                }
            }
            return new Cost(comes, goes, bytes);
        }
    }

    /// One thing to give up or to allow.
    public sealed interface Act {}

    /// Do without this item of the request.
    public record Drop(Request.Item item) implements Act {}

    /// Let the installed package be removed.
    public record Erase(PackageRef pkg) implements Act {}

    /// Let the installed package be replaced by one that the policy alone would not take.
    public record Replace(PackageRef pkg, PackageRef by) implements Act {}

    /// Accept this package although a better one exists.
    public record Accept(PackageRef pkg) implements Act {}
}
