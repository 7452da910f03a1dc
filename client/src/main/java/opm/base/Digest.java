package opm.base;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The digest of some bytes: an algorithm and lower-case hexadecimal digits.
///
/// Only SHA-256 and SHA-512 are strong enough to trust content by; MD5 and SHA-1 are read because
/// old repositories and the CAShe layout have them.
public record Digest(Algorithm algorithm, String hex) {
    /// The algorithms of rpm-md and of the store's folders.
    public enum Algorithm {
        MD5("MD5", 32),
        SHA1("SHA-1", 40),
        SHA224("SHA-224", 56),
        SHA256("SHA-256", 64),
        SHA384("SHA-384", 96),
        SHA512("SHA-512", 128);

        private final String jdkName;
        private final int hexLength;

        Algorithm(String jdkName, int hexLength) {
            this.jdkName = jdkName;
            this.hexLength = hexLength;
        }

        /// Returns the name under which `MessageDigest` knows it.
        public String jdkName() {
            return jdkName;
        }

        /// Returns the number of hexadecimal digits.
        public int hexLength() {
            return hexLength;
        }

        /// Returns the name in rpm-md and in the store: `sha256`.
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /// Returns a new engine that computes it.
        public MessageDigest engine() {
            return this == SHA256 && FastSha256.isOffered() ? new Sha256() : ofJdk();
        }

        /// Computes the digest of some bytes.
        public Digest of(byte[] bytes) {
            return Digest.of(this, engine().digest(bytes));
        }

        private MessageDigest ofJdk() {
            try {
                return MessageDigest.getInstance(jdkName);
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError("every Java has " + jdkName, e);
            }
        }

        /// Returns the one that has so many hexadecimal digits; SHA-256 where none has.
        public static Algorithm ofHexLength(int digits) {
            for (Algorithm one : values()) {
                if (one.hexLength == digits) {
                    return one;
                }
            }
            return SHA256;
        }

        /// Reads `sha256`, and `sha` as createrepo once wrote for SHA-1.
        ///
        /// @throws IllegalArgumentException for any other word
        public static Algorithm ofWord(String word) {
            return switch (word) {
                case "md5" -> MD5;
                case "sha", "sha1" -> SHA1;
                case "sha224" -> SHA224;
                case "sha256" -> SHA256;
                case "sha384" -> SHA384;
                case "sha512" -> SHA512;
                default -> throw new IllegalArgumentException("unknown digest '" + word + "'");
            };
        }
    }

    /// Bytes below which starting the JDK's engine takes longer than hashing.
    private static final int SHORT = 1 << 18;

    /// How much [Sha256] was given where it is no match for the JDK's.
    private static final AtomicLong hashed = new AtomicLong();

    public Digest {
        if (hex.length() != algorithm.hexLength()) {
            throw new IllegalArgumentException(
                    algorithm.word()
                            + " has "
                            + algorithm.hexLength()
                            + " hexadecimal digits, found "
                            + hex.length());
        }
        for (int at = 0; at < hex.length(); at++) {
            char c = hex.charAt(at);
            if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
                throw new IllegalArgumentException("'" + hex + "' is not lower-case hexadecimal");
            }
        }
    }

    /// Makes a SHA-256 digest from its hexadecimal digits.
    public static Digest sha256(String hex) {
        return new Digest(Algorithm.SHA256, hex);
    }

    /// Computes the SHA-256 of some bytes.
    public static Digest sha256Of(byte[] bytes) {
        return of(Algorithm.SHA256, sha256For(bytes.length).digest(bytes));
    }

    /// Returns an engine for that many bytes.
    public static MessageDigest sha256For(long bytes) {
        if (FastSha256.isOffered()) {
            return new Sha256();
        }
        return sha256InJava(bytes);
    }

    /// Returns one for a machine that offers nothing faster: where bytes are few, one that starts
    /// at once, until it has hashed so many that the JDK's would have been worth its start.
    static MessageDigest sha256InJava(long bytes) {
        if (bytes >= SHORT || hashed.get() >= 4 * SHORT) {
            return Algorithm.SHA256.ofJdk();
        }
        hashed.addAndGet(bytes);
        return new Sha256();
    }

    /// Tells that so many bytes are about to be hashed by SHA-256: what makes that faster is got
    /// ready meanwhile, on a thread of its own.
    ///
    /// @return whether there is such a thing
    public static boolean soon(long bytes) {
        FastSha256.soon(bytes);
        return FastSha256.isOffered();
    }

    /// Gets ready now what [#soon] gets ready aside.
    public static void prepare() {
        FastSha256.prepare();
    }

    /// Makes a digest of raw bytes, as `MessageDigest` returns them.
    public static Digest of(Algorithm algorithm, byte[] raw) {
        return new Digest(algorithm, java.util.HexFormat.of().formatHex(raw));
    }

    // Written out, as in other records that every command compares: what the compiler gives a
    // record is linked at run time, 3 to 12 ms at the first call (docs/decisions/0002).
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Digest digest
                && algorithm == digest.algorithm
                && hex.equals(digest.hex);
    }

    @Override
    public int hashCode() {
        return hex.hashCode();
    }

    /// Writes `sha256:9a41…`.
    @Override
    public String toString() {
        return algorithm.word() + ":" + hex;
    }
}
