package opm.bundle;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import opm.base.Digest;

/// SHA-256 from the JDK, which always has it.
final class Sums {
    private Sums() {}

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    static Digest sha256(byte[] bytes) {
        return Digest.of(Digest.Algorithm.SHA256, sha256().digest(bytes));
    }
}
