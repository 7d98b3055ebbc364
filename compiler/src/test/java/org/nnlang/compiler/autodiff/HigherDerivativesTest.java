package org.nnlang.compiler.autodiff;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nnlang.compiler.ir.Axes;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.oracle.Bindings;
import org.nnlang.compiler.oracle.GradientCheck;
import org.nnlang.runtime.tensor.DType;

/// Gradients of gradients, as `grad(y, x)` makes them, against central differences.
class HigherDerivativesTest {
    private final Graph graph = new Graph();
    private final Map<String, double[]> values = new HashMap<>();

    private Node input(String name, long... dims) {
        var node = graph.input(name, new TensorType(DType.F32, Shape.of(dims)));
        var elements = new double[Math.toIntExact(node.shape().size().constant())];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = (i * 29 + name.hashCode() % 17) % 23 / 12.0 - 0.9;
        }
        values.put(name, elements);
        return node;
    }

    private Node gradient(Node y, Node x) {
        return Gradients.gradients(graph, total(y), List.of(x)).get(x);
    }

    private Node total(Node node) {
        return graph.sum(node, Axes.range(0, node.type().rank()));
    }

    private void check(Node y, List<Node> wrt, int order) {
        GradientCheck.check(
                graph, y, wrt, new Bindings(Map.of(), values, Map.of(), (_, _, count) -> new double[count]), order);
    }

    /// tanh(tanh(x·V + b)·W)·u
    private Node field(Node x, List<Node> weights) {
        var v = input("V", 2, 3);
        var b = input("b", 3);
        var w = input("W", 3, 3);
        var u = input("u", 3, 1);
        weights.addAll(List.of(v, b, w, u));
        var first = graph.matmul(x, v);
        var h = graph.apply(Ops.TANH, graph.apply(Ops.ADD, first, graph.broadcast(b, first.shape())));
        return graph.matmul(graph.apply(Ops.TANH, graph.matmul(h, w)), u);
    }

    @Test
    void threeDerivativesOfATanhNetwork() {
        var x = input("x", 4, 2);
        check(field(x, new ArrayList<>()), List.of(x), 3);
    }

    @Test
    void aLossOfDerivativesReachesTheWeights() {
        var x = input("x", 4, 2);
        var weights = new ArrayList<Node>();
        var y = field(x, weights);
        var slope = gradient(y, x);
        var curve = gradient(graph.apply(Ops.MUL, slope, slope), x);
        check(graph.apply(Ops.MUL, curve, curve), weights, 1);
    }

    @Test
    void aHessianTimesAVector() {
        var x = input("x", 4, 2);
        var direction = input("v", 4, 2);
        var product = gradient(graph.apply(Ops.MUL, gradient(field(x, new ArrayList<>()), x), direction), x);
        check(product, List.of(x, direction), 1);
    }

    @Test
    void aProductHasAllDerivativesAtZerosToo() {
        var x = input("x", 2, 3, 2);
        values.put("x", new double[] {0, 2, 3, 0, -1, 0.5, 1, 1, 0, 2, 0.25, -3});
        for (var axes : List.of(List.of(0), List.of(1), List.of(2), List.of(0, 2), List.of(0, 1, 2))) {
            check(graph.reduce(Form.ReduceKind.PRODUCT, x, axes), List.of(x), 3);
        }
    }

    @Test
    void aPointPassesItsGradient() {
        var x = input("x", 3);
        var point = graph.point(0, graph.apply(Ops.MUL, x, x));
        check(graph.apply(Ops.SIN, graph.apply(Ops.MUL, point, x)), List.of(x), 3);
    }
}
