package opm.thin;

import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Unavailable;

/// The sentences of the small client, which sh/opm-thin.sh says too; the app floor has them in
/// every language.
public interface Wording {
    /// Returns the sentence of a key, its values filled in; `KEY.hint` says what to do.
    String text(String key, Object... values);

    /// Makes the failure of bytes that are not what they should be.
    default Damaged damaged(String key, Object... values) {
        return new Damaged(text(key, values), text(key + ".hint", values));
    }

    /// Makes the failure of what cannot be had now.
    default Unavailable unavailable(String key, Object... values) {
        return new Unavailable(text(key, values), text(key + ".hint", values));
    }

    /// Makes the failure of what was asked wrongly.
    default BadRequest badRequest(String key, Object... values) {
        return new BadRequest(text(key, values), text(key + ".hint", values));
    }
}
