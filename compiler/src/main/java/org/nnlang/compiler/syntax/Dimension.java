package org.nnlang.compiler.syntax;

import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.Span;

/// An entry of a shape: one size, or a group of dimensions.
public sealed interface Dimension extends Syntax {
    /// `784`, `b`, `4 * d`.
    record Size(Expression value) implements Dimension {
        @Override
        public Span span() {
            return value.span();
        }
    }

    /// `...` or `...s`.
    record Group(@Nullable Identifier name, Span span) implements Dimension {}
}
