package org.nnlang.compiler.syntax;

import java.util.List;
import org.nnlang.compiler.source.Span;

/// What a `val`, a `for`, a lambda or a `step` binds: a name, or a tuple of patterns.
public sealed interface Pattern extends Syntax {
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
