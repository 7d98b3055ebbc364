package org.nnlang.compiler.diagnostic;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnlang.compiler.source.SourceFile;

/// Collects diagnostics and keeps one error per mistake: of two errors at the same span the first one stays (phases
/// run in order, so the earliest phase wins a span), and nothing is said about a stretch that could not even be read.
public final class Diagnostics {
    private final List<Diagnostic> all = new ArrayList<>();

    /// Adds a diagnostic unless an earlier one covers the same mistake; true if it was added.
    public boolean add(Diagnostic diagnostic) {
        for (Diagnostic earlier : all) {
            if (covers(earlier, diagnostic)) {
                return false;
            }
        }
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

    private static boolean covers(Diagnostic earlier, Diagnostic later) {
        if (earlier.severity() == Severity.WARNING && later.severity() == Severity.ERROR) {
            return false;
        }
        if (earlier.primary().equals(later.primary())) {
            return true;
        }
        boolean unreadable = earlier.code().isSyntax() && !later.code().isSyntax();
        return unreadable
                && (earlier.primary().overlaps(later.primary())
                        || earlier.labels().stream().anyMatch(label -> label.span().equals(later.primary())));
    }
}
