package opm.preflight;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import opm.apply.ScratchRoot;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Reason;
import opm.plan.Step;

/// The packages of cases, built by rpmbuild: all in one run, kept in `target` under a name that
/// depends on their sources.
record CaseRpms(Path folder) implements Preflight.Files {
    static CaseRpms build(List<Case> cases) throws Exception {
        ScratchRoot.needs("rpm", "rpmbuild");
        var specs = new ArrayList<String>();
        for (Case one : cases) {
            one.olds.values().forEach(pkg -> specs.add(one.spec(pkg)));
            one.news.values().forEach(pkg -> specs.add(one.spec(pkg)));
        }
        String sum = Digest.sha256Of(specs.toString().getBytes(UTF_8)).hex().substring(0, 12);
        return new CaseRpms(ScratchRoot.kept("cases-" + sum, folder -> make(folder, specs)));
    }

    private static void make(Path folder, List<String> specs) throws Exception {
        List<String> build = new ArrayList<>(List.of("rpmbuild", "-bb", "--quiet"));
        for (String macro :
                List.of(
                        "_topdir " + folder.resolve("build"),
                        "_rpmdir " + folder,
                        "_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm",
                        "_binary_payload w3.gzdio",
                        "__os_install_post %{nil}",
                        "debug_package %{nil}",
                        "_build_id_links none")) {
            build.addAll(List.of("--define", macro));
        }
        for (int at = 0; at < specs.size(); at++) {
            Path spec = folder.resolve(at + ".spec");
            Files.writeString(spec, specs.get(at));
            build.add(spec.toString());
        }
        ScratchRoot.ok(ScratchRoot.run(build.toArray(String[]::new)));
        ScratchRoot.run("rm", "-rf", folder.resolve("build").toString());
    }

    List<Path> files(Case one, Iterable<Case.Pkg> pkgs) {
        var files = new ArrayList<Path>();
        pkgs.forEach(pkg -> files.add(folder.resolve(one.file(pkg))));
        return files;
    }

    /// Makes the plan that installs the new packages over the old ones, in one batch.
    Plan plan(Case one) throws Exception {
        var steps = new ArrayList<Step>();
        var artifacts = new ArrayList<Artifact>();
        var gone = new HashSet<Case.Pkg>();
        for (Case.Pkg pkg : one.news.values()) {
            Path file = folder.resolve(one.file(pkg));
            Digest digest = Digest.sha256Of(Files.readAllBytes(file));
            artifacts.add(
                    new Artifact(digest, Files.size(file), file.getFileName().toString(), ""));
            Nevra to = Nevra.parse(one.full(pkg));
            Case.Pkg old =
                    one.olds.values().stream()
                            .filter(other -> other.name.equals(pkg.name))
                            .findFirst()
                            .orElse(null);
            if (old == null) {
                steps.add(new Step.Install(to, digest, Reason.USER));
            } else {
                gone.add(old);
                steps.add(new Step.Upgrade(Nevra.parse(one.full(old)), to, digest));
            }
            for (Case.Pkg other : one.olds.values()) {
                boolean heir =
                        pkg.lines.stream()
                                .anyMatch(line -> line.startsWith("Obsoletes: " + other.name));
                if (heir && gone.add(other)) {
                    steps.add(new Step.Replaced(Nevra.parse(one.full(other)), to));
                }
            }
        }
        artifacts.sort((a, b) -> a.path().compareTo(b.path()));
        var target =
                new Plan.Target("test", "1", "x86_64", Digest.sha256Of("".getBytes(UTF_8)));
        return new Plan(
                target, List.of(), List.of(), artifacts, List.of(new Batch(steps)), List.of());
    }

    @Override
    public InputStream open(Artifact artifact) throws OpmException {
        return opm.host.Host.ofThisMachine().disk().read(folder.resolve(artifact.path()));
    }

    @Override
    public long stageBytes(Artifact artifact) {
        return 0;
    }
}
