package opm.workshop;

/// A group of packages that somebody may choose as one.
///
/// @param packages how many of it repositories have for this machine
/// @param missing how many of those it does not have
public record GroupHit(String id, String name, String description, int packages, int missing) {}
