package org.nnlang.compiler.syntax;

import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.Span;

/// One entry of a slice `x[…]`, as in NumPy.
public sealed interface Index extends Syntax {
    /// `x[i]`: takes one element and removes the dimension.
    record At(Expression position) implements Index {
        @Override
        public Span span() {
            return position.span();
        }
    }

    /// `x[from:to:stride]`, each part optional.
    record Between(@Nullable Expression from, @Nullable Expression to, @Nullable Expression stride, Span span)
            implements Index {}

    /// `x[..., i]`: all dimensions that the other entries leave.
    record Ellipsis(Span span) implements Index {}
}
