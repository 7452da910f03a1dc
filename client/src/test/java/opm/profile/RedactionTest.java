package opm.profile;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Profiles for strangers.
final class RedactionTest {
    private static final Path FIXTURES =
            Path.of(System.getProperty("opm.root", "..")).resolve("fixtures/profile");

    /// No host, value of a variable or place of people's stays; what a solve reads does.
    @Test
    void ownersAreNotNamed() throws Exception {
        SystemProfile plain = one();
        var settings = new ArrayList<Setting>();
        settings.add(new Setting("baseurl", "https://mirror.example.org/a, http://b.example.org/"));
        settings.add(new Setting("proxy", "gateway.example.org:3128"));
        settings.add(new Setting("enabled", "1"));
        var repo = new Repo("own", "/etc/yum.repos.d/own.repo", false, settings, List.of());
        var main = new SystemProfile.Config("/etc/dnf/dnf.conf", settings, List.of());
        var home = new SystemProfile.Mount("/home/example", "ext4", 1, 1, 4096, false);
        var profile =
                new SystemProfile(
                        plain.distro(),
                        plain.arch(),
                        "6.1.0-example",
                        plain.rpmVersion(),
                        plain.rpmlib(),
                        plain.ramBytes(),
                        plain.capturedAtSeconds(),
                        List.of(home),
                        List.of(main),
                        List.of(repo),
                        Map.of("customer", "example"),
                        List.of(),
                        plain.locks(),
                        plain.modules(),
                        plain.protectedNames(),
                        List.of(),
                        plain.packages());
        SystemProfile redacted = Redaction.of(profile);
        String text = new String(ProfileText.write(redacted), StandardCharsets.UTF_8);
        assertThat(text).doesNotContain("example", "gateway").contains("redacted.invalid/a");
        assertThat(redacted.installedDigest()).isEqualTo(profile.installedDigest());
        assertThat(redacted.packages()).isEqualTo(profile.packages());
        assertThat(Redaction.of(redacted)).isEqualTo(redacted);
    }

    private static SystemProfile one() throws Exception {
        try (Stream<Path> all = Files.walk(FIXTURES)) {
            for (Path file : all.filter(f -> f.toString().contains("good")).sorted().toList()) {
                if (file.toString().endsWith(".opmprofile")) {
                    return ProfileText.read(Files.readAllBytes(file), file.toString());
                }
            }
        }
        throw new AssertionError("no good profile among the fixtures");
    }
}
