package opm.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;
import opm.base.OpmException.Unavailable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Names, senses, digests, architectures and failures are what they say, or do not exist.
class WordsTest {
    /// A full name is taken apart from its end.
    @ParameterizedTest
    @CsvSource({
        "bash-5.2-1.x86_64, bash, 0:5.2-1, x86_64",
        "bash-0:5.2-1.x86_64, bash, 0:5.2-1, x86_64",
        "vim-2:9.1-1.fc43.noarch, vim, 2:9.1-1.fc43, noarch",
        "java-25-openjdk-1:25.0.1-2.src, java-25-openjdk, 1:25.0.1-2, src",
        "a-b-1~rc1-2^git.i686, a-b, 0:1~rc1-2^git, i686",
    })
    void readsFullNames(String text, String name, String evr, String arch) {
        Nevra nevra = Nevra.parse(text);
        assertThat(nevra.name()).isEqualTo(name);
        assertThat(nevra.evr().full()).isEqualTo(evr);
        assertThat(nevra.arch()).isEqualTo(arch);
        assertThat(nevra.full()).isEqualTo(name + "-" + evr + "." + arch);
        assertThat(Nevra.parse(nevra.toString())).isEqualTo(nevra);
    }

    /// Text with a part missing is no full name.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bash",
                "bash-1",
                "bash-1-2",
                "bash.x86_64",
                "-1-2.noarch",
                "1-2.noarch"
            })
    void refusesHalfNames(String text) {
        assertThatThrownBy(() -> Nevra.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    /// Names sort first, then versions as rpm sorts them, then architectures.
    @Test
    void sortsNames() {
        var sorted =
                List.of(
                        "a-1-1.noarch",
                        "b-1.9-1.i686",
                        "b-1.10-1.i686",
                        "b-1.10-1.x86_64",
                        "b-1:0-1.i686");
        var nevras = new java.util.ArrayList<>(sorted.stream().map(Nevra::parse).toList());
        java.util.Collections.shuffle(nevras, new Random(1));
        java.util.Collections.sort(nevras);
        assertThat(nevras.stream().map(Nevra::toString)).isEqualTo(sorted);
    }

    /// Every sense has rpm's bits and sign, and takes the orders that it names.
    @ParameterizedTest
    @EnumSource(Sense.class)
    void senses(Sense sense) {
        assertThat(Sense.ofFlags(sense.bits() | 1 << 24)).isEqualTo(sense);
        assertThat(Sense.ofSign(sense.sign())).isEqualTo(sense);
        assertThat(sense.accepts(-5)).isEqualTo(sense.sign().contains("<"));
        assertThat(sense.accepts(5)).isEqualTo(sense.sign().contains(">"));
        assertThat(sense.accepts(0)).isEqualTo(sense.sign().contains("="));
    }

    /// rpm-md's words; any other word compares nothing.
    @Test
    void sensesOfRpmMd() {
        assertThat(Sense.ofWord("GE")).isEqualTo(Sense.GE);
        assertThat(Sense.ofWord("ge")).isEqualTo(Sense.NONE);
        assertThat(Sense.ofSign("~")).isEqualTo(Sense.NONE);
    }

    /// A digest has exactly the digits of its algorithm, in lower case.
    @Test
    void digests() {
        assertThat(Digest.sha256("0".repeat(64))).hasToString("sha256:" + "0".repeat(64));
        assertThat(Digest.Algorithm.ofWord("sha")).isEqualTo(Digest.Algorithm.SHA1);
        assertThatThrownBy(() -> Digest.sha256("0".repeat(63))).hasMessageContaining("64");
        assertThatThrownBy(() -> Digest.sha256("A".repeat(64))).hasMessageContaining("hexadecimal");
        assertThatThrownBy(() -> Digest.Algorithm.ofWord("crc32")).hasMessageContaining("crc32");
    }

    /// A machine runs its own architecture first and noarch last.
    @Test
    void architectures() {
        assertThat(Arch.compatible("x86_64")).startsWith("x86_64", "i686").endsWith("noarch");
        assertThat(Arch.compatible("x86_64_v3")).startsWith("x86_64_v3", "x86_64_v2", "x86_64");
        assertThat(Arch.compatible("athlon")).startsWith("athlon", "i686").endsWith("noarch");
        assertThat(Arch.compatible("aarch64")).containsExactly("aarch64", "noarch");
        assertThat(Arch.compatible("vax")).containsExactly("vax", "noarch");
        assertThat(Arch.compatible("noarch")).containsExactly("noarch");
        assertThat(Arch.basearch("i686")).isEqualTo("i386");
        assertThat(Arch.basearch("athlon")).isEqualTo("i386");
        assertThat(Arch.basearch("x86_64_v2")).isEqualTo("x86_64");
        assertThat(Arch.basearch("ppc64le")).isEqualTo("ppc64le");
    }

    /// Each remedy has its own exit status.
    @Test
    void exitStatuses() {
        assertThat(new BadRequest("m", "h").exitStatus()).isEqualTo(2);
        assertThat(new Damaged("m", "h").exitStatus()).isEqualTo(3);
        assertThat(new Unavailable("m", "h").exitStatus()).isEqualTo(4);
        assertThat(new Refused("m", "h").exitStatus()).isEqualTo(5);
        assertThat(new Refused("m", "h").hint()).isEqualTo("h");
    }

    /// Columns of a header become a dependency only when asked.
    @Test
    void rawDependencies() {
        assertThat(new RpmDep("foo", 12, "1-2").toDep()).isEqualTo(Dep.parse("foo >= 1-2"));
        assertThat(new RpmDep("foo", 12, "").toDep()).isEqualTo(Dep.on("foo"));
        assertThat(new RpmDep("(a if b)", 0, "").toDep()).isEqualTo(Dep.parse("(a if b)"));
        assertThat(new RpmDep("/bin/sh", 1 << 9, "").isPre()).isTrue();
        assertThat(RpmDep.on("foo").isPre()).isFalse();
        assertThat(new RpmDep("rpmlib(X)", 1 << 24 | 10, "4-1").isRpmlib()).isTrue();
        assertThatThrownBy(() -> new RpmDep("(a if", 0, "").toDep())
                .isInstanceOf(IllegalArgumentException.class);
    }

    /// Any bytes survive being text, UTF-8 or not.
    @Test
    void bytesSurviveBeingText() {
        long seed = 42;
        var random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            var bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            assertThat(ByteText.encode(ByteText.decode(bytes)))
                    .as("seed %d", seed)
                    .isEqualTo(bytes);
        }
        for (String text : List.of("", "plain", "ñandú", "日本語", "🐧 pingüino")) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            assertThat(ByteText.decode(utf8)).isEqualTo(text);
            assertThat(ByteText.encode(text)).isEqualTo(utf8);
            assertThat(ByteText.isUtf8(utf8)).isTrue();
        }
        assertThat(ByteText.isUtf8(new byte[] {(byte) 0xe9})).isFalse();
        // A surrogate, encoded as if it were a character, is not UTF-8 and comes back as it was.
        byte[] surrogate = {(byte) 0xed, (byte) 0xb3, (byte) 0xa9};
        assertThat(ByteText.encode(ByteText.decode(surrogate))).isEqualTo(surrogate);
    }
}
