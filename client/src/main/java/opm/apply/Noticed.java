package opm.apply;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.List;
import opm.base.Digest;
import opm.base.InstalledList;
import opm.base.Limits;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.history.Change;
import opm.history.Journal;
import opm.history.StateFolder;
import opm.host.Disk;
import opm.host.Host;
import opm.plan.PlanText;

/// A change that others made, written into the journal under the lock: `begin` and `end` one after
/// the other, with a plan of no batches, so that every reader takes it for one that has ended.
final class Noticed {
    private Noticed() {}

    static Digest digest(List<String> names) {
        return Digest.sha256Of(text(names));
    }

    private static byte[] text(List<String> names) {
        return InstalledList.ofQuery((String.join("\n", names) + "\n").getBytes(UTF_8));
    }

    /// @param last settled change, after which somebody else went to work
    /// @return the number of the new change
    static int record(Host host, StateFolder state, Machine machine, Change last)
            throws OpmException {
        Disk disk = host.disk();
        byte[] before = afterOf(disk, state, last);
        byte[] now = text(machine.installed());
        Journal journal = Journal.read(disk, host.clock(), state);
        int number = journal.nextChange();
        Path folder = state.change(number);
        Applier.clear(disk, folder);
        disk.createOwnDirectories(folder);
        write(disk, state.installed(number), before);
        write(disk, state.after(number), now);
        disk.forceDirectory(folder);
        disk.forceDirectory(state.history());
        journal.append(
                "begin",
                number,
                Digest.sha256Of(new byte[0]).hex(),
                Digest.sha256Of(before).hex(),
                Digest.sha256Of(now).hex(),
                "0",
                "-");
        journal.append("end", number, "others");
        return number;
    }

    private static byte[] afterOf(Disk disk, StateFolder state, Change last) throws OpmException {
        int number = last.number();
        if (last.isOfOthers()) {
            return disk.readAll(state.after(number), Limits.PROFILE_BYTES);
        }
        if (!disk.exists(state.plan(number))) {
            throw new Damaged(
                    "change " + number + ": its plan was removed from the history",
                    "What others did after it cannot be told.");
        }
        var plan = PlanText.read(disk.readAll(state.plan(number), Limits.PLAN_BYTES));
        byte[] list = disk.readAll(state.installed(number), Limits.PROFILE_BYTES);
        List<Nevra> after = plan.boundaries(InstalledList.parse(list)).getLast();
        return InstalledList.text(after);
    }

    private static void write(Disk disk, Path file, byte[] bytes) throws OpmException {
        try (var out = disk.create(file)) {
            out.write(bytes, 0, bytes.length);
            out.force();
        }
    }
}
