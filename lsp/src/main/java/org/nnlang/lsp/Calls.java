package org.nnlang.lsp;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.lower.Types;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Expression;

/// What comes of a name that is called.
final class Calls extends FileWalk {
    private final Span callee;
    private final Types types;
    private @Nullable Span call;
    private List<Types.Type> result = List.of();

    private Calls(Span callee, Types types) {
        this.callee = callee;
        this.types = types;
    }

    /// The types of the call, or of the stage of a pipe, in which a name is the callee; none where it is not called.
    static List<Types.Type> result(Snapshot snapshot, Span callee) {
        var calls = new Calls(callee, snapshot.survey().types());
        calls.file(snapshot.survey().module().syntax());
        return calls.result;
    }

    @Override
    public void expression(Expression expression) {
        if (expression.span().file() != callee.file() || !expression.span().contains(callee)) {
            return;
        }
        super.expression(expression);
        switch (expression) {
            // The call of `Dense(3)(x)` is behind that of `Dense(3)`.
            case Expression.Call(Expression called, var _, Span span) when isCallee(called) -> {
                call = span;
                result = types.of(span);
            }
            case Expression.Pipe(var _, Expression target, var _, var _) when isCallee(target) ->
                result = types.ofStage(target.span());
            default -> {}
        }
    }

    private boolean isCallee(Expression expression) {
        return expression.span().equals(callee) || expression.span().equals(call)
                || expression instanceof Expression.Select(var _, var member, var _) && member.span().equals(callee);
    }
}
