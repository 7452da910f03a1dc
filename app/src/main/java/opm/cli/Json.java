package opm.cli;

import java.io.OutputStream;
import opm.base.Nevra;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/// The one JSON document of a run with `--json`, written as it becomes known.
///
/// Every document is an object that begins with `"opm": 1` (the version of the schema) and
/// `"command"`. Fields: docs/formats/json.md
final class Json implements AutoCloseable {
    private static final int SCHEMA = 1;
    private final JsonGenerator generator;

    private Json(JsonGenerator generator) {
        this.generator = generator;
    }

    /// Begins the document of a command; closing ends it with a line feed.
    static Json begin(OutputStream out, String command) {
        return bare(out).number("opm", SCHEMA).text("command", command);
    }

    /// Begins a document of somebody else's schema.
    static Json bare(OutputStream out) {
        var factory = JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();
        var json = new Json(factory.createGenerator(ObjectWriteContext.empty(), out));
        json.generator.writeStartObject();
        return json;
    }

    /// Writes `name` only when there is a value.
    Json text(String name, @Nullable String value) {
        if (value != null) {
            generator.writeStringProperty(name, value);
        }
        return this;
    }

    Json number(String name, long value) {
        generator.writeNumberProperty(name, value);
        return this;
    }

    Json flag(String name, boolean value) {
        generator.writeBooleanProperty(name, value);
        return this;
    }

    /// Writes a list of words.
    Json texts(String name, Iterable<String> values) {
        generator.writeArrayPropertyStart(name);
        values.forEach(generator::writeString);
        generator.writeEndArray();
        return this;
    }

    Json beginList(String name) {
        generator.writeArrayPropertyStart(name);
        return this;
    }

    Json endList() {
        generator.writeEndArray();
        return this;
    }

    /// Writes the parts of a package's name; `epoch` is always there.
    Json nevra(Nevra pkg) {
        return text("nevra", pkg.full())
                .text("name", pkg.name())
                .number("epoch", pkg.evr().epoch())
                .text("version", pkg.evr().version())
                .text("release", pkg.evr().release())
                .text("arch", pkg.arch());
    }

    /// Begins an object in a list.
    Json beginItem() {
        generator.writeStartObject();
        return this;
    }

    /// Begins an object that is the value of `name`.
    Json begin(String name) {
        generator.writeObjectPropertyStart(name);
        return this;
    }

    Json end() {
        generator.writeEndObject();
        return this;
    }

    @Override
    public void close() {
        generator.writeEndObject();
        generator.writeRaw('\n');
        generator.close();
    }
}
