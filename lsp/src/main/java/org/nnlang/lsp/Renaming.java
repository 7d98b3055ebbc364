package org.nnlang.lsp;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.lsp4j.TextEdit;
import org.eclipse.lsp4j.WorkspaceEdit;
import org.eclipse.lsp4j.jsonrpc.ResponseErrorException;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseError;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseErrorCode;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Severity;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.pipeline.Survey;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Words;
import org.nnlang.compiler.type.Resolutions;

/// Gives a declaration another name, wherever it is used. The new texts are looked at before anything is answered: if a name in them
/// would mean something else than before, or something would be wrong that was right, nothing is renamed.
final class Renaming {
    private final Analysis analysis;
    private final Places places;

    Renaming(Analysis analysis, Places places) {
        this.analysis = analysis;
        this.places = places;
    }

    /// The name at an offset, if it can get another.
    ///
    /// @throws ResponseErrorException where it cannot, with the reason
    Span prepare(Snapshot snapshot, int offset) {
        Span name = Usages.name(snapshot, offset);
        Span declared = Usages.declared(snapshot, offset);
        if (name == null) {
            throw refusal("there is no name here that anything is known of");
        }
        if (declared == null) {
            throw refusal("`" + name.text() + "` belongs to the language");
        }
        if (places.isReadOnly(declared.file())) {
            throw refusal("`" + name.text() + "` is declared in the standard library");
        }
        if (declared.isEmpty()) {
            throw refusal("this is the path of a file: move the file");
        }
        return name;
    }

    /// The edits.
    ///
    /// @throws ResponseErrorException where that cannot be, with the reason
    WorkspaceEdit rename(Snapshot snapshot, int offset, String wanted, List<Snapshot> open, List<Path> workspace) {
        Span name = prepare(snapshot, offset);
        Span declared = Usages.declared(snapshot, offset);
        if (declared == null) {
            throw refusal("`" + name.text() + "` belongs to the language");
        }
        requireName(wanted);
        var usages = new Usages(analysis, open, workspace);
        var edits = new LinkedHashMap<String, Edits>();
        for (Usages.Usage usage : usages.of(declared)) {
            edits.computeIfAbsent(usage.at().file().name(), _ -> new Edits(usage.at().file(), wanted)).add(usage.at());
        }
        if (!name.text().equals(wanted)) {
            usages.looked().stream()
                    .filter(before -> before.survey().modules().stream()
                            .anyMatch(module -> edits.containsKey(module.file().name())))
                    .forEach(before -> requireSame(before, edits, wanted));
        }
        var changes = new LinkedHashMap<String, List<TextEdit>>();
        edits.values().forEach(each -> {
            String uri = places.uri(each.file);
            if (uri != null) {
                changes.put(uri, each.spans.stream().map(span -> new TextEdit(Positions.of(span), wanted)).toList());
            }
        });
        return new WorkspaceEdit(changes);
    }

    private static void requireName(String wanted) {
        List<Words.Word> words = Words.of(wanted).all();
        Words.Kind kind = words.size() == 1 && words.getFirst().text(wanted).equals(wanted)
                ? words.getFirst().kind()
                : Words.Kind.UNREADABLE;
        if (kind == Words.Kind.KEYWORD) {
            throw refusal("`" + wanted + "` is a word of the language");
        }
        if (kind != Words.Kind.NAME) {
            throw refusal("`" + wanted + "` is no name: one has letters, digits and `_`, and begins with no digit");
        }
    }

    /// The places of one file that change.
    private static final class Edits {
        private final SourceFile file;
        private final String wanted;
        private final List<Span> spans = new ArrayList<>();

        Edits(SourceFile file, String wanted) {
            this.file = file;
            this.wanted = wanted;
        }

        void add(Span span) {
            spans.add(span);
            spans.sort(Comparator.comparingInt(Span::start));
        }

        String text() {
            var text = new StringBuilder(file.text());
            for (Span span : spans.reversed()) {
                text.replace(span.start(), span.end(), wanted);
            }
            return text.toString();
        }

        /// Where something that begins at an offset begins afterwards.
        int after(int offset) {
            int moved = offset;
            for (Span span : spans) {
                if (span.end() <= offset) {
                    moved += wanted.length() - (span.end() - span.start());
                }
            }
            return moved;
        }
    }

    /// Compares what is known of a file with what would be.
    private void requireSame(Snapshot before, Map<String, Edits> edits, String wanted) {
        Document document = before.document();
        Survey after = after(document, edits);
        for (Diagnostic each : after.diagnostics().sorted()) {
            boolean isNew = each.severity() == Severity.ERROR && before.diagnostics().stream()
                    .noneMatch(known -> known.code() == each.code()
                            && after(known.primary(), edits) == each.primary().start());
            if (isNew) {
                throw refusal("with the name `" + wanted + "` there is a mistake in " + each.primary() + ": "
                        + each.message());
            }
        }
        Map<Usages.Place, Resolutions.Use> now = new LinkedHashMap<>();
        Collection<Resolutions.Use> uses = after.resolutions().uses();
        uses.forEach(use -> now.put(begin(use.at(), use.at().start()), use));
        for (Resolutions.Use use : before.survey().resolutions().uses()) {
            Resolutions.Use same = now.get(begin(use.at(), after(use.at(), edits)));
            if (same == null || !sameDeclaration(use, same, edits)) {
                throw refusal("the name `" + wanted + "` is taken: " + use.at() + " would mean something else");
            }
        }
    }

    private static boolean sameDeclaration(Resolutions.Use before, Resolutions.Use after, Map<String, Edits> edits) {
        Span declared = before.declared();
        Span now = after.declared();
        if (declared == null || now == null) {
            return declared == null && now == null && before.kind() == after.kind();
        }
        return begin(declared, after(declared, edits)).equals(begin(now, now.start()));
    }

    private static Usages.Place begin(Span span, int start) {
        return new Usages.Place(span.file().name(), start, start);
    }

    private static int after(Span span, Map<String, Edits> edits) {
        Edits own = edits.get(span.file().name());
        return own == null ? span.start() : own.after(span.start());
    }

    private Survey after(Document document, Map<String, Edits> edits) {
        Edits own = edits.get(document.file().name());
        SourceFile file = new SourceFile(
                document.file().name(), own == null ? document.file().text() : own.text());
        var files = analysis.files(document, path -> {
            Edits others = edits.get(path.toString());
            return others == null ? null : others.text();
        });
        return FrontEnd.survey(file, files, () -> false);
    }

    private static ResponseErrorException refusal(String reason) {
        return new ResponseErrorException(new ResponseError(ResponseErrorCode.RequestFailed, reason, null));
    }
}
