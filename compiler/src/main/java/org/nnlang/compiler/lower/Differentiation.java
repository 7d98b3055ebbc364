package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnlang.compiler.autodiff.Gradients;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.lower.Value.TensorValue;
import org.nnlang.compiler.syntax.Block;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.syntax.SyntaxWalk;
import org.nnlang.runtime.tensor.DType;

/// `grad(y, x)`: ∂(sum y)/∂x, an expression like any other.
///
/// Equal values are one node of the graph: `zeros([3])` to differentiate at is also the zero that a relu compares with.
/// So a name that a body gives to `grad` is bound to a [Form.Point], which is equal to nothing else.
final class Differentiation {
    static final Builtin GRAD = Builtin.of(
            "grad(y, x)",
            "the [derivatives](#derivatives) of the sum of y by the elements of x, in the shape of x; for a list a list",
            2,
            call -> call.elaboration().differentiation.gradient(call));

    private final Elaboration elaboration;
    private final Map<Block, Set<String>> points = new IdentityHashMap<>();
    private int count;

    Differentiation(Elaboration elaboration) {
        this.elaboration = elaboration;
    }

    /// The names that a body gives to `grad`.
    Set<String> points(Block body) {
        Set<String> known = points.get(body);
        if (known == null) {
            var names = new HashSet<String>();
            new SyntaxWalk() {
                @Override
                public void expression(Expression expression) {
                    if (expression instanceof Expression.Call call
                            && call.callee() instanceof Expression.Name(String name, var _)
                            && name.equals("grad")) {
                        call.arguments().forEach(argument -> names(argument.value(), names));
                    }
                    super.expression(expression);
                }
            }.block(body);
            known = Set.copyOf(names);
            points.put(body, known);
        }
        return known;
    }

    private static void names(Expression expression, Set<String> names) {
        if (expression instanceof Expression.Name(String name, var _)) {
            names.add(name);
        } else if (expression instanceof Expression.ListLiteral list) {
            list.elements().forEach(element -> names(element, names));
        }
    }

    /// A value to differentiate at: unlike any that is equal. Numbers become tensors.
    Value point(Value value) {
        return switch (value) {
            case TensorValue tensor -> tensor.type().dtype() == DType.F32 ? marked(tensor) : tensor;
            case Value.ListValue list -> {
                TensorValue tensor = Tensors.isNumeric(list) ? elaboration.tensors.ofList(list, null) : null;
                yield tensor == null
                        ? new Value.ListValue(list.elements().stream()
                                .map(element -> element instanceof TensorValue ? point(element) : element)
                                .toList())
                        : point(tensor);
            }
            case Value.FloatValue _ -> {
                TensorValue scalar = elaboration.tensors.scalar(value, DType.F32);
                yield scalar == null ? value : marked(scalar);
            }
            case Value.IntValue _, Value.Quotient _, Value.Remainder _, Value.BoolValue _, Value.Condition _, Value.StringValue _, Value.TupleValue _, Value.FunctionValue _, Value.LayerValue _, Value.OptimizerValue _, Value.DataValue _, Value.ModuleValue _, Value.UnitValue _, Value.UnknownValue _ ->
                value;
        };
    }

    private TensorValue marked(TensorValue tensor) {
        return switch (tensor.node().form()) {
            // Nothing else is equal to these.
            case Form.Input _, Form.Variable _, Form.Random _, Form.Point _ -> tensor;
            case Form _ -> new TensorValue(elaboration.graph.point(count++, tensor.node()), tensor.axes());
        };
    }

    private Value gradient(BuiltinCall call) {
        TensorValue y = call.floats("y");
        var nodes = new ArrayList<Node>();
        collect(call, call.value("x"), nodes);
        Graph graph = elaboration.graph;
        Map<Node, Node> gradients = Gradients.gradients(graph, graph.sum(y.node(), Tensors.allAxes(y)), nodes);
        for (Node node : nodes) {
            if (!gradients.containsKey(node)) {
                throw unreached(call, y, node, nodes.size() > 1);
            }
        }
        return result(call.value("x"), gradients);
    }

    private static Value result(Value x, Map<Node, Node> gradients) {
        if (x instanceof Value.ListValue(List<Value> elements)) {
            return new Value.ListValue(elements.stream().map(element -> result(element, gradients)).toList());
        }
        if (x instanceof TensorValue tensor) {
            Node gradient = gradients.get(tensor.node());
            if (gradient != null) {
                return new TensorValue(gradient, tensor.axes());
            }
        }
        throw new IllegalStateException(Describe.what(x));
    }

    private void collect(BuiltinCall call, Value x, List<Node> nodes) {
        switch (x) {
            case TensorValue tensor when tensor.type().dtype() == DType.F32 -> nodes.add(tensor.node());
            case TensorValue tensor ->
                throw call.fail(Code.NO_DERIVATIVE, "x", "there is no derivative by " + tensor.type().dtype(),
                        "only f32 can be differentiated by");
            case Value.ListValue(List<Value> elements) when elements.stream().noneMatch(Numbers::isNumber) ->
                elements.forEach(element -> collect(call, element, nodes));
            case Value.UnknownValue _ -> throw new Operators.Unsure();
            case Value.LayerValue(LayerInstance layer) ->
                throw call.fail(Code.WRONG_TYPE, "x", "`x` of `grad` is a tensor or a list, and this is a layer",
                        "its parameters are listed by `.params`: `grad(y, " + call.span("x").text() + ".params)` for `"
                                + layer + "`");
            case Value.ListValue _, Value.IntValue _, Value.FloatValue _, Value.Quotient _, Value.Remainder _, Value.BoolValue _, Value.Condition _, Value.StringValue _, Value.TupleValue _, Value.FunctionValue _, Value.OptimizerValue _, Value.DataValue _, Value.ModuleValue _, Value.UnitValue _ ->
                throw call.fail(Code.WRONG_TYPE, "x",
                        "`x` of `grad` is a tensor or a list of tensors, and this is " + Describe.what(x),
                        "bind it first, and compute y from that: `val x = f32(…)`, then `grad(f(x), x)`");
        }
    }

    /// Whether it was cut out of a tensor that y depends on, so that y does not depend on the cutting.
    private static boolean isPart(Node node, Node y) {
        Node from = node.form() instanceof Form.Point ? node.inputs().getFirst() : node;
        boolean cut = false;
        while (from.form() instanceof Form.Slice || from.form() instanceof Form.Reshape) {
            from = from.inputs().getFirst();
            cut = true;
        }
        return cut && Graph.depends(y, from);
    }

    private RuntimeException unreached(BuiltinCall call, TensorValue y, Node node, boolean several) {
        String which = several ? "an element of `" + call.span("x").text() + "`" : "`" + call.span("x").text() + "`";
        String value = "`" + call.span("y").text() + "`";
        Diagnostic diagnostic;
        if (Graph.depends(y.node(), node)) {
            boolean stopped = !Minimization.withoutStops(y.node()).get(node.id());
            diagnostic = Diagnostic.of(
                    Code.NO_DERIVATIVE,
                    call.span("y"),
                    value + " depends on " + which + " only through "
                            + (stopped ? "`stop_gradient`" : "integers or conditions") + ", where no derivative passes")
                    .help(stopped
                            ? "leave `stop_gradient` away where the derivative is wanted"
                            : "`argmax`, casts to i32, comparisons and the condition of `where` pass none; the slope of a relu, too, depends on x through a condition only");
        } else {
            diagnostic = Diagnostic.of(Code.NO_DEPENDENCE, call.span("y"), value + " does not depend on " + which)
                    .help(
                            isPart(node, y.node())
                                    ? which + " is a part of a tensor that " + value
                                            + " is computed from: differentiate by that, and take the same part of the result"
                                    : "compute it from this very value: bind it, as in `val x = …`, and use the name");
        }
        return elaboration.fail(call.scope(), diagnostic.also(call.span("x"), Describe.type(node.type())));
    }
}
