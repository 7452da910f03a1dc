package opm.workshop;

import java.util.List;

/// How choices are to be met.
///
/// @param security whether updates that advisories call security fixes are wanted
/// @param advisories ids of further advisories whose updates are wanted, in the order of choosing
/// @param weak whether weak dependencies come along
/// @param noReboot whether what counts only after a restart is left out; not beside a budget
/// @param budgetBytes how much may be fetched, the rest is left out; 0 for all
/// @param release to which the whole machine is brought; empty for the one that it has
/// @param partBytes how long a file of the bundle may be; 0 for one file
/// @param parity whether there is one file more, from which a lost one follows
public record Wishes(
        boolean security,
        List<String> advisories,
        boolean weak,
        boolean noReboot,
        long budgetBytes,
        String release,
        long partBytes,
        boolean parity) {
    static final Wishes USUAL = new Wishes(false, List.of(), true, false, 0, "", 0, false);

    public Wishes {
        advisories = List.copyOf(advisories);
        if (noReboot && budgetBytes > 0) {
            throw new IllegalArgumentException("one way of leaving out at a time");
        }
    }

    Wishes withSecurity(boolean value) {
        return new Wishes(
                value, advisories, weak, noReboot, budgetBytes, release, partBytes, parity);
    }

    Wishes withAdvisories(List<String> ids) {
        return new Wishes(security, ids, weak, noReboot, budgetBytes, release, partBytes, parity);
    }

    Wishes withWeak(boolean value) {
        return new Wishes(
                security, advisories, value, noReboot, budgetBytes, release, partBytes, parity);
    }

    /// One of both is taken, as with `opm upgrade --no-reboot` and `--budget`.
    Wishes withNoReboot(boolean value) {
        long budget = value ? 0 : budgetBytes;
        return new Wishes(security, advisories, weak, value, budget, release, partBytes, parity);
    }

    Wishes withBudget(long bytes) {
        boolean stays = noReboot && bytes == 0;
        return new Wishes(security, advisories, weak, stays, bytes, release, partBytes, parity);
    }

    Wishes withRelease(String name) {
        return new Wishes(
                security, advisories, weak, noReboot, budgetBytes, name, partBytes, parity);
    }

    Wishes withParts(long bytes, boolean spare) {
        return new Wishes(
                security, advisories, weak, noReboot, budgetBytes, release, bytes, spare);
    }
}
