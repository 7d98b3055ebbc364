package org.nnlang.compiler.diagnostic;

import java.util.List;
import org.nnlang.compiler.source.Span;

/// Workflow commands that GitHub shows beside the changed lines:
/// `::error file=digits.nn,line=14,endLine=14,col=15,endColumn=16,title=NN0203::message`.
public final class GithubRenderer implements Renderer {
    @Override
    public String render(List<Diagnostic> diagnostics) {
        StringBuilder out = new StringBuilder();
        for (Diagnostic diagnostic : diagnostics) {
            Span at = diagnostic.primary();
            out.append("::").append(diagnostic.severity().word());
            out.append(" file=").append(property(at.file().name()));
            out.append(",line=").append(at.line()).append(",endLine=").append(at.endLine());
            if (at.line() == at.endLine()) {
                out.append(",col=").append(at.column()).append(",endColumn=").append(at.file().column(at.end()));
            }
            out.append(",title=").append(property(diagnostic.code().id() + ": " + diagnostic.code().title()));
            out.append("::").append(data(text(diagnostic))).append('\n');
        }
        return out.toString();
    }

    private static String text(Diagnostic diagnostic) {
        StringBuilder text = new StringBuilder(diagnostic.message());
        if (!diagnostic.primaryLabel().isEmpty()) {
            text.append("\nhere: ").append(diagnostic.primaryLabel());
        }
        for (Label label : diagnostic.labels()) {
            text.append('\n').append(label.span()).append(": ").append(label.text());
        }
        diagnostic.notes().forEach(note -> text.append("\nnote: ").append(note));
        if (diagnostic.help() != null) {
            text.append("\nhelp: ").append(diagnostic.help());
        }
        return text.toString();
    }

    private static String data(String text) {
        return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
    }

    private static String property(String text) {
        return data(text).replace(":", "%3A").replace(",", "%2C");
    }
}
