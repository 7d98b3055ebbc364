package org.nnlang.compiler.lower;

import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Expression;

/// Adds to a diagnostic what its operands are and where they come from.
final class Explain {
    private final Elaboration elaboration;

    Explain(Elaboration elaboration) {
        this.elaboration = elaboration;
    }

    /// Labels an operand with its type, and the place where it was made or declared.
    Diagnostic operand(Diagnostic diagnostic, Expression operand, Value value, Scope scope) {
        Diagnostic result = diagnostic.also(operand.span(), typed(value));
        Binding binding = operand instanceof Expression.Name name ? scope.find(name.text()) : null;
        return binding == null ? result : origin(result, binding, value);
    }

    /// Labels the declaration of a name.
    Diagnostic origin(Diagnostic diagnostic, Binding binding, Value value) {
        return switch (binding.kind) {
            case VAL, VAR ->
                binding.source == null
                        ? diagnostic
                        : diagnostic.also(
                                last(binding.source), "this makes `" + binding.name + "` " + typed(value));
            case VARIABLE, UPDATED -> diagnostic.also(binding.span, "`" + binding.name + "` is declared here");
            case PARAMETER ->
                isOnLine(diagnostic, binding.span)
                        ? diagnostic
                        : diagnostic.also(binding.span, "`" + binding.name + "` is declared here");
            case DIMENSION -> diagnostic.also(binding.span, "`" + binding.name + "` is bound here");
        };
    }

    /// Whether the reader sees the place anyway.
    private static boolean isOnLine(Diagnostic diagnostic, Span span) {
        return diagnostic.primary().file() == span.file() && diagnostic.primary().line() == span.line();
    }

    /// The last step of a chain of pipes: it made the value.
    private static Span last(Expression expression) {
        return expression instanceof Expression.Pipe pipe ? pipe.target().span() : expression.span();
    }

    static String typed(Value value) {
        return value instanceof Value.TensorValue tensor ? Describe.type(tensor.type()) : Describe.what(value);
    }

    /// Where a dimension named `name` was bound, if it was.
    Diagnostic dimension(Diagnostic diagnostic, String name, Scope scope) {
        @Nullable
        Binding binding = scope.find(name);
        return binding == null ? diagnostic : diagnostic.also(binding.span, "`" + name + "` is bound here");
    }

    boolean isSymbolic() {
        return elaboration.isSymbolic();
    }
}
