package opm.planner;

import opm.base.Nevra;
import opm.pkgset.PackageRef;

/// An installed package that leaves and that nothing which comes in takes along.
record Going(PackageRef pkg, Nevra nevra) {}
