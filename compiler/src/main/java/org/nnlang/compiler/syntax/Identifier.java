package org.nnlang.compiler.syntax;

import org.nnlang.compiler.source.Span;

/// A name where it is declared or selected. (A name used as a value is an [Expression.Name].)
public record Identifier(String text, Span span) implements Syntax {
    @Override
    public String toString() {
        return text;
    }
}
