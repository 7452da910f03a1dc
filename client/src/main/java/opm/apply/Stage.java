package opm.apply;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import opm.base.Digest;
import opm.base.OpmException;
import opm.history.StateFolder;
import opm.host.Disk;
import opm.plan.Artifact;
import opm.plan.Batch;

/// The package files of one batch, laid out for rpm and judged by rpmkeys.
///
/// @param files in the order of the batch's steps
/// @param unsigned those without a signature, which the plan allows
record Stage(List<Path> files, List<Path> unsigned) {
    private static final String SIGNED =
            "%|DSAHEADER?{s}:{%|RSAHEADER?{s}:{%|SIGGPG?{s}:{%|SIGPGP?{s}:{n}|}|}|}|";

    /// What the look at the signatures says.
    sealed interface Judged {
        record Good(Stage stage) implements Judged {}

        record Bad(Outcome outcome) implements Judged {}
    }

    /// Lays the files down and checks them: signed by a key of the machine, or unsigned and named.
    static Judged of(
            Job job, Batch batch, int number, Machine machine, StateFolder state, Disk disk)
            throws OpmException {
        Path folder = state.stage().resolve(Integer.toString(number));
        disk.createDirectories(folder);
        Map<Digest, Artifact> artifacts = job.plan().artifactsByDigest();
        List<Path> files = new ArrayList<>();
        for (Digest rpm : batch.rpms()) {
            files.add(
                    job.packages()
                            .file(java.util.Objects.requireNonNull(artifacts.get(rpm)), folder));
        }
        return files.isEmpty()
                ? new Judged.Good(new Stage(files, List.of()))
                : judge(job, files, machine);
    }

    private static Judged judge(Job job, List<Path> files, Machine machine) throws OpmException {
        String format = SIGNED;
        if (machine.ask("rpm", List.of("--querytags")).out().contains("OPENPGP")) {
            format = "%|OPENPGP?{s}:{" + SIGNED + "}|"; // rpm 6
        }
        List<String> query = new ArrayList<>(List.of("-qp", "--qf", format + " %{NAME}\\n"));
        files.forEach(file -> query.add(file.toString()));
        List<String> marks = machine.ask("rpm", query).out();
        List<Path> signed = new ArrayList<>();
        List<Path> unsigned = new ArrayList<>();
        List<String> unwanted = new ArrayList<>();
        for (int at = 0; at < Math.min(marks.size(), files.size()); at++) {
            if (marks.get(at).startsWith("s ")) {
                signed.add(files.get(at));
            } else {
                unsigned.add(files.get(at));
                if (!job.plan().unsigned().contains(marks.get(at).substring(2))) {
                    unwanted.add(files.get(at).getFileName().toString());
                }
            }
        }
        List<String> bad = new ArrayList<>(complaints(machine, "all", signed));
        bad.addAll(complaints(machine, "digest", unsigned));
        if (!bad.isEmpty() || marks.size() != files.size()) {
            return new Judged.Bad(new Outcome.BadSignatures(bad));
        }
        return unwanted.isEmpty()
                ? new Judged.Good(new Stage(files, unsigned))
                : new Judged.Bad(new Outcome.Unsigned(unwanted));
    }

    /// Returns what rpmkeys finds wrong. The level must be said: at the usual one, rpm is content
    /// with no signature at all.
    private static List<String> complaints(Machine machine, String level, List<Path> files)
            throws OpmException {
        if (files.isEmpty()) {
            return List.of();
        }
        List<String> arguments =
                new ArrayList<>(List.of("--define", "_pkgverify_level " + level, "-K"));
        files.forEach(file -> arguments.add(file.toString()));
        Machine.Said said = machine.ask("rpmkeys", arguments);
        if (said.status() == 0) {
            return List.of();
        }
        List<String> bad =
                said.all().stream()
                        .filter(l -> l.contains("NOT OK") || l.contains("error"))
                        .toList();
        return bad.isEmpty() ? List.of("rpmkeys: exit status " + said.status()) : bad;
    }

    /// Returns the level for rpm's own look at the packages of this batch.
    String level() {
        return unsigned.isEmpty() ? "all" : "digest";
    }
}
