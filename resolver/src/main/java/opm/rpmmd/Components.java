package opm.rpmmd;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import opm.base.OpmException;

/// Names of applications that are the same everywhere: AppStream's ids, `org.gnome.gedit`, and the
/// packages that a repository has them in.
public final class Components {
    /// What repositories call their collection: `appstream` by modifyrepo_c, `appdata` at openSUSE.
    private static final List<String> TYPES = List.of("appstream", "appdata");

    private Components() {}

    /// Returns the packages by id; none when the repository has no collection.
    public static SortedMap<String, List<String>> of(Metadata metadata, Metadata.Loaded loaded)
            throws OpmException {
        for (String type : TYPES) {
            Repomd.Item item = loaded.repomd().item(type);
            if (item != null) {
                return metadata.read(
                        loaded, item, file -> metadata.importer().components(file, item));
            }
        }
        return new TreeMap<>();
    }
}
