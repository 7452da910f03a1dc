package opm.workshop;

import opm.base.Nevra;

/// A package that a search found, as it looks from one machine.
///
/// @param pkg the newest that can be had, or the installed one where repositories have none
/// @param installed version and release that the machine has; empty when it has none
/// @param bytes of its file; 0 when repositories have none
/// @param offered whether a repository has something newer than the machine, or it has none
/// @param again whether a repository has the version that is installed
/// @param older the next lower version that repositories have; empty when they have none
public record Hit(
        Nevra pkg,
        String summary,
        String installed,
        long bytes,
        boolean offered,
        boolean again,
        String older) {}
