package opm.bundle;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import opm.base.ChunkSums;
import opm.base.Digest;
import opm.base.OpmException;
import opm.host.Disk;
import opm.host.Output;
import opm.host.StreamFailure;
import opm.plan.Artifact;
import opm.plan.Plan;

/// Writes the repodata that a bundle of a plan will hold, the very bytes, into a folder: so that
/// the plan can be proved before the bundle is sealed.
public final class RepodataFolder {
    private RepodataFolder() {}

    /// Writes `repodata/repomd.xml` and what it names below `folder`.
    public static void write(Plan plan, PackageSource packages, Disk disk, Path folder)
            throws OpmException {
        write(Repodata.parts(plan, parts(plan.artifacts(), packages), packages), disk, folder);
    }

    /// Writes the repodata of any packages below `folder`.
    ///
    /// @param artifacts their paths are the locations
    /// @param revisionSeconds what repomd.xml says about its age
    public static void write(
            List<Artifact> artifacts,
            long revisionSeconds,
            PackageSource packages,
            Disk disk,
            Path folder)
            throws OpmException {
        List<Part> parts = parts(artifacts, packages);
        write(Repodata.parts(artifacts, revisionSeconds, parts, packages), disk, folder);
    }

    private static List<Part> parts(List<Artifact> artifacts, PackageSource packages)
            throws OpmException {
        var parts = new ArrayList<Part>();
        for (Artifact artifact : artifacts) {
            parts.add(part(artifact, packages));
        }
        return parts;
    }

    private static void write(List<Part> repodata, Disk disk, Path folder) throws OpmException {
        disk.createDirectories(folder.resolve("repodata"));
        for (Part part : repodata) {
            try (Output out = disk.create(folder.resolve(part.path()));
                    var stream = new BufferedOutputStream(new ToOutput(out))) {
                part.content().writeTo(stream);
            } catch (IOException e) {
                throw StreamFailure.of(e, part.path());
            }
        }
    }

    /// The repodata says of a package's file only its path, size and SHA-256.
    private static Part part(Artifact artifact, PackageSource packages) throws OpmException {
        Part.Content content =
                out -> {
                    try (var in = packages.open(artifact)) {
                        in.transferTo(out);
                    }
                };
        PackageSource.Noted noted = packages.noted(artifact);
        if (noted == null && artifact.digest().algorithm() != Digest.Algorithm.SHA256) {
            return Part.measured(artifact.path(), content);
        }
        Digest sha256 = noted == null ? artifact.digest() : noted.sha256();
        return new Part(
                artifact.path(), artifact.sizeBytes(), sha256, 0, ChunkSums.NONE, content);
    }
}
