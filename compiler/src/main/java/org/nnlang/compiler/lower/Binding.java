package org.nnlang.compiler.lower;

import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Expression;

/// What a name in a body stands for.
final class Binding {
    enum Kind {
        PARAMETER,
        DIMENSION,
        VAL,
        VAR,
        /// A parameter, state or slot: its value is what the variable has now.
        VARIABLE,
        /// The parameter that an optimizer updates.
        UPDATED
    }

    final String name;
    final Kind kind;
    final Span span;

    /// What it was made from, for diagnostics.
    final @Nullable Expression source;

    /// The variable's name, of a [Kind#VARIABLE].
    final @Nullable String variable;

    private Value value;

    Binding(String name, Kind kind, Span span, @Nullable Expression source, @Nullable String variable, Value value) {
        this.name = name;
        this.kind = kind;
        this.span = span;
        this.source = source;
        this.variable = variable;
        this.value = value;
    }

    static Binding of(String name, Kind kind, Span span, Value value) {
        return new Binding(name, kind, span, null, null, value);
    }

    Value value() {
        return value;
    }

    void assign(Value newValue) {
        value = newValue;
    }
}
