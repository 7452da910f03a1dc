package opm.plan;

import java.util.List;

/// Steps that one run of rpm makes. The system is consistent before and after.
///
/// A batch holds erasures only, or none: rpm's command line cannot do both in one transaction
/// (rpm 4.18, rpm.c).
public record Batch(List<Step> steps) {
    public Batch {
        steps = List.copyOf(steps);
    }
}
