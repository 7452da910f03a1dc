package opm.workshop;

import java.nio.file.Path;
import opm.base.Digest;

/// A finished file: the bundle, or one part of it.
///
/// @param name as it goes home: `box.opm`, `box.1-of-3.opm`
public record Made(String name, Path file, long bytes, Digest seal) {}
