package opm.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Versions sort as rpm sorts them.
class EvrTest {
    @ParameterizedTest
    @CsvSource({
        "1.0, 1.0, 0",
        "1.0, 2.0, -1",
        "2.0.1, 2.0.1a, -1",
        "5.5p1, 5.5p10, -1",
        "10xyz, 10.1xyz, -1",
        "xyz10, xyz10.1, -1",
        "xyz.4, 8, -1",
        "5.5p2, 5.6p1, -1",
        "5.6p1, 6.5p1, -1",
        "6.0.rc1, 6.0, 1",
        "10b2, 10a1, 1",
        "1.0aa, 1.0a, 1",
        "10.0001, 10.0039, -1",
        "4.999.9, 5.0, -1",
        "20101121, 20101122, -1",
        "2_0, 2.0, 0",
        "a+, a, 0",
        "+_, _+, 0",
        "1.0~rc1, 1.0, -1",
        "1.0~rc1, 1.0arc1, -1",
        "1.0~rc1~git123, 1.0~rc1, -1",
        "1.0^, 1.0, 1",
        "1.0^git1, 1.01, -1",
        "1.0^20160101, 1.0.1, -1",
        "1.0^20160101^git1, 1.0^20160102, -1",
        "1.0~rc1^git1, 1.0~rc1, 1",
        "1.0^git1~pre, 1.0^git1, -1",
        "1.0., 1.0, 0",
        "007, 7, 0",
    })
    void sortsAsRpmvercmp(String one, String two, int order) {
        assertThat(Integer.signum(Evr.compareVersions(one, two))).isEqualTo(order);
        assertThat(Integer.signum(Evr.compareVersions(two, one))).isEqualTo(-order);
    }
}
