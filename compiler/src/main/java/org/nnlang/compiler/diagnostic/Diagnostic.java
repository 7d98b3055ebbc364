package org.nnlang.compiler.diagnostic;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.Span;

/// One mistake, in the reader's terms: what is wrong (`message`), where (`primary`, and what stands there:
/// `primaryLabel`, may be empty), the other places that matter (`labels`), facts (`notes`), what to do (`help`), and that
/// as edits of the text (`fixes`), where it is known exactly.
///
/// Built by adding to it:
/// ```java
/// Diagnostic.of(Code.INNER_DIMENSIONS, at.span(), "the inner dimensions of `@` differ: 128 and 256")
///     .also(left.span(), "f32[b, 128]")
///     .also(right.span(), "f32[256, 10]")
///     .help("for this input W needs 128 rows: `param W: f32[128, 10]`")
/// ```
/// Text in backquotes is code. A message begins in lower case and ends without a full stop.
public record Diagnostic(
        Code code,
        String message,
        Span primary,
        String primaryLabel,
        List<Label> labels,
        List<String> notes,
        @Nullable String help,
        List<Fix> fixes) {
    public Diagnostic {
        labels = List.copyOf(labels);
        notes = List.copyOf(notes);
        fixes = List.copyOf(fixes);
    }

    public static Diagnostic of(Code code, Span primary, String message) {
        return new Diagnostic(code, message, primary, "", List.of(), List.of(), null, List.of());
    }

    public Severity severity() {
        return code.severity();
    }

    /// Says what stands at the primary span.
    public Diagnostic here(String text) {
        return new Diagnostic(code, message, primary, text, labels, notes, help, fixes);
    }

    /// Adds another place that matters.
    public Diagnostic also(Span span, String text) {
        return new Diagnostic(code, message, primary, primaryLabel, with(labels, new Label(span, text)), notes, help,
                fixes);
    }

    public Diagnostic note(String text) {
        return new Diagnostic(code, message, primary, primaryLabel, labels, with(notes, text), help, fixes);
    }

    /// Says what to do, in words alone.
    public Diagnostic help(String text) {
        return help(Help.of(text));
    }

    public Diagnostic help(Help help) {
        return new Diagnostic(code, message, primary, primaryLabel, labels, notes, help.text(), help.fixes());
    }

    /// Adds a way to mend the mistake that its help tells of.
    public Diagnostic fix(Fix fix) {
        return new Diagnostic(code, message, primary, primaryLabel, labels, notes, help, with(fixes, fix));
    }

    /// The same, to be thrown where an expression has no value to go on with.
    public DiagnosticException exception() {
        return new DiagnosticException(this);
    }

    private static <T> List<T> with(List<T> list, T item) {
        List<T> result = new ArrayList<>(list);
        result.add(item);
        return result;
    }
}
