package opm.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import opm.base.OpmException;
import opm.plan.Artifact;
import opm.plan.Plan;
import opm.rpm.RpmFile;

/// The rpm-md metadata in a bundle, made from the headers of the packages in it, so that dnf and
/// zypper can install from the unzipped bundle.
///
/// Plain XML: a compressor of another version would change the bytes. Each text is made twice, to
/// measure it and to write it, and never held whole.
final class Repodata {
    private static final String FOLDER = "repodata/";
    private static final String XML = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    private static final String NAMESPACES = " xmlns:rpm=\"http://linux.duke.edu/metadata/rpm\"";

    private final List<Artifact> artifacts;
    private final List<Part> packages;
    private final PackageSource source;

    private Repodata(List<Artifact> artifacts, List<Part> packages, PackageSource source) {
        this.artifacts = artifacts;
        this.packages = packages;
        this.source = source;
    }

    /// Returns repomd.xml, primary.xml and filelists.xml.
    ///
    /// @param packages one part for each artifact of the plan, in the same order
    static List<Part> parts(Plan plan, List<Part> packages, PackageSource source)
            throws OpmException {
        long revision = 0;
        for (Plan.Source looked : plan.sources()) {
            revision = Math.max(revision, looked.revisionSeconds());
        }
        return parts(plan.artifacts(), revision, packages, source);
    }

    static List<Part> parts(
            List<Artifact> artifacts, long revision, List<Part> packages, PackageSource source)
            throws OpmException {
        var repodata = new Repodata(artifacts, packages, source);
        Part primary = Part.measured(FOLDER + "primary.xml", repodata::primary);
        Part filelists = Part.measured(FOLDER + "filelists.xml", repodata::filelists);
        var text = new StringBuilder(XML);
        text.append("<repomd xmlns=\"http://linux.duke.edu/metadata/repo\"").append(NAMESPACES);
        text.append(">\n  <revision>").append(revision).append("</revision>\n");
        data(text, "primary", primary, revision);
        data(text, "filelists", filelists, revision);
        text.append("</repomd>\n");
        return List.of(
                Part.of(FOLDER + "repomd.xml", text.toString().getBytes(UTF_8)),
                primary,
                filelists);
    }

    private static void data(StringBuilder text, String type, Part part, long revision) {
        text.append("  <data type=\"").append(type).append("\">\n");
        for (String element : List.of("checksum", "open-checksum")) {
            text.append("    <").append(element).append(" type=\"sha256\">");
            text.append(part.sha256().hex()).append("</").append(element).append(">\n");
        }
        text.append("    <location href=\"").append(part.path()).append("\"/>\n");
        text.append("    <timestamp>").append(revision).append("</timestamp>\n");
        for (String element : List.of("size", "open-size")) {
            text.append("    <").append(element).append('>').append(part.sizeBytes());
            text.append("</").append(element).append(">\n");
        }
        text.append("  </data>\n");
    }

    private void primary(OutputStream out) throws OpmException, IOException {
        write(out, XML + "<metadata xmlns=\"http://linux.duke.edu/metadata/common\"" + NAMESPACES);
        write(out, " packages=\"" + packages.size() + "\">\n");
        for (int at = 0; at < packages.size(); at++) {
            write(out, PackageXml.primary(header(at), packages.get(at)));
        }
        write(out, "</metadata>\n");
    }

    private void filelists(OutputStream out) throws OpmException, IOException {
        write(out, XML + "<filelists xmlns=\"http://linux.duke.edu/metadata/filelists\"");
        write(out, " packages=\"" + packages.size() + "\">\n");
        for (int at = 0; at < packages.size(); at++) {
            write(out, PackageXml.filelists(header(at), packages.get(at)));
        }
        write(out, "</filelists>\n");
    }

    private RpmFile header(int at) throws OpmException, IOException {
        Artifact artifact = artifacts.get(at);
        try (InputStream in = source.open(artifact)) {
            return RpmFile.read(in, artifact.path());
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(UTF_8));
    }
}
