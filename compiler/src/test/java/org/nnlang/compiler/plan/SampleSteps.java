package org.nnlang.compiler.plan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nnlang.compiler.autodiff.Gradients;
import org.nnlang.compiler.ir.Axes;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.ElementwiseOp;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.rewrite.Simplify;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Options;
import org.nnlang.runtime.tensor.DType;

/// Training steps built by hand, as lowering would build them.
public final class SampleSteps {
    static final Dim BATCH = Dim.symbol("batch");

    private final Graph graph = new Graph();
    private final Map<String, Node> parameters = new LinkedHashMap<>();
    private final List<Procedure.Update> updates = new ArrayList<>();

    private SampleSteps() {}

    /// A perceptron with ReLU, softmax cross-entropy and Adam.
    public static Procedure classifier(int... widths) {
        var net = new SampleSteps();
        var graph = net.graph;
        Node x = graph.input("x", new TensorType(DType.F32, Shape.of(BATCH, Dim.of(widths[0]))));
        Node label = graph.input("label", new TensorType(DType.I32, Shape.of(BATCH)));
        Node step = graph.input("step", TensorType.scalar(DType.I32));
        Node h = x;
        for (int i = 1; i < widths.length; i++) {
            h = net.dense("fc" + i, h, widths[i - 1], widths[i]);
            if (i < widths.length - 1) {
                h = graph.apply(Ops.MAX, h, graph.fill(h.type(), 0));
            }
        }
        Node loss = net.crossEntropy(h, label);
        Node hits = graph.apply(Ops.EQ, graph.reduce(Form.ReduceKind.ARGMAX, h, List.of(1)), label);
        Node accuracy = net.mean(graph.apply(Ops.TO_F32, hits));
        net.adam(loss, graph.apply(Ops.TO_F32, step));
        return net.finish(List.of(x, label, step), Map.of("loss", loss, "accuracy", accuracy));
    }

    /// A perceptron with tanh, mean squared error and plain gradient descent.
    public static Procedure regressor(int... widths) {
        var net = new SampleSteps();
        var graph = net.graph;
        int last = widths[widths.length - 1];
        Node x = graph.input("x", new TensorType(DType.F32, Shape.of(BATCH, Dim.of(widths[0]))));
        Node y = graph.input("y", new TensorType(DType.F32, Shape.of(BATCH, Dim.of(last))));
        Node h = x;
        for (int i = 1; i < widths.length; i++) {
            h = net.dense("fc" + i, h, widths[i - 1], widths[i]);
            if (i < widths.length - 1) {
                h = graph.apply(Ops.TANH, h);
            }
        }
        Node error = graph.apply(Ops.SUB, h, y);
        Node loss = net.mean(graph.apply(Ops.MUL, error, error));
        Map<Node, Node> gradients = Gradients.gradients(graph, loss, net.parameters.values());
        net.parameters.forEach((name, parameter) -> {
            Node change = graph.apply(Ops.MUL, gradients.get(parameter), graph.fill(parameter.type(), 0.01));
            net.update(name, Form.VariableKind.PARAMETER, graph.apply(Ops.SUB, parameter, change));
        });
        return net.finish(List.of(x, y), Map.of("loss", loss));
    }

    /// Trains on made-up data; the variables in the end, and the last loss.
    public static Map<String, float[]> train(Image image, CompiledProgram program, int steps) {
        return TrainedByRuntime.train(image, program, Options.usual(), 1, 12, steps);
    }

    private Procedure finish(List<Node> inputs, Map<String, Node> outputs) {
        var named = outputs.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> new Procedure.Output(entry.getKey(), entry.getValue()))
                .toList();
        var procedure = new Procedure("step", inputs, named, updates);
        return Simplify.fuseMultiplyAdd(graph, Simplify.simplify(graph, procedure));
    }

    private Node dense(String name, Node x, int in, int out) {
        Node weights = parameter(name + ".W", Shape.of(in, out));
        Node bias = parameter(name + ".b", Shape.of(out));
        Node product = graph.matmul(x, weights);
        return graph.apply(Ops.ADD, product, graph.broadcast(bias, product.shape()));
    }

    private Node parameter(String name, Shape shape) {
        Node node = graph.variable(name, Form.VariableKind.PARAMETER, new TensorType(DType.F32, shape));
        parameters.put(name, node);
        return node;
    }

    private void update(String name, Form.VariableKind kind, Node value) {
        updates.add(new Procedure.Update(name, kind, value));
    }

    private Node mean(Node x) {
        Node sum = graph.sum(x, Axes.range(0, x.type().rank()));
        return graph.apply(Ops.DIV, sum, graph.size(x.shape().size(), DType.F32));
    }

    private Node crossEntropy(Node logits, Node label) {
        var rows = List.of(0);
        Node max = graph.stopGradient(graph.reduce(Form.ReduceKind.MAX, logits, List.of(1)));
        Node shifted = graph.apply(Ops.SUB, logits, graph.broadcast(max, logits.shape(), rows));
        Node total = graph.apply(Ops.LOG, graph.sum(graph.apply(Ops.EXP, shifted), List.of(1)));
        Node logs = graph.apply(Ops.SUB, shifted, graph.broadcast(total, logits.shape(), rows));
        Node hot = graph.apply(
                Ops.EQ, graph.iota(logits.shape(), 1), graph.broadcast(label, logits.shape(), rows));
        Node picked = graph.apply(Ops.SELECT, hot, logs, graph.fill(logs.type(), 0));
        return graph.apply(Ops.NEG, mean(graph.sum(picked, List.of(1))));
    }

    private Node constant(Node like, double value) {
        return graph.fill(like.type(), value);
    }

    private Node apply(ElementwiseOp op, Node... inputs) {
        return graph.apply(op, inputs);
    }

    private void adam(Node loss, Node step) {
        Map<Node, Node> gradients = Gradients.gradients(graph, loss, parameters.values());
        Node first = graph.apply(Ops.SUB, graph.constant(1), graph.apply(Ops.POW, graph.constant(0.9), step));
        Node second = graph.apply(Ops.SUB, graph.constant(1), graph.apply(Ops.POW, graph.constant(0.999), step));
        parameters.forEach((name, p) -> {
            Node g = gradients.get(p);
            Node m = graph.variable(name + ".m", Form.VariableKind.SLOT, p.type());
            Node v = graph.variable(name + ".v", Form.VariableKind.SLOT, p.type());
            Node newM = apply(Ops.ADD, apply(Ops.MUL, m, constant(p, 0.9)), apply(Ops.MUL, g, constant(p, 0.1)));
            Node square = apply(Ops.MUL, g, g);
            Node newV =
                    apply(Ops.ADD, apply(Ops.MUL, v, constant(p, 0.999)), apply(Ops.MUL, square, constant(p, 0.001)));
            Node root = apply(Ops.SQRT, second);
            Node rate = apply(Ops.MUL, graph.constant(1e-3), apply(Ops.DIV, root, first));
            Node eps = apply(Ops.MUL, graph.constant(1e-8), root);
            Node mean = apply(Ops.MUL, graph.broadcast(rate, p.shape(), List.of()), newM);
            Node spread = apply(Ops.ADD, apply(Ops.SQRT, newV), graph.broadcast(eps, p.shape(), List.of()));
            update(name, Form.VariableKind.PARAMETER, apply(Ops.SUB, p, apply(Ops.DIV, mean, spread)));
            update(name + ".m", Form.VariableKind.SLOT, newM);
            update(name + ".v", Form.VariableKind.SLOT, newV);
        });
    }
}
