package opm.rpmmd;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.pkgset.PackageSet;

/// A repository whose address is a package set: `file:///srv/fedora.opmset`. What the set says is
/// all there is; its packages lie where it lies.
final class SetRepository {
    private SetRepository() {}

    static boolean is(RepositoryConfig repo) {
        return repo.baseUrls().size() == 1
                && repo.baseUrls().getFirst().startsWith("file:")
                && file(repo).endsWith(".opmset");
    }

    private static String file(RepositoryConfig repo) {
        String url = repo.baseUrls().getFirst();
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }

    static Metadata.Loaded open(RepositoryConfig repo) throws OpmException {
        if (repo.repoGpgCheck()) {
            throw new BadRequest(
                    repo.id() + ": found a package set, for which no signature can vouch",
                    "Set repo_gpgcheck=0 for it, or name the repository itself.");
        }
        String file = file(repo);
        PackageSet set = PackageSet.open(Path.of(URI.create(file)));
        String folder = file.substring(0, file.lastIndexOf('/') + 1);
        return new Metadata.Loaded(
                repo, set, new Repomd("", List.of()), set.digest(), List.of(folder), false, 0);
    }
}
