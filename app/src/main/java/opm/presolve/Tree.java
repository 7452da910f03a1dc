package opm.presolve;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import opm.base.Digest;
import opm.plan.Artifact;
import opm.thin.Platform;
import opm.thin.Reference;

/// Where things lie in a tree; names are also the addresses under which they are served.
///
/// | path                                | what                                                   |
/// |-------------------------------------|--------------------------------------------------------|
/// | `packages/index.html`               | JSON: the platforms                                    |
/// | `packages/OS-RELEASE/index.html`    | JSON: the names of a platform                          |
/// | `packages/OS/RELEASE/NAME`          | JSON: the answer                                       |
/// | `packages/OS/RELEASE/NAME.plan`     | the answer as a plan                                   |
/// | `packages/OS/RELEASE/updates`       | JSON: all names; a server that thinks answers by date  |
/// | `packages/OS/RELEASE/-/ref`         | what is valid now ([Reference])                        |
/// | `packages/OS/RELEASE/-/index/XX/HEX`| digests of all answers ([AnswerIndex])                 |
/// | `packages/OS/RELEASE/-/rpm/REPO/..` | packages, where they are here                          |
/// | `packages/OS/RELEASE/-/baseline`    | the names of what is installed                         |
/// | `packages/OS/RELEASE/-/unsolvable`  | names without an answer, and why                       |
/// | `packages/OS-RELEASE/links.html`    | links to all answers, for programs that copy           |
/// | `mirror.html`, `OS-RELEASE.html`    | links to these and to everything else                  |
/// | `.build/OS-RELEASE/`                | the builder's own; not served                          |
final class Tree {
    /// The folder of what is not an entry: no package is called so.
    static final String OWN = "-";

    static final String UPDATES = "updates";
    static final String PLAN = ".plan";

    private Tree() {}

    /// Tells whether a name can stand in an address, and takes nobody else's.
    static boolean isEntry(String name) {
        if (name.isEmpty()
                || name.length() > 200
                || name.charAt(0) == '.'
                || name.charAt(0) == '-'
                || name.equals(UPDATES)
                || name.equals("index.html")
                || name.endsWith(PLAN)) {
            return false;
        }
        for (int at = 0; at < name.length(); at++) {
            char c = name.charAt(at);
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (!letter && "._+~^{}-:@()".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    /// Returns where a package is seen from an answer: `-/rpm/REPO/LOCATION`.
    static String packagePath(String repo, String location, Digest digest) {
        String folder =
                Platform.isWord(repo)
                        ? repo
                        : "+" + Digest.sha256Of(bytes(repo)).hex().substring(0, 16);
        return OWN + "/rpm/" + folder + "/" + plainPath(location, digest);
    }

    private static String plainPath(String location, Digest digest) {
        boolean plain = Artifact.isInside(location) && location.indexOf(':') < 0;
        for (int at = 0; plain && at < location.length(); at++) {
            char c = location.charAt(at);
            plain = c > ' ' && c < 0x7f && "#?%\"\\&<>".indexOf(c) < 0;
        }
        return plain ? location : digest.hex() + ".rpm";
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Path own(Path folder) {
        return folder.resolve(OWN);
    }

    static Path node(Path folder, String hex) {
        return folder.resolve(Reference.nodePath(hex));
    }

    /// Returns where the builder keeps what it needs for the next build.
    static Path build(Path tree, Platform platform) {
        return tree.resolve(".build").resolve(platform.word());
    }
}
