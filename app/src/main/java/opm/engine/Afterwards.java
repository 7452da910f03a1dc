package opm.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.Nevra;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.base.OpmException.Refused;
import opm.bundle.BundleReader;
import opm.bundle.Entry;
import opm.history.Receipt;
import opm.host.Disk;
import opm.plan.Artifact;
import opm.plan.Batch;
import opm.plan.Plan;
import opm.plan.Step;
import opm.profile.ComingPackages;
import opm.profile.InstalledPackage;
import opm.profile.InstalledPackage.Reason;
import opm.profile.SystemProfile;
import opm.rpm.RpmFile;
import org.jspecify.annotations.Nullable;

/// What a machine is once bundles were applied to it: the next bundle can be made from the last
/// profile, the bundles since, and the receipts that came back on the stick.
///
/// The result is as good as the profile: what somebody else changed meanwhile, nobody here knows.
/// The next bundle finds that out before it changes anything, because its plan names what must be
/// installed.
public final class Afterwards {
    private final Disk disk;

    /// Receipts by the plan that they are about.
    private final Map<String, byte[]> receipts = new HashMap<>();

    private final boolean allApplied;

    private Afterwards(Disk disk, List<Path> receiptFiles) throws OpmException {
        this.disk = disk;
        allApplied = receiptFiles.isEmpty();
        for (Path file : receiptFiles) {
            byte[] text = disk.readAll(file, Limits.PLAN_BYTES);
            List<String> plans = Receipt.values(text, "plan");
            if (plans.size() != 1) {
                throw new Damaged(
                        file + ": found " + plans.size() + " plans, expected a receipt",
                        "The receipt lies in /var/lib/opm/history/NUMBER/receipt.");
            }
            receipts.put(plans.getFirst(), text);
        }
    }

    /// Makes the engine think for its profile's machine as it is after some bundles.
    ///
    /// @param bundles in the order in which they were applied
    /// @param receipts what came of them; when there are none, all were applied, else only those
    ///     of which there is one, and as far as it says
    /// @throws BadRequest when a bundle was not made for what its forerunners left behind
    /// @throws Refused when a receipt says that the machine became something else
    public static void assume(Engine engine, List<Path> bundles, List<Path> receipts)
            throws OpmException {
        var afterwards = new Afterwards(engine.host().disk(), receipts);
        SystemProfile machine = engine.machine();
        for (Path file : bundles) {
            machine = afterwards.after(machine, file);
        }
        engine.machine = machine;
    }

    private SystemProfile after(SystemProfile machine, Path file) throws OpmException {
        BundleReader whole = BundleReader.open(disk, file);
        whole.verify();
        var there = machine.packages().stream().map(InstalledPackage::nevra).toList();
        BundleReader bundle = whole.forMachine(there, null);
        Plan plan = bundle.plan();
        byte @Nullable [] receipt = receipts.get(bundle.planDigest().hex());
        if (receipt == null && !allApplied) {
            return machine;
        }
        if (!machine.installedDigest().equals(plan.target().base())) {
            throw new BadRequest(
                    "--after "
                            + file
                            + ": found a bundle for other packages than those that are there then,"
                            + " expected one for this machine",
                    "Name the bundles in the order in which they were applied, each once.");
        }
        int batches = receipt == null ? plan.batches().size() : applied(plan, receipt);
        SystemProfile after = after(machine, bundle, plan.batches().subList(0, batches), receipt);
        String found = receipt == null ? "" : value(receipt, "after");
        if (receipt != null && !found.equals(after.installedDigest().hex())) {
            throw new Refused(
                    "--receipt: it says that other packages are installed now than "
                            + file
                            + " brings",
                    "Somebody changed the machine meanwhile; bring a new profile of it.");
        }
        return after;
    }

    /// Returns how many batches a receipt says are in.
    private static int applied(Plan plan, byte[] receipt) throws OpmException {
        int verified = 0;
        for (String words : Receipt.values(receipt, "batch")) {
            if (words.startsWith((verified + 1) + " verified ")) {
                verified++;
            }
        }
        return Math.min(verified, plan.batches().size());
    }

    private static String value(byte[] receipt, String word) throws OpmException {
        List<String> values = Receipt.values(receipt, word);
        return values.isEmpty() ? "" : values.getFirst();
    }

    private SystemProfile after(
            SystemProfile machine,
            BundleReader bundle,
            List<Batch> batches,
            byte @Nullable [] receipt)
            throws OpmException {
        var there = new HashMap<Nevra, InstalledPackage>();
        machine.packages().forEach(pkg -> there.put(pkg.nevra(), pkg));
        long ended = receipt == null ? 0 : Long.parseLong(value(receipt, "ended"));
        var coming = new ComingPackages(ended, machine.packages());
        Map<Digest, Artifact> artifacts = bundle.plan().artifactsByDigest();
        var gone = new ArrayList<Nevra>();
        for (Batch batch : batches) {
            for (Step step : batch.steps()) {
                Nevra goes = step.goes();
                Digest rpm = step.rpm();
                if (rpm != null) {
                    Artifact artifact = artifacts.get(rpm);
                    assert artifact != null;
                    coming.add(read(bundle, artifact), reason(step, there), artifact.repo());
                }
                if (goes != null) {
                    gone.add(goes);
                }
            }
        }
        gone.forEach(there::remove);
        var packages = new ArrayList<>(there.values());
        packages.addAll(coming.packages());
        return machine.withPackages(packages);
    }

    private static Reason reason(Step step, Map<Nevra, InstalledPackage> there) {
        if (step instanceof Step.Install(_, _, var reason)) {
            return Reason.valueOf(reason.name());
        }
        InstalledPackage before = there.get(step.goes());
        return before == null ? Reason.UNKNOWN : before.reason();
    }

    private static RpmFile read(BundleReader bundle, Artifact artifact) throws OpmException {
        Entry entry =
                bundle.find(artifact.path())
                        .orElseThrow(
                                () ->
                                        new Damaged(
                                                "bundle: " + artifact.path() + " is not there",
                                                "Copy the bundle again."));
        try (InputStream in = bundle.read(entry)) {
            return RpmFile.read(in, artifact.path());
        } catch (IOException e) {
            throw (Refused)
                    new Refused(
                                    "bundle: cannot be read: " + e.getMessage(),
                                    "Copy it again from where it came.")
                            .because(e);
        }
    }
}
