package opm.engine;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import opm.base.Awaited;
import opm.base.Digest;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.host.StreamFailure;
import opm.profile.SystemProfile;
import opm.repack.KeptHeader;
import opm.store.Ref;
import opm.store.Stored;
import opm.trust.Keyring;
import opm.trust.Trust;
import opm.trust.Verdict;

/// The signed headers of what is installed, kept in the store by their digest: machines with the
/// same packages share them, and who made each can be verified without rpm and without the package.
public final class KeptHeaders {
    private static final String NAME = "installed-headers";
    private static final int LANES = 16;

    private final Engine engine;

    public KeptHeaders(Engine engine) {
        this.engine = engine;
    }

    /// What came of it.
    ///
    /// @param taken how many are kept now
    /// @param fresh how many of them the store had not
    /// @param absent packages whose header rpm's database has not as it was signed
    public record Taken(int taken, int fresh, List<Nevra> absent) {}

    /// What the signatures of kept headers say.
    ///
    /// @param trusted by a key that the machine trusts
    /// @param damaged digests of those that are not what was kept
    /// @param others digests of the rest, by reason: `unknown-key`, `unsigned`, `weak` ...
    public record Checked(
            int trusted, List<String> damaged, SortedMap<String, List<String>> others) {}

    /// Keeps the headers of all installed packages, and no others.
    ///
    /// @param who for the reference
    public Taken take(String who) throws OpmException {
        List<Nevra> installed = engine.installedNames();
        List<KeptHeader> headers = KeptHeader.of(engine.rpm(), installed);
        var absent = new TreeSet<>(installed);
        headers.forEach(header -> absent.remove(header.nevra()));
        var digests = new ArrayList<Digest>();
        int fresh = 0;
        var jobs = new ArrayList<Callable<Stored>>();
        for (KeptHeader header : headers) {
            Digest digest = Digest.sha256Of(header.bytes());
            digests.add(digest);
            if (!engine.store().has(digest)) {
                fresh++;
                jobs.add(() -> put(header, digest));
            }
        }
        // Each waits for the disk; side by side they wait for it together.
        try (var threads = Executors.newFixedThreadPool(LANES)) {
            for (Future<Stored> done : threads.invokeAll(jobs)) {
                Awaited.of(done);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        var ref = new Ref(Ref.Type.PIN, NAME, who, "signed headers", 0, digests);
        engine.store().refs().put(ref);
        return new Taken(digests.size(), fresh, List.copyOf(absent));
    }

    private Stored put(KeptHeader header, Digest digest) throws OpmException {
        byte[] bytes = header.bytes();
        return engine.store().put(new ByteArrayInputStream(bytes), digest, bytes.length);
    }

    /// Verifies what is kept, with the keys that the machine trusts.
    public Checked check() throws OpmException {
        Ref ref = engine.store().refs().get(Ref.Type.PIN, NAME);
        if (ref == null) {
            throw new BadRequest(
                    "the store: found no headers of installed packages, expected some",
                    "Keep them first: `opm cache headers`.");
        }
        var keys = new ArrayList<byte[]>();
        for (SystemProfile.Key key : engine.machine().keys()) {
            String armor = String.join("\n", key.armor()) + "\n";
            keys.add(armor.getBytes(StandardCharsets.US_ASCII));
        }
        // The clock of a machine that was off for years may be wrong: no signature ends by it.
        var trust = new Trust(Keyring.of(keys), 0);
        int trusted = 0;
        var others = new TreeMap<String, List<String>>();
        for (Digest digest : ref.keeps()) {
            Stored stored = engine.store().get(digest);
            String subject = digest.toString();
            Verdict verdict;
            if (stored == null) {
                verdict = new Verdict.Distrusted(Verdict.Reason.DAMAGED, "not in the store");
            } else {
                try (InputStream in = engine.host().disk().read(stored.path())) {
                    verdict = trust.ofHeader(in, subject);
                } catch (IOException e) {
                    throw StreamFailure.of(e, subject);
                }
            }
            switch (verdict) {
                case Verdict.Trusted _ -> trusted++;
                case Verdict.Distrusted(var reason, _) ->
                        others.computeIfAbsent(word(reason), _ -> new ArrayList<>()).add(subject);
            }
        }
        List<String> damaged = others.remove(word(Verdict.Reason.DAMAGED));
        return new Checked(trusted, damaged == null ? List.of() : damaged, others);
    }

    private static String word(Verdict.Reason reason) {
        return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
