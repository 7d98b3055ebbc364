package org.nnlang.compiler.lower;

import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Expression;

/// An argument of a call, evaluated.
///
/// @param name       null for one that is given by its place
/// @param expression what it was written as; null for what was not written as an argument
/// @param nameSpan   where its name stands
/// @param binding    what the expression names, if it is a name of the body
/// @param frame      the call in which that is bound
record Given(
        @Nullable String name,
        Value value,
        Span span,
        @Nullable Expression expression,
        @Nullable Span nameSpan,
        @Nullable Binding binding,
        int frame) {
    static Given of(Value value, Span span) {
        return new Given(null, value, span, null, null, null, 0);
    }

    Given named(String newName) {
        return new Given(newName, value, span, expression, nameSpan, binding, frame);
    }

    Given with(Value newValue) {
        return new Given(name, newValue, span, expression, nameSpan, binding, frame);
    }
}
