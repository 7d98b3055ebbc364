package org.nnlang.lsp;

import java.util.List;
import org.eclipse.lsp4j.TextEdit;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.syntax.Formatter;

/// Writes a text in the style of the language. One with a mistake in its syntax stays as it is, which its mistakes say.
final class Formatting {
    private Formatting() {}

    /// What to replace: the lines from the first that changes to the last, so that an editor keeps its place in the others.
    static List<TextEdit> of(SourceFile file) {
        var formatted = new SourceFile(file.name(), Formatter.format(file).text());
        if (formatted.text().equals(file.text())) {
            return List.of();
        }
        int lines = Math.min(file.lineCount(), formatted.lineCount());
        int first = 1;
        while (first < lines && line(file, first).equals(line(formatted, first))) {
            first++;
        }
        int last = 0;
        while (last < lines - first
                && line(file, file.lineCount() - last).equals(line(formatted, formatted.lineCount() - last))) {
            last++;
        }
        int start = file.lineStart(first);
        int end = end(file, file.lineCount() - last);
        String text = formatted.text().substring(start, end(formatted, formatted.lineCount() - last));
        return List.of(new TextEdit(Positions.of(file.span(start, end)), text));
    }

    /// A line with its end.
    private static String line(SourceFile file, int line) {
        return file.text().substring(file.lineStart(line), end(file, line));
    }

    private static int end(SourceFile file, int line) {
        return line < file.lineCount() ? file.lineStart(line + 1) : file.text().length();
    }
}
