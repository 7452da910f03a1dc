package opm.preflight;

import java.util.ArrayList;
import java.util.List;
import opm.base.DepKind;
import opm.base.Nevra;
import opm.base.OpmException.Damaged;
import opm.base.RpmDep;
import opm.rpm.RpmFile;
import opm.rpm.RpmWords;
import opm.rpm.Tag;

/// A package that comes, as its header tells.
///
/// @param features what it asks of rpm itself: `rpmlib(X) <= 4.0-1`
/// @param provides names, without versions
/// @param requires names of what has to be there, without versions
/// @param headerBytes what the rpmdb takes in
record Parcel(
        Nevra nevra,
        List<Item> items,
        List<Script> scripts,
        List<RpmDep> features,
        List<String> provides,
        List<String> requires,
        long headerBytes,
        boolean isSigned) {
    Parcel {
        items = List.copyOf(items);
        scripts = List.copyOf(scripts);
        features = List.copyOf(features);
        provides = List.copyOf(provides);
        requires = List.copyOf(requires);
    }

    /// A program that runs when the package comes or goes.
    ///
    /// @param when rpm's word: `%post`
    /// @param interpreter `/bin/sh`, `<lua>`
    record Script(String when, String interpreter, String text) {}

    private static final List<String> WHENS =
            List.of(
                    "%pretrans",
                    "%pre",
                    "%post",
                    "%preun",
                    "%postun",
                    "%posttrans",
                    "%preuntrans",
                    "%postuntrans",
                    "%trigger",
                    "%filetrigger",
                    "%transfiletrigger");

    private static final int[][] TAGS = {
        {Tag.PRETRANS, Tag.PRETRANSPROG},
        {Tag.PREIN, Tag.PREINPROG},
        {Tag.POSTIN, Tag.POSTINPROG},
        {Tag.PREUN, Tag.PREUNPROG},
        {Tag.POSTUN, Tag.POSTUNPROG},
        {Tag.POSTTRANS, Tag.POSTTRANSPROG},
        {Tag.PREUNTRANS, Tag.PREUNTRANSPROG},
        {Tag.POSTUNTRANS, Tag.POSTUNTRANSPROG},
        {Tag.TRIGGERSCRIPTS, Tag.TRIGGERSCRIPTPROG},
        {Tag.FILETRIGGERSCRIPTS, Tag.FILETRIGGERSCRIPTPROG},
        {Tag.TRANSFILETRIGGERSCRIPTS, Tag.TRANSFILETRIGGERSCRIPTPROG}
    };

    static Parcel of(RpmFile file) throws Damaged {
        RpmWords words = file.words();
        var features = new ArrayList<RpmDep>();
        var requires = new ArrayList<String>();
        for (RpmDep dep : words.dependencies(DepKind.REQUIRES)) {
            if (dep.name().startsWith("rpmlib(")) {
                features.add(dep);
            } else {
                requires.add(dep.name());
            }
        }
        List<String> provides =
                words.dependencies(DepKind.PROVIDES).stream().map(RpmDep::name).toList();
        return new Parcel(
                words.nevra(),
                Item.all(words),
                scripts(words),
                features,
                provides,
                requires,
                file.headerEnd() - file.headerStart(),
                file.isSigned());
    }

    private static List<Script> scripts(RpmWords words) throws Damaged {
        var found = new ArrayList<Script>();
        for (int at = 0; at < TAGS.length; at++) {
            List<String> texts = words.header().strings(TAGS[at][0]);
            List<String> programs = words.header().strings(TAGS[at][1]);
            int count = Math.max(texts.size(), programs.size());
            for (int one = 0; one < count; one++) {
                // A script of one program and its arguments (`-p "/bin/sh -e"`) has several words.
                boolean several = texts.size() > 1 && one < programs.size();
                String program =
                        several ? programs.get(one) : programs.isEmpty() ? "" : programs.getFirst();
                if (one < texts.size() || one == 0) {
                    String text = one < texts.size() ? texts.get(one) : "";
                    found.add(new Script(WHENS.get(at), program, text));
                }
            }
        }
        return found;
    }

    boolean hasPretrans() {
        return scripts.stream().anyMatch(script -> script.when().equals("%pretrans"));
    }
}
