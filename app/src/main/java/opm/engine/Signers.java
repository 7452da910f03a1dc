package opm.engine;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import opm.base.OpmException;
import opm.host.StreamFailure;
import opm.plan.Artifact;
import opm.plan.Plan;
import opm.preflight.Finding;
import opm.preflight.Preflight;
import opm.profile.SystemProfile;
import opm.rpm.RpmFile;
import opm.trust.Keyring;

/// Whose signatures the packages of a plan carry, and whether the machine knows the keys. What the
/// packages say of themselves: rpmkeys checks them before a change.
final class Signers {
    private final Keyring keyring;

    Signers(SystemProfile machine) throws OpmException {
        var keys = new ArrayList<byte[]>();
        for (SystemProfile.Key key : machine.keys()) {
            keys.add((String.join("\n", key.armor()) + "\n").getBytes(US_ASCII));
        }
        keyring = Keyring.of(keys);
    }

    /// Returns one finding for each key, by key id.
    List<Finding.Signed> of(Plan plan, Preflight.Files files) throws OpmException {
        var found = new TreeMap<String, Finding.Signed>();
        for (Artifact artifact : plan.artifacts()) {
            try (InputStream in = files.open(artifact)) {
                for (byte[] packet : RpmFile.read(in, artifact.fileName()).headerSignatures()) {
                    Keyring.Signer signer = keyring.signer(packet);
                    found.merge(
                            signer.key(),
                            new Finding.Signed(signer.key(), signer.owner(), 1),
                            (one, _) ->
                                    new Finding.Signed(
                                            one.key(), one.owner(), one.packages() + 1));
                    break; // one package counts once
                }
            } catch (IOException e) {
                throw StreamFailure.of(e, artifact.fileName());
            }
        }
        return List.copyOf(found.values());
    }
}
