package org.nnlang.compiler.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.Span;

/// A type as written.
public sealed interface TypeExpression extends Syntax {
    /// `f32[b, t]`, `f32`, `Int`, `List<Int>`. The shape is null where there are no
    /// brackets at all.
    record Named(Identifier name, List<TypeExpression> arguments, @Nullable List<Dimension> shape, Span span)
            implements TypeExpression {
        public Named {
            arguments = List.copyOf(arguments);
            shape = shape == null ? null : List.copyOf(shape);
        }
    }

    /// `(mu: f32[b, z], sigma: f32[b, z])`: several values, with names or without.
    record Tuple(List<Item> items, Span span) implements TypeExpression {
        public Tuple {
            items = List.copyOf(items);
        }
    }

    /// A type that could not be read; the parser has reported it.
    record Invalid(Span span) implements TypeExpression {}

    /// One part of a tuple type.
    record Item(@Nullable Identifier name, TypeExpression type, Span span) implements Syntax {}
}
