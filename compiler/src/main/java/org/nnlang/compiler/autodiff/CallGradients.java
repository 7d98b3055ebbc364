package org.nnlang.compiler.autodiff;

import java.util.ArrayList;
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
            case ATTENTION_GRADIENT -> inlined(graph, call, node, index, g);
        };
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
        return call.body().gradient(call.output(), body -> new CallBody(() -> gradient(body.procedure(), call.output())));
    }

    private static Procedure gradient(Procedure source, int output) {
        var graph = new Graph();
        var inputs = new ArrayList<Node>();
        for (var input : source.inputs()) {
            inputs.add(graph.node(input.form(), List.of()));
        }
        var y = CallBody.inline(source, graph, inputs).get(output);
        var g = graph.input("gradient", y.type());
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
