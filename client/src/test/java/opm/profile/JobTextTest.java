package opm.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import opm.base.Limits;
import opm.base.OpmException.Damaged;
import org.junit.jupiter.api.Test;

/// A job is what was chosen and a profile, in one file.
final class JobTextTest {
    private static final Path FIXTURES = Worlds.PROJECT.resolve("fixtures");
    private static final List<String> WISHES =
            List.of("security", "no-weak", "upgrade", "install vim", "remove nano");

    /// The released fixture says what it always said, and is written as it is.
    @Test
    void theFixtureStays() throws Exception {
        byte[] job = Files.readAllBytes(FIXTURES.resolve("job/v1.opmjob"));
        byte[] alone = Files.readAllBytes(FIXTURES.resolve("profile/good.opmprofile"));
        assertThat(JobText.is(job)).isTrue();
        assertThat(JobText.is(alone)).isFalse();
        assertThat(JobText.wishes(job, "job")).isEqualTo(WISHES);
        SystemProfile profile = ProfileText.read(job, "job");
        assertThat(profile).isEqualTo(ProfileText.read(alone, "profile"));
        assertThat(JobText.write(WISHES, profile)).isEqualTo(job);
    }

    /// A job without a choice is one; one without an end, or with a head that is too long, is not.
    @Test
    void headsHaveAnEnd() throws Exception {
        byte[] alone = Files.readAllBytes(FIXTURES.resolve("profile/good.opmprofile"));
        byte[] none = JobText.write(List.of(), ProfileText.read(alone, "profile"));
        assertThat(JobText.wishes(none, "job")).isEmpty();
        assertThat(ProfileText.read(none, "job")).isNotNull();
        byte[] endless = "opm-job 1\ninstall vim\n".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> ProfileText.read(endless, "job")).isInstanceOf(Damaged.class);
        byte[] large =
                ("opm-job 1\n" + "install vim\n".repeat(Limits.JOB_HEAD_BYTES / 12) + "profile\n")
                        .getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> JobText.wishes(large, "job")).isInstanceOf(Damaged.class);
    }
}
