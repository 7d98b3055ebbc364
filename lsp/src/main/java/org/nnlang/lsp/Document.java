package org.nnlang.lsp;

import java.net.URI;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.lsp4j.TextDocumentContentChangeEvent;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;

/// One state of a text in an editor. Two states are the same only if they are the same object.
final class Document {
    private final String uri;
    private final int version;
    private final SourceFile file;

    private Document(String uri, int version, SourceFile file) {
        this.uri = uri;
        this.version = version;
        this.file = file;
    }

    static Document opened(String uri, int version, String text) {
        Path path = path(uri);
        return new Document(uri, version, new SourceFile(path == null ? uri : path.toString(), text));
    }

    /// The path that a URI means; null where it means none.
    static @Nullable Path path(String uri) {
        try {
            return uri.startsWith("file:") ? Path.of(URI.create(uri)).toAbsolutePath().normalize() : null;
        } catch (IllegalArgumentException | FileSystemNotFoundException _) {
            return null;
        }
    }

    /// The next state, after changes one by one.
    Document changed(int newVersion, List<TextDocumentContentChangeEvent> changes) {
        SourceFile now = file;
        for (TextDocumentContentChangeEvent change : changes) {
            String text = change.getText();
            if (change.getRange() != null) {
                Span replaced = Positions.span(now, change.getRange());
                text = now.text().substring(0, replaced.start()) + text + now.text().substring(replaced.end());
            }
            now = new SourceFile(file.name(), text);
        }
        return new Document(uri, newVersion, now);
    }

    /// The same text, to be looked at again.
    Document again() {
        return new Document(uri, version, file);
    }

    /// With another text, for a question about it.
    Document with(String text) {
        return new Document(uri, version, new SourceFile(file.name(), text));
    }

    String uri() {
        return uri;
    }

    int version() {
        return version;
    }

    SourceFile file() {
        return file;
    }

    /// Null for a text that is in no file.
    @Nullable
    Path path() {
        return path(uri);
    }

    /// From which paths in the text count.
    Path folder() {
        Path path = path();
        Path parent = path == null ? null : path.getParent();
        return parent == null ? Path.of("").toAbsolutePath() : parent;
    }
}
