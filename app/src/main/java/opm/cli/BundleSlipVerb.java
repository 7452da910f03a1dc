package opm.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import opm.base.OpmException;
import opm.bundle.BundleReader;
import opm.host.Disk;
import opm.host.Output;
import opm.plan.Plan;
import opm.sign.FileSignature;

/// `opm bundle slip FILE [-o FILE.svg]`: what goes along on paper, for somebody whose machine can
/// check no signature: the seal in short groups and as a QR code, for whom, and who signed.
final class BundleSlipVerb implements Verb {
    private static final int GROUP = 8;
    private static final int GROUPS_A_LINE = 4;

    @Override
    public void accept(Syntax syntax) {
        syntax.value("FILE", "--output", "-o").arguments("FILE", 1, 1);
    }

    @Override
    public int run(Session session) throws OpmException {
        Disk disk = session.host().disk();
        Path file = Path.of(session.arguments().getFirst()).toAbsolutePath().normalize();
        var bundle = BundleReader.open(disk, file);
        bundle.verify();
        String seal = bundle.seal().hex();
        var code = QrCode.of(("opm-seal 1 sha256 " + seal).getBytes(US_ASCII));
        List<FileSignature> signatures = new ArrayList<>();
        for (Path beside : SignedBy.beside(disk, file)) {
            signatures.add(SignedBy.read(disk, beside));
        }
        String output = session.value("--output");
        if (output != null) {
            byte[] svg = code.svg().getBytes(UTF_8);
            try (Output out = disk.create(Path.of(output).toAbsolutePath())) {
                out.write(svg, 0, svg.length);
                out.force();
            }
        }
        if (session.settings().json()) {
            try (Json json = session.json()) {
                json.text("seal", seal).number("bytes", bundle.sizeBytes());
                json.beginList("signatures");
                for (FileSignature one : signatures) {
                    json.beginItem().text("key", one.keyId()).text("comment", one.comment()).end();
                }
                json.endList();
            }
            return 0;
        }
        Screen screen = session.screen();
        screen.say("slip.name", file.getFileName(), Screen.size(bundle.sizeBytes()));
        if (bundle.machines().isEmpty()) {
            Plan.Target target = bundle.plan().target();
            screen.say("inspect.for", target.distro(), target.release(), target.arch());
        } else {
            screen.say("inspect.machines", bundle.machines().size());
        }
        for (FileSignature one : signatures) {
            String comment = Screen.harmless(one.comment().replace('\t', ' '));
            screen.say("slip.signature", one.keyId(), comment);
        }
        screen.line("");
        groups(seal).forEach(screen::line);
        screen.line("");
        code.lines().forEach(screen::line);
        screen.say("slip.compare");
        return 0;
    }

    private static List<String> groups(String seal) {
        List<String> lines = new ArrayList<>();
        var line = new StringBuilder();
        for (int at = 0; at < seal.length(); at += GROUP) {
            line.append(line.isEmpty() ? "  " : " ").append(seal, at, at + GROUP);
            if (at / GROUP % GROUPS_A_LINE == GROUPS_A_LINE - 1) {
                lines.add(line.toString());
                line.setLength(0);
            }
        }
        return lines;
    }
}
