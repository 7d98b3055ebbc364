package org.nnlang.lsp;

import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.Range;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;

/// Offsets in a text, and the positions of the protocol: lines from 0, and UTF-16 units in a line. Both count lines alike: one ends with
/// `\n`, `\r\n` or `\r`.
final class Positions {
    private Positions() {}

    static Position of(SourceFile file, int offset) {
        int line = file.line(offset);
        return new Position(line - 1, offset - file.lineStart(line));
    }

    static Range of(Span span) {
        return new Range(of(span.file(), span.start()), of(span.file(), span.end()));
    }

    /// The offset of a position. One beyond the end of its line is at that end, one beyond the text at the text's.
    static int offset(SourceFile file, Position position) {
        if (position.getLine() >= file.lineCount()) {
            return file.text().length();
        }
        int line = Math.max(0, position.getLine()) + 1;
        int length = file.lineText(line).length();
        return file.lineStart(line) + Math.clamp(position.getCharacter(), 0, length);
    }

    static Span span(SourceFile file, Range range) {
        int start = offset(file, range.getStart());
        return file.span(start, Math.max(start, offset(file, range.getEnd())));
    }
}
