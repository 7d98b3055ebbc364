package org.nnlang.compiler.syntax;

import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.Span;

/// `name: type = fallback`; only an optimizer's inputs have no type.
public record Parameter(Identifier name, @Nullable TypeExpression type, @Nullable Expression fallback, Span span)
        implements Syntax {}
