package org.nnlang.compiler.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.Span;

/// `{ … }`, or the expression behind a declaration's `=`, which is a block of that one expression.
public record Block(List<Statement> statements, Span span) implements Syntax {
    public Block {
        statements = List.copyOf(statements);
    }

    /// The expression that is the block's value: its last statement, if that is an expression.
    public @Nullable Expression value() {
        return !statements.isEmpty() && statements.getLast() instanceof Statement.ExpressionStatement(var value)
                ? value
                : null;
    }
}
