package org.nnlang.compiler.source;

/// A stretch of a source file, from `start` (inclusive) to `end` (exclusive), in UTF-16 units. An empty span is a
/// place between two characters.
public record Span(SourceFile file, int start, int end) {
    public Span {
        if (start < 0 || end < start || end > file.text().length()) {
            throw new IllegalArgumentException("no such span in " + file + ": " + start + ".." + end);
        }
    }

    /// The smallest span that holds this one and `other`, which must be in the same file.
    public Span to(Span other) {
        return new Span(file, Math.min(start, other.start), Math.max(end, other.end));
    }

    /// The empty span at this span's end.
    public Span after() {
        return new Span(file, end, end);
    }

    public boolean isEmpty() {
        return start == end;
    }

    public boolean contains(Span other) {
        return file == other.file && start <= other.start && other.end <= end;
    }

    public boolean overlaps(Span other) {
        return file == other.file && start < other.end && other.start < end || equals(other);
    }

    public String text() {
        return file.text().substring(start, end);
    }

    public int line() {
        return file.line(start);
    }

    public int column() {
        return file.column(start);
    }

    /// The last line it touches.
    public int endLine() {
        return file.line(isEmpty() ? end : end - 1);
    }

    /// `name:line:column`, the way compilers cite a place.
    @Override
    public String toString() {
        return file.name() + ":" + line() + ":" + column();
    }
}
