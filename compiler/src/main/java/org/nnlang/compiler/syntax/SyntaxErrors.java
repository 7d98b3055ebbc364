package org.nnlang.compiler.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Diagnostics;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;

/// The diagnostics of one file while it is parsed, and the places whose text is not to be trusted: where a character
/// was dropped or a bracket made up, the parser may stumble a second time over the same mistake, and must say nothing.
final class SyntaxErrors {
    private final SourceFile file;
    private final Diagnostics diagnostics = new Diagnostics();
    private final List<Span> doubtful = new ArrayList<>();

    SyntaxErrors(SourceFile file) {
        this.file = file;
    }

    SourceFile file() {
        return file;
    }

    Diagnostics diagnostics() {
        return diagnostics;
    }

    /// All of them but the strange characters of a line on which a quotation mark is missing.
    Diagnostics withoutConsequences() {
        Diagnostics result = new Diagnostics();
        List<Diagnostic> sorted = diagnostics.sorted();
        Set<Integer> unclosed = sorted.stream()
                .filter(d -> d.code() == Code.UNCLOSED_STRING)
                .map(d -> d.primary().line())
                .collect(Collectors.toSet());
        for (Diagnostic one : sorted) {
            boolean consequence = one.code() == Code.STRAY_CHARACTER && unclosed.contains(one.primary().line());
            if (!consequence) {
                result.add(one);
            }
        }
        return result;
    }

    /// A mistake that was mended: what follows from it is right.
    void add(Diagnostic diagnostic) {
        diagnostics.add(diagnostic);
    }

    /// A mistake after which the text around it may not parse.
    void unreadable(Diagnostic diagnostic) {
        diagnostics.add(diagnostic);
        doubtful.add(diagnostic.primary());
    }

    /// A mistake found in what could be parsed: not reported on a line that is not to be trusted.
    void addUnlessDoubtful(Diagnostic diagnostic) {
        Span at = diagnostic.primary();
        if (!isDoubtful(file.lineStart(at.line()), at.end())) {
            diagnostics.add(diagnostic);
        }
    }

    /// Text around here may not parse, for a reason that is reported already.
    void doubt(Span span) {
        doubtful.add(span);
    }

    /// Whether something between these offsets, or on the line of the last one, is doubtful.
    boolean isDoubtful(int start, int end) {
        int line = file.line(end);
        int lineEnd = line == file.lineCount() ? file.text().length() : file.lineStart(line + 1);
        for (Span span : doubtful) {
            if (span.start() >= start && span.start() <= lineEnd) {
                return true;
            }
        }
        return false;
    }
}
