package opm.share;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Messages of the network come back as they were meant, and odd ones end as an error.
class DnsTest {
    private static Dns sample() throws Exception {
        return new Dns(
                true,
                List.of(new Dns.Question("_opm._tcp.local", Dns.PTR, true)),
                List.of(
                        new Dns.Answer.Pointer("_opm._tcp.local", "box._opm._tcp.local", 120),
                        new Dns.Answer.Service("box._opm._tcp.local", "box-opm.local", 27620),
                        new Dns.Answer.Address(
                                "box-opm.local",
                                InetAddress.getByAddress(new byte[] {10, 0, 0, 7}))));
    }

    /// What is written is read again.
    @Test
    void comesBack() throws Exception {
        byte[] bytes = sample().bytes(7);
        assertThat(Dns.parse(bytes, bytes.length)).isEqualTo(sample());
        assertThat(bytes).startsWith(0, 7, 0x84, 0);
    }

    /// A message as Avahi sends it, with names that point back to earlier ones.
    @Test
    void followsPointers() {
        byte[] bytes =
                HexFormat.of()
                        .parseHex(
                                "000084000000000200000000"
                                        + "045f6f706d045f746370056c6f63616c00000c000100001194"
                                        + "000603626f78c00c"
                                        + "c0270021800100000078000c"
                                        + "00000000161403626f78c016");
        List<Dns.Answer> answers = Dns.parse(bytes, bytes.length).answers();
        assertThat(answers)
                .containsExactly(
                        new Dns.Answer.Pointer("_opm._tcp.local", "box._opm._tcp.local", 4500),
                        new Dns.Answer.Service("box._opm._tcp.local", "box.local", 5652));
    }

    /// A name that points to itself or forwards would never end.
    @Test
    void refusesLoops() {
        for (String name : List.of("c00c", "c00e", "0161c00c")) {
            byte[] bytes =
                    HexFormat.of().parseHex("000000000001000000000000" + name + "000c0001");
            assertThatThrownBy(() -> Dns.parse(bytes, bytes.length))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    /// Damaged and cut messages are read or refused, and nothing else happens.
    @Test
    void survivesDamage() throws Exception {
        byte[] whole = sample().bytes(0);
        var random = new Random(11);
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = Arrays.copyOf(whole, 1 + random.nextInt(whole.length));
            for (int flip = random.nextInt(4); flip > 0; flip--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                Dns.parse(bytes, bytes.length);
            } catch (IllegalArgumentException e) {
                refused++;
            }
        }
        assertThat(refused).isBetween(10_000, 20_000);
    }

    /// A host's name becomes one label, whatever somebody called it.
    @Test
    void makesLabels() {
        assertThat(Announcer.label("Other-Box.example.org")).isEqualTo("other-box");
        assertThat(Announcer.label("schöne_kiste")).isEqualTo("sch-ne-kiste");
        assertThat(Announcer.label("")).isEqualTo("opm");
        assertThat(Announcer.label("x".repeat(200))).hasSize(60);
    }
}
