package org.nnlang.compiler.syntax;

import java.util.List;
import org.nnlang.compiler.source.Span;

/// `@kernel("name")` before a declaration.
public record Annotation(Identifier name, List<Argument> arguments, Span span) implements Syntax {
    public Annotation {
        arguments = List.copyOf(arguments);
    }
}
