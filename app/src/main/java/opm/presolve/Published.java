package opm.presolve;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import opm.base.OpmException;
import opm.base.OpmException.Damaged;
import opm.thin.Platform;
import opm.thin.Reference;
import org.jspecify.annotations.Nullable;

/// What a tree says of one platform.
record Published(Reference reference, AnswerIndex index) {
    private static final int REFERENCE_BYTES = 1 << 20;

    /// Tells whether there is something of a platform.
    static boolean isThere(Path tree, Platform platform) {
        return Files.exists(Tree.own(platform.in(tree)).resolve("ref"));
    }

    /// Reads it, the digest of everything that is read checked; null when there is nothing.
    static @Nullable Published read(Path tree, Platform platform) throws OpmException {
        Path folder = platform.in(tree);
        byte[] text = Publication.read(Tree.own(folder).resolve("ref"), REFERENCE_BYTES);
        if (text == null) {
            return null;
        }
        Reference reference = Reference.read(text);
        AnswerIndex index =
                AnswerIndex.read(
                        reference.root(),
                        reference.depth(),
                        (hex, limit) -> {
                            byte[] node = Publication.read(Tree.node(folder, hex), limit);
                            if (node == null) {
                                throw new Damaged(
                                        "presolve index: found no " + hex + " in " + folder,
                                        "Copy the tree again, or build it anew.");
                            }
                            return node;
                        });
        return new Published(reference, index);
    }

    /// Returns the platforms of a tree, sorted.
    static List<Platform> platforms(Path tree) throws OpmException {
        var found = new ArrayList<Platform>();
        Path packages = tree.resolve("packages");
        for (String os : Publication.list(packages)) {
            for (String release : Publication.list(packages.resolve(os))) {
                boolean word = Platform.isWord(os) && Platform.isWord(release);
                if (word && isThere(tree, new Platform(os, release))) {
                    found.add(new Platform(os, release));
                }
            }
        }
        return found;
    }
}
