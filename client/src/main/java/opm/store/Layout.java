package opm.store;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import opm.base.Digest;
import org.jspecify.annotations.Nullable;

/// Where everything lies. CAShe's folders hold the objects; what it does not know is below `opm`.
///
/// | path                     | what                                                          |
/// |--------------------------|---------------------------------------------------------------|
/// | `ALGO/XXXX/HEX`          | an object; XXXX are the first four digits of HEX              |
/// | `config`                 | CAShe's settings                                              |
/// | `opm/partial/ALGO-HEX`   | the first bytes of an object that is being fetched            |
/// | `opm/aside/UUID`         | an object that is being written; worth nothing afterwards     |
/// | `opm/locks/XXX`          | who holds it may write partial files of digests XXX…          |
/// | `opm/locks/collection`   | who holds it may remove objects                               |
/// | `opm/leases/…`           | what running processes use                                    |
/// | `opm/released`           | what lost a reference since the last collection               |
/// | `opm/ref-sums`           | CRC-32 of each reference                                      |
/// | `opm/notes`              | sizes, CRC-32 and SHA-256 of objects                          |
/// | `opm/refs/TYPE/NAME`     | a reference                                                   |
///
/// Names are lower-case letters, digits, `-`, `.`, `_` and `=`, at most 128 long, so that FAT holds
/// them and does not confuse two.
record Layout(Path root) {
    private static final int NAME_CHARS = 128;

    Path object(Digest digest) {
        return algorithm(digest.algorithm())
                .resolve(digest.hex().substring(0, 4))
                .resolve(digest.hex());
    }

    Path algorithm(Digest.Algorithm algorithm) {
        return root.resolve(algorithm.word());
    }

    Path config() {
        return root.resolve("config");
    }

    Path partials() {
        return root.resolve("opm").resolve("partial");
    }

    Path partial(Digest digest) {
        return partials().resolve(digest.algorithm().word() + "-" + digest.hex());
    }

    Path asides() {
        return root.resolve("opm").resolve("aside");
    }

    Path locks() {
        return root.resolve("opm").resolve("locks");
    }

    /// The lock that guards the partial file of a digest, and of one in 4096 others.
    Path lock(Digest digest) {
        return locks().resolve(digest.hex().substring(0, 3));
    }

    Path collectionLock() {
        return locks().resolve("collection");
    }

    Path leases() {
        return root.resolve("opm").resolve("leases");
    }

    Path released() {
        return root.resolve("opm").resolve("released");
    }

    Path refSums() {
        return root.resolve("opm").resolve("ref-sums");
    }

    Path notes() {
        return root.resolve("opm").resolve("notes");
    }

    Path refs(Ref.Type type) {
        return root.resolve("opm").resolve("refs").resolve(type.word());
    }

    Path ref(Ref.Type type, String name) {
        return refs(type).resolve(fileName(name));
    }

    /// Returns the digest that a file below an algorithm's folder is named by, or null when it is
    /// no object's name.
    static @Nullable Digest digest(Digest.Algorithm algorithm, Path file) {
        String hex = String.valueOf(file.getFileName());
        String prefix = String.valueOf(file.getName(file.getNameCount() - 2));
        try {
            var digest = new Digest(algorithm, hex);
            return hex.startsWith(prefix) && prefix.length() == 4 ? digest : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /// Makes a file name of any text: other bytes become `=xx`, and a long one ends in its digest.
    static String fileName(String text) {
        var name = new StringBuilder();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at < bytes.length; at++) {
            int b = bytes[at] & 0xff;
            boolean letter = b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b == '-' || b == '_';
            // A dot at an end is lost on FAT, and hides a file elsewhere.
            if (letter || b == '.' && at > 0 && at < bytes.length - 1) {
                name.append((char) b);
            } else {
                name.append('=').append(Character.forDigit(b >> 4, 16));
                name.append(Character.forDigit(b & 15, 16));
            }
        }
        if (name.length() <= NAME_CHARS && !name.isEmpty()) {
            return name.toString();
        }
        var whole = new Checksums(Digest.Algorithm.SHA256);
        whole.add(bytes, 0, bytes.length);
        String hex = whole.at(Path.of("")).digest().hex();
        return name.substring(0, Math.min(name.length(), NAME_CHARS - 65)) + "=" + hex;
    }
}
