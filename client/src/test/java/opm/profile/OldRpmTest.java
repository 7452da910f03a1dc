package opm.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import opm.base.DepKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `sh/opm-profile.sh` on a machine whose rpm is that of RHEL 7.
final class OldRpmTest {
    private static final String DBPATH = "/var/lib/rpm";

    /// What `rpm --querytags` of 4.18 names and that of 4.11 does not.
    private static final String NEWER =
            "(OLD)?(RECOMMEND|SUGGEST|SUPPLEMENT|ENHANCE)|(TRANS)?FILETRIGGER"
                    + "|[A-Z]+NEVRS?$|ENCODING|PAYLOADDIGEST|SHA256HEADER|SHA3|MODULARITYLABEL"
                    + "|AUTOINSTALLED|FILESIGNATURE"
                    + "|REMOVEPATHPOSTFIXES|VERITY|UPSTREAMRELEASES|TRANSLATIONURL|RPMFORMAT"
                    + "|OPENPGP|IDENTITY|SPEC$|PREUNTRANS|POSTUNTRANS|SYSUSERS|INSTALLTID2";

    /// In front of the real rpm: knows no newer tag, and fails as rpm 4.11 does when it is asked
    /// for one.
    private static final String STUB =
            """
            #!/bin/sh
            for word in "$@"; do
                if [ "$word" = --querytags ]; then
                    'REAL' --querytags | grep -vE '^(NEWER)'
                    exit
                fi
                if printf '%s' "$word" | grep -oE '[{|][A-Z0-9]+[}:?]' | tr -d '{|}:?' |
                    grep -qE '^(NEWER)'; then
                    echo 'error: incorrect format: unknown tag' >&2
                    exit 1
                fi
            done
            exec 'REAL' "$@"
            """;

    @TempDir Path root;
    @TempDir Path other;

    /// The profile is a valid one, of the same packages with the same strong dependencies; digests
    /// are those that the old rpm has.
    @Test
    void newerTagsAreNotAskedFor() throws Exception {
        assumeTrue(Worlds.has("rpmbuild"), "skipped: there is no rpmbuild on this machine");
        Worlds.record(root, DBPATH, Worlds.builtRpms(other.resolve("build").toAbsolutePath()));
        Path bin = Files.createDirectories(other.resolve("bin"));
        String real = which("rpm");
        Path stub = bin.resolve("rpm");
        Files.writeString(stub, STUB.replace("REAL", real).replace("NEWER", NEWER));
        stub.toFile().setExecutable(true);
        String path = bin + ":" + System.getenv("PATH");
        var asked = List.of("sh", "-c", "rpm -qa --qf '[%{RECOMMENDNAME}]' && echo no stub");
        var refused = new ProcessBuilder(asked);
        refused.environment().put("PATH", path);
        assertThat(refused.start().waitFor()).as("the stub refuses").isNotZero();

        for (List<String> shell : Worlds.shells()) {
            SystemProfile now = profile(shell, System.getenv("PATH"));
            SystemProfile old = profile(shell, path);
            assertThat(old.installedDigest()).isEqualTo(now.installedDigest());
            assertThat(old.packages()).isNotEmpty().hasSameSizeAs(now.packages());
            for (int at = 0; at < old.packages().size(); at++) {
                InstalledPackage before = old.packages().get(at);
                InstalledPackage after = now.packages().get(at);
                for (DepKind kind :
                        List.of(
                                DepKind.PROVIDES,
                                DepKind.REQUIRES,
                                DepKind.CONFLICTS,
                                DepKind.OBSOLETES)) {
                    assertThat(before.dependencies().get(kind))
                            .isEqualTo(after.dependencies().get(kind));
                }
                assertThat(before.dependencies().get(DepKind.RECOMMENDS)).isNullOrEmpty();
                assertThat(before.sizeBytes()).isEqualTo(after.sizeBytes());
            }
            String text = new String(ProfileText.write(old), StandardCharsets.ISO_8859_1);
            assertThat(text).contains("\tsha1:").doesNotContain("\tsha256:");
        }
    }

    private SystemProfile profile(List<String> shell, String path) throws Exception {
        var argv = new ArrayList<>(shell);
        argv.add(Worlds.PROJECT.resolve("sh/opm-profile.sh").toString());
        argv.addAll(List.of("--root", root.toString(), "--dbpath", DBPATH));
        return ProfileText.read(Worlds.run(Map.of("PATH", path), argv), shell.toString());
    }

    private static String which(String program) throws Exception {
        byte[] said = Worlds.run(List.of("sh", "-c", "command -v " + program));
        return new String(said, StandardCharsets.UTF_8).strip();
    }
}
