package org.nnlang.lsp;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.eclipse.lsp4j.Location;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;

/// Spans as locations that an editor can open: a file that it has open goes by the name that the editor gave it, and one of the standard
/// library is written where it can be read.
final class Places {
    private final Analysis analysis;
    private final Library library;

    Places(Analysis analysis, Library library) {
        this.analysis = analysis;
        this.library = library;
    }

    /// Null for what no editor can open.
    @Nullable
    Location location(Span span) {
        String uri = uri(span.file());
        return uri == null ? null : new Location(uri, Positions.of(span));
    }

    /// The URI of a file; null for one that no editor can open.
    @Nullable
    String uri(SourceFile file) {
        Path path = Library.holds(file) ? library.path(file) : path(file);
        if (path == null) {
            return null;
        }
        Document opened = analysis.opened(path);
        if (opened != null) {
            return opened.uri();
        }
        return path.isAbsolute() ? path.toUri().toString() : file.name();
    }

    /// Whether nobody is to change a file.
    boolean isReadOnly(SourceFile file) {
        Path path = path(file);
        return Library.holds(file) || path != null && library.holds(path);
    }

    /// The path that is the name of a file; null where it can be none, as `untitled:1` on Windows.
    private static @Nullable Path path(SourceFile file) {
        try {
            return Path.of(file.name());
        } catch (InvalidPathException _) {
            return null;
        }
    }

    Library library() {
        return library;
    }
}
