package opm.plan;

import opm.base.Digest;

/// One file that a plan needs: its digest, its size, and where a repository keeps it.
///
/// @param digest SHA-256 of the whole file
/// @param sizeBytes exact
/// @param path relative, `/` between parts, as it will lie in a bundle: `Packages/v/vim-9.1-1.x86_64.rpm`
/// @param repo the repository's id, empty when none is known
public record Artifact(Digest digest, long sizeBytes, String path, String repo) {}
