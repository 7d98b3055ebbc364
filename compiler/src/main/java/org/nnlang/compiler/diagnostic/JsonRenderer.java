package org.nnlang.compiler.diagnostic;

import java.util.List;
import org.nnlang.compiler.source.Span;

/// One JSON object, `{"diagnostics": […]}`, with everything a diagnostic holds. Lines and columns count from 1, columns
/// in code points; `endColumn` is the column behind the last character; `start` and `end` are offsets in UTF-16 units.
public final class JsonRenderer implements Renderer {
    @Override
    public String render(List<Diagnostic> diagnostics) {
        JsonWriter json = new JsonWriter();
        json.beginObject().key("diagnostics").beginArray();
        for (Diagnostic diagnostic : diagnostics) {
            json.beginObject();
            json.member("code", diagnostic.code().id());
            json.member("severity", diagnostic.severity().word());
            json.member("title", diagnostic.code().title());
            json.member("message", diagnostic.message());
            place(json, diagnostic.primary());
            json.member("label", diagnostic.primaryLabel());
            json.key("labels").beginArray();
            for (Label label : diagnostic.labels()) {
                json.beginObject();
                place(json, label.span());
                json.member("text", label.text()).endObject();
            }
            json.endArray();
            json.key("notes").beginArray();
            diagnostic.notes().forEach(json::value);
            json.endArray();
            if (diagnostic.help() != null) {
                json.member("help", diagnostic.help());
            }
            json.key("fixes").beginArray();
            diagnostic.fixes().forEach(fix -> fix(json, fix));
            json.endArray();
            json.endObject();
        }
        return json.endArray().endObject() + "\n";
    }

    private static void fix(JsonWriter json, Fix fix) {
        json.beginObject().member("title", fix.title());
        json.key("edits").beginArray();
        for (Edit edit : fix.edits()) {
            json.beginObject();
            place(json, edit.span());
            json.member("text", edit.text()).endObject();
        }
        json.endArray().endObject();
    }

    private static void place(JsonWriter json, Span span) {
        json.member("file", span.file().name());
        json.member("line", span.line()).member("column", span.column());
        json.member("endLine", span.file().line(span.end()));
        json.member("endColumn", span.file().column(span.end()));
        json.member("start", span.start()).member("end", span.end());
    }
}
