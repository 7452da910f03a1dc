package opm.server;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import opm.base.Limits;

/// How many requests a second each address may send: a bucket that fills up while it is quiet.
final class Rates {
    private static final int BURST_SECONDS = 10;

    private final int perSecond;
    private final Map<String, Bucket> buckets = new HashMap<>();
    private long refused;

    private static final class Bucket {
        private double left;
        private long nanos;
    }

    /// @param perSecond 0 for no bound
    Rates(int perSecond) {
        this.perSecond = perSecond;
    }

    /// Takes one request of an address.
    ///
    /// @return false when it sends too many
    synchronized boolean take(String address, long nowNanos) {
        if (perSecond == 0) {
            return true;
        }
        if (buckets.size() >= Limits.KNOWN_ADDRESSES) {
            buckets.values().removeIf(bucket -> left(bucket, nowNanos) >= most());
            if (buckets.size() >= Limits.KNOWN_ADDRESSES) {
                buckets.clear();
            }
        }
        Bucket bucket = buckets.get(address);
        if (bucket == null) {
            bucket = new Bucket();
            bucket.left = most();
            bucket.nanos = nowNanos;
            buckets.put(address, bucket);
        }
        bucket.left = left(bucket, nowNanos);
        bucket.nanos = nowNanos;
        if (bucket.left < 1) {
            refused++;
            return false;
        }
        bucket.left--;
        return true;
    }

    private double most() {
        return (double) perSecond * BURST_SECONDS;
    }

    private double left(Bucket bucket, long nowNanos) {
        double seconds = (nowNanos - bucket.nanos) / (double) TimeUnit.SECONDS.toNanos(1);
        return Math.min(most(), bucket.left + seconds * perSecond);
    }

    synchronized long refused() {
        return refused;
    }

    /// Returns what stands for a machine: its address, or the network of 64 bits that it is in.
    static String key(InetAddress address) {
        byte[] bytes = address.getAddress();
        return address instanceof Inet6Address
                ? HexFormat.of().formatHex(bytes, 0, 8)
                : address.getHostAddress();
    }
}
