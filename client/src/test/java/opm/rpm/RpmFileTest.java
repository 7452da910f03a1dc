package opm.rpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import opm.base.DepKind;
import opm.base.Digest;
import opm.base.Limits;
import opm.base.OpmException.Damaged;
import opm.base.RpmDep;
import org.junit.jupiter.api.Test;

/// The front of an rpm is read whole or refused, whatever its bytes are.
class RpmFileTest {
    /// Every word comes back as it was put in.
    @Test
    void readsWhatWasWritten() throws Exception {
        byte[] bytes = RpmBytes.sample().build();
        var in = new ByteArrayInputStream(bytes);
        RpmFile file = RpmFile.read(in, "sample.rpm");
        RpmWords words = file.words();
        assertThat(words.nevra().full()).isEqualTo("sample-4:1.2-3.noarch");
        assertThat(words.summary()).isEqualTo("A sample");
        assertThat(words.description()).isEqualTo("It has\nlines.");
        assertThat(words.vendor()).isEqualTo("Père");
        assertThat(words.buildTimeSeconds()).isEqualTo(1_700_000_000);
        assertThat(words.installedBytes()).isEqualTo(30);
        assertThat(words.dependencies(DepKind.REQUIRES))
                .containsExactly(
                        new RpmDep("/bin/sh", 1280, ""),
                        new RpmDep("(a if b)", 0, ""),
                        new RpmDep("c", 12, "1:2-3"));
        assertThat(words.dependencies(DepKind.SUGGESTS)).isEmpty();
        assertThat(words.files())
                .extracting(RpmFileEntry::path)
                .containsExactly("/usr/bin", "/usr/bin/tool", "/usr/bin/link");
        assertThat(words.files().get(0).isDirectory()).isTrue();
        assertThat(words.files().get(1).isConfig()).isTrue();
        assertThat(words.files().get(2).linkTo()).isEqualTo("tool");
        assertThat(words.files().get(2).isGhost()).isTrue();
        assertThat(words.files().get(2).isSymbolicLink()).isTrue();
        assertThat(words.changelog()).hasSize(1);
        assertThat(words.payloadDigest()).isEqualTo(Digest.sha256("cd".repeat(32)));
        assertThat(words.isSource()).isFalse();
        assertThat(file.isSigned()).isFalse();
        assertThat(file.headerEnd()).isEqualTo(bytes.length - 4);
        assertThat(in.available()).as("the stream stands at the payload").isEqualTo(4);
    }

    /// A signature of any kind makes a package a signed one.
    @Test
    void seesSignatures() throws Exception {
        for (int tag :
                new int[] {
                    Tag.SIG_RSA,
                    Tag.SIG_DSA,
                    Tag.SIG_OPENPGP,
                    Tag.SIG_PGP,
                    Tag.SIG_GPG,
                    Tag.SIG_PGP5
                }) {
            var bytes = RpmBytes.sample();
            bytes.bytes(bytes.signature, tag, (byte) 1, (byte) 2);
            assertThat(RpmFile.parse(bytes.build(), "x").isSigned()).as("tag %d", tag).isTrue();
        }
        var rsa = RpmBytes.sample();
        rsa.bytes(rsa.signature, Tag.SIG_RSA, (byte) 1, (byte) 2);
        assertThat(RpmFile.parse(rsa.build(), "x").headerSignatures())
                .containsExactly(new byte[] {1, 2});
    }

    /// Without a source package's name it is a source package itself.
    @Test
    void knowsSourcePackages() throws Exception {
        assertThat(words(RpmBytes.sample().without(Tag.SOURCERPM)).nevra().arch()).isEqualTo("src");
        var nosource = RpmBytes.sample().without(Tag.SOURCERPM).ints(Tag.NOSOURCE, 0);
        assertThat(words(nosource).nevra().arch()).isEqualTo("nosrc");
        assertThat(words(nosource).headerArch()).isEqualTo("noarch");
    }

    private static RpmWords words(RpmBytes bytes) throws Damaged {
        return RpmFile.parse(bytes.build(), "x").words();
    }

    /// Cut anywhere before the payload, it is damaged, and says which part.
    @Test
    void refusesEveryTruncation() {
        byte[] bytes = RpmBytes.sample().build();
        for (int size = 0; size < bytes.length - 4; size++) {
            byte[] cut = Arrays.copyOf(bytes, size);
            assertThatThrownBy(() -> RpmFile.parse(cut, "x.rpm"))
                    .as("%d bytes", size)
                    .isInstanceOf(Damaged.class)
                    .hasMessageContaining("x.rpm")
                    .hasMessageContaining("expected");
        }
    }

    /// With the digests in place no change of the main header goes unnoticed.
    @Test
    void noticesEveryFlipInTheHeader() throws Exception {
        byte[] bytes = RpmBytes.sample().build();
        long start = RpmFile.parse(bytes, "x").headerStart();
        for (int at = (int) start; at < bytes.length - 4; at++) {
            byte[] flipped = bytes.clone();
            flipped[at] ^= 0x10;
            assertThatThrownBy(() -> RpmFile.parse(flipped, "x"))
                    .as("byte %d", at)
                    .isInstanceOf(Damaged.class);
        }
    }

    /// Where nothing proves the bytes, any of them may be anything: an answer or Damaged, no bug.
    @Test
    void survivesEveryByte() {
        byte[] bytes = RpmBytes.sample().withoutDigests().build();
        int[] values = {0, 1, 2, 0x7f, 0x80, 0xff};
        for (int at = 0; at < bytes.length - 4; at++) {
            for (int value : values) {
                byte[] changed = bytes.clone();
                changed[at] = (byte) value;
                answersOrDamaged(changed);
            }
        }
    }

    /// The same for several bytes at once, a few thousand times.
    @Test
    void survivesRandomDamage() {
        long seed = 20261121;
        var random = new Random(seed);
        byte[] bytes = RpmBytes.sample().withoutDigests().build();
        for (int round = 0; round < 20_000; round++) {
            byte[] changed = bytes.clone();
            for (int left = 1 + random.nextInt(6); left > 0; left--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            }
            answersOrDamaged(changed);
        }
    }

    /// Asks everything there is to ask; only Damaged may come out.
    static boolean answersOrDamaged(byte[] bytes) {
        try {
            RpmFile file = RpmFile.parse(bytes, "fuzzed");
            RpmWords words = file.words();
            for (DepKind kind : DepKind.values()) {
                words.dependencies(kind);
            }
            words.files();
            words.changelog();
            words.summary();
            words.description();
            words.url();
            words.license();
            words.group();
            words.vendor();
            words.packager();
            words.buildHost();
            words.sourceRpm();
            words.modularityLabel();
            words.buildTimeSeconds();
            words.installedBytes();
            words.archiveBytes();
            words.payloadDigest();
            words.unpackedPayloadDigest();
            file.headerSignatures();
            file.md5();
            for (int tag : words.header().tags()) {
                words.header().count(tag);
            }
            return true;
        } catch (Damaged e) {
            assertThat(e.getMessage()).contains("expected");
            assertThat(e.hint()).isNotEmpty();
            return false;
        }
    }

    /// A header may claim what it wants: memory is taken for what comes, not for what is claimed.
    @Test
    void takesNoMemoryForClaims() {
        byte[] bytes = RpmBytes.sample().withoutDigests().build();
        int intro = 96;
        // 256 MiB of data claimed, and a few hundred bytes there.
        var view = java.nio.ByteBuffer.wrap(bytes);
        view.putInt(intro + 12, Limits.HEADER_BYTES);
        long before = usedBytes();
        assertThatThrownBy(() -> RpmFile.parse(bytes, "x")).isInstanceOf(Damaged.class);
        assertThat(usedBytes() - before).isLessThan(64L << 20);
    }

    private static long usedBytes() {
        var runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /// One past each bound of a header is refused.
    @Test
    void refusesJustPastItsBounds() {
        byte[] tags = RpmBytes.sample().withoutDigests().build();
        java.nio.ByteBuffer.wrap(tags).putInt(96 + 8, Limits.HEADER_TAGS + 1);
        assertThatThrownBy(() -> RpmFile.parse(tags, "x"))
                .hasMessageContaining("1 to " + Limits.HEADER_TAGS);
        byte[] data = RpmBytes.sample().withoutDigests().build();
        java.nio.ByteBuffer.wrap(data).putInt(96 + 12, Limits.HEADER_BYTES + 1);
        assertThatThrownBy(() -> RpmFile.parse(data, "x"))
                .hasMessageContaining("1 to " + Limits.HEADER_BYTES);
        byte[] none = RpmBytes.sample().withoutDigests().build();
        java.nio.ByteBuffer.wrap(none).putInt(96 + 8, 0);
        assertThatThrownBy(() -> RpmFile.parse(none, "x")).hasMessageContaining("0 tags");
    }

    /// A path is at most as long as Linux takes it.
    @Test
    void refusesLongPaths() throws Exception {
        String folder = "/" + "d".repeat(Limits.PATH_CHARS - 10) + "/";
        var fits = RpmBytes.sample().texts(Tag.DIRNAMES, folder, folder);
        assertThat(words(fits).files().get(1).path()).hasSize(Limits.PATH_CHARS - 4);
        var longer = RpmBytes.sample().texts(Tag.DIRNAMES, folder + "123456/", folder);
        assertThatThrownBy(() -> words(longer).files())
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("path");
    }

    /// A few bytes of names cannot unfold into gigabytes of paths.
    @Test
    void refusesTooManyPathCharacters() {
        int count = (int) (Limits.PACKAGE_PATH_CHARS / 4000) + 1;
        var names = new String[count];
        Arrays.fill(names, "");
        var bytes =
                RpmBytes.sample()
                        .withoutDigests()
                        .texts(Tag.BASENAMES, names)
                        .ints(Tag.DIRINDEXES, new int[count])
                        .texts(Tag.DIRNAMES, "d".repeat(4000));
        assertThatThrownBy(() -> words(bytes).files()).isInstanceOf(Damaged.class);
    }

    /// More dependencies than any package has are refused.
    @Test
    void refusesTooManyDependencies() {
        int count = Limits.DEPENDENCIES + 1;
        var names = new String[count];
        Arrays.fill(names, "");
        var bytes =
                RpmBytes.sample()
                        .withoutDigests()
                        .texts(Tag.REQUIRENAME, names)
                        .ints(Tag.REQUIREFLAGS, new int[count])
                        .texts(Tag.REQUIREVERSION, names);
        assertThatThrownBy(() -> words(bytes).dependencies(DepKind.REQUIRES))
                .isInstanceOf(Damaged.class)
                .hasMessageContaining("at most " + Limits.DEPENDENCIES);
    }

    /// Columns that should be equally long are, or it is damaged.
    @Test
    void refusesRaggedColumns() {
        assertThatThrownBy(
                        () ->
                                words(RpmBytes.sample().ints(Tag.REQUIREFLAGS, 1))
                                        .dependencies(DepKind.REQUIRES))
                .isInstanceOf(Damaged.class);
        assertThatThrownBy(() -> words(RpmBytes.sample().ints(Tag.DIRINDEXES, 0, 1)).files())
                .isInstanceOf(Damaged.class);
        assertThatThrownBy(() -> words(RpmBytes.sample().ints(Tag.DIRINDEXES, 0, 1, 2)).files())
                .hasMessageContaining("folder number 2");
        assertThatThrownBy(() -> words(RpmBytes.sample().ints(Tag.DIRINDEXES, 0, 1, -1)).files())
                .isInstanceOf(Damaged.class);
        assertThatThrownBy(() -> words(RpmBytes.sample().texts(Tag.FILEUSERNAME, "root")).files())
                .isInstanceOf(Damaged.class);
        assertThatThrownBy(() -> words(RpmBytes.sample().ints(Tag.CHANGELOGTIME, 1, 2)).changelog())
                .isInstanceOf(Damaged.class);
    }

    /// A tag of another kind than its number says is damage, not a cast that fails.
    @Test
    void refusesWrongTypes() {
        assertThatThrownBy(() -> words(RpmBytes.sample().ints(Tag.NAME, 1)))
                .isInstanceOf(Damaged.class);
        assertThatThrownBy(() -> words(RpmBytes.sample().text(Tag.EPOCH, "1")))
                .isInstanceOf(Damaged.class);
        assertThatThrownBy(() -> words(RpmBytes.sample().without(Tag.VERSION)))
                .hasMessageContaining("no version");
        assertThatThrownBy(() -> words(RpmBytes.sample().ints(Tag.EPOCH, -1)))
                .hasMessageContaining("below 2^31");
    }

    /// A stream that gives one byte at a time is read as well.
    @Test
    void readsSlowStreams() throws Exception {
        byte[] bytes = RpmBytes.sample().build();
        var slow =
                new InputStream() {
                    private int at;

                    @Override
                    public int read() {
                        return at < bytes.length ? bytes[at++] & 0xff : -1;
                    }

                    @Override
                    public int read(byte[] to, int offset, int length) {
                        if (at >= bytes.length || length == 0) {
                            return length == 0 ? 0 : -1;
                        }
                        to[offset] = bytes[at++];
                        return 1;
                    }
                };
        assertThat(RpmFile.read(slow, "x").words().nevra().name()).isEqualTo("sample");
    }
}
