package opm.workshop;

/// What a choice brings to one machine.
///
/// @param possible false when it cannot be had beside what is installed
/// @param comes packages that come in, that one included
/// @param goes packages that go without one of their name taking their place
public record Cost(boolean possible, int comes, int goes, long bytes) {}
