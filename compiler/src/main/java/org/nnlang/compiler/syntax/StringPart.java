package org.nnlang.compiler.syntax;

import org.nnlang.compiler.source.Span;

/// A piece of a string.
public sealed interface StringPart extends Syntax {
    /// Plain text, its escapes replaced.
    record Text(String value, Span span) implements StringPart {}

    /// `$name` or `${expression}`.
    record Hole(Expression value, Span span) implements StringPart {}
}
