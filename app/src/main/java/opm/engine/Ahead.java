package opm.engine;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import opm.base.OpmException;
import opm.base.OpmException.Refused;
import opm.host.Commands;
import opm.host.RpmCommand;
import opm.profile.ProfileCapture;

/// What only rpm can say of a root, asked on a thread of its own while the repositories are opened:
/// a short run of `rpm`, of 10 ms, and another one for those who will want the architecture.
final class Ahead {
    private final FutureTask<String> dbpath;
    private final FutureTask<String> arch;
    private volatile boolean wantsArch;

    private Ahead(RpmCommand rpm, Commands commands) {
        // RpmCommand keeps the first.
        dbpath = new FutureTask<>(rpm::dbpath);
        Callable<String> asking = () -> ProfileCapture.arch(rpm, commands);
        arch = new FutureTask<>(asking);
    }

    static Ahead begin(RpmCommand rpm, Commands commands) {
        var ahead = new Ahead(rpm, commands);
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            ahead.dbpath.run();
                            if (ahead.wantsArch) {
                                ahead.arch.run();
                            }
                        });
        return ahead;
    }

    /// Says that the architecture will be asked for.
    void wantArch() {
        wantsArch = true;
    }

    /// Waits until rpm has said where its database lies, which [RpmCommand] keeps.
    void join() throws OpmException {
        get(dbpath);
    }

    /// Returns the architecture that rpm installs for.
    String arch() throws OpmException {
        // Does nothing when the other thread began.
        arch.run();
        return get(arch);
    }

    private static String get(FutureTask<String> task) throws OpmException {
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refused("rpm: stopped", "Start again.");
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case OpmException failure -> throw failure;
                case RuntimeException bug -> throw bug;
                case Error bug -> throw bug;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }
}
