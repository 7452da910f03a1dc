package opm.plan;

import java.util.List;
import opm.base.Digest;
import opm.base.Nevra;
import opm.plan.Step.Downgrade;
import opm.plan.Step.Erase;
import opm.plan.Step.Install;
import opm.plan.Step.Reinstall;
import opm.plan.Step.Replaced;
import opm.plan.Step.Upgrade;

/// A plan with every kind of line.
final class SamplePlan {
    static final Digest BASE = sha('b');
    static final Plan.Target TARGET = new Plan.Target("fedora", "43", "x86_64", BASE);

    private SamplePlan() {}

    static Plan full() {
        return new Plan(
                TARGET,
                List.of("install vim", "upgrade", "remove  'old thing' 100%"),
                List.of(
                        new Plan.Source("fedora", sha('1'), 1_760_000_000L),
                        new Plan.Source("my repo", sha('2'), 0)),
                List.of(
                        new Artifact(sha('a'), 10, "Packages/b/bash-5.3-1.x86_64.rpm", "fedora"),
                        new Artifact(sha('c'), 0, "Packages/c/c%20 ñ-1-1.noarch.rpm", ""),
                        new Artifact(
                                new Digest(Digest.Algorithm.SHA1, "d".repeat(40)),
                                7,
                                "d-1-1.i686.rpm",
                                "my repo"),
                        new Artifact(sha('e'), 1_843_220, "vim-9.1-1.x86_64.rpm", "-")),
                List.of(
                        new Batch(List.of(new Erase(nevra("clash-0:1-1.noarch")))),
                        new Batch(
                                List.of(
                                        new Upgrade(
                                                nevra("bash-0:5.2-1.x86_64"),
                                                nevra("bash-0:5.3-1.x86_64"),
                                                sha('a')),
                                        new Install(
                                                nevra("vim-2:9.1-1.x86_64"), sha('e'), Reason.USER),
                                        new Replaced(
                                                nevra("vi-0:1-1.x86_64"),
                                                nevra("vim-2:9.1-1.x86_64")),
                                        new Downgrade(
                                                nevra("c-1:0~rc1-1.noarch"),
                                                nevra("c-0:9-1.noarch"),
                                                sha('c')),
                                        new Reinstall(
                                                nevra("d-0:1-1.i686"),
                                                new Digest(
                                                        Digest.Algorithm.SHA1, "d".repeat(40))))),
                        new Batch(
                                List.of(
                                        new Erase(nevra("old-0:1-1.noarch")),
                                        new Erase(nevra("thing-0:1-1.noarch"))))),
                List.of("vim"));
    }

    static Digest sha(char digit) {
        return Digest.sha256(String.valueOf(digit).repeat(64));
    }

    static Nevra nevra(String text) {
        return Nevra.parse(text);
    }
}
