package opm.workshop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.profile.JobText;
import opm.profile.SystemProfile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Choices that somebody brings along, who may be a stranger.
final class JobLinesTest {
    private static Basket read(String... lines) throws OpmException {
        byte[] job = JobText.write(List.of(lines), SystemProfile.blank("x86_64"));
        return JobLines.read(job, List.of("41"));
    }

    /// Numbers that no form of the page takes are refused by name, before anything is planned.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "parts 0",
                "parts 1",
                "parts 999999",
                "parts 9999999000001",
                "parts 99999999999999999999",
                "parts -1000000",
                "parts 1e9",
                "parts",
                "budget 9999999000001",
                "budget -1",
                "budget x",
                "release 42"
            })
    void numbersOutOfRange(String line) {
        String value = line.substring(line.indexOf(' ') + 1);
        assertThatThrownBy(() -> read("install vim", line))
                .isInstanceOf(BadRequest.class)
                .hasMessageStartingWith("the job: found ")
                .hasMessageContaining(line.equals("parts") ? "''" : "'" + value + "'");
    }

    /// What a visit saved comes back as it was.
    @Test
    void thereAndBack() throws OpmException {
        String[] lines = {
            "no-weak", "budget 300000000", "release 41", "parts 1000000", "parity", "install vim",
            "distro-sync"
        };
        assertThat(JobLines.of(read(lines))).containsExactlyInAnyOrder(lines);
    }
}
