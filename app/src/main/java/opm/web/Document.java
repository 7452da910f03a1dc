package opm.web;

import java.io.ByteArrayOutputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// One JSON document: an object, written from its first field to its last.
final class Document {
    private static final JsonFactory FACTORY = JsonFactory.builder().build();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final JsonGenerator generator =
            FACTORY.createGenerator(ObjectWriteContext.empty(), bytes);

    Document() {
        generator.writeStartObject();
    }

    Document text(String name, @Nullable String value) {
        if (value != null) {
            generator.writeStringProperty(name, value);
        }
        return this;
    }

    Document number(String name, long value) {
        generator.writeNumberProperty(name, value);
        return this;
    }

    Document flag(String name, boolean value) {
        generator.writeBooleanProperty(name, value);
        return this;
    }

    Document texts(String name, Iterable<String> values) {
        list(name);
        values.forEach(generator::writeString);
        return endList();
    }

    Document texts(Map<String, String> values) {
        values.forEach(generator::writeStringProperty);
        return this;
    }

    Document list(String name) {
        generator.writeArrayPropertyStart(name);
        return this;
    }

    Document endList() {
        generator.writeEndArray();
        return this;
    }

    Document item() {
        generator.writeStartObject();
        return this;
    }

    Document end() {
        generator.writeEndObject();
        return this;
    }

    byte[] done() {
        generator.writeEndObject();
        generator.writeRaw('\n');
        generator.close();
        return bytes.toByteArray();
    }
}
