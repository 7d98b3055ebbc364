package org.nnlang.compiler.diagnostic;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.nnlang.compiler.source.Span;

/// A log in the Static Analysis Results Interchange Format, version 2.1.0 (OASIS), with one run.
public final class SarifRenderer implements Renderer {
    @Override
    public String render(List<Diagnostic> diagnostics) {
        JsonWriter json = new JsonWriter();
        json.beginObject();
        json.member("$schema", "https://json.schemastore.org/sarif-2.1.0.json").member("version", "2.1.0");
        json.key("runs").beginArray().beginObject();
        tool(json, diagnostics);
        json.member("columnKind", "unicodeCodePoints");
        json.key("results").beginArray();
        diagnostics.forEach(diagnostic -> result(json, diagnostic));
        json.endArray();
        json.endObject().endArray();
        return json.endObject() + "\n";
    }

    private static void tool(JsonWriter json, List<Diagnostic> diagnostics) {
        Set<Code> codes = new LinkedHashSet<>();
        diagnostics.forEach(diagnostic -> codes.add(diagnostic.code()));
        json.key("tool").beginObject().key("driver").beginObject();
        json.member("name", "nn");
        json.key("rules").beginArray();
        for (Code code : codes) {
            json.beginObject().member("id", code.id());
            json.key("shortDescription").beginObject().member("text", code.title()).endObject();
            json.endObject();
        }
        json.endArray();
        json.endObject().endObject();
    }

    private static void result(JsonWriter json, Diagnostic diagnostic) {
        json.beginObject();
        json.member("ruleId", diagnostic.code().id());
        json.member("level", diagnostic.severity().word());
        message(json, text(diagnostic));
        json.key("locations").beginArray().beginObject();
        location(json, diagnostic.primary());
        json.endObject().endArray();
        if (!diagnostic.labels().isEmpty()) {
            json.key("relatedLocations").beginArray();
            for (Label label : diagnostic.labels()) {
                json.beginObject();
                message(json, label.text());
                location(json, label.span());
                json.endObject();
            }
            json.endArray();
        }
        if (!diagnostic.fixes().isEmpty()) {
            json.key("fixes").beginArray();
            diagnostic.fixes().forEach(fix -> fix(json, fix));
            json.endArray();
        }
        json.endObject();
    }

    private static void fix(JsonWriter json, Fix fix) {
        json.beginObject().key("description").beginObject().member("text", fix.title()).endObject();
        json.key("artifactChanges").beginArray().beginObject();
        json.key("artifactLocation").beginObject().member("uri", uri(fix.file().name())).endObject();
        json.key("replacements").beginArray();
        for (Edit edit : fix.edits()) {
            json.beginObject().key("deletedRegion");
            region(json, edit.span());
            json.key("insertedContent").beginObject().member("text", edit.text()).endObject();
            json.endObject();
        }
        json.endArray().endObject().endArray().endObject();
    }

    private static String text(Diagnostic diagnostic) {
        StringBuilder text = new StringBuilder(diagnostic.message());
        if (!diagnostic.primaryLabel().isEmpty()) {
            text.append(" (").append(diagnostic.primaryLabel()).append(')');
        }
        diagnostic.notes().forEach(note -> text.append("\nnote: ").append(note));
        if (diagnostic.help() != null) {
            text.append("\nhelp: ").append(diagnostic.help());
        }
        return text.toString();
    }

    private static void message(JsonWriter json, String text) {
        json.key("message").beginObject().member("text", text).endObject();
    }

    private static void location(JsonWriter json, Span span) {
        json.key("physicalLocation").beginObject();
        json.key("artifactLocation").beginObject().member("uri", uri(span.file().name())).endObject();
        json.key("region");
        region(json, span);
        json.endObject();
    }

    private static void region(JsonWriter json, Span span) {
        json.beginObject();
        json.member("startLine", span.line()).member("startColumn", span.column());
        json.member("endLine", span.file().line(span.end()));
        json.member("endColumn", span.file().column(span.end()));
        json.endObject();
    }

    /// A path as a relative or absolute URI reference.
    private static String uri(String name) {
        String path = name.replace('\\', '/');
        try {
            boolean drive = path.length() > 1 && path.charAt(1) == ':';
            return drive || path.startsWith("/")
                    ? new URI("file", "", drive ? "/" + path : path, null).toASCIIString()
                    : new URI(null, null, path, null).toASCIIString();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("not a path: " + name, e);
        }
    }
}
