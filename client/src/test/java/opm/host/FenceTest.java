package opm.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.URI;
import opm.base.OpmException.Unavailable;
import org.junit.jupiter.api.Test;

final class FenceTest {
    private static InetAddress[] leading(String... addresses) throws Exception {
        var all = new InetAddress[addresses.length];
        for (int at = 0; at < all.length; at++) {
            all[at] = InetAddress.getByName(addresses[at]);
        }
        return all;
    }

    /// Addresses of this machine, of its network, of clouds' metadata, however they are written,
    /// lie inside; those of the rest of the world do not.
    @Test
    void whatLiesInside() throws Exception {
        for (String inside :
                new String[] {
                    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1",
                    "169.254.169.254", "100.64.0.1", "192.0.0.8", "198.18.0.1", "224.0.0.1",
                    "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "fd12::1",
                    "ff02::1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::a00:1",
                    "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:c0a8:101::1"
                }) {
            assertThat(Fence.isInside(leading(inside)[0])).as(inside).isTrue();
        }
        for (String outside :
                new String[] {
                    "8.8.8.8", "172.32.0.1", "100.128.0.1", "198.20.0.1", "192.0.2.7",
                    "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::1"
                }) {
            assertThat(Fence.isInside(leading(outside)[0])).as(outside).isFalse();
        }
    }

    /// A name that its owner turns inward later leads nowhere then, nor one that leads both ways;
    /// who was named as inside stays reachable, at that port alone.
    @Test
    void namesThatChange() throws Exception {
        var fence = new Fence();
        URI mirror = URI.create("http://mirror.test/repo/");
        URI intranet = URI.create("http://mirror.lan:8080/");
        fence.own(mirror);
        fence.own(intranet);
        fence.check(mirror, leading("198.51.100.7"));
        fence.check(mirror, leading("203.0.113.9"));
        refused(fence, mirror, "127.0.0.1");
        refused(fence, mirror, "203.0.113.9", "169.254.169.254");
        fence.check(mirror, leading("203.0.113.9"));
        fence.check(intranet, leading("10.0.0.5"));
        fence.check(intranet, leading("10.0.0.6"));
        refused(fence, URI.create("http://mirror.lan/"), "10.0.0.5");
        refused(fence, URI.create("https://mirror.lan/"), "10.0.0.5");
        fence.check(URI.create("http://another.test/"), leading("203.0.113.9"));
        refused(fence, URI.create("http://another.test/"), "192.168.0.1");
    }

    private static void refused(Fence fence, URI uri, String... addresses) {
        assertThatThrownBy(() -> fence.check(uri, leading(addresses)))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining(uri.getHost());
    }
}
