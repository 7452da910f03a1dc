package opm.apply;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.history.StateFolder;
import opm.host.Disk;
import opm.plan.Artifact;
import opm.plan.Batch;

/// The package files of one batch, laid out for rpm and judged by rpmkeys.
///
/// @param folder which holds them
/// @param files their names, in the order of the batch's steps
/// @param unsigned those without a signature, which the plan allows
record Stage(Path folder, List<String> files, List<String> unsigned) {
    /// So many file names of at most 200 bytes fit on a command line of any kernel.
    private static final int FILES_AT_ONCE = 400;

    private static final String SIGNED =
            "%|DSAHEADER?{s}:{%|RSAHEADER?{s}:{%|SIGGPG?{s}:{%|SIGPGP?{s}:{n}|}|}|}|";

    private static final String NAME = " %{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.%{ARCH}\\n";

    /// What the look at the signatures says.
    sealed interface Judged {
        record Good(Stage stage) implements Judged {}

        record Bad(Outcome outcome) implements Judged {}
    }

    /// Package files that nobody has judged.
    ///
    /// @param files their names, in the order of the batch's steps
    /// @param packages which they have to be
    record Laid(Path folder, List<String> files, List<Nevra> packages) {}

    /// Lays files of a batch down.
    ///
    /// @param from the first of its packages
    /// @param end after the last of them
    static Laid lay(
            Job job, Batch batch, int number, int from, int end, StateFolder state, Disk disk)
            throws OpmException {
        Path folder = state.stage().resolve(Integer.toString(number));
        disk.createOwnDirectories(folder);
        Map<Digest, Artifact> artifacts = job.plan().artifactsByDigest();
        List<String> files = new ArrayList<>();
        for (Digest rpm : batch.rpms().subList(from, end)) {
            Artifact artifact = Objects.requireNonNull(artifacts.get(rpm));
            job.packages().lay(artifact, folder.resolve(artifact.fileName()));
            files.add(artifact.fileName());
        }
        List<Nevra> packages =
                batch.steps().stream().map(RpmRun::comes).filter(Objects::nonNull).toList();
        return new Laid(folder, files, packages.subList(from, end));
    }

    /// Returns this and a later part of the same batch as one.
    Stage and(Stage later) {
        List<String> all = new ArrayList<>(files);
        all.addAll(later.files);
        List<String> bare = new ArrayList<>(unsigned);
        bare.addAll(later.unsigned);
        return new Stage(folder, all, bare);
    }

    /// Removes the files of a batch that is installed, when whoever brought them has been told.
    static void clear(Job job, Batch batch, int number, StateFolder state, Disk disk)
            throws OpmException {
        Path folder = state.stage().resolve(Integer.toString(number));
        Map<Digest, Artifact> artifacts = job.plan().artifactsByDigest();
        for (Digest rpm : batch.rpms()) {
            Artifact artifact = Objects.requireNonNull(artifacts.get(rpm));
            Path file = folder.resolve(artifact.fileName());
            if (disk.exists(file)) {
                job.packages().installed(artifact, file);
            }
        }
        Applier.clear(disk, folder);
    }

    /// Checks the files: signed by a key of the machine, or unsigned and named.
    static Judged judge(Job job, Laid laid, Machine machine) throws OpmException {
        Path folder = laid.folder();
        List<String> files = laid.files();
        if (files.isEmpty()) {
            return new Judged.Good(new Stage(folder, files, List.of()));
        }
        String format = SIGNED;
        if (machine.tags().contains("OPENPGP")) {
            format = "%|OPENPGP?{s}:{" + SIGNED + "}|"; // rpm 6
        }
        var query = new RpmRun(folder, List.of("-qp", "--qf", format + NAME), List.of(), files);
        List<String> marks = machine.ask(query).out();
        List<String> signed = new ArrayList<>();
        List<String> unsigned = new ArrayList<>();
        List<String> unwanted = new ArrayList<>();
        for (int at = 0; at < Math.min(marks.size(), files.size()); at++) {
            String mark = marks.get(at);
            Nevra name = laid.packages().get(at);
            if (!mark.equals("s " + name.full()) && !mark.equals("n " + name.full())) {
                throw new Damaged(
                        files.get(at) + ": found " + mark + ", expected " + name.full(),
                        "The plan and its packages do not belong together; have them made again.");
            }
            if (mark.startsWith("s ")) {
                signed.add(files.get(at));
            } else {
                unsigned.add(files.get(at));
                if (!job.plan().unsigned().contains(name.name())) {
                    unwanted.add(files.get(at));
                }
            }
        }
        List<String> bad = new ArrayList<>(complaints(machine, folder, "all", signed));
        bad.addAll(complaints(machine, folder, "digest", unsigned));
        if (!bad.isEmpty() || marks.size() != files.size()) {
            return new Judged.Bad(new Outcome.BadSignatures(bad));
        }
        return unwanted.isEmpty()
                ? new Judged.Good(new Stage(folder, files, unsigned))
                : new Judged.Bad(new Outcome.Unsigned(unwanted));
    }

    /// Returns what rpmkeys finds wrong. The level must be said: at the usual one, rpm is content
    /// with no signature at all. rpmkeys reads no list, so a command line takes a part.
    private static List<String> complaints(
            Machine machine, Path folder, String level, List<String> files) throws OpmException {
        List<String> bad = new ArrayList<>();
        for (int from = 0; from < files.size(); from += FILES_AT_ONCE) {
            List<String> arguments =
                    new ArrayList<>(List.of("--define", "_pkgverify_level " + level, "-K"));
            arguments.addAll(files.subList(from, Math.min(files.size(), from + FILES_AT_ONCE)));
            Machine.Said said = machine.ask("rpmkeys", arguments, folder);
            if (said.status() != 0) {
                List<String> words =
                        said.all().stream()
                                .filter(l -> l.contains("NOT OK") || l.contains("error"))
                                .toList();
                bad.addAll(
                        words.isEmpty() ? List.of("rpmkeys: exit status " + said.status()) : words);
            }
        }
        return bad;
    }

    /// Returns the level for rpm's own look at the packages of this batch.
    String level() {
        return unsigned.isEmpty() ? "all" : "digest";
    }
}
