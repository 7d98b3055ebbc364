package org.nnlang.compiler.diagnostic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Span;

class DiagnosticsTest {
    private final SourceFile file = new SourceFile("a.nn", "one two three\n");
    private final Span one = file.span(0, 3);
    private final Span two = file.span(4, 7);

    @Test
    void theFirstErrorWinsASpan() {
        Diagnostics diagnostics = new Diagnostics();
        assertTrue(diagnostics.add(Diagnostic.of(Code.UNKNOWN_NAME, one, "unknown")));
        assertFalse(diagnostics.add(Diagnostic.of(Code.WRONG_TYPE, one, "wrong")));
        assertTrue(diagnostics.add(Diagnostic.of(Code.WRONG_TYPE, two, "wrong")));
        assertEquals(2, diagnostics.size());
    }

    @Test
    void whatCouldNotBeReadIsNotCheckedFurther() {
        Diagnostics diagnostics = new Diagnostics();
        diagnostics.add(Diagnostic.of(Code.UNEXPECTED, one, "unreadable"));
        assertFalse(diagnostics.add(Diagnostic.of(Code.WRONG_TYPE, one.to(two), "wrong")));
    }

    @Test
    void theyAreSortedByPlace() {
        Diagnostics diagnostics = new Diagnostics();
        diagnostics.add(Diagnostic.of(Code.UNKNOWN_NAME, two, "second"));
        diagnostics.collect(() -> {
            throw Diagnostic.of(Code.UNKNOWN_NAME, one, "first").exception();
        });
        assertEquals(
                List.of("first", "second"),
                diagnostics.sorted().stream().map(Diagnostic::message).toList());
        assertTrue(diagnostics.hasErrors());
    }
}
