package org.nnlang.compiler.lower;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.source.Span;

/// A `test`, elaborated: one procedure without inputs or variables that computes every assertion.
///
/// @param assertions in the order of the source (an `assert` in an unrolled `for` is several)
public record TestProgram(String name, Span span, Procedure procedure, List<Assertion> assertions) {
    public TestProgram {
        assertions = List.copyOf(assertions);
    }

    /// An `assert`.
    ///
    /// @param text    the condition as written
    /// @param output  the procedure's output that holds the condition, a bool scalar; null where it is known already
    /// @param known   the condition where it is known already
    /// @param message what the program says of a failure, or null
    /// @param values  what takes part in the condition, to show when it fails
    public record Assertion(
            Span span,
            String text,
            @Nullable String output,
            boolean known,
            @Nullable String message,
            List<Shown> values) {
        public Assertion {
            values = List.copyOf(values);
        }
    }

    /// A part of a condition: its text, and the output that holds its value, or the value itself where known.
    public record Shown(String text, @Nullable String output, @Nullable String value) {}
}
