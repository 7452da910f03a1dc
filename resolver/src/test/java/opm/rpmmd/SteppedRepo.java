package opm.rpmmd;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import opm.base.Digest;
import opm.base.OpmException;
import opm.host.LocalDisk;
import opm.pkgset.FileListBuilder;
import opm.pkgset.PackageSet;
import opm.pkgset.PackageSetBuilder;

/// A repository of 300 packages that publishes the steps between its releases.
final class SteppedRepo {
    private final Path repo;

    SteppedRepo(Path repo) {
        this.repo = repo;
    }

    private static String primary(int release) {
        var xml =
                new StringBuilder(
                        "<metadata xmlns=\"http://linux.duke.edu/metadata/common\""
                                + " xmlns:rpm=\"http://linux.duke.edu/metadata/rpm\">");
        for (int pkg = 0; pkg < 300; pkg++) {
            int rel = pkg == 7 ? release : 1;
            xml.append("<package type=\"rpm\"><name>p")
                    .append(pkg)
                    .append("</name><arch>noarch</arch><version epoch=\"0\" ver=\"1\" rel=\"")
                    .append(rel)
                    .append("\"/><checksum type=\"sha256\" pkgid=\"YES\">")
                    .append(String.format("%064x", pkg * 1000 + rel))
                    .append("</checksum><summary>Number ")
                    .append(pkg * 7919)
                    .append("</summary></package>");
        }
        return xml.append("</metadata>").toString();
    }

    private static String filelists(int release) {
        var xml =
                new StringBuilder(
                        "<filelists xmlns=\"http://linux.duke.edu/metadata/filelists\">");
        for (int pkg = 0; pkg < 300; pkg++) {
            int rel = pkg == 7 ? release : 1;
            xml.append("<package pkgid=\"")
                    .append(String.format("%064x", pkg * 1000 + rel))
                    .append("\" name=\"p").append(pkg)
                    .append("\" arch=\"noarch\"><version epoch=\"0\" ver=\"1\" rel=\"")
                    .append(rel)
                    .append("\"/>");
            for (int file = 0; file < 9; file++) {
                xml.append("<file>/usr/share/p").append(pkg).append("/f").append(file);
                xml.append("</file>");
            }
            xml.append("<file>/usr/lib/r").append(rel).append("/p").append(pkg).append("</file>");
            xml.append("</package>");
        }
        return xml.append("</filelists>").toString();
    }

    /// Returns the set of a release that knows all files.
    static PackageSet setWithFiles(int release) throws OpmException {
        var builder = new FileListBuilder(set(release));
        byte[] bytes = filelists(release).getBytes(StandardCharsets.UTF_8);
        new AllFilesReader(new java.io.ByteArrayInputStream(bytes), "test", builder).read();
        var out = new java.io.ByteArrayOutputStream();
        builder.writeTo(out::write);
        return PackageSet.of(java.lang.foreign.MemorySegment.ofArray(out.toByteArray()));
    }

    /// Returns the set of a release.
    static PackageSet set(int release) throws OpmException {
        var builder = new PackageSetBuilder();
        byte[] bytes = primary(release).getBytes(StandardCharsets.UTF_8);
        new PrimaryReader(new java.io.ByteArrayInputStream(bytes), "test", builder, false).read();
        return builder.build();
    }

    static String item(String type, String file, byte[] bytes) {
        byte[] sum = Digest.Algorithm.SHA256.engine().digest(bytes);
        return "<data type=\"%s\"><checksum type=\"sha256\">%s</checksum>"
                        .formatted(type, Digest.of(Digest.Algorithm.SHA256, sum).hex())
                + "<location href=\"repodata/%s\"/><size>%d</size></data>"
                        .formatted(file, bytes.length);
    }

    /// Publishes a release, and the steps up to it.
    void publish(int release) throws Exception {
        publish(release, false);
    }

    /// @param withFiles whether there are file lists, too, and the steps between sets with them
    void publish(int release, boolean withFiles) throws Exception {
        Path data = repo.resolve("repodata");
        Files.createDirectories(data);
        byte[] primary = primary(release).getBytes(StandardCharsets.UTF_8);
        Files.write(data.resolve("p.xml"), primary);
        String items = item("primary", "p.xml", primary);
        if (release > 1) {
            new Increments(new LocalDisk()).publish(set(release - 1), set(release), data);
            byte[] index = Files.readAllBytes(data.resolve("increments.index"));
            items += item(Increments.TYPE, "increments.index", index);
        }
        if (withFiles) {
            byte[] lists = filelists(release).getBytes(StandardCharsets.UTF_8);
            Files.write(data.resolve("f.xml"), lists);
            items += item("filelists", "f.xml", lists);
        }
        if (withFiles && release > 1) {
            PackageSet old = setWithFiles(release - 1);
            PackageSet next = setWithFiles(release);
            new Increments(new LocalDisk()).publish(old, next, data);
            byte[] index = Files.readAllBytes(data.resolve("increments-files.index"));
            items += item(Increments.type(next), "increments-files.index", index);
        }
        Files.writeString(
                data.resolve("repomd.xml"),
                "<repomd xmlns=\"http://linux.duke.edu/metadata/repo\">" + items + "</repomd>");
    }
}
