package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.CallBody;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.syntax.Argument;
import org.nnlang.compiler.syntax.Declaration;
import org.nnlang.compiler.syntax.Expression;
import org.nnlang.compiler.syntax.Parameter;

/// Calls of `@kernel` functions: where the library has a kernel of that name that takes the operands as they are, the call
/// becomes one node that knows the body only as its meaning; elsewhere the body is inlined as that of any function.
///
/// The kernels are held against the standard library's bodies, so only its functions get them: what stands in a user's
/// file under the same name may mean something else.
final class KernelCalls {
    private final Elaboration elaboration;
    private final Map<List<Node>, CallBody> bodies = new HashMap<>();

    KernelCalls(Elaboration elaboration) {
        this.elaboration = elaboration;
    }

    /// The value of a function whose inputs are bound in `scope`.
    ///
    /// @param inline elaborates the body there
    Value call(Declaration.Function declaration, Scope scope, Supplier<Value> inline) {
        String name = kernel(declaration);
        if (name == null || !scope.module().isStandard()) {
            return inline.get();
        }
        var tensors = new LinkedHashMap<String, Value.TensorValue>();
        var settings = new LinkedHashMap<String, Value>();
        for (Parameter parameter : declaration.inputs()) {
            Binding binding = scope.find(parameter.name().text());
            if (binding == null) {
                return inline.get();
            }
            if (binding.value() instanceof Value.TensorValue tensor) {
                tensors.put(parameter.name().text(), tensor);
            } else {
                settings.put(parameter.name().text(), binding.value());
            }
        }
        Optional<KernelMatch> match = KernelMatch.of(name, tensors, settings, elaboration.tensors);
        if (match.isEmpty()) {
            return inline.get();
        }
        // The body is elaborated over inputs that stand for the operands; equal calls find the same nodes.
        var places = new ArrayList<Node>();
        for (Map.Entry<String, Node> operand : match.get().operands().entrySet()) {
            Node place = elaboration.graph.input(
                    name + "." + operand.getKey(), operand.getValue().type());
            places.add(place);
            Value.TensorValue tensor = tensors.get(operand.getKey());
            Binding binding = scope.find(operand.getKey());
            if (tensor == null || binding == null) {
                throw new AssertionError("no operand " + operand.getKey());
            }
            var axes = tensor.axes().size() == place.type().rank() ? tensor.axes() : Tag.none(place.type().rank());
            scope.bind(Binding.of(
                    operand.getKey(), Binding.Kind.PARAMETER, binding.span, new Value.TensorValue(place, axes)));
        }
        if (!(inline.get() instanceof Value.TensorValue result)) {
            return Value.UNKNOWN;
        }
        var operands = new ArrayList<>(match.get().operands().values());
        CallBody body = body(name, places, result.node());
        var form = new Form.Call(match.get().kernel(), match.get().attributes(), body, 0, result.type());
        return new Value.TensorValue(elaboration.graph.node(form, operands), result.axes());
    }

    /// The body between the stand-ins and the result, in a graph of its own.
    private CallBody body(String name, List<Node> places, Node result) {
        var key = new ArrayList<>(places);
        key.add(result);
        return bodies.computeIfAbsent(key, _ -> {
            var graph = new Graph();
            var inputs = places.stream().map(place -> graph.node(place.form(), List.of())).toList();
            var outputs = List.of(new Procedure.Output("result", result));
            Node copy = CallBody.inline(new Procedure(name, places, outputs, List.of()), graph, inputs).getFirst();
            return CallBody.of(
                    new Procedure(name, inputs, List.of(new Procedure.Output("result", copy)), List.of()));
        });
    }

    /// The name in the function's annotation, or null.
    private static @Nullable String kernel(Declaration.Function declaration) {
        for (var annotation : declaration.header().annotations()) {
            if (annotation.name().text().equals("kernel") && annotation.arguments().size() == 1) {
                Argument argument = annotation.arguments().getFirst();
                if (argument.value() instanceof Expression.StringTemplate text) {
                    return text.span().text().replace("\"", "");
                }
            }
        }
        return null;
    }
}
