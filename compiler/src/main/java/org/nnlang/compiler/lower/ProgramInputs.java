package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Dimension;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.syntax.Identifier;
import org.nnlang.compiler.syntax.Parameter;
import org.nnlang.compiler.syntax.TypeExpression;
import org.nnlang.compiler.type.Known;
import org.nnlang.compiler.type.Symbol;
import org.nnlang.runtime.tensor.DType;

/// The inputs of a declaration that is elaborated from outside: its unbound dimensions stay free.
final class ProgramInputs {
    private final Elaboration elaboration;

    /// Stands in the names of dimensions of which it cannot be told whether they are equal.
    private String joint = "";

    ProgramInputs(Elaboration elaboration) {
        this.elaboration = elaboration;
    }

    /// Binds `parameters` in `scope` as inputs of a procedure.
    ///
    /// @param groupRank how many dimensions `...` stands for
    /// @return the input nodes; those of parameters that have a default are left to it
    List<Node> bind(List<Parameter> parameters, Scope scope, int groupRank) {
        // Several groups may broadcast together: only a call can say.
        joint = elaboration.isSymbolic() && groups(parameters) > 1 ? " " : "";
        for (Parameter parameter : parameters) {
            if (parameter.type() != null) {
                dimensions(parameter.type(), scope, groupRank);
            }
        }
        var nodes = new ArrayList<Node>();
        for (Parameter parameter : parameters) {
            Identifier name = parameter.name();
            Value[] value = {Value.UNKNOWN};
            elaboration.statements.guard(parameter.span(), scope, () -> {
                Inputs.Typed typed = parameter.type() == null
                        ? null
                        : elaboration.inputs.tensorType(parameter.type(), scope);
                if (parameter.fallback() != null) {
                    value[0] = elaboration.expressions.evaluate(parameter.fallback(), scope);
                } else if (typed != null) {
                    Node node = elaboration.graph.input(name.text(), typed.type());
                    nodes.add(node);
                    value[0] = new Value.TensorValue(node, typed.axes());
                } else if (elaboration.isSymbolic()) {
                    value[0] = Hyperparameters.symbol(elaboration, parameter);
                } else {
                    throw elaboration.fail(
                            scope,
                            Diagnostic.of(
                                    Code.WRONG_TYPE,
                                    parameter.span(),
                                    "an input of a model is a tensor, and `" + name + "` is none")
                                    .help("what is known when compiling stands in the first list"));
                }
            });
            scope.bind(Binding.of(name.text(), Binding.Kind.PARAMETER, name.span(), value[0]));
            elaboration.types.parameter(parameter, value[0]);
        }
        return nodes;
    }

    private static long groups(List<Parameter> parameters) {
        return parameters.stream()
                .map(Parameter::type)
                .flatMap(type -> type instanceof TypeExpression.Named named && named.shape() != null
                        ? named.shape().stream()
                        : Stream.empty())
                .map(entry -> entry instanceof Dimension.Group group
                        ? group.name() == null ? Unification.GROUP : group.name().text()
                        : "")
                .filter(name -> !name.isEmpty())
                .distinct()
                .count();
    }

    private void dimensions(TypeExpression type, Scope scope, int groupRank) {
        if (!(type instanceof TypeExpression.Named named)) {
            return;
        }
        if (Known.isDTypeVariable(named.name().text()) && scope.dtype(named.name().text()) == null) {
            scope.bindDType(named.name().text(), DType.F32);
        }
        for (Dimension entry : named.shape() == null ? List.<Dimension>of() : named.shape()) {
            switch (entry) {
                case Dimension.Size(Expression value) -> names(value, scope);
                case Dimension.Group group -> {
                    String key = group.name() == null ? Unification.GROUP : group.name().text();
                    if (scope.find(key) == null) {
                        var dims = new ArrayList<Value>();
                        for (int i = 0; i < groupRank; i++) {
                            String symbol = groupRank == 1 && group.name() != null ? key : key + joint + (i + 1);
                            dims.add(new Value.IntValue(
                                    Dim.symbol(symbol), List.of(new Tag(scope.frame().id(), key + "." + i))));
                        }
                        var value = new Value.ListValue(dims);
                        scope.bind(Binding.of(key, Binding.Kind.DIMENSION, group.span(), value));
                        if (group.name() != null) {
                            elaboration.types.value(group.name().span(), value);
                        }
                    }
                }
            }
        }
    }

    private void names(Expression expression, Scope scope) {
        switch (expression) {
            case Expression.Name name -> {
                boolean constant = scope.module()
                        .find(name.text()) instanceof Symbol.Declared(Declaration.Constant _, var _);
                if (scope.find(name.text()) == null && !constant) {
                    scope.bind(Binding.of(
                            name.text(),
                            Binding.Kind.DIMENSION,
                            name.span(),
                            new Value.IntValue(
                                    Dim.symbol(name.text()),
                                    List.of(new Tag(scope.frame().id(), name.text())))));
                }
            }
            case Expression.Binary binary -> {
                names(binary.left(), scope);
                names(binary.right(), scope);
            }
            case Expression.Unary unary -> names(unary.operand(), scope);
            case Expression.IntLiteral _, Expression.FloatLiteral _, Expression.BoolLiteral _, Expression.StringTemplate _, Expression.Tuple _, Expression.ListLiteral _, Expression.Lambda _, Expression.If _, Expression.Scan _, Expression.Select _, Expression.Call _, Expression.Slice _, Expression.Range _, Expression.Pipe _, Expression.Invalid _ ->
                {}
        }
    }
}
