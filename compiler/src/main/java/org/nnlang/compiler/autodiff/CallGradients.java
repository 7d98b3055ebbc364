package org.nnlang.compiler.autodiff;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nnlang.compiler.ir.Axes;
import org.nnlang.compiler.ir.CallBody;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.IrException;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.op.Ops;
import org.nnlang.runtime.program.LibraryKernel;
import org.nnlang.runtime.tensor.DType;

/// The gradients of library kernels: kernels themselves, or what the gradient of the body says, so that derivatives of
/// every order exist.
final class CallGradients {
    private CallGradients() {}

    /// Whether gradient passes to the operand at `index`.
    static boolean reaches(Form.Call call, int index) {
        return switch (call.kernel()) {
            case ATTENTION -> call.output() == 0 && index < 3;
            case CONVOLUTION, CONVOLUTION_INPUT, CONVOLUTION_WEIGHTS -> true;
            case MAX_POOL, AVERAGE_POOL, AVERAGE_POOL_GRADIENT -> true;
            // Which element is the greatest does not change in between.
            case MAX_POOL_GRADIENT -> index == 1;
            case ATTENTION_GRADIENT -> index < 3 || index == attentionOperands(call.attributes()) + 2;
        };
    }

    /// q, k, v and perhaps a mask.
    private static int attentionOperands(List<Integer> attributes) {
        return attributes.get(1) == 0 ? 3 : 4;
    }

    /// The gradient of the operand at `index` of `node`, which [#reaches].
    static Node build(Graph graph, Form.Call call, Node node, int index, Node g) {
        return switch (call.kernel()) {
            case ATTENTION -> {
                var operands = new ArrayList<>(node.inputs());
                var q = node.input(0).type();
                var rows = q.withShape(q.shape().part(0, q.rank() - 1));
                operands.add(node);
                operands.add(graph.node(call.output(1, rows), node.inputs()));
                operands.add(g);
                // The gradient of the body computes all again from the operands: the kernel's two results are no part
                // of what it means.
                var body = new CallBody(() -> withUnused(gradient(call).procedure(), node.inputs().size(), operands));
                var shared = call.body().gradient(SHARED, _ -> body);
                var form = new Form.Call(
                        LibraryKernel.ATTENTION_GRADIENT, call.attributes(), shared, index,
                        node.input(index).type());
                yield graph.node(form, operands);
            }
            case ATTENTION_GRADIENT, MAX_POOL_GRADIENT -> inlined(graph, call, node, index, g);
            // y = x ∗ W, dx = g ∗ᵀ W and dW = x ⋆ g: each of the three is a gradient of the others.
            case CONVOLUTION -> index == 0
                    ? linear(graph, call, node, g, index, LibraryKernel.CONVOLUTION_INPUT, GIVEN, 1)
                    : linear(graph, call, node, g, index, LibraryKernel.CONVOLUTION_WEIGHTS, 0, GIVEN);
            case CONVOLUTION_INPUT -> index == 0
                    ? linear(graph, call, node, g, index, LibraryKernel.CONVOLUTION, GIVEN, 1)
                    : linear(graph, call, node, g, index, LibraryKernel.CONVOLUTION_WEIGHTS, GIVEN, 0);
            case CONVOLUTION_WEIGHTS -> index == 0
                    ? linear(graph, call, node, g, index, LibraryKernel.CONVOLUTION_INPUT, 1, GIVEN)
                    : linear(graph, call, node, g, index, LibraryKernel.CONVOLUTION, 0, GIVEN);
            case MAX_POOL -> linear(graph, call, node, g, index, LibraryKernel.MAX_POOL_GRADIENT, 0, GIVEN);
            case AVERAGE_POOL -> linear(graph, call, node, g, index, LibraryKernel.AVERAGE_POOL_GRADIENT, GIVEN);
            case AVERAGE_POOL_GRADIENT -> linear(graph, call, node, g, index, LibraryKernel.AVERAGE_POOL, GIVEN);
        };
    }

    /// Among the operands of a gradient's call: the gradient that arrives.
    private static final int GIVEN = -1;

    /// The places among a body's gradients of those that take fewer operands begin below this.
    private static final int FEWER = -2;

    /// The gradient of the operand at `index` as a call of `kernel`, whose operands are operands of this call, by number, or
    /// the gradient that arrives; it depends on no others.
    private static Node linear(
            Graph graph, Form.Call call, Node node, Node g, int index, LibraryKernel kernel, int... operands) {
        var body = call.body().gradient(
                FEWER - index, _ -> new CallBody(() -> chosen(gradient(call).procedure(), index, operands)));
        var form = new Form.Call(
                kernel, call.attributes(), body, 0, node.input(index).type());
        return graph.node(
                form,
                Arrays.stream(operands).mapToObj(i -> i == GIVEN ? g : node.input(i)).toList());
    }

    /// The gradient of the f32 input at `index` alone, over some of the inputs; it does not depend on the others.
    private static Procedure chosen(Procedure source, int index, int[] operands) {
        var graph = new Graph();
        int given = source.inputs().size() - 1;
        var all = new ArrayList<Node>();
        for (var input : source.inputs()) {
            all.add(graph.fill(input.type(), 0));
        }
        var inputs = new ArrayList<Node>();
        for (int i : operands) {
            int place = i == GIVEN ? given : i;
            var input = source.inputs().get(place);
            inputs.add(graph.input("operand" + inputs.size(), input.type()));
            all.set(place, inputs.getLast());
        }
        var result = CallBody.inline(source, graph, all).get(index);
        return new Procedure(source.name(), inputs, List.of(new Procedure.Output("result", result)), List.of());
    }

    /// The place among a body's gradients of that which takes a kernel's results as operands.
    private static final int SHARED = -1;

    /// The gradient of the operand at `index`, by the body.
    private static Node inlined(Graph graph, Form.Call call, Node node, int index, Node g) {
        var operands = new ArrayList<>(node.inputs());
        operands.add(g);
        var all = gradient(call);
        int place = 0;
        for (int before = 0; before < index; before++) {
            place += isFloat(node.input(before)) ? 1 : 0;
        }
        return all.inline(graph, operands).get(place);
    }

    /// The body's inputs and the gradient of one of its outputs → the gradients of all its f32 inputs, zeros where none
    /// arrives.
    private static CallBody gradient(Form.Call call) {
        return call.body().gradient(call.output(),
                body -> new CallBody(() -> gradient(body.procedure(), call.output())));
    }

    private static Procedure gradient(Procedure source, int output) {
        var graph = new Graph();
        var inputs = new ArrayList<Node>();
        for (var input : source.inputs()) {
            inputs.add(graph.node(input.form(), List.of()));
        }
        var y = CallBody.inline(source, graph, inputs).get(output);
        // A name of its own: an input of the same name and type would be the same node, and a body that is a gradient already
        // has one.
        int order = 1;
        while (named(source, "gradient" + order)) {
            order++;
        }
        var g = graph.input("gradient" + order, y.type());
        var inner = graph.sum(graph.apply(Ops.MUL, y, g), Axes.range(0, y.type().rank()));
        var wanted = inputs.stream().filter(CallGradients::isFloat).toList();
        var found = Gradients.gradients(graph, inner, wanted);
        var outputs = new ArrayList<Procedure.Output>();
        for (var input : wanted) {
            if (!(input.form() instanceof Form.Input(var name, _))) {
                throw new IrException("no input: " + input);
            }
            var arrived = found.get(input);
            outputs.add(new Procedure.Output(
                    "d_" + name,
                    arrived != null ? arrived : graph.broadcast(graph.constant(0), input.shape(), List.of())));
        }
        inputs.add(g);
        return new Procedure(source.name() + "_gradient", inputs, outputs, List.of());
    }

    private static boolean named(Procedure procedure, String name) {
        return procedure.inputs().stream()
                .anyMatch(i -> i.form() instanceof Form.Input(var taken, _) && taken.equals(name));
    }

    /// The procedure with further inputs before its last one, which it leaves alone: those of `operands` that stand
    /// there.
    private static Procedure withUnused(Procedure source, int before, List<Node> operands) {
        var graph = new Graph();
        var used = new ArrayList<Node>();
        for (var input : source.inputs()) {
            used.add(graph.node(input.form(), List.of()));
        }
        var outputs = CallBody.inline(source, graph, used);
        var inputs = new ArrayList<>(used.subList(0, before));
        for (int i = before; i < operands.size() - 1; i++) {
            inputs.add(graph.input("result" + (i - before), operands.get(i).type()));
        }
        inputs.add(used.getLast());
        var named = new ArrayList<Procedure.Output>();
        for (int i = 0; i < outputs.size(); i++) {
            named.add(new Procedure.Output(source.outputs().get(i).name(), outputs.get(i)));
        }
        return new Procedure(source.name(), inputs, named, List.of());
    }

    private static boolean isFloat(Node node) {
        return node.type().dtype() == DType.F32;
    }
}
