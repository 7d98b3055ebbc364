package org.nnlang.lsp;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.Span;
import org.nnlang.compiler.syntax.Annotation;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Module;
import org.nnlang.compiler.syntax.Parameter;
import org.nnlang.compiler.syntax.Statement;
import org.nnlang.compiler.syntax.SyntaxWalk;
import org.nnlang.compiler.syntax.TypeExpression;

/// Visits every statement and expression of a file, and every parameter.
abstract class FileWalk extends SyntaxWalk {
    final void file(Module module) {
        module.declarations().forEach(this::declaration);
    }

    private void declaration(Declaration declaration) {
        if (declaration instanceof Declaration.Described described) {
            described.header().annotations().forEach(this::annotation);
        }
        switch (declaration) {
            case Declaration.Function function -> function(function);
            case Declaration.Layer layer -> {
                parameters(layer.hyperparameters());
                parameters(layer.inputs());
                type(layer.result());
                block(layer.body());
            }
            case Declaration.Optimizer optimizer -> {
                parameters(optimizer.hyperparameters());
                parameters(optimizer.inputs());
                block(optimizer.body());
            }
            case Declaration.Train train -> {
                parameters(train.hyperparameters());
                block(train.body());
            }
            case Declaration.Test test -> block(test.body());
            case Declaration.Constant constant -> expression(constant.value());
            case Declaration.Invalid _,org.nnlang.compiler.syntax.Import _ -> {}
        }
    }

    private void function(Declaration.Function function) {
        if (function.hyperparameters() != null) {
            parameters(function.hyperparameters());
        }
        parameters(function.inputs());
        type(function.result());
        block(function.body());
    }

    private void parameters(List<Parameter> parameters) {
        for (Parameter parameter : parameters) {
            parameter(parameter);
            type(parameter.type());
            if (parameter.fallback() != null) {
                expression(parameter.fallback());
            }
        }
    }

    @Override
    public void statement(Statement statement) {
        if (statement instanceof Statement.LocalFunction(Declaration.Function function)) {
            function(function);
        } else {
            super.statement(statement);
        }
    }

    private void type(@Nullable TypeExpression type) {
        if (type instanceof TypeExpression.Tuple(List<TypeExpression.Item> items, Span _)) {
            items.forEach(item -> {
                part(item);
                type(item.type());
            });
        }
    }

    /// One of a declaration or of a `fun` in a body.
    void parameter(Parameter parameter) {}

    /// A part of a tuple's type.
    void part(TypeExpression.Item item) {}

    /// What stands before a declaration.
    void annotation(Annotation annotation) {}
}
