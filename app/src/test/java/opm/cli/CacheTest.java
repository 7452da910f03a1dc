package opm.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import opm.base.Digest;
import opm.host.Host;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `opm cache`: what users and scripts see of the store.
class CacheTest {
    @TempDir Path folder;
    private int status;

    private String opm(String line) {
        var words = new ArrayList<>(List.of(line.split(" ")));
        if (!line.contains("--cache")) {
            words.addAll(List.of("--cache", folder.resolve("store").toString()));
        }
        words.addAll(List.of("--state", folder.resolve("state").toString()));
        Ran ran = Ran.with(Map.of(), Host.ofThisMachine(), Ran.COLUMNS, words);
        status = ran.status();
        return ran.out() + ran.err();
    }

    private Digest add(String text) throws Exception {
        Path file = Files.writeString(folder.resolve(text), text);
        assertThat(opm("cache add " + file)).contains(file.toString());
        return Digest.sha256Of(text.getBytes(UTF_8));
    }

    private Path object(Digest digest) {
        return folder.resolve("store/sha256/" + digest.hex().substring(0, 4) + "/" + digest.hex());
    }

    // What a pin keeps stays, `why` says so, and what is released goes without a look at the rest.
    @Test
    void keepsWhatIsPinned() throws Exception {
        Digest kept = add("kept");
        Digest other = add("other");
        opm("cache pin " + kept.hex().substring(0, 8) + " " + other + " --name mine --reason exam");
        assertThat(opm("cache why " + kept)).contains("pin", "mine", "exam", "for ever");
        assertThat(opm("cache gc")).contains("0 objects are gone");
        opm("cache pin " + kept + " --name second --days 3");
        assertThat(opm("cache why " + kept)).contains("second", "until 20");
        assertThat(opm("cache unpin mine")).contains("1 reference is gone");
        assertThat(opm("cache gc --dry-run")).contains(other.hex().substring(0, 16), "would go");
        assertThat(object(other)).exists();
        assertThat(opm("cache gc")).contains("1 object is gone");
        assertThat(object(other)).doesNotExist();
        assertThat(object(kept)).exists();
        assertThat(opm("cache unpin second --collect")).contains("1 object is gone");
        assertThat(opm("cache list")).contains("Nothing was found");
    }

    // One flipped bit is found by check, exit 3; --repair takes the object away.
    @Test
    void findsAFlippedBit() throws Exception {
        Digest whole = add("whole");
        Digest broken = add("broken");
        byte[] bytes = Files.readAllBytes(object(broken));
        bytes[2] ^= 4;
        Files.write(object(broken), bytes);
        assertThat(opm("cache check")).contains(broken.toString(), "1 object is damaged");
        assertThat(status).isEqualTo(3);
        assertThat(object(broken)).exists();
        opm("cache check --repair");
        assertThat(status).isZero();
        assertThat(object(broken)).doesNotExist();
        assertThat(opm("cache check")).contains("1 object, every byte as it should be");
        assertThat(object(whole)).exists();
    }

    // A write through a hard link that `get` made is noticed before the object is used again.
    @Test
    void noticesTamperingThroughAHardLink() throws Exception {
        Digest digest = add("precious");
        Path link = folder.resolve("link");
        opm("cache get " + digest + " --link hard -o " + link);
        assertThat(Files.readString(link)).isEqualTo("precious");
        Files.writeString(link, "poisoned");
        assertThat(opm("cache get " + digest + " -o " + folder.resolve("again")))
                .contains("has 8 bytes of the digest");
        assertThat(status).isEqualTo(3);
        assertThat(folder.resolve("again")).doesNotExist();
        assertThat(object(digest)).doesNotExist();
    }

    // A store that CAShe filled is listed, its settings count, its objects are told apart.
    @Test
    void opensACasheStore() throws Exception {
        Path store = folder.resolve("store");
        String md5 = "5d41402abc4b2a76b9719d911017c592";
        Files.createDirectories(store.resolve("md5/5d41"));
        Files.writeString(store.resolve("md5/5d41/" + md5), "hello");
        Files.writeString(store.resolve("config"), "age = 2d\nlo = 1k\nhi = 3k\n");
        assertThat(opm("cache list")).contains("md5:5d41402abc4b2a76");
        assertThat(opm("cache summary")).contains("1 object", "for 2 days");
        assertThat(opm("cache info 5d4140"))
                .contains(md5, Digest.sha256Of("hello".getBytes(UTF_8)).hex());
        assertThat(opm("cache recent --json")).contains("\"md5:" + md5);
    }

    // Another store's objects come in when their bytes are right, and only then.
    @Test
    void mergesAnotherStore() throws Exception {
        Digest good = add("good");
        Digest bad = add("bad");
        Files.writeString(object(bad), "worse");
        Path mine = folder.resolve("mine");
        String said = opm("cache merge " + folder.resolve("store") + " --cache " + mine);
        assertThat(said).contains("1 object was taken", bad + " is damaged there");
        assertThat(opm("cache list --cache " + mine)).contains(good.hex().substring(0, 16));
    }

    // A store that is only read serves objects and is never written to.
    @Test
    void readsAStoreBelow() throws Exception {
        Digest digest = add("below");
        Files.writeString(object(add("damaged")), "DAMAGED");
        String caches = " --cache " + folder.resolve("own") + " --read-cache ";
        Path out = folder.resolve("out");
        opm("cache get " + digest + " -o " + out + caches + folder.resolve("store"));
        assertThat(Files.readString(out)).isEqualTo("below");
        String damaged = Digest.sha256Of("damaged".getBytes(UTF_8)).hex();
        opm("cache get " + damaged + " -o " + out + caches + folder.resolve("store"));
        assertThat(status).isEqualTo(2);
        assertThat(object(Digest.sha256(damaged))).as("it is not ours to remove").exists();
    }
}
