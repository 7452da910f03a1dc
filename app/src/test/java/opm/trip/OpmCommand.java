package opm.trip;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import opm.base.Digest;

/// The words that start the opm under test as a process.
///
/// Some hundred processes load the same thousand classes, which takes two thirds of the time of
/// each: so the classes lie in jars, and in an archive of class data, which is made once of what
/// the launcher's training loads and is kept until a class is another one.
final class OpmCommand {
    private static final int TRAINING_SECONDS = 120;
    private static final List<String> OPTIONS =
            List.of(
                    "-ea",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "--enable-native-access=ALL-UNNAMED",
                    "-Dopm.home=" + Trip.project());
    private static final OpmCommand ONE = new OpmCommand();

    private final List<String> words;

    private OpmCommand() {
        try {
            Path folder = Files.createDirectories(Trip.project().resolve("target/trip/classes"));
            List<Path> jars = jars(folder);
            String classPath =
                    String.join(
                            File.pathSeparator, jars.stream().map(Path::toString).toList());
            var key = new StringBuilder(System.getProperty("java.home"));
            for (Path jar : jars) {
                key.append('\n').append(jar).append(' ').append(Files.size(jar));
                key.append(' ').append(Files.getLastModifiedTime(jar).toMillis());
            }
            byte[] bytes = key.toString().getBytes(StandardCharsets.UTF_8);
            String name = Digest.sha256Of(bytes).hex().substring(0, 32);
            Path archive = folder.resolve(name + ".jsa");
            if (!Files.exists(archive)) {
                train(archive, classPath);
            }
            words = new ArrayList<>(List.of(java()));
            words.addAll(OPTIONS);
            if (Files.exists(archive)) {
                words.add("-XX:SharedArchiveFile=" + archive);
                words.addAll(List.of("-Xlog:disable", "-Xlog:all=off"));
            }
            words.addAll(List.of("-cp", classPath, "opm.cli.Main"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> words() {
        return ONE.words;
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /// Returns the class path with a jar in the place of each folder.
    private static List<Path> jars(Path folder) throws IOException {
        // Surefire hides the class path in a jar's manifest and tells it here.
        String real = System.getProperty("surefire.real.class.path");
        String path = real != null ? real : System.getProperty("java.class.path", "");
        var jars = new ArrayList<Path>();
        for (String element : Arrays.asList(path.split(File.pathSeparator))) {
            Path place = Path.of(element).toAbsolutePath();
            if (!element.isEmpty() && Files.isDirectory(place)) {
                jars.add(jar(place, folder));
            } else if (!element.isEmpty() && Files.exists(place)) {
                jars.add(place);
            }
        }
        return jars;
    }

    /// Packs a folder into a jar that is named by its content.
    private static Path jar(Path classes, Path folder) throws IOException {
        List<Path> files;
        try (var all = Files.walk(classes)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        var engine = Digest.Algorithm.SHA256.engine();
        for (Path file : files) {
            engine.update(classes.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
            engine.update(Files.readAllBytes(file));
        }
        String name = Digest.of(Digest.Algorithm.SHA256, engine.digest()).hex().substring(0, 32);
        Path jar = folder.resolve(name + ".jar");
        if (Files.exists(jar)) {
            return jar;
        }
        // Not a temporary file, which other users could not read; they run opm in some tests.
        Path aside = folder.resolve(name + "." + ProcessHandle.current().pid());
        try (OutputStream out = Files.newOutputStream(aside);
                var zip = new ZipOutputStream(out)) {
            for (Path file : files) {
                byte[] content = Files.readAllBytes(file);
                var entry = new ZipEntry(classes.relativize(file).toString());
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(content.length);
                var crc = new CRC32();
                crc.update(content);
                entry.setCrc(crc.getValue());
                entry.setTime(0);
                zip.putNextEntry(entry);
                zip.write(content);
                zip.closeEntry();
            }
        }
        Files.move(aside, jar, StandardCopyOption.ATOMIC_MOVE);
        return jar;
    }

    /// Runs what the launcher trains with; a failure costs time in each start and nothing else.
    private static void train(Path archive, String classPath) throws IOException {
        Path folder = Files.createTempDirectory(archive.getParent(), "training");
        Path aside = archive.resolveSibling(folder.getFileName() + ".jsa");
        var argv = new ArrayList<>(List.of(java()));
        argv.addAll(OPTIONS);
        argv.addAll(List.of("-XX:ArchiveClassesAtExit=" + aside, "-Xlog:disable", "-Xlog:all=off"));
        argv.addAll(List.of("-cp", classPath, "opm.cli.Training", folder.toString()));
        Process process =
                new ProcessBuilder(argv)
                        .redirectErrorStream(true)
                        .redirectInput(new File("/dev/null"))
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            if (!process.waitFor(TRAINING_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        if (Files.exists(aside)) {
            Files.move(aside, archive, StandardCopyOption.ATOMIC_MOVE);
        }
        try (var all = Files.walk(folder)) {
            all.sorted(java.util.Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        }
    }
}
