package opm.engine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import opm.base.OpmException;
import opm.base.OpmException.BadRequest;
import opm.base.OpmException.Damaged;
import opm.host.Disk;
import opm.imports.Layers;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// A container image as folder or archive: `oci-layout` (skopeo, podman) or `manifest.json` (docker
/// save). Nothing of it is run.
final class ContainerImage {
    private static final int JSON_BYTES = 16 << 20;
    private static final int MOST_LAYERS = 1000;
    private static final int MOST_INDEXES = 4;

    private final Disk disk;
    private final Path folder;
    private final String subject;

    /// @param folder the unpacked image
    ContainerImage(Disk disk, Path folder, String subject) {
        this.disk = disk;
        this.folder = folder;
        this.subject = subject;
    }

    /// Tells whether a folder holds an image.
    static boolean isIn(Disk disk, Path folder) {
        return disk.exists(folder.resolve("index.json"))
                || disk.exists(folder.resolve("manifest.json"));
    }

    /// Lays down what tells of packages, layer over layer.
    ///
    /// @param arch in rpm's word, where the image is for several; null for its only one
    void lay(Path root, @Nullable String arch) throws OpmException {
        var layers = new Layers(disk, root, subject);
        for (Path layer : layers(arch)) {
            try (InputStream in = disk.read(layer)) {
                layers.unpack(in);
            } catch (IOException e) {
                throw damaged("a layer that cannot be read: " + e.getMessage());
            }
        }
    }

    private List<Path> layers(@Nullable String arch) throws OpmException {
        var names = new ArrayList<String>();
        if (disk.exists(folder.resolve("index.json"))) {
            Map<?, ?> manifest = chosen(map(json("index.json")), arch, 0);
            for (Object layer : list(manifest.get("layers"))) {
                names.add(blob(map(layer)));
            }
        } else {
            for (Object layer : list(map(list(json("manifest.json")).getFirst()).get("Layers"))) {
                names.add(layer.toString());
            }
        }
        if (names.isEmpty() || names.size() > MOST_LAYERS) {
            throw damaged(names.size() + " layers");
        }
        var files = new ArrayList<Path>();
        for (String name : names) {
            Path file = folder.resolve(name).normalize();
            if (!file.startsWith(folder) || !disk.exists(file)) {
                throw damaged("no layer " + name);
            }
            files.add(file);
        }
        return files;
    }

    private Map<?, ?> chosen(Map<?, ?> index, @Nullable String arch, int depth)
            throws OpmException {
        if (index.containsKey("layers")) {
            return index;
        }
        var archs = new ArrayList<String>();
        var found = new ArrayList<Map<?, ?>>();
        for (Object one : list(index.get("manifests"))) {
            Map<?, ?> entry = map(one);
            String of = entry.get("platform") instanceof Map<?, ?> platform
                    ? rpmArch(String.valueOf(platform.get("architecture")))
                    : "";
            if (of.equals("unknown")) {
                continue; // an attestation
            }
            archs.add(of);
            if (arch == null || of.isEmpty() || of.equals(arch)) {
                found.add(entry);
            }
        }
        if (found.size() != 1 || depth == MOST_INDEXES) {
            throw new BadRequest(
                    subject + ": found images for " + String.join(", ", archs)
                            + ", expected one machine's",
                    "Say which one: --arch x86_64.");
        }
        return chosen(map(json(blob(found.getFirst()))), arch, depth + 1);
    }

    /// Go's words for machines, which images use.
    private static String rpmArch(String go) {
        return switch (go) {
            case "amd64" -> "x86_64";
            case "arm64" -> "aarch64";
            case "386" -> "i686";
            default -> go;
        };
    }

    private String blob(Map<?, ?> descriptor) throws Damaged {
        String digest = String.valueOf(descriptor.get("digest"));
        if (!digest.matches("[a-z0-9]+:[0-9a-f]{32,128}")) {
            throw damaged("digest '" + digest + "'");
        }
        return "blobs/" + digest.replace(':', '/');
    }

    private Object json(String name) throws OpmException {
        Path file = folder.resolve(name).normalize();
        byte[] text = disk.readAll(file, JSON_BYTES);
        String json = new String(text, StandardCharsets.UTF_8);
        try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), json)) {
            parser.nextToken();
            return value(parser);
        } catch (JacksonException e) {
            throw damaged("bad JSON in " + name);
        }
    }

    private static Object value(JsonParser parser) {
        switch (parser.currentToken()) {
            case START_OBJECT -> {
                var map = new LinkedHashMap<String, Object>();
                while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                    String key = parser.currentName();
                    parser.nextToken();
                    map.put(key, value(parser));
                }
                return map;
            }
            case START_ARRAY -> {
                var list = new ArrayList<Object>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(parser));
                }
                return list;
            }
            default -> {
                return String.valueOf(parser.getString());
            }
        }
    }

    private Map<?, ?> map(@Nullable Object value) throws Damaged {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw damaged("something else than an object");
    }

    private List<?> list(@Nullable Object value) throws Damaged {
        if (value instanceof List<?> list && !list.isEmpty()) {
            return list;
        }
        throw damaged("no list of layers");
    }

    private Damaged damaged(String found) {
        return new Damaged(
                subject + ": found " + found + ", expected a container image",
                "Save it again: skopeo copy docker://... oci:FOLDER, podman save, docker save.");
    }
}
