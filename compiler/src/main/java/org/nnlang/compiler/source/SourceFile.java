package org.nnlang.compiler.source;

import java.util.Arrays;

/// A named text: the unit that is parsed, and that diagnostics point into. The name is what a reader sees
/// (a path, `<repl>`, `std/layers.nn`). Two files are the same only if they are the same object.
///
/// Offsets count UTF-16 units, as in [String]; lines and columns start at 1, and a column counts code points.
/// A line ends with `\n`, `\r\n` or `\r`.
public final class SourceFile {
    private final String name;
    private final String text;
    private final int[] lineStarts;

    public SourceFile(String name, String text) {
        this.name = name;
        this.text = text;
        this.lineStarts = findLineStarts(text);
    }

    public String name() {
        return name;
    }

    public String text() {
        return text;
    }

    public int lineCount() {
        return lineStarts.length;
    }

    /// The line that holds `offset`, counted from 1. An offset past the end is on the last line.
    public int line(int offset) {
        int found = Arrays.binarySearch(lineStarts, offset);
        return found >= 0 ? found + 1 : -found - 1;
    }

    /// The column of `offset` in its line, in code points, counted from 1.
    public int column(int offset) {
        int end = Math.min(offset, text.length());
        return text.codePointCount(lineStart(line(end)), end) + 1;
    }

    /// The offset of the first character of a line counted from 1.
    public int lineStart(int line) {
        return lineStarts[line - 1];
    }

    /// The text of a line counted from 1, without its line ending.
    public String lineText(int line) {
        int start = lineStart(line);
        int end = line < lineStarts.length ? lineStarts[line] : text.length();
        while (end > start && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
            end--;
        }
        return text.substring(start, end);
    }

    /// The span from `start` (inclusive) to `end` (exclusive).
    public Span span(int start, int end) {
        return new Span(this, start, end);
    }

    /// The span of the whole text.
    public Span whole() {
        return new Span(this, 0, text.length());
    }

    @Override
    public String toString() {
        return name;
    }

    private static int[] findLineStarts(String text) {
        int[] starts = new int[16];
        int count = 1;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean ends = c == '\n' || c == '\r' && (i + 1 == text.length() || text.charAt(i + 1) != '\n');
            if (ends) {
                if (count == starts.length) {
                    starts = Arrays.copyOf(starts, 2 * count);
                }
                starts[count++] = i + 1;
            }
        }
        return Arrays.copyOf(starts, count);
    }
}
