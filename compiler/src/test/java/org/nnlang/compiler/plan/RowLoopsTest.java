package org.nnlang.compiler.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nnlang.compiler.autodiff.Gradients;
import org.nnlang.compiler.bytecode.ProgramClass;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.ir.Axes;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.oracle.Bindings;
import org.nnlang.compiler.oracle.Interpreter;
import org.nnlang.compiler.oracle.RandomGraphs;
import org.nnlang.compiler.rewrite.Simplify;
import org.nnlang.runtime.fused.Tier;
import org.nnlang.runtime.kernel.Machine;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Options;
import org.nnlang.runtime.tensor.DType;

/// What networks are made of, forward and backward, over more rows and columns than one block of a loop has.
class RowLoopsTest {
    private static final Dim B = Dim.symbol("b");

    private final Graph graph = new Graph();
    private final Map<String, Node> parameters = new HashMap<>();
    private final List<Procedure.Output> outputs = new ArrayList<>();

    private Node x(Dim... rest) {
        return graph.input("x", new TensorType(DType.F32, Shape.of(B).followedBy(Shape.of(rest))));
    }

    private Node parameter(String name, long... shape) {
        Node node = graph.variable(name, Form.VariableKind.PARAMETER, new TensorType(DType.F32, Shape.of(shape)));
        parameters.put(name, node);
        return node;
    }

    private Node fill(Node like, double value) {
        return graph.fill(like.type(), value);
    }

    /// A value for each row, repeated along the last axis of `like`.
    private Node along(Node rows, Node like) {
        return graph.broadcast(rows, like.shape(), Axes.range(0, like.type().rank() - 1));
    }

    private Node mean(Node x, int axis) {
        Node sum = graph.sum(x, List.of(axis));
        Node count = graph.size(x.shape().dim(axis), DType.F32);
        return graph.apply(Ops.DIV, sum, graph.broadcast(count, sum.shape(), List.of()));
    }

    private Node softmax(Node x) {
        int last = x.type().rank() - 1;
        Node max = graph.stopGradient(graph.reduce(Form.ReduceKind.MAX, x, List.of(last)));
        Node powers = graph.apply(Ops.EXP, graph.apply(Ops.SUB, x, along(max, x)));
        return graph.apply(Ops.DIV, powers, along(graph.sum(powers, List.of(last)), x));
    }

    private Node layerNorm(Node x, Node gain, Node bias) {
        int last = x.type().rank() - 1;
        Node centred = graph.apply(Ops.SUB, x, along(mean(x, last), x));
        Node spread = mean(graph.apply(Ops.MUL, centred, centred), last);
        Node scale = graph.apply(Ops.RSQRT, graph.apply(Ops.ADD, spread, fill(spread, 1e-5)));
        Node normal = graph.apply(Ops.MUL, centred, along(scale, x));
        Node scaled = graph.apply(Ops.MUL, normal, graph.broadcast(gain, x.shape()));
        return graph.apply(Ops.ADD, scaled, graph.broadcast(bias, x.shape()));
    }

    @Test
    void softmaxOfLongRows() {
        Node x = x(Dim.of(1500));
        Node y = softmax(x);
        outputs.add(new Procedure.Output("y", y));
        int steps = check(x, graph.apply(Ops.MUL, y, y), 70);
        assertEquals(2, steps, "the rows, and the sum over them");
    }

    @Test
    void softmaxOfOneVeryLongRow() {
        Node x = x(Dim.of(100_003));
        outputs.add(new Procedure.Output("y", softmax(x)));
        check(x, x, 1);
    }

    @Test
    void layerNormalization() {
        Node x = x(Dim.of(70));
        Node w = parameter("w", 70, 70);
        Node y = layerNorm(graph.matmul(x, w), parameter("gain", 70), parameter("bias", 70));
        check(x, graph.apply(Ops.TANH, y), 200);
    }

    @Test
    void layerNormalizationOfThreeAxes() {
        Node x = x(Dim.of(9), Dim.of(33));
        Node w = parameter("w", 33, 33);
        Node h = graph.contract(x, w, new Form.Contract(List.of(), List.of(), List.of(2), List.of(0)));
        Node y = graph.apply(Ops.ADD, x, layerNorm(h, parameter("gain", 33), parameter("bias", 33)));
        check(x, graph.apply(Ops.MUL, y, y), 17);
    }

    @Test
    void batchNormalization() {
        Node x = x(Dim.of(33));
        Node h = graph.matmul(x, parameter("w", 33, 20));
        Node mean = mean(h, 0);
        Node centred = graph.apply(Ops.SUB, h, graph.broadcast(mean, h.shape()));
        Node spread = mean(graph.apply(Ops.MUL, centred, centred), 0);
        Node scale = graph.apply(Ops.RSQRT, graph.apply(Ops.ADD, spread, fill(spread, 1e-5)));
        Node y = graph.apply(Ops.MUL, centred, graph.broadcast(scale, h.shape()));
        y = graph.apply(Ops.MUL, y, graph.broadcast(parameter("gain", 20), y.shape()));
        outputs.add(new Procedure.Output("mean", mean));
        check(x, graph.apply(Ops.TANH, y), 150);
    }

    @Test
    void attention() {
        long heads = 3;
        long width = 8;
        Node x = x(Dim.of(21), Dim.of(heads * width));
        Node[] parts = new Node[3];
        for (int i = 0; i < 3; i++) {
            Node w = parameter("w" + i, heads * width, heads * width);
            Node h = graph.contract(x, w, new Form.Contract(List.of(), List.of(), List.of(2), List.of(0)));
            var split = Shape.of(B, Dim.of(21), Dim.of(heads), Dim.of(width));
            parts[i] = graph.transpose(graph.reshape(h, split), List.of(0, 2, 1, 3));
        }
        var batch = List.of(0, 1);
        Node scores = graph.contract(parts[0], parts[1], new Form.Contract(batch, batch, List.of(3), List.of(3)));
        scores = graph.apply(Ops.MUL, scores, fill(scores, 0.35));
        Node row = graph.iota(scores.shape(), 2);
        Node column = graph.iota(scores.shape(), 3);
        scores = graph.apply(Ops.SELECT, graph.apply(Ops.LE, column, row), scores, fill(scores, -1e9));
        Node mixed = graph.contract(softmax(scores), parts[2], new Form.Contract(batch, batch, List.of(3), List.of(2)));
        Node joined = graph.reshape(graph.transpose(mixed, List.of(0, 2, 1, 3)), x.shape());
        check(x, graph.apply(Ops.TANH, joined), 5);
    }

    /// Trains for one step on the mean of `loss`; returns how many steps the program has.
    private int check(Node x, Node loss, int batch) {
        Node total = graph.sum(loss, Axes.range(0, loss.type().rank()));
        Node mean = graph.apply(Ops.DIV, total, graph.size(loss.shape().size(), DType.F32));
        outputs.add(new Procedure.Output("loss", mean));
        var updates = new ArrayList<Procedure.Update>();
        Gradients.gradients(graph, mean, parameters.values()).forEach((parameter, gradient) -> {
            var form = (Form.Variable) parameter.form();
            Node changed = graph.apply(Ops.SUB, parameter, gradient);
            updates.add(new Procedure.Update(form.name(), form.kind(), changed));
        });
        updates.sort((a, b) -> a.variable().compareTo(b.variable()));
        var procedure = new Procedure("rows", List.of(x), outputs, updates);
        var simple = Simplify.fuseMultiplyAdd(graph, Simplify.simplify(graph, procedure));
        Map<String, double[]> variables = new HashMap<>();
        parameters.forEach((name, node) -> variables.put(
                name, values(node.shape().size().constant(), name.hashCode())));
        long count = x.shape().size().evaluate(Map.of("b", (long) batch));
        var bindings = new Bindings(Map.of("b", (long) batch), Map.of("x", values(count, 3)), variables,
                RandomGraphs::draw);
        var expected = Interpreter.run(simple, bindings);
        var scalar = new Options(Tier.SCALAR);
        var tiles = new Options(Machine.vectors() ? Tier.TILE : Tier.SCALAR);
        var generated = new Options(Machine.vectors() ? Tier.GENERATED : Tier.SCALAR);
        var plain = Running.run(simple, bindings, Fusion.Effort.NONE, tiles, 1);
        assertNull(Running.difference(expected, plain, 1e-5));
        Image image = Planner.plan(simple, VariableLayout.of(List.of(simple)), Fusion.Effort.FULL);
        var program = ProgramClass.of("nn.Rows", image).load();
        var fused = Running.run(image, program, simple, bindings, scalar, 1);
        assertNull(Running.difference(expected, fused, 1e-5));
        for (int threads = 1; threads <= 3; threads++) {
            var onTiles = Running.run(image, program, simple, bindings, tiles, threads);
            assertNull(Running.difference(fused, onTiles, 0), "tiles, threads: " + threads);
            var inCode = Running.run(image, program, simple, bindings, generated, threads);
            assertNull(Running.difference(fused, inCode, 0), "generated code, threads: " + threads);
        }
        return image.steps().size();
    }

    private static double[] values(long count, int seed) {
        double[] values = new double[Math.toIntExact(count)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (Math.sin(seed + i * 0.37) + 0.3 * Math.cos(i * 1.7));
        }
        return values;
    }
}
