package opm.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import opm.base.Nevra;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;
import opm.plan.Artifact;
import opm.plan.PlanText;
import opm.planner.Planned.Note;
import org.junit.jupiter.api.Test;

/// A verdict becomes runs of rpm that end where the verdict says.
class PlannerTest {
    // What is needed comes before what needs it; what comes in knows why.
    @Test
    void ordersByNeed() throws Exception {
        var world =
                new World()
                        .repo("app-1-1.x86_64", "requires: lib >= 2", "recommends: doc")
                        .repo("lib-2-1.x86_64", "requires: /usr/share/base")
                        .repo("zbase-1-1.noarch", "file: /usr/share/base")
                        .repo("doc-1-1.noarch")
                        .change("+ app-1-1.x86_64 for REQUESTED")
                        .change("+ lib-2-1.x86_64 for REQUIRED")
                        .change("+ zbase-1-1.noarch for REQUIRED")
                        .change("+ doc-1-1.noarch for RECOMMENDED");
        assertThat(world.batches())
                .containsExactly(
                        List.of(
                                "install doc-1-1.noarch weak",
                                "install zbase-1-1.noarch dependency",
                                "install lib-2-1.x86_64 dependency",
                                "install app-1-1.x86_64 user"));
    }

    // In a circle, what scripts need goes first.
    @Test
    void ordersCirclesByWhatScriptsNeed() throws Exception {
        var world =
                new World()
                        .repo("a-1-1.noarch", "requires: b", "prerequires: c")
                        .repo("b-1-1.noarch", "requires: c")
                        .repo("c-1-1.noarch", "requires: a")
                        .change("+ a-1-1.noarch")
                        .change("+ b-1-1.noarch")
                        .change("+ c-1-1.noarch");
        assertThat(world.batches())
                .containsExactly(
                        List.of(
                                "install b-1-1.noarch user",
                                "install c-1-1.noarch user",
                                "install a-1-1.noarch user"));
    }

    // Every way of changing has its line.
    @Test
    void writesEveryKindOfChange() throws Exception {
        var world =
                new World()
                        .system("up-1-1.noarch")
                        .system("down-2-1.noarch")
                        .system("again-1-1.noarch")
                        .system("old-1-1.noarch")
                        .system("bye-1-1.noarch")
                        .repo("up-1:0-1.noarch")
                        .repo("down-1-1.noarch")
                        .repo("again-1-1.noarch")
                        .repo("new-1-1.noarch", "obsoletes: old < 2")
                        .change("^ up-1-1.noarch up-1:0-1.noarch")
                        .change("v down-2-1.noarch down-1-1.noarch")
                        .change("= again-1-1.noarch again-1-1.noarch")
                        .change("+ new-1-1.noarch for UPDATE")
                        .change("o old-1-1.noarch new-1-1.noarch")
                        .change("- bye-1-1.noarch");
        assertThat(world.batches())
                .containsExactly(
                        List.of(
                                "reinstall again-1-1.noarch",
                                "downgrade down-1-1.noarch down-2-1.noarch",
                                "install new-1-1.noarch user",
                                "replaced old-1-1.noarch new-1-1.noarch",
                                "upgrade up-1:0-1.noarch up-1-1.noarch"),
                        List.of("erase bye-1-1.noarch"));
    }

    // A successor takes over why its predecessor was there.
    @Test
    void inheritsReasons() throws Exception {
        var world =
                new World()
                        .systemWithReason("old-1-1.noarch", "weak")
                        .systemWithReason("older-1-1.noarch", "dependency")
                        .repo("new-1-1.noarch", "obsoletes: old", "obsoletes: older")
                        .change("+ new-1-1.noarch for UPDATE")
                        .change("o old-1-1.noarch new-1-1.noarch")
                        .change("o older-1-1.noarch new-1-1.noarch");
        assertThat(world.batches().getFirst().getFirst())
                .isEqualTo("install new-1-1.noarch dependency");
    }

    // A kernel that comes beside its elders needs a run of its own: rpm -U would erase them.
    @Test
    void installsBesideInARunOfItsOwn() throws Exception {
        var world =
                new World()
                        .system("kernel-1-1.x86_64")
                        .system("kernel-2-1.x86_64")
                        .system("firmware-1-1.noarch")
                        .repo("kernel-3-1.x86_64", "requires: firmware >= 2")
                        .repo("firmware-2-1.noarch")
                        .repo("tools-3-1.x86_64", "requires: kernel = 3-1")
                        .change("+ kernel-3-1.x86_64")
                        .change("- kernel-1-1.x86_64")
                        .change("^ firmware-1-1.noarch firmware-2-1.noarch")
                        .change("+ tools-3-1.x86_64");
        assertThat(world.batches())
                .containsExactly(
                        List.of("upgrade firmware-2-1.noarch firmware-1-1.noarch"),
                        List.of("install kernel-3-1.x86_64 user"),
                        List.of("install tools-3-1.x86_64 user"),
                        List.of("erase kernel-1-1.x86_64"));
    }

    // Where no elder stays, rpm -U itself erases those that leave.
    @Test
    void letsAnUpgradeTakeAllOfItsName() throws Exception {
        var world =
                new World()
                        .system("a-1-1.noarch")
                        .system("a-2-1.noarch")
                        .repo("a-3-1.noarch")
                        .change("^ a-2-1.noarch a-3-1.noarch")
                        .change("- a-1-1.noarch");
        assertThat(world.batches())
                .containsExactly(
                        List.of(
                                "upgrade a-3-1.noarch a-2-1.noarch",
                                "replaced a-1-1.noarch a-3-1.noarch"));
    }

    // The other architecture of an installed library comes beside it, whatever rpm's colors.
    @Test
    void installsASecondArchitectureBeside() throws Exception {
        var world =
                new World()
                        .system("lib-1-1.x86_64", "provides: libx.so.1()(64bit)")
                        .repo("lib-1-1.i686", "provides: libx.so.1")
                        .repo("app-1-1.i686", "requires: libx.so.1")
                        .change("+ lib-1-1.i686")
                        .change("+ app-1-1.i686");
        assertThat(world.batches())
                .containsExactly(
                        List.of("install lib-1-1.i686 user"), List.of("install app-1-1.i686 user"));
    }

    // rpm keeps a 32-bit library when the 64-bit one of its name is upgraded; so it is erased.
    @Test
    void erasesTheOtherArchitectureByItself() throws Exception {
        var world =
                new World()
                        .system("lib-1-1.x86_64", "provides: libx.so.1()(64bit)")
                        .system("lib-1-1.i686", "provides: libx.so.1")
                        .repo("lib-2-1.x86_64", "provides: libx.so.1()(64bit)")
                        .change("^ lib-1-1.x86_64 lib-2-1.x86_64")
                        .change("- lib-1-1.i686");
        assertThat(world.batches())
                .containsExactly(
                        List.of("erase lib-1-1.i686"),
                        List.of("upgrade lib-2-1.x86_64 lib-1-1.x86_64"));
    }

    // Without programs in it, rpm erases it along; saying so again would fail.
    @Test
    void knowsWhatRpmErasesAlong() throws Exception {
        var world =
                new World()
                        .system("data-1-1.x86_64")
                        .system("data-1-1.i686")
                        .repo("data-2-1.x86_64")
                        .change("^ data-1-1.x86_64 data-2-1.x86_64")
                        .change("- data-1-1.i686");
        assertThat(world.batches())
                .containsExactly(
                        List.of(
                                "upgrade data-2-1.x86_64 data-1-1.x86_64",
                                "replaced data-1-1.i686 data-2-1.x86_64"));
    }

    // One that should stay although rpm may erase it is told.
    @Test
    void tellsWhatMayGo() throws Exception {
        var world =
                new World()
                        .system("data-1-1.x86_64")
                        .system("data-1-1.i686")
                        .repo("data-2-1.x86_64")
                        .change("^ data-1-1.x86_64 data-2-1.x86_64");
        assertThat(world.plan().notes())
                .containsExactly(
                        new Note.MayGo(
                                Nevra.parse("data-1-1.i686"), Nevra.parse("data-2-1.x86_64")));
    }

    // A package that conflicts with one that comes in is erased before, and the plan says why.
    @Test
    void erasesFirstWhatConflicts() throws Exception {
        var world =
                new World()
                        .system("sendmail-1-1.noarch")
                        .system("addon-1-1.noarch", "requires: sendmail")
                        .system("other-1-1.noarch")
                        .repo("postfix-1-1.noarch", "conflicts: sendmail < 2")
                        .change("+ postfix-1-1.noarch")
                        .change("- sendmail-1-1.noarch")
                        .change("- addon-1-1.noarch")
                        .change("- other-1-1.noarch");
        assertThat(world.batches())
                .containsExactly(
                        List.of("erase addon-1-1.noarch", "erase sendmail-1-1.noarch"),
                        List.of("install postfix-1-1.noarch user"),
                        List.of("erase other-1-1.noarch"));
        assertThat(world.plan().notes())
                .containsExactly(
                        new Note.ErasedFirst(
                                Nevra.parse("sendmail-1-1.noarch"),
                                Nevra.parse("postfix-1-1.noarch"),
                                "sendmail < 2"));
    }

    // Two packages never have the same program, even for a moment; a folder they may share.
    @Test
    void erasesFirstWhoHasTheSameProgram() throws Exception {
        var world =
                new World()
                        .system("vi-1-1.noarch", "file: /usr/bin/vi", "file: /etc/vi")
                        .system("old-1-1.noarch", "file: /etc/vi")
                        .repo("vim-1-1.noarch", "file: /usr/bin/vi", "file: /etc/vi")
                        .change("+ vim-1-1.noarch")
                        .change("- vi-1-1.noarch")
                        .change("- old-1-1.noarch");
        assertThat(world.batches())
                .containsExactly(
                        List.of("erase vi-1-1.noarch"),
                        List.of("install vim-1-1.noarch user"),
                        List.of("erase old-1-1.noarch"));
        assertThat(world.plan().notes())
                .containsExactly(
                        new Note.ErasedFirst(
                                Nevra.parse("vi-1-1.noarch"),
                                Nevra.parse("vim-1-1.noarch"),
                                "/usr/bin/vi"));
    }

    // One that an upgrade would break is erased before: rpm would refuse the upgrade.
    @Test
    void erasesFirstWhatAnUpgradeWouldBreak() throws Exception {
        var world =
                new World()
                        .system("lib-1-1.noarch", "provides: api = 1")
                        .system("app-1-1.noarch", "requires: (api = 1 or nothing)", "requires: lib")
                        .repo("lib-2-1.noarch", "provides: api = 2")
                        .change("^ lib-1-1.noarch lib-2-1.noarch")
                        .change("- app-1-1.noarch");
        assertThat(world.batches())
                .containsExactly(
                        List.of("erase app-1-1.noarch"),
                        List.of("upgrade lib-2-1.noarch lib-1-1.noarch"));
    }

    // What was broken before, or stays whole, waits until the end.
    @Test
    void erasesTheRestAtTheEnd() throws Exception {
        var world =
                new World()
                        .system("lib-1-1.noarch")
                        .system(
                                "app-1-1.noarch",
                                "requires: lib",
                                "requires: missing",
                                "requires: rpmlib(X) = 1")
                        .repo("lib-2-1.noarch")
                        .change("^ lib-1-1.noarch lib-2-1.noarch")
                        .change("- app-1-1.noarch");
        assertThat(world.batches())
                .containsExactly(
                        List.of("upgrade lib-2-1.noarch lib-1-1.noarch"),
                        List.of("erase app-1-1.noarch"));
    }

    // Who needs leaves before who is needed.
    @Test
    void erasesDependentsFirst() throws Exception {
        var world =
                new World()
                        .system("a-1-1.noarch", "requires: b")
                        .system("b-1-1.noarch", "requires: c")
                        .system("c-1-1.noarch")
                        .change("- b-1-1.noarch")
                        .change("- c-1-1.noarch")
                        .change("- a-1-1.noarch");
        assertThat(world.batches())
                .containsExactly(
                        List.of("erase a-1-1.noarch", "erase b-1-1.noarch", "erase c-1-1.noarch"));
    }

    // A circle of one to upgrade to and one to install beside cannot be cut, and that is said.
    @Test
    void refusesACircleThatRpmCannotRun() {
        var world =
                new World()
                        .system("kernel-1-1.noarch")
                        .repo("kernel-2-1.noarch", "requires: tool")
                        .repo("tool-1-1.noarch", "requires: kernel = 2-1")
                        .change("+ kernel-2-1.noarch")
                        .change("+ tool-1-1.noarch");
        assertThatThrownBy(world::plan)
                .isInstanceOf(Refused.class)
                .hasMessageStartingWith(
                        "plan: kernel-2-1.noarch stays beside an installed package of its name");
    }

    // A path that is harmless is kept; any other is replaced, and no two are the same on a stick.
    @Test
    void givesEveryFileAHarmlessPath() throws Exception {
        var world =
                new World()
                        .repoAt("Packages/a/a-1-1.noarch.rpm", "a-1-1.noarch")
                        .repoAt("packages/A/a-1-1.noarch.rpm", "b-1-1.noarch")
                        .repoAt("../../etc/passwd", "c-1-1.noarch")
                        .repoAt("https://example.org/d.rpm", "d-1-1.noarch")
                        .repoAt("x/é.rpm", "e-1-1.noarch")
                        .repoAt("repodata/f.rpm", "f-1-1.noarch")
                        .repoAt("Packages/a", "g-1-1.noarch")
                        .repoAt("Packages/-rf.rpm", "h-1-1.noarch")
                        .repoAt("flat-1-1.noarch.rpm", "flat-1-1.noarch")
                        .repoAt("../1", "1:i-1:1-1.noarch")
                        .repoAt("../2", "+i-1-1.noarch");
        for (String name : List.of("a", "b", "c", "d", "e", "f", "g", "h", "flat", "1:i", "+i")) {
            world.change("+ " + (name.equals("1:i") ? "1:i-1:1-1.noarch" : name + "-1-1.noarch"));
        }
        assertThat(world.plan().plan().artifacts())
                .extracting(Artifact::path)
                .containsExactly(
                        "Packages/+/+i-1-1.noarch.rpm",
                        "Packages/1/1_i-1-1.noarch.rpm",
                        "Packages/a/a-1-1.noarch.rpm",
                        "Packages/b/b-1-1.noarch.rpm",
                        "Packages/c/c-1-1.noarch.rpm",
                        "Packages/d/d-1-1.noarch.rpm",
                        "Packages/e/e-1-1.noarch.rpm",
                        "Packages/f/f-1-1.noarch.rpm",
                        "Packages/f/flat-1-1.noarch.rpm",
                        "Packages/g/g-1-1.noarch.rpm",
                        "Packages/h/h-1-1.noarch.rpm");
        assertThat(world.plan().origins())
                .extracting(Planned.Origin::location)
                .contains("../../etc/passwd", "https://example.org/d.rpm");
    }

    // The same version with another epoch has the same file name, and gets a folder of its own.
    @Test
    void separatesEqualFileNames() throws Exception {
        var world =
                new World()
                        .repoAt("/a", "a-1-1.noarch")
                        .repoAt("/b", "a-1:1-1.noarch")
                        .change("+ a-1-1.noarch")
                        .change("+ a-1:1-1.noarch");
        assertThat(world.plan().plan().artifacts())
                .extracting(Artifact::path)
                .containsExactly(
                        "Packages/a/a-1-1.noarch.612d313a312d312e.rpm",
                        "Packages/a/a-1-1.noarch.rpm");
    }

    // Only packages of the plan may be unsigned, and the plan lists them.
    @Test
    void listsWhatMayBeUnsigned() throws Exception {
        var world =
                new World()
                        .repo("unsigned-1-1.noarch")
                        .repo("signed-1-1.noarch")
                        .repo("unsigned-not-1-1.noarch")
                        .change("+ unsigned-1-1.noarch")
                        .change("+ signed-1-1.noarch");
        assertThat(world.plan().plan().unsigned()).containsExactly("unsigned");
    }

    // What metadata lacks or cannot be written is damage of the repository, not a bug.
    @Test
    void refusesImpossibleFacts() {
        assertThatThrownBy(() -> new World().repo("ñ-1-1.noarch").change("+ ñ-1-1.noarch").plan())
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("printable ASCII");
        assertThatThrownBy(() -> new World().system("ñ-1-1.noarch").change("- ñ-1-1.noarch").plan())
                .isInstanceOf(Damaged.class);
        assertThatThrownBy(
                        () ->
                                new World()
                                        .repoWithoutFacts("a-1-1.noarch")
                                        .change("+ a-1-1.noarch")
                                        .plan())
                .isInstanceOf(Damaged.class)
                .hasMessage("repository 'r': a-1-1.noarch has no digest, size or location");
    }

    // Nothing to do is a plan without batches.
    @Test
    void plansNothing() throws Exception {
        assertThat(new World().system("a-1-1.noarch").batches()).isEmpty();
    }

    // Needs are respected in random worlds, and the order of the verdict does not matter.
    @Test
    void keepsOrderInRandomWorlds() throws Exception {
        for (long seed = 0; seed < 60; seed++) {
            var random = new Random(seed);
            int count = 2 + random.nextInt(30);
            var ties = new ArrayList<int[]>();
            for (int tie = random.nextInt(2 * count); tie > 0; tie--) {
                // Only towards smaller numbers: no circles, so that every tie must hold.
                int from = 1 + random.nextInt(count - 1);
                ties.add(new int[] {from, random.nextInt(from)});
            }
            var changes = new ArrayList<String>();
            for (int at = 0; at < count; at++) {
                changes.add("+ " + name(at, seed) + "-1-1.noarch");
            }
            byte[] first = null;
            for (int run = 0; run < 2; run++) {
                var world = new World();
                for (int at = 0; at < count; at++) {
                    int self = at;
                    long s = seed;
                    world.repo(
                            name(at, seed) + "-1-1.noarch",
                            ties.stream()
                                    .filter(t -> t[0] == self)
                                    .map(t -> "requires: " + name(t[1], s) + " >= 1")
                                    .toArray(String[]::new));
                }
                changes.forEach(world::change);
                List<String> steps =
                        world.batches().getFirst().stream().map(l -> l.split(" ")[1]).toList();
                for (int[] tie : ties) {
                    assertThat(steps.indexOf(name(tie[1], seed) + "-1-1.noarch"))
                            .as("seed " + seed)
                            .isLessThan(steps.indexOf(name(tie[0], seed) + "-1-1.noarch"));
                }
                byte[] text = PlanText.write(world.plan().plan());
                assertThat(first == null ? text : first).isEqualTo(text);
                first = text;
                Collections.shuffle(changes, random);
            }
        }
    }

    private static String name(int at, long seed) {
        return "p" + (at * 7919L + seed) % 97 + "x" + at;
    }
}
