package opm.store;

import java.util.List;
import opm.base.Digest;

/// One object, as a listing shows it.
///
/// @param modifiedMillis when it came in, since 1970
/// @param keptBy the references that keep it, in the order of [Refs#all]; empty when none does
public record Item(Digest digest, long sizeBytes, long modifiedMillis, List<Ref> keptBy) {
    public Item {
        keptBy = List.copyOf(keptBy);
    }
}
