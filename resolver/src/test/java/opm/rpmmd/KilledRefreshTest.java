package opm.rpmmd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import opm.base.Digest;
import opm.base.OpmException;
import opm.fetch.Fetcher;
import opm.fetch.Progress;
import opm.host.Disk;
import opm.host.Host;
import opm.host.Output;
import opm.pkgset.PackageSet;
import opm.rpmmd.Metadata.Freshness;
import opm.store.Store;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A refresh that is killed at any change of the disk leaves the old set or the new one.
class KilledRefreshTest {
    private static final Set<String> LOOKING =
            Set.of(
                    "exists", "isDirectory", "size", "read", "readAll", "list", "freeBytes", "real",
                    "access", "modifiedMillis", "isOwn", "isOnlyOurs", "isAnotherUsers",
                    "hashCode", "equals", "toString");

    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    /// A disk on which nothing happens any more after some changes: no cleaning up either.
    private static final class Mortal {
        private int left;

        Mortal(int left) {
            this.left = left;
        }

        <T> T of(Class<T> type, T real) {
            Object proxy =
                    Proxy.newProxyInstance(
                            type.getClassLoader(),
                            new Class<?>[] {type},
                            (_, method, arguments) -> {
                                if (!LOOKING.contains(method.getName()) && left-- <= 0) {
                                    throw new Killed();
                                }
                                try {
                                    Object result = method.invoke(real, arguments);
                                    return result instanceof Output out
                                            ? of(Output.class, out)
                                            : result;
                                } catch (InvocationTargetException e) {
                                    throw e.getCause();
                                }
                            });
            return type.cast(proxy);
        }
    }

    private static PackageSet load(Path temp, Disk disk, Freshness freshness)
            throws OpmException {
        return metadata(temp, disk).load(config(temp), freshness).set();
    }

    private static PackageSet allFiles(Path temp, Disk disk) throws OpmException {
        Metadata metadata = metadata(temp, disk);
        return metadata.withAllFiles(metadata.load(config(temp), Freshness.OFFLINE)).set();
    }

    private static RepositoryConfig config(Path temp) {
        return RepositoryConfig.ofUrl("r", temp.resolve("repo").toUri().toString());
    }

    private static Metadata metadata(Path temp, Disk disk) {
        Host real = Host.ofThisMachine();
        var store = new Store(disk, temp.resolve("state/store"));
        var fetcher = new Fetcher(store, real.net(), real.clock());
        var host = new Host(disk, real.commands(), real.net(), real.clock());
        return new Metadata(
                host, temp.resolve("state"), store, fetcher, Progress.NONE, () -> false);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }

    private static void remove(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void atAnyChangeOfTheDisk(@TempDir Path temp) throws Exception {
        // Whenever it dies, what is there answers as before or after, and the next one ends well.
        Disk real = Host.ofThisMachine().disk();
        Path world = Files.createDirectories(temp.resolve("world"));
        var repo = new SteppedRepo(world.resolve("repo"));
        repo.publish(1, true);
        load(world, real, Freshness.NOW);
        allFiles(world, real);
        repo.publish(2, true);
        Path before = temp.resolve("before");
        copy(world, before);
        Digest old = SteppedRepo.set(1).digest();
        Digest now = SteppedRepo.set(2).digest();
        Digest oldFiles = SteppedRepo.setWithFiles(1).digest();
        Digest nowFiles = SteppedRepo.setWithFiles(2).digest();
        int deaths = 0;
        boolean landed = false;
        while (!landed) {
            remove(world);
            copy(before, world);
            try {
                Disk mortal = new Mortal(deaths).of(Disk.class, real);
                landed = load(world, mortal, Freshness.NOW).digest().equals(now);
            } catch (Killed e) {
                deaths++;
            }
            assertThat(load(world, real, Freshness.OFFLINE).digest())
                    .as("killed at change %d", deaths)
                    .isIn(old, now);
            // It was fetched once, or came by a step: nothing is missing in it.
            Digest files = allFiles(world, real).digest();
            assertThat(files).as("killed at change %d", deaths).isIn(oldFiles, nowFiles);
            assertThat(load(world, real, Freshness.NOW).digest()).isEqualTo(now);
        }
        assertThat(deaths).as("changes of the disk").isBetween(10, 1000);
    }
}
