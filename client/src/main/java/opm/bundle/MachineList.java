package opm.bundle;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.OpmException.Damaged;

/// The entry `machines` of a bundle for many: whose parts are in it. Text, one line a machine:
/// `machine FOLDER BASE AFTER PLAN NAME`, with the SHA-256 of what is installed before and after,
/// and of the plan's text. NAME is for people.
record MachineList(List<Machine> machines) {
    static final String PATH = "machines";
    private static final String MAGIC = "opm-machines 1";

    /// One machine's part.
    ///
    /// @param folder the first half of the names of its entries
    record Machine(String folder, Digest base, Digest after, Digest plan, String name) {}

    MachineList {
        machines = List.copyOf(machines);
    }

    /// Returns where the entries of a plan lie.
    static String folder(Digest plan) {
        return PATH + "." + plan.hex().substring(0, 32) + "/";
    }

    byte[] text() {
        var text = new StringBuilder(MAGIC + "\n");
        for (Machine one : machines) {
            text.append("machine ").append(one.folder()).append(' ').append(one.base().hex());
            text.append(' ').append(one.after().hex()).append(' ').append(one.plan().hex());
            text.append(' ').append(one.name()).append('\n');
        }
        return text.toString().getBytes(US_ASCII);
    }

    static MachineList parse(byte[] bytes) throws Damaged {
        List<String> lines = new String(bytes, US_ASCII).lines().toList();
        if (lines.isEmpty() || !lines.getFirst().equals(MAGIC)) {
            throw damaged("the first line is not '" + MAGIC + "'");
        }
        var machines = new ArrayList<Machine>();
        var folders = new HashSet<String>();
        for (String line : lines.subList(1, lines.size())) {
            String[] words = line.split(" ", -1);
            if (words.length != 6 || !words[0].equals("machine") || !folders.add(words[1])) {
                throw damaged("'" + line + "' is not a machine");
            }
            try {
                Digest plan = Digest.sha256(words[4]);
                if (!words[1].equals(folder(plan))) {
                    throw damaged("'" + words[1] + "' is not where the plan of that name lies");
                }
                machines.add(
                        new Machine(
                                words[1],
                                Digest.sha256(words[2]),
                                Digest.sha256(words[3]),
                                plan,
                                words[5]));
            } catch (IllegalArgumentException e) {
                throw (Damaged) damaged(String.valueOf(e.getMessage())).because(e);
            }
        }
        if (machines.isEmpty() || machines.size() > Limits.BUNDLE_MACHINES) {
            throw damaged(machines.size() + " machines, 1 to " + Limits.BUNDLE_MACHINES);
        }
        return new MachineList(machines);
    }

    private static Damaged damaged(String what) {
        return new Damaged("machines: " + what, "Copy the bundle again, or have it made again.");
    }
}
