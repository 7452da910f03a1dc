package opm.engine;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.host.Disk;
import opm.profile.SystemProfile;
import opm.rpmmd.RepositoryConfig;
import opm.rpmmd.Vouching;
import opm.trust.Keyring;
import opm.trust.Trust;
import opm.trust.Verdict;

/// Checks the signature of repomd.xml where `repo_gpgcheck` asks for it, by the keys that the
/// machine trusts: those of its rpm, and files of its own that `gpgkey` names. A key that only a
/// server offers counts for nothing.
final class RepomdKeys implements Vouching {
    private static final int KEY_BYTES = 1 << 20;
    private final Engine engine;

    RepomdKeys(Engine engine) {
        this.engine = engine;
    }

    @Override
    public void check(RepositoryConfig repo, byte[] repomd, Signature signature)
            throws OpmException {
        if (!repo.repoGpgCheck()) {
            return;
        }
        byte[] packet = signature.fetch();
        if (packet == null) {
            throw new Damaged(
                    repo.id() + ": found no repomd.xml.asc, expected a signature (repo_gpgcheck)",
                    "Use another mirror; if the publisher signs no metadata: repo_gpgcheck=0.");
        }
        // The clock of a machine that was off for years may be wrong: no signature ends by it.
        var trust = new Trust(Keyring.of(keys(repo)), 0);
        switch (trust.detached(repomd, packet)) {
            case Verdict.Trusted _ -> {}
            case Verdict.Distrusted it ->
                    throw new Damaged(
                            repo.id()
                                    + ": repomd.xml has "
                                    + it.words()
                                    + ", expected one by a key that the machine trusts",
                            it.reason() == Verdict.Reason.UNKNOWN_KEY
                                    ? "If you trust that key: rpm --import its file, or name the"
                                            + " file with gpgkey=file:///..."
                                    : "The mirror is out of step or changed; use another one.");
        }
    }

    private List<byte[]> keys(RepositoryConfig repo) throws OpmException {
        var keys = new ArrayList<byte[]>();
        for (SystemProfile.Key key : engine.machine().keys()) {
            String armor = String.join("\n", key.armor()) + "\n";
            keys.add(armor.getBytes(StandardCharsets.US_ASCII));
        }
        Disk disk = engine.host().disk();
        for (String address : repo.gpgKeys()) {
            // Files of a machine that is elsewhere are not here.
            if (!address.startsWith("file:/") || engine.options().profile() != null) {
                continue;
            }
            Path file;
            try {
                file = Path.of(URI.create(address).getPath());
            } catch (IllegalArgumentException e) {
                throw (BadRequest)
                        new BadRequest(
                                        repo.id() + ": gpgkey '" + address + "' is no file",
                                        "Write it as gpgkey=file:///etc/pki/rpm-gpg/NAME.")
                                .because(e);
            }
            Path root = engine.options().root();
            Path inside = root.resolve(file.toString().substring(1));
            if (disk.exists(inside)) {
                keys.add(disk.readAll(inside, KEY_BYTES));
            }
        }
        return keys;
    }
}
