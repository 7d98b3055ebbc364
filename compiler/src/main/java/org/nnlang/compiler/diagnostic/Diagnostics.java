package org.nnlang.compiler.diagnostic;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;

/// Collects diagnostics and keeps one error per mistake: of two errors at the same span the first one stays (phases
/// run in order, so the earliest phase wins a span), and nothing is said about a stretch that could not even be read.
public final class Diagnostics {
    private final List<Diagnostic> all = new ArrayList<>();

    /// The last one at each place.
    private final Map<Span, Diagnostic> places = new HashMap<>();

    /// Adds a diagnostic unless an earlier one covers the same mistake; true if it was added.
    public boolean add(Diagnostic diagnostic) {
        Diagnostic there = places.get(diagnostic.primary());
        if (there != null
                && !(there.severity() == Severity.WARNING && diagnostic.severity() == Severity.ERROR)) {
            return false;
        }
        // Mistakes of syntax are looked up alone: of a file that is none of ours there may be thousands.
        if (!diagnostic.code().isSyntax() && all.stream().anyMatch(earlier -> hides(earlier, diagnostic))) {
            return false;
        }
        places.put(diagnostic.primary(), diagnostic);
        return all.add(diagnostic);
    }

    public void addAll(Diagnostics others) {
        others.all.forEach(this::add);
    }

    /// Runs an action; a [DiagnosticException] ends it and is collected. True if it ran to its end.
    public boolean collect(Runnable action) {
        try {
            action.run();
            return true;
        } catch (DiagnosticException e) {
            add(e.diagnostic());
            return false;
        }
    }

    public boolean hasErrors() {
        return all.stream().anyMatch(d -> d.severity() == Severity.ERROR);
    }

    public boolean isEmpty() {
        return all.isEmpty();
    }

    public int size() {
        return all.size();
    }

    /// File by file in the order in which files were first mentioned, and by place within a file.
    public List<Diagnostic> sorted() {
        Map<SourceFile, Integer> files = new LinkedHashMap<>();
        for (Diagnostic d : all) {
            files.putIfAbsent(d.primary().file(), files.size());
        }
        List<Diagnostic> result = new ArrayList<>(all);
        result.sort(Comparator.comparingInt((Diagnostic d) -> files.getOrDefault(d.primary().file(), 0))
                .thenComparingInt(d -> d.primary().start())
                .thenComparingInt(d -> d.primary().end()));
        return result;
    }

    /// Whether a stretch could not be read, about which something is said now.
    private static boolean hides(Diagnostic earlier, Diagnostic later) {
        return earlier.code().isSyntax()
                && !(earlier.severity() == Severity.WARNING && later.severity() == Severity.ERROR)
                && (earlier.primary().overlaps(later.primary())
                        || earlier.labels().stream().anyMatch(label -> label.span().equals(later.primary())));
    }
}
