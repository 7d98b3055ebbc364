package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.List;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Diagnostic;
import org.nnlang.compiler.diagnostic.Help;
import org.nnlang.compiler.ir.Form.VariableKind;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.lower.Value.TensorValue;
import org.nnlang.compiler.op.Ops;
import org.nnlang.runtime.tensor.DType;

/// Functions of layers and their weights.
final class LayerBuiltins {
    private LayerBuiltins() {}

    static final List<Builtin> ALL = List.of(
            Builtin.of("freeze(layer)", "the layer, whose parameters no gradient reaches from here on", 1, call -> {
                call.elaboration().variables.freeze(layer(call, "layer"));
                return call.value("layer");
            }),
            Builtin.of("follow(copy, layer, decay = 0)",
                    "moves the weights of `copy` towards those of `layer`: w := decay · w + (1 - decay) · v; a copy that was not applied yet begins as the layer does",
                    2,
                    LayerBuiltins::follow));

    private static LayerInstance layer(BuiltinCall call, String parameter) {
        return switch (call.value(parameter)) {
            case Value.LayerValue(LayerInstance layer) -> layer;
            case Value.UnknownValue _ -> throw new Operators.Unsure();
            case Value other ->
                throw call.fail(Code.WRONG_TYPE, parameter,
                        "`" + parameter + "` of `" + call.builtin().name() + "` is a layer, and this is "
                                + Describe.what(other),
                        other instanceof Value.FunctionValue(Callable.Layer _)
                                ? Help.write("give it its hyper-parameters:", call.span(parameter),
                                        call.span(parameter).text() + "()", "")
                                : Help.of("bind one first, as in `val net = …`"));
        };
    }

    private static Value follow(BuiltinCall call) {
        LayerInstance copy = layer(call, "copy");
        LayerInstance layer = layer(call, "layer");
        Variables variables = call.elaboration().variables;
        if (call.elaboration().judging) {
            throw call.elaboration().fail(
                    call.scope(),
                    Diagnostic.of(Code.FOLLOW_OUTSIDE_STEP, call.site(),
                            "`follow` changes weights, which a `step` alone does")
                            .help("let `" + call.span("copy").text() + "` follow in the `step`, after its `minimize`"));
        }
        if (copy == layer) {
            throw call.fail(Code.WRONG_TYPE, "copy", "a layer cannot follow itself", "make a second one");
        }
        List<Variables.Variable> followed = weights(variables, layer);
        if (followed.isEmpty()) {
            if (call.elaboration().mayBeApplied()) {
                throw new Operators.Unsure();
            }
            throw call.fail(Code.NO_PARAMETERS_YET, "layer",
                    "`" + layer + "` has no weights before it is first applied: their shapes come from its input",
                    "apply it in a statement above this one");
        }
        TensorValue decay = call.has("decay")
                ? call.elaboration().tensors.cast(call.tensor("decay"), DType.F32)
                : new TensorValue(call.graph().constant(0));
        if (!decay.type().shape().isScalar()) {
            throw call.fail(Code.WRONG_TYPE, "decay", "`decay` is a single number");
        }
        var names = new ArrayList<String>();
        for (Variables.Variable weight : followed) {
            String name = copy.prefix() + weight.name().substring(layer.prefix().length());
            names.add(name);
            Variables.Variable known = variables.find(name);
            if (known == null) {
                variables.copy(name, weight);
            } else if (!known.type().equals(weight.type())) {
                throw call.fail(Code.WRONG_UPDATE, "copy",
                        "`" + name + "` is " + known.type() + ", and `" + weight.name() + "` is " + weight.type(),
                        "a copy is made like its layer, and has the same inputs");
            }
        }
        for (Variables.Variable weight : weights(variables, copy)) {
            if (!names.contains(weight.name())) {
                throw call.fail(Code.WRONG_UPDATE, "copy",
                        "`" + weight.name() + "` has no counterpart in `" + layer + "`",
                        "a copy is made like its layer: `val copy = " + layer.declaration.name().text() + "(…)`");
            }
        }
        variables.register(copy);
        for (int i = 0; i < followed.size(); i++) {
            move(call, variables, names.get(i), followed.get(i), decay);
        }
        return Value.UNIT;
    }

    private static List<Variables.Variable> weights(Variables variables, LayerInstance layer) {
        return variables.all().stream()
                .filter(variable -> variable.kind() != VariableKind.SLOT && variable.name().startsWith(layer.prefix()))
                .toList();
    }

    private static void move(
            BuiltinCall call, Variables variables, String name, Variables.Variable weight, TensorValue decay) {
        Graph graph = call.graph();
        Node before = variables.node(name);
        Node now = variables.node(weight.name());
        if (before == null || now == null) {
            throw new IllegalStateException(name);
        }
        Node moved = now;
        // What a layer counts or averages itself is taken as it is.
        if (weight.kind() == VariableKind.PARAMETER && weight.type().dtype() == DType.F32) {
            Node share = graph.broadcast(decay.node(), weight.type().shape(), List.of());
            Node distance = graph.apply(Ops.SUB, before, now);
            moved = graph.apply(Ops.ADD, now, graph.apply(Ops.MUL, share, distance));
        }
        variables.write(name, graph.stopGradient(moved));
    }
}
