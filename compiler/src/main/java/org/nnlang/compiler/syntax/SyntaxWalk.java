package org.nnlang.compiler.syntax;

/// Visits every expression of a body in the order of the source.
public abstract class SyntaxWalk {
    public void block(Block block) {
        block.statements().forEach(this::statement);
    }

    public void statement(Statement statement) {
        switch (statement) {
            case Statement.Val val -> expression(val.value());
            case Statement.Var variable -> expression(variable.value());
            case Statement.Param param -> {
                if (param.initializer() != null) {
                    expression(param.initializer());
                }
            }
            case Statement.State state -> expression(state.value());
            case Statement.Slot slot -> expression(slot.value());
            case Statement.Assign assign -> expression(assign.value());
            case Statement.Update update -> expression(update.value());
            case Statement.For loop -> {
                expression(loop.range());
                block(loop.body());
            }
            case Statement.Require require -> {
                expression(require.condition());
                expression(require.message());
            }
            case Statement.Assert assertion -> {
                expression(assertion.condition());
                if (assertion.message() != null) {
                    expression(assertion.message());
                }
            }
            case Statement.Yield yield -> expression(yield.value());
            case Statement.Minimize minimize -> {
                expression(minimize.loss());
                minimize.over().forEach(this::expression);
                expression(minimize.optimizer());
                if (minimize.clip() != null) {
                    expression(minimize.clip());
                }
                if (minimize.every() != null) {
                    expression(minimize.every());
                }
            }
            case Statement.Report report -> expression(report.value());
            case Statement.Loop loop -> {
                if (loop.source() != null) {
                    expression(loop.source());
                }
                block(loop.body());
            }
            case Statement.Training training -> block(training.body());
            case Statement.LocalFunction local -> block(local.function().body());
            case Statement.ExpressionStatement(Expression value) -> expression(value);
            case Statement.Invalid _ -> {}
        }
    }

    public void expression(Expression expression) {
        switch (expression) {
            case Expression.StringTemplate template -> {
                for (StringPart part : template.parts()) {
                    if (part instanceof StringPart.Hole hole) {
                        expression(hole.value());
                    }
                }
            }
            case Expression.Tuple tuple -> tuple.elements().forEach(this::expression);
            case Expression.ListLiteral list -> list.elements().forEach(this::expression);
            case Expression.Lambda lambda -> block(lambda.body());
            case Expression.If branch -> {
                expression(branch.condition());
                block(branch.then());
                if (branch.otherwise() != null) {
                    block(branch.otherwise());
                }
            }
            case Expression.Scan scan -> {
                expression(scan.source());
                block(scan.body());
            }
            case Expression.Select select -> expression(select.target());
            case Expression.Call call -> {
                expression(call.callee());
                for (Argument argument : call.arguments()) {
                    expression(argument.value());
                }
            }
            case Expression.Slice slice -> {
                expression(slice.target());
                for (Index index : slice.indices()) {
                    switch (index) {
                        case Index.At(Expression position) -> expression(position);
                        case Index.Between between -> {
                            for (Expression part : new Expression[] {between.from(), between.to(), between.stride()}) {
                                if (part != null) {
                                    expression(part);
                                }
                            }
                        }
                        case Index.Ellipsis _ -> {}
                    }
                }
            }
            case Expression.Unary unary -> expression(unary.operand());
            case Expression.Binary binary -> {
                expression(binary.left());
                expression(binary.right());
            }
            case Expression.Range range -> {
                expression(range.from());
                expression(range.to());
            }
            case Expression.Pipe pipe -> {
                expression(pipe.input());
                expression(pipe.target());
            }
            case Expression.Name _, Expression.IntLiteral _, Expression.FloatLiteral _, Expression.BoolLiteral _, Expression.Invalid _ ->
                {}
        }
    }
}
