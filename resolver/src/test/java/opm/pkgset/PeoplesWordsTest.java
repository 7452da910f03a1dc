package opm.pkgset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import opm.base.DepKind;
import org.junit.jupiter.api.Test;

/// What people type finds what they mean.
final class PeoplesWordsTest {
    private static final PackageSet BASE =
            new PackageSetBuilder()
                    .add("vim-2:9.0-1.x86_64", "requires: vim-common = 2:9.0", "file: /usr/bin/vim")
                    .add("vim-2:9.1-2.x86_64", "requires: (vim-common >= 2:9.1 or nano)")
                    .add("vim-common-2:9.1-2.noarch", "provides: vim-data = 9.1")
                    .add("vimtutor-1-1.noarch", "recommends: vim")
                    .add("nano-7.2-1.x86_64", "provides: editor", "conflicts: pico < 5")
                    .add("libc.so-alike-1-1.noarch")
                    .build();
    private static final Queries QUERY = new Queries(List.of(BASE));

    private static List<String> names(List<PackageRef> found) {
        return found.stream().map(PackageRef::toString).toList();
    }

    /// A name finds all versions, the oldest first.
    @Test
    void namesFindEveryVersion() throws Exception {
        assertThat(names(QUERY.named("vim")))
                .containsExactly("vim-2:9.0-1.x86_64", "vim-2:9.1-2.x86_64");
        assertThat(QUERY.named("emacs")).isEmpty();
    }

    /// Longer forms of a name pick one: with architecture, version, epoch, release.
    @Test
    void longerFormsPickOne() throws Exception {
        for (String form :
                List.of(
                        "vim-9.1",
                        "vim-2:9.1-2",
                        "vim-9.1-2",
                        "vim-9.1-2.x86_64",
                        "vim-2:9.1-2.x86_64")) {
            assertThat(names(QUERY.named(form))).as(form).containsExactly("vim-2:9.1-2.x86_64");
        }
        assertThat(names(QUERY.named("nano.x86_64"))).containsExactly("nano-7.2-1.x86_64");
        assertThat(QUERY.named("nano.noarch")).isEmpty();
        assertThat(names(QUERY.named("libc.so-alike"))).containsExactly("libc.so-alike-1-1.noarch");
    }

    /// Globs match names and every longer form.
    @Test
    void globsMatchNamesAndLongerForms() throws Exception {
        assertThat(names(QUERY.named("vim*"))).hasSize(4);
        assertThat(names(QUERY.named("vim-9.0*"))).containsExactly("vim-2:9.0-1.x86_64");
        assertThat(names(QUERY.named("*.noarch"))).hasSize(3);
        assertThat(names(QUERY.named("[a-n]ano"))).containsExactly("nano-7.2-1.x86_64");
        assertThat(names(QUERY.named("[!n]ano"))).isEmpty();
        assertThat(names(QUERY.named("vi?"))).hasSize(2);
    }

    /// A dot or plus in what is typed stands for itself.
    @Test
    void marksOfRegularExpressionsMeanThemselves() throws Exception {
        assertThat(names(QUERY.named("libc?so*"))).hasSize(1);
        assertThat(names(QUERY.named("libcXso*"))).isEmpty();
    }

    /// Provides count with their versions, files by their path.
    @Test
    void providersAreFound() throws Exception {
        assertThat(names(QUERY.whatProvides("editor"))).containsExactly("nano-7.2-1.x86_64");
        assertThat(names(QUERY.whatProvides("vim-data >= 9")))
                .containsExactly("vim-common-2:9.1-2.noarch");
        assertThat(names(QUERY.whatProvides("vim-data >= 10"))).isEmpty();
        assertThat(names(QUERY.whatProvides("/usr/bin/vim"))).containsExactly("vim-2:9.0-1.x86_64");
        assertThat(names(QUERY.whatProvides("vim-d*")))
                .containsExactly("vim-common-2:9.1-2.noarch");
    }

    /// What depends on a package depends on anything it provides, also inside rich dependencies.
    @Test
    void dependentsAreFoundThroughProvides() throws Exception {
        assertThat(names(QUERY.whatNeeds(DepKind.REQUIRES, "vim-common")))
                .containsExactly("vim-2:9.0-1.x86_64", "vim-2:9.1-2.x86_64");
        assertThat(names(QUERY.whatNeeds(DepKind.REQUIRES, "vim-common < 2:9.1")))
                .contains("vim-2:9.0-1.x86_64");
        assertThat(names(QUERY.whatNeeds(DepKind.REQUIRES, "nano")))
                .containsExactly("vim-2:9.1-2.x86_64");
        assertThat(names(QUERY.whatNeeds(DepKind.RECOMMENDS, "vim")))
                .containsExactly("vimtutor-1-1.noarch");
        assertThat(names(QUERY.whatNeeds(DepKind.CONFLICTS, "pico = 4")))
                .containsExactly("nano-7.2-1.x86_64");
        assertThat(QUERY.whatNeeds(DepKind.CONFLICTS, "pico = 5")).isEmpty();
    }

    /// What is in nobody's grammar finds nothing, and breaks nothing.
    @Test
    void nonsenseFindsNothing() throws Exception {
        for (String word :
                List.of("(", "a >= ", "[", "**", "-", ".", "é", "a\nb", "(a or", "[z-a]")) {
            QUERY.named(word);
            QUERY.whatProvides(word);
            QUERY.whatNeeds(DepKind.REQUIRES, word);
        }
        assertThat(QUERY.named("(")).isEmpty();
        assertThat(QUERY.whatProvides("(a or")).isEmpty();
    }
}
