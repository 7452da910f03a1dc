package opm.trip;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// A file of golden answers: what libsolv says to each request on the universe.
///
/// @param install full names that come in, sorted
/// @param erase full names that leave, sorted
/// @param unique libsolv recorded no free choice: the answer must be equal
record Golden(SortedSet<String> install, SortedSet<String> erase, boolean unique) {

    /// Reads a file of the form `{"requests": {"vim": {...}}}`.
    ///
    /// @param state where the answer stands inside the request: `installed`, `empty`, or null for
    ///     the request itself
    static SortedMap<String, Golden> read(Path file, @Nullable String state) {
        var all = new TreeMap<String, Golden>();
        try (var in = Files.newInputStream(file);
                JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), in)) {
            json.nextToken();
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean requests = json.currentName().equals("requests");
                json.nextToken();
                if (!requests) {
                    json.skipChildren();
                    continue;
                }
                while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                    String request = json.currentName();
                    json.nextToken();
                    Golden answer = state == null ? answer(json) : inState(json, state);
                    if (answer != null) {
                        all.put(request, answer);
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    private static @Nullable Golden inState(JsonParser json, String state) {
        Golden found = null;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            boolean wanted = json.currentName().equals(state);
            if (json.nextToken() == JsonToken.START_OBJECT && wanted) {
                found = answer(json);
            } else {
                json.skipChildren();
            }
        }
        return found;
    }

    private static Golden answer(JsonParser json) {
        var install = new TreeSet<String>();
        var erase = new TreeSet<String>();
        boolean unique = false;
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            switch (name) {
                case "install" -> install.addAll(texts(json));
                case "erase" -> erase.addAll(texts(json));
                case "unique" -> unique = value == JsonToken.VALUE_TRUE;
                default -> json.skipChildren();
            }
        }
        return new Golden(install, erase, unique);
    }

    private static List<String> texts(JsonParser json) {
        var texts = new ArrayList<String>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            texts.add(json.getString());
        }
        return texts;
    }
}
