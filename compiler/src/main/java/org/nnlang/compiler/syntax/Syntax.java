package org.nnlang.compiler.syntax;

import org.nnlang.compiler.source.Span;

/// Anything that was written, with its place.
public sealed interface Syntax
        permits Annotation, Argument, Block, Declaration, Dimension, Expression, Identifier, Import.Target, Index,
        Module,
        Parameter, Pattern, Statement, StringPart, TypeExpression, TypeExpression.Item {
    Span span();
}
