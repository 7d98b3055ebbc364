package org.nnlang.compiler.syntax;

import java.util.List;
import org.nnlang.compiler.source.Span;

/// What a `val`, a `for`, a lambda or a `step` binds: a name, or a tuple of patterns.
public sealed interface Pattern extends Syntax {
    /// All its names, from left to right, without `_`, which stands for what is not needed.
    default List<Identifier> names() {
        return switch (this) {
            case Bind(Identifier name) -> name.text().equals("_") ? List.of() : List.of(name);
            case Tuple(List<Pattern> elements, Span _) ->
                elements.stream().flatMap(element -> element.names().stream()).toList();
        };
    }

    /// `name`.
    record Bind(Identifier name) implements Pattern {
        @Override
        public Span span() {
            return name.span();
        }
    }

    /// `(a, (b, c))`.
    record Tuple(List<Pattern> elements, Span span) implements Pattern {
        public Tuple {
            elements = List.copyOf(elements);
        }
    }
}
