package org.nnlang.lsp;

import java.util.ArrayList;
import java.util.List;
import org.eclipse.lsp4j.Diagnostic;
import org.eclipse.lsp4j.DiagnosticCodeDescription;
import org.eclipse.lsp4j.DiagnosticRelatedInformation;
import org.eclipse.lsp4j.DiagnosticSeverity;
import org.eclipse.lsp4j.Location;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Label;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Import;
import org.nnlang.compiler.type.ModuleScope;
import org.nnlang.runtime.NnException;

/// What is wrong with a text, as an editor lists it. The file itself is all that is reported on: a mistake in a file that it imports stands at
/// the call that leads there, or else at the import.
final class Messages {
    static final String SOURCE = "nn";

    private final Places places;

    Messages(Places places) {
        this.places = places;
    }

    List<Diagnostic> of(Snapshot snapshot) {
        return snapshot.diagnostics().stream().map(each -> message(each, snapshot)).toList();
    }

    /// What kept a text from being looked at.
    List<Diagnostic> of(Document document, NnException problem) {
        var message = new Diagnostic(
                Positions.of(document.file().span(0, document.file().lineText(1).length())),
                problem.getMessage() + (problem.help().isEmpty() ? "" : "\nhelp: " + problem.help()),
                DiagnosticSeverity.Error,
                SOURCE,
                problem.code());
        return List.of(message);
    }

    private Diagnostic message(org.nnlang.compiler.diagnostic.Diagnostic found, Snapshot snapshot) {
        Span place = place(found, snapshot);
        var text = new StringBuilder(found.message());
        if (!found.primaryLabel().isEmpty()) {
            text.append("\nhere: ").append(found.primaryLabel());
        }
        found.notes().forEach(note -> text.append("\nnote: ").append(note));
        if (found.help() != null) {
            text.append("\nhelp: ").append(found.help());
        }
        var message = new Diagnostic(
                Positions.of(place),
                text.toString(),
                switch (found.severity()) {
                    case ERROR -> DiagnosticSeverity.Error;
                    case WARNING -> DiagnosticSeverity.Warning;
                },
                SOURCE,
                found.code().id());
        var page = places.library().page(found.code());
        if (page != null) {
            message.setCodeDescription(new DiagnosticCodeDescription(page.toUri().toString()));
        }
        message.setRelatedInformation(related(found, place));
        return message;
    }

    private List<DiagnosticRelatedInformation> related(
            org.nnlang.compiler.diagnostic.Diagnostic found, Span place) {
        var related = new ArrayList<DiagnosticRelatedInformation>();
        if (!place.equals(found.primary())) {
            add(related, found.primary(), found.message());
        }
        for (Label label : found.labels()) {
            if (!label.span().equals(place)) {
                add(related, label.span(), label.text());
            }
        }
        return related;
    }

    private void add(List<DiagnosticRelatedInformation> related, Span span, String text) {
        Location location = places.location(span);
        if (location != null) {
            related.add(new DiagnosticRelatedInformation(location, text));
        }
    }

    /// Where in the file itself.
    static Span place(org.nnlang.compiler.diagnostic.Diagnostic found, Snapshot snapshot) {
        SourceFile file = snapshot.file();
        if (found.primary().file() == file) {
            return found.primary();
        }
        for (Label label : found.labels()) {
            if (label.span().file() == file) {
                return label.span();
            }
        }
        Import way = way(snapshot.survey().module(), found.primary().file(), new ArrayList<>());
        return way == null ? file.span(0, 0) : way.target().span();
    }

    /// The import that leads to a file.
    private static @Nullable Import way(ModuleScope module, SourceFile target, List<ModuleScope> seen) {
        if (seen.contains(module)) {
            return null;
        }
        seen.add(module);
        for (var each : module.imported().entrySet()) {
            if (each.getValue().file() == target || way(each.getValue(), target, seen) != null) {
                return each.getKey();
            }
        }
        return null;
    }
}
