package opm.host;

/// How some servers are to be asked, beyond what their addresses say.
///
/// @param authorities a PEM file, or a folder of such files, of those who may vouch for the server;
///     empty for those that this machine trusts
/// @param verified whether somebody must vouch for the server at all
/// @param certificate a PEM file with the certificate that we show; empty for none
/// @param key a PEM file with its private key; empty when that is in the same file
/// @param proxy address of an http proxy, user and password in it where it wants them; empty for
///     those of the environment, [#DIRECT] for none
public record Access(
        String authorities, boolean verified, String certificate, String key, String proxy) {
    /// No proxy, whatever the environment says.
    public static final String DIRECT = "_none_";

    /// As the machine does it.
    public static final Access USUAL = new Access("", true, "", "", "");

    /// Tells whether it is [#USUAL]. Each start asks, and the first `equals` of a record links a
    /// method of its own at run time, which takes 15 ms (docs/decisions/0002).
    boolean isUsual() {
        return verified
                && authorities.isEmpty()
                && certificate.isEmpty()
                && key.isEmpty()
                && proxy.isEmpty();
    }

    /// Writes everything but the proxy, which may hold a password.
    @Override
    public String toString() {
        return (verified ? authorities : "unverified") + " " + certificate;
    }
}
