package opm.rpmmd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import opm.base.Digest;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.fetch.Fetcher;
import opm.fetch.Progress;
import opm.host.Host;
import opm.host.LocalDisk;
import opm.host.Net;
import opm.pkgset.PackageSet;
import opm.pkgset.Queries;
import opm.rpmmd.Metadata.Freshness;
import opm.store.Store;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A repository that publishes steps is followed by them, and by its primary where they fail.
class IncrementsTest {
    private final Path temp;
    private final Path repo;
    private final List<String> asked = new ArrayList<>();

    IncrementsTest(@TempDir Path temp) {
        this.temp = temp;
        repo = temp.resolve("repo");
    }

    private static PackageSet set(int release) throws OpmException {
        return SteppedRepo.set(release);
    }

    private void publish(int release) throws Exception {
        new SteppedRepo(repo).publish(release);
    }

    /// @param ranges whether the server knows them
    private Metadata metadata(boolean ranges) {
        Host real = Host.ofThisMachine();
        Net net =
                request -> {
                    Path file = Path.of(request.uri().getPath());
                    asked.add(file.getFileName() + (request.fromByte() > 0 ? "+" : ""));
                    boolean ignored = !ranges && request.untilByte() >= 0;
                    return real.net().get(ignored ? Net.Request.of(request.uri()) : request);
                };
        var store = new Store(real.disk(), temp.resolve("state/store"));
        var fetcher = new Fetcher(store, net, real.clock());
        var host = new Host(real.disk(), real.commands(), net, real.clock());
        return new Metadata(
                host, temp.resolve("state"), store, fetcher, Progress.NONE, () -> false);
    }

    private PackageSet refreshed(boolean ranges) throws OpmException {
        asked.clear();
        URI uri = repo.toUri();
        return metadata(ranges)
                .load(RepositoryConfig.ofUrl("r", uri.toString()), Freshness.NOW)
                .set();
    }

    @Test
    void followed() throws Exception {
        // One range leads over several steps; a server without ranges gives them one by one.
        publish(1);
        assertThat(refreshed(true).digest()).isEqualTo(set(1).digest());
        publish(2);
        publish(3);
        assertThat(refreshed(true).digest()).isEqualTo(set(3).digest());
        assertThat(asked).containsExactly("repomd.xml", "increments.index", "increments");
        publish(4);
        assertThat(refreshed(true).digest()).isEqualTo(set(4).digest());
        assertThat(asked).containsExactly("repomd.xml", "increments.index", "increments+");
        publish(5);
        publish(6);
        assertThat(refreshed(false).digest()).isEqualTo(set(6).digest());
        assertThat(asked).doesNotContain("p.xml").filteredOn(n -> n.startsWith("step-")).hasSize(2);
    }

    private Metadata.Loaded searched() throws OpmException {
        asked.clear();
        Metadata metadata = metadata(true);
        var config = RepositoryConfig.ofUrl("r", repo.toUri().toString());
        return metadata.withAllFiles(metadata.load(config, Freshness.OFFLINE));
    }

    @Test
    void fileListsFollow() throws Exception {
        // Who has searched all files goes on to do so after a refresh, and without a network; where
        // the steps fail, the lists are fetched when they are needed.
        var stepped = new SteppedRepo(repo);
        stepped.publish(1, true);
        refreshed(true);
        assertThat(searched().set().digest()).isEqualTo(SteppedRepo.setWithFiles(1).digest());
        assertThat(asked).containsExactly("f.xml");
        stepped.publish(2, true);
        stepped.publish(3, true);
        assertThat(refreshed(true).digest()).isEqualTo(set(3).digest());
        assertThat(asked)
                .containsExactly(
                        "repomd.xml",
                        "increments.index",
                        "increments",
                        "increments-files.index",
                        "increments-files");
        PackageSet now = searched().set();
        assertThat(asked).isEmpty();
        assertThat(now.digest()).isEqualTo(SteppedRepo.setWithFiles(3).digest());
        assertThat(new Queries(List.of(now)).owners("/usr/lib/r3/p7")).hasSize(1);
        stepped.publish(4, true);
        Files.writeString(repo.resolve("repodata/increments-files.index"), "no index");
        assertThat(refreshed(true).digest()).isEqualTo(set(4).digest());
        assertThat(asked).doesNotContain("f.xml");
        assertThat(searched().set().digest()).isEqualTo(SteppedRepo.setWithFiles(4).digest());
        assertThat(asked).containsExactly("f.xml");
    }

    @Test
    void whereStepsFailThePrimaryIsTaken() throws Exception {
        // Damaged, absent and unconnected steps cost a request, never the right set.
        publish(1);
        refreshed(true);
        publish(2);
        Path all = repo.resolve("repodata/increments");
        byte[] bytes = Files.readAllBytes(all);
        bytes[bytes.length / 2] ^= 1;
        Files.write(all, bytes);
        assertThat(refreshed(true).digest()).isEqualTo(set(2).digest());
        assertThat(asked).contains("p.xml");
        publish(3);
        Files.delete(all);
        assertThat(refreshed(true).digest()).isEqualTo(set(3).digest());
        publish(4);
        Files.writeString(repo.resolve("repodata/increments.index"), "opm-increments 1\nend\n");
        assertThat(refreshed(true).digest()).isEqualTo(set(4).digest());
        assertThat(asked).contains("p.xml");
    }

    @Test
    void inOrder() throws Exception {
        // A step goes on where the last one ended; what a killed run left is written over.
        publish(1);
        publish(2);
        Path data = repo.resolve("repodata");
        assertThatThrownBy(
                        () -> new Increments(new LocalDisk()).publish(set(1), set(3), data))
                .isInstanceOf(BadRequest.class);
        Path all = data.resolve("increments");
        byte[] whole = Files.readAllBytes(all);
        Files.write(all, java.util.Arrays.copyOf(whole, whole.length + 99));
        publish(3);
        byte[] more = Files.readAllBytes(all);
        assertThat(more).startsWith(whole);
        StepIndex index = StepIndex.parse(Files.readAllBytes(data.resolve("increments.index")));
        StepIndex.Step last = index.steps().getLast();
        assertThat(last.offset() + last.bytes()).isEqualTo(more.length);
    }

    @Test
    void indexes() throws Exception {
        // Ways are found over many steps; what is no index is damage.
        List<StepIndex.Step> steps =
                IntStream.range(0, 9)
                        .mapToObj(n -> new StepIndex.Step(sum(n), sum(n + 1), n * 10L, 10, sum(99)))
                        .toList();
        StepIndex index = StepIndex.parse(new StepIndex(steps).bytes());
        assertThat(index.steps()).isEqualTo(steps);
        assertThat(index.way(sum(6))).isEqualTo(steps.subList(6, 9));
        assertThat(index.way(sum(9))).isEmpty();
        assertThat(way(index, 77)).isNull();
        for (String bad :
                new String[] {
                    "", "opm-increments 2\nend\n", "opm-increments 1\n",
                    "opm-increments 1\nstep a b 1 2 c\nend", "opm-increments 1\nx\nend\n"
                }) {
            byte[] bytes = bad.getBytes(StandardCharsets.UTF_8);
            assertThatThrownBy(() -> StepIndex.parse(bytes)).as(bad).isInstanceOf(Damaged.class);
        }
    }

    private static @Nullable List<StepIndex.Step> way(StepIndex index, int from) {
        return index.way(sum(from));
    }

    private static Digest sum(int number) {
        return Digest.sha256(String.format("%064x", number));
    }

}
