package opm.rpmmd;

/// One entry of a package's changelog.
///
/// @param seconds when, since 1970
/// @param author with the version, as packagers write it
public record Change(long seconds, String author, String text) {}
