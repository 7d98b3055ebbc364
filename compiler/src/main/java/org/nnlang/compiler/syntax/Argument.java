package org.nnlang.compiler.syntax;

import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.Span;

/// `value` or `name = value`; a lambda behind the parentheses is an ordinary last argument.
public record Argument(@Nullable Identifier name, Expression value, Span span) implements Syntax {}
