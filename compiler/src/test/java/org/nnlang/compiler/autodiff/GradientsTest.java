package org.nnlang.compiler.autodiff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nnlang.compiler.ir.Axes;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.IrException;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.op.Formula;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.oracle.Bindings;
import org.nnlang.compiler.oracle.GradientCheck;
import org.nnlang.compiler.oracle.Interpreter;
import org.nnlang.runtime.tensor.DType;

class GradientsTest {
    private static final Dim B = Dim.symbol("b");

    /// A form to check: the shapes of its f32 inputs, and what it makes of them.
    record Case(String name, List<Shape> shapes, BiFunction<Graph, List<Node>, Node> form) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> forms() {
        var cases = new ArrayList<Case>();
        for (var kind : List.of(Form.ReduceKind.SUM, Form.ReduceKind.PRODUCT, Form.ReduceKind.MAX,
                Form.ReduceKind.MIN)) {
            for (var axes : List.of(List.of(0), List.of(1), List.of(2), List.of(0, 2), List.of(0, 1, 2))) {
                cases.add(one(kind + " " + axes, Shape.of(2, 3, 2), (g, x) -> g.reduce(kind, x, axes)));
            }
        }
        cases.add(one("reshape", Shape.of(2, 3), (g, x) -> g.reshape(x, Shape.of(3, 2))));
        cases.add(one("transpose", Shape.of(2, 3, 4), (g, x) -> g.transpose(x, List.of(2, 0, 1))));
        for (int start = 0; start < 3; start++) {
            for (int limit = start + 1; limit <= 7; limit++) {
                for (int step = 1; step <= 4; step++) {
                    int from = start;
                    int to = limit;
                    int by = step;
                    cases.add(one(
                            "slice %d:%d:%d".formatted(from, to, by),
                            Shape.of(2, 7, 2),
                            (g, x) -> g.slice(x, 1, Dim.of(from), Dim.of(to), by)));
                }
            }
        }
        cases.add(one(
                "slice of all axes",
                Shape.of(5, 4),
                (g, x) -> g.slice(
                        x, List.of(Dim.ONE, Dim.ZERO), List.of(Dim.of(5), Dim.of(3)), List.of(2, 2))));
        cases.add(one(
                "slice of a symbolic axis",
                Shape.of(B.times(2), Dim.of(2)),
                (g, x) -> g.slice(x, 0, Dim.ZERO, B.times(2), 2)));
        cases.add(one(
                "pad",
                Shape.of(2, 3),
                (g, x) -> g.pad(x, List.of(Dim.ONE, Dim.ZERO), List.of(Dim.ZERO, Dim.of(2)))));
        cases.add(new Case(
                "concat", List.of(Shape.of(2, 1), Shape.of(2, 3), Shape.of(2, 2)), (g, x) -> g.concat(1, x)));
        cases.add(one("broadcast [0]", Shape.of(2), (g, x) -> g.broadcast(x, Shape.of(2, 3), List.of(0))));
        cases.add(one("broadcast [1]", Shape.of(3), (g, x) -> g.broadcast(x, Shape.of(2, 3), List.of(1))));
        cases.add(one(
                "broadcast [0, 2]", Shape.of(2, 2), (g, x) -> g.broadcast(x, Shape.of(2, 3, 2), List.of(0, 2))));
        cases.add(one("broadcast of a scalar", Shape.SCALAR, (g, x) -> g.broadcast(x, Shape.of(B, Dim.of(2)))));
        cases.add(one("running sums", Shape.of(2, 4), (g, x) -> g.row(Form.RowKind.SUMS, x)));
        cases.add(one("running sums, backwards", Shape.of(2, 4), (g, x) -> g.row(Form.RowKind.SUMS_BACKWARDS, x)));
        cases.add(one("gather", Shape.of(4, 2), (g, x) -> g.gather(x, indices(g, 2, 3, 1, 1, 0, 3, 3, 2))));
        // x reaches the result on several ways, and each of them multiplies and divides and changes signs.
        cases.add(one("x · tanh x", Shape.of(2, 3), (g, x) -> g.apply(Ops.MUL, x, g.apply(Ops.TANH, x))));
        cases.add(one("−x / (x² + 1) · eˣ", Shape.of(2, 3), (g, x) -> {
            var value = new Formula(g, x);
            return value.negate()
                    .over(value.times(value).plus(1))
                    .times(value.exp())
                    .node();
        }));
        cases.add(one("(x · x) · (x · x) + x", Shape.of(2, 3), (g, x) -> {
            var square = new Formula(g, x).times(new Formula(g, x));
            return square.times(square).plus(new Formula(g, x)).node();
        }));
        cases.add(one(
                "scatter_add",
                Shape.of(2, 3, 2),
                (g, x) -> g.scatterAdd(Dim.of(5), indices(g, 2, 3, 1, 1, 0, 3, 3, 2), x)));
        return cases;
    }

    private static Case one(String name, Shape shape, BiFunction<Graph, Node, Node> form) {
        return new Case(name, List.of(shape), (g, x) -> form.apply(g, x.getFirst()));
    }

    private static Node indices(Graph graph, int rows, int columns, double... values) {
        var used = Arrays.copyOf(values, rows * columns);
        return graph.constant(new TensorType(DType.I32, Shape.of(rows, columns)), used);
    }

    /// Every way to share out the axes of two tensors over batch, contracted and free axes, in every order.
    static List<Case> contractions() {
        var cases = new ArrayList<Case>();
        // A letter an axis: a, b are batch, c, d contracted, others free.
        for (var lhs : arrangements("aci", "cd", "ai", "acdi", "i", "abc")) {
            for (var rhs : arrangements("acj", "cdj", "j", "dca", "bac")) {
                if (shared(lhs, rhs, "ab") && shared(lhs, rhs, "cd")) {
                    cases.add(new Case(lhs + "," + rhs, List.of(shape(lhs), shape(rhs)), (g, x) -> {
                        var form = new Form.Contract(
                                axes(lhs, "ab"), axes(rhs, "ab"), axes(lhs, "cd"), axes(rhs, "cd"));
                        return g.contract(x.get(0), x.get(1), form);
                    }));
                }
            }
        }
        return cases;
    }

    private static boolean shared(String lhs, String rhs, String letters) {
        return letters.chars().allMatch(letter -> (lhs.indexOf(letter) < 0) == (rhs.indexOf(letter) < 0));
    }

    private static List<String> arrangements(String... words) {
        var all = new ArrayList<String>();
        for (var word : words) {
            arrange("", word, all);
        }
        return all;
    }

    private static void arrange(String done, String left, List<String> all) {
        if (left.isEmpty()) {
            all.add(done);
        }
        for (int i = 0; i < left.length(); i++) {
            arrange(done + left.charAt(i), left.substring(0, i) + left.substring(i + 1), all);
        }
    }

    private static List<Integer> axes(String word, String letters) {
        return letters.chars()
                .mapToObj(word::indexOf)
                .filter(axis -> axis >= 0)
                .toList();
    }

    private static Shape shape(String word) {
        return new Shape(word.chars()
                .mapToObj(letter -> Dim.of(
                        switch (letter) {
                            case 'a', 'd' -> 2;
                            case 'c', 'j' -> 3;
                            case 'b' -> 1;
                            default -> 4;
                        }))
                .toList());
    }

    @ParameterizedTest
    @MethodSource({"forms", "contractions"})
    void theGradientOfAFormIsThatOfTheFunction(Case form) {
        check(form, 1);
    }

    @ParameterizedTest
    @MethodSource("forms")
    void theGradientOfTheGradientIsThatOfTheGradient(Case form) {
        check(form, 2);
    }

    private static void check(Case form, int order) {
        var graph = new Graph();
        var inputs = new ArrayList<Node>();
        Map<String, double[]> values = new HashMap<>();
        Map<String, Long> sizes = Map.of("b", 3L);
        for (var shape : form.shapes) {
            var name = "x" + inputs.size();
            inputs.add(graph.input(name, new TensorType(DType.F32, shape)));
            var elements = new double[Math.toIntExact(shape.size().evaluate(sizes))];
            for (int i = 0; i < elements.length; i++) {
                elements[i] = (i * 37 + 11) % 41 / 16.0 - 1.03 + inputs.size() / 8.0;
            }
            values.put(name, elements);
        }
        var bindings = new Bindings(sizes, values, Map.of(), (_, _, count) -> new double[count]);
        GradientCheck.check(graph, form.form.apply(graph, inputs), inputs, bindings, order);
    }

    private final Graph graph = new Graph();
    private final Node x = graph.input("x", new TensorType(DType.F32, Shape.of(3)));
    private final Node w = graph.input("w", new TensorType(DType.F32, Shape.of(3)));

    private Node total(Node node) {
        return graph.sum(node, Axes.range(0, node.type().rank()));
    }

    private static double[] value(Node node, double... x) {
        var bindings = new Bindings(
                Map.of(), Map.of("x", x, "w", new double[] {1, 2, 3}), Map.of(), (_, _, count) -> new double[count]);
        return new Interpreter(bindings).evaluate(node);
    }

    private static List<Double> list(double... values) {
        // A negative zero counts as zero.
        return Arrays.stream(values).map(value -> value + 0.0).boxed().toList();
    }

    @Test
    void whatTheLossDoesNotReachHasNoGradient() {
        var loss = total(graph.apply(Ops.MUL, x, x));
        assertEquals(Set.of(x), Gradients.gradients(graph, loss, List.of(x, w)).keySet());
    }

    @Test
    void conditionsIntegersAndStoppedGradientsCarryNone() {
        var condition = graph.apply(Ops.LT, w, x);
        var chosen = graph.apply(Ops.SELECT, condition, x, graph.stopGradient(w));
        var counted = graph.apply(Ops.TO_F32, graph.apply(Ops.TO_I32, w));
        var rounded = graph.apply(Ops.FLOOR, w);
        var loss = total(graph.apply(Ops.ADD, chosen, graph.apply(Ops.ADD, counted, rounded)));
        assertEquals(Set.of(x), Gradients.gradients(graph, loss, List.of(x, w)).keySet());
        assertTrue(Graph.depends(loss, w));
    }

    @Test
    void theLossItselfHasGradientOne() {
        var loss = total(x);
        assertSame(graph.constant(1), Gradients.gradients(graph, loss, List.of(loss)).get(loss));
    }

    @Test
    void anInnerNodeHasAGradientToo() {
        var y = graph.apply(Ops.EXP, x);
        var loss = total(graph.apply(Ops.MUL, y, y));
        var gradients = Gradients.gradients(graph, loss, List.of(y, x));
        assertEquals(list(2, 2, 2), list(value(gradients.get(y), 0, 0, 0)));
        assertEquals(list(2, 2, 2), list(value(gradients.get(x), 0, 0, 0)));
    }

    /// g · f(x) + g · x · f'(x) + … is g · (f(x) + x · f'(x) + …): what stands in brackets is known before g is.
    @Test
    void whatArrivesOnSeveralWaysFromOneValueIsItTimesTheDerivative() {
        var value = new Formula(graph, x);
        var y = value.times(value.exp()).over(value.sin().negate()).node();
        var g = graph.apply(Ops.TANH, w);
        var gradient = Gradients.pullBack(graph, Map.of(y, g), List.of(x)).get(x);
        assertTrue(gradient != null && gradient.form() instanceof Form.Elementwise(var op) && op == Ops.MUL);
        var others = gradient.inputs().stream().filter(input -> input != g).toList();
        assertEquals(1, others.size(), gradient::toString);
        assertFalse(Graph.depends(others.getFirst(), w));
    }

    /// A value that arrives once as it is and once multiplied would be multiplied by a one more.
    @Test
    void whatArrivesAsItIsIsAdded() {
        var value = new Formula(graph, x);
        var y = value.plus(value.exp()).node();
        var g = graph.apply(Ops.TANH, w);
        var gradient = Gradients.pullBack(graph, Map.of(y, g), List.of(x)).get(x);
        assertTrue(gradient != null && gradient.form() instanceof Form.Elementwise(var op) && op == Ops.ADD);
        assertTrue(gradient.inputs().contains(g));
    }

    @Test
    void aLossIsAnF32Scalar() {
        assertThrows(IrException.class, () -> Gradients.gradients(graph, x, List.of(x)));
        var count = graph.sum(graph.apply(Ops.TO_I32, x), List.of(0));
        assertThrows(IrException.class, () -> Gradients.gradients(graph, count, List.of(x)));
    }

    @Test
    void reluHasNoGradientAtZero() {
        var relu = graph.apply(Ops.MAX, x, graph.fill(x.type(), 0));
        var gradient = Gradients.gradients(graph, total(relu), List.of(x)).get(x);
        assertEquals(list(0, 0, 1), list(value(gradient, -1, 0, 1)));
    }

    @Test
    void aTiedMaximumSharesItsGradient() {
        var loss = graph.reduce(Form.ReduceKind.MAX, x, List.of(0));
        var gradient = Gradients.gradients(graph, loss, List.of(x)).get(x);
        assertEquals(list(0.5, 0, 0.5), list(value(gradient, 2, 1, 2)));
    }

    @Test
    void aProductHasItsGradientAtZerosToo() {
        var loss = graph.reduce(Form.ReduceKind.PRODUCT, x, List.of(0));
        var gradient = Gradients.gradients(graph, loss, List.of(x)).get(x);
        assertEquals(list(6, 0, 0), list(value(gradient, 0, 2, 3)));
        assertEquals(list(0, 0, 0), list(value(gradient, 0, 0, 3)));
        assertEquals(list(6, 3, 2), list(value(gradient, 1, 2, 3)));
    }

    @Test
    void powerHasItsGradientAtZero() {
        var loss = total(graph.apply(Ops.POW, x, graph.fill(x.type(), 2)));
        var gradients = Gradients.gradients(graph, loss, List.of(x));
        assertEquals(list(0, 2, -4), list(value(gradients.get(x), 0, 1, -2)));
        var constant = total(graph.apply(Ops.POW, x, graph.fill(x.type(), 0)));
        assertEquals(list(0, 0, 0), list(value(Gradients.gradients(graph, constant, List.of(x)).get(x), 0, 1, -2)));
    }

    @Test
    void theSideNotTakenGetsExactlyZero() {
        var positive = graph.apply(Ops.LT, graph.fill(x.type(), 0), x);
        var chosen = graph.apply(Ops.SELECT, positive, graph.apply(Ops.LOG, x), graph.fill(x.type(), 1));
        var gradient = Gradients.gradients(graph, total(chosen), List.of(x)).get(x);
        assertEquals(list(0, 1, 0.5), list(value(gradient, -5, 1, 2)));
    }

    @Test
    void aHundredThousandNodesDeep() {
        Node y = x;
        for (int i = 0; i < 50_000; i++) {
            y = graph.apply(Ops.MUL, graph.apply(Ops.SIN, y), w);
        }
        var loss = total(y);
        assertTrue(graph.size() > 100_000);
        var gradients = Gradients.gradients(graph, loss, List.of(x, w));
        assertFalse(Double.isNaN(value(gradients.get(w), 1, 2, 3)[0]));
        assertEquals(2, gradients.size());
    }
}
