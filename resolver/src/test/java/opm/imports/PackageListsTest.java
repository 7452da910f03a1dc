package opm.imports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.imports.Listed.Lack;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Lists of packages, in the forms that other programs write.
final class PackageListsTest {
    private static final String MANIFEST =
            """
            ---
            document: rpm-package-manifest
            version: 0.2.0
            data:
                repositories:
                    - id: fedora
                      metalink: https://example.org/metalink?repo=fedora-40&arch=$arch
                packages:
                    noarch:
                        - name: setup
                          repo_id: fedora
                          checksum: sha256:00
                          size: 1
                          evr: 2.14-1
                    x86_64:
                        - {0}
                        - nevra: "zsh-0:5.9-13.fc40.x86_64"
                    src:
                        - name: bash
                          evr: 5.2.26-3.fc40
            """
                    .replace("{0}", "name: bash\n              evr: '1:5.2.26-3.fc40'");

    private static Listed read(String text, @Nullable String arch) throws OpmException {
        return PackageLists.read(text.getBytes(UTF_8), "list", arch);
    }

    private static List<String> names(Listed listed) {
        return listed.packages().stream().map(pkg -> pkg.full()).toList();
    }

    /// dnf5's manifest: groups by architecture, both forms of entries, sources left out.
    @Test
    void manifest() throws OpmException {
        Listed listed = read(MANIFEST, null);
        assertThat(names(listed))
                .containsExactly(
                        "bash-1:5.2.26-3.fc40.x86_64",
                        "setup-0:2.14-1.noarch",
                        "zsh-0:5.9-13.fc40.x86_64");
        assertThat(listed.arch()).isEqualTo("x86_64");
        assertThat(listed.repos().getFirst().option("metalink", ""))
                .isEqualTo("https://example.org/metalink?repo=fedora-40&arch=$arch");
        assertThat(listed.lacks())
                .contains(Lack.DEPENDENCIES)
                .doesNotContain(Lack.EPOCHS, Lack.CONFIGURATION);
    }

    /// PyYAML's indentation, two machines, an entry that is known by its address alone.
    @Test
    void lockFile() throws OpmException {
        String text =
                """
                lockfileVersion: 1
                lockfileVendor: redhat
                arches:
                - arch: aarch64
                  packages: []
                - arch: x86_64
                  packages:
                  - url: https://example.org/v/vim-9.1-1.fc38.x86_64.rpm
                    size: 12
                  - url: https://example.org/t/tzdata-2.noarch.rpm
                    name: tzdata
                    evr: 2:2024a-1 # newer
                  source: []
                """;
        assertThatThrownBy(() -> read(text, null))
                .isInstanceOf(BadRequest.class)
                .hasMessageContaining("aarch64, x86_64");
        assertThatThrownBy(() -> read(text, "x86_64"))
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("tzdata-2.noarch");
        Listed listed = read(text.replace("tzdata-2.", "tzdata-2024a-1."), "x86_64");
        assertThat(names(listed))
                .containsExactly("tzdata-2:2024a-1.noarch", "vim-0:9.1-1.fc38.x86_64");
        assertThat(listed.lacks()).contains(Lack.EPOCHS, Lack.CONFIGURATION);
    }

    /// Whatever is no such list is refused with its place, and nothing else ever happens.
    @Test
    void damage() {
        for (String bad : List.of("", "a b\n", "bash\n", "x: &a 1\ndata:\n", "bash x 1 2 i686\n")) {
            assertThatThrownBy(() -> read(bad, null)).isInstanceOf(Damaged.class);
        }
        assertThatThrownBy(() -> read(MANIFEST.replace("size: 1", "size: [1, 2]"), null))
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("list, line 13");
        var random = new Random(20261121);
        byte[] whole = MANIFEST.getBytes(UTF_8);
        for (int flip = 0; flip < 2000; flip++) {
            byte[] bytes = whole.clone();
            bytes[random.nextInt(bytes.length)] = (byte) (32 + random.nextInt(95));
            try {
                assertThat(PackageLists.read(bytes, "list", "x86_64").packages()).isNotNull();
            } catch (OpmException refused) {
                assertThat(refused.hint()).isNotEmpty();
            }
        }
    }
}
