package org.nnlang.compiler.autodiff;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.nnlang.compiler.ir.Axes;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.op.Formula;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.oracle.Bindings;
import org.nnlang.compiler.oracle.RandomGraphs;
import org.nnlang.compiler.scan.ScanBuilder;
import org.nnlang.runtime.tensor.DType;

/// Loops of many kinds, for tests of all that can be done with one.
public final class Loops {
    private static final Dim T = Dim.symbol("t");

    private Loops() {}

    /// A loop over the inputs of a graph.
    ///
    /// @param inputs the f32 inputs, of which gradients are taken
    /// @param outputs its results
    public record Loop(String name, Graph graph, List<Node> inputs, List<Node> others, List<Node> outputs) {
        @Override
        public String toString() {
            return name;
        }

        public Procedure procedure() {
            var all = new ArrayList<>(inputs);
            all.addAll(others);
            var named = new ArrayList<Procedure.Output>();
            for (int i = 0; i < outputs.size(); i++) {
                named.add(new Procedure.Output("y" + i, outputs.get(i)));
            }
            return new Procedure(name, all, named, List.of());
        }

        /// Σ over all f32 results of y².
        public Node total() {
            Node sum = graph.constant(0);
            for (var output : outputs) {
                if (output.type().dtype() == DType.F32) {
                    var square = graph.apply(Ops.MUL, output, output);
                    sum = graph.apply(Ops.ADD, sum, graph.sum(square, Axes.range(0, output.type().rank())));
                }
            }
            return sum;
        }

        /// Its results, and the gradients of their total.
        public Procedure withGradients() {
            var all = new ArrayList<>(procedure().outputs());
            Gradients.gradients(graph, total(), inputs)
                    .forEach((input, gradient) -> all.add(new Procedure.Output("d " + input.form(), gradient)));
            return new Procedure(name, procedure().inputs(), all, List.of());
        }

        /// Numbers for the inputs.
        public Bindings bindings(int length) {
            var values = new HashMap<String, double[]>();
            var sizes = Map.of("t", (long) length);
            for (var input : inputs) {
                int size = Math.toIntExact(input.shape().size().evaluate(sizes));
                var array = new double[size];
                for (int i = 0; i < size; i++) {
                    // Such as a float holds exactly.
                    array[i] = ((i * 37 + values.size() * 11) % 29 - 14) / 16.0;
                }
                values.put(((Form.Input) input.form()).name(), array);
            }
            for (var other : others) {
                int size = Math.toIntExact(other.shape().size().evaluate(sizes));
                var array = new double[size];
                for (int i = 0; i < size; i++) {
                    array[i] = other.type().dtype() == DType.BOOL ? (i * 5 + 1) % 3 > 0 ? 1 : 0 : (i * 7 + 2) % 5;
                }
                values.put(((Form.Input) other.form()).name(), array);
            }
            return new Bindings(sizes, values, Map.of(), RandomGraphs::draw);
        }
    }

    /// What a round is written with.
    private static final class Round {
        final Graph graph = new Graph();
        final List<Node> inputs = new ArrayList<>();
        final List<Node> others = new ArrayList<>();

        Node input(String name, Shape shape) {
            var node = graph.input(name, new TensorType(DType.F32, shape));
            inputs.add(node);
            return node;
        }

        Node sequence(String name, long... dims) {
            return input(name, Shape.of(T).followedBy(Shape.of(dims)));
        }

        Node other(String name, DType dtype, Shape shape) {
            var node = graph.input(name, new TensorType(dtype, shape));
            others.add(node);
            return node;
        }

        ScanBuilder loop(boolean reversed) {
            return new ScanBuilder(graph, T, reversed);
        }

        Node add(Node a, Node b) {
            return graph.apply(Ops.ADD, a, b);
        }

        Node mul(Node a, Node b) {
            return graph.apply(Ops.MUL, a, b);
        }

        Node tanh(Node a) {
            return graph.apply(Ops.TANH, a);
        }

        Node sigmoid(Node a) {
            return new Formula(graph, tanh(new Formula(graph, a).times(0.5).node())).times(0.5).plus(0.5).node();
        }

        Node spread(Node a, Node like) {
            return graph.broadcast(a, like.shape());
        }

        Node part(Node a, int index, int size) {
            return graph.slice(a, 1, Dim.of((long) index * size), Dim.of((index + 1L) * size), 1);
        }
    }

    private static Loop of(String name, Function<Round, List<Node>> body) {
        var round = new Round();
        var outputs = body.apply(round);
        return new Loop(name, round.graph, round.inputs, round.others, outputs);
    }

    /// All of them.
    public static List<Loop> all() {
        return List.of(
                of("rnn", r -> rnn(r, false)),
                of("rnn backwards", r -> rnn(r, true)),
                of("lstm", r -> lstm(r, false)),
                of("lstm backwards", r -> lstm(r, true)),
                of("swapped", Loops::swapped),
                of("cumulative", Loops::cumulative),
                of("stopped", Loops::stopped),
                of("masked", Loops::masked),
                of("looked up", Loops::lookedUp),
                of("attention", Loops::attention),
                of("nested", Loops::nested),
                of("after one another", Loops::afterOneAnother),
                of("unused", Loops::unused),
                of("unchanged in the end", Loops::unchangedInTheEnd),
                of("repeated", Loops::repeated));
    }

    /// h' = tanh(x·W + h·U + b).
    private static List<Node> rnn(Round r, boolean reversed) {
        var xs = r.sequence("x", 2, 3);
        var w = r.input("W", Shape.of(3, 4));
        var u = r.input("U", Shape.of(4, 4));
        var b = r.input("b", Shape.of(4));
        var first = r.input("h", Shape.of(2, 4));
        var loop = r.loop(reversed);
        var h = loop.carry(first);
        var x = loop.slice(xs);
        var product = r.add(r.graph.matmul(x, w), r.graph.matmul(h, u));
        var next = r.tanh(r.add(product, r.spread(b, product)));
        loop.next(h, next);
        loop.stack(next);
        loop.close();
        return List.of(loop.stacked(next), loop.last(h));
    }

    private static List<Node> lstm(Round r, boolean reversed) {
        var xs = r.sequence("x", 2, 3);
        var w = r.input("W", Shape.of(3, 16));
        var u = r.input("U", Shape.of(4, 16));
        var b = r.input("b", Shape.of(16));
        var zero = r.graph.fill(new TensorType(DType.F32, Shape.of(2, 4)), 0);
        var loop = r.loop(reversed);
        var h = loop.carry(zero);
        var c = loop.carry(zero);
        var x = loop.slice(xs);
        var product = r.add(r.graph.matmul(x, w), r.graph.matmul(h, u));
        var gates = r.add(product, r.spread(b, product));
        var kept = r.mul(r.sigmoid(r.part(gates, 0, 4)), c);
        var stored = r.mul(r.sigmoid(r.part(gates, 1, 4)), r.tanh(r.part(gates, 2, 4)));
        var nextC = r.add(kept, stored);
        var nextH = r.mul(r.sigmoid(r.part(gates, 3, 4)), r.tanh(nextC));
        loop.next(h, nextH);
        loop.next(c, nextC);
        loop.stack(nextH);
        loop.close();
        return List.of(loop.stacked(nextH), loop.last(h), loop.last(c));
    }

    /// (a, b) = (b, a·x).
    private static List<Node> swapped(Round r) {
        var xs = r.sequence("x", 3);
        var loop = r.loop(false);
        var a = loop.carry(r.input("a", Shape.of(3)));
        var b = loop.carry(r.input("b", Shape.of(3)));
        var x = loop.slice(xs);
        var next = r.mul(a, x);
        loop.next(a, b);
        loop.next(b, next);
        loop.stack(a);
        loop.stack(next);
        loop.close();
        return List.of(loop.last(a), loop.last(b), loop.stacked(a), loop.stacked(next));
    }

    /// s' = s·decay + x, where the decay is captured, and what is stacked does not depend on the loop.
    private static List<Node> cumulative(Round r) {
        var xs = r.sequence("x", 2);
        var decay = r.input("decay", Shape.SCALAR);
        var loop = r.loop(false);
        var s = loop.carry(r.input("s", Shape.of(2)));
        var x = loop.slice(xs);
        var next = r.add(r.mul(s, r.spread(decay, s)), x);
        var square = r.mul(x, x);
        var alone = r.mul(decay, decay);
        loop.next(s, next);
        loop.stack(next);
        loop.stack(square);
        loop.stack(alone);
        loop.close();
        return List.of(loop.last(s), loop.stacked(next), loop.stacked(square), loop.stacked(alone));
    }

    /// The gradient does not pass from a round to the one before.
    private static List<Node> stopped(Round r) {
        var xs = r.sequence("x", 2);
        var w = r.input("w", Shape.of(2));
        var loop = r.loop(false);
        var h = loop.carry(r.graph.fill(new TensorType(DType.F32, Shape.of(2)), 0.5));
        var x = loop.slice(xs);
        var next = r.tanh(r.add(r.mul(r.graph.stopGradient(h), h), r.mul(x, w)));
        loop.next(h, next);
        loop.stack(next);
        loop.close();
        return List.of(loop.stacked(next));
    }

    /// Rounds after the end of a sequence change nothing.
    private static List<Node> masked(Round r) {
        var xs = r.sequence("x", 3);
        var mask = r.other("mask", DType.BOOL, Shape.of(T).followedBy(Shape.of(3)));
        var u = r.input("u", Shape.of(3));
        var loop = r.loop(false);
        var h = loop.carry(r.input("h", Shape.of(3)));
        var count = loop.carry(r.graph.fill(new TensorType(DType.I32, Shape.of(3)), 0));
        var x = loop.slice(xs);
        var m = loop.slice(mask);
        var next = r.graph.apply(Ops.SELECT, m, r.tanh(r.add(r.mul(h, u), x)), h);
        var one = r.graph.fill(count.type(), 1);
        var counted = r.graph.apply(Ops.SELECT, m, r.graph.apply(Ops.ADD, count, one), count);
        loop.next(h, next);
        loop.next(count, counted);
        loop.stack(next);
        loop.close();
        return List.of(loop.last(h), loop.stacked(next), loop.last(count));
    }

    /// Rows of a table chosen by what the rounds are given, and carried through a product.
    private static List<Node> lookedUp(Round r) {
        var table = r.input("table", Shape.of(5, 3));
        var w = r.input("W", Shape.of(3, 3));
        var ids = r.other("ids", DType.I32, Shape.of(T).followedBy(Shape.of(2)));
        var loop = r.loop(false);
        var h = loop.carry(r.input("h", Shape.of(2, 3)));
        var id = loop.slice(ids);
        var row = r.graph.gather(table, id);
        var next = r.tanh(r.add(r.graph.matmul(row, w), r.mul(h, row)));
        loop.next(h, next);
        loop.close();
        return List.of(loop.last(h));
    }

    /// Each round looks at all of what is captured, and reduces.
    private static List<Node> attention(Round r) {
        var xs = r.sequence("x", 2, 3);
        var keys = r.input("keys", Shape.of(2, 5, 3));
        var loop = r.loop(false);
        var h = loop.carry(r.input("h", Shape.of(2, 3)));
        var x = loop.slice(xs);
        var query = r.add(h, x);
        var scores = r.graph.contract(query, keys, new Form.Contract(List.of(0), List.of(0), List.of(1), List.of(2)));
        var exp = r.graph.apply(Ops.EXP, scores);
        var total = r.graph.sum(exp, List.of(1));
        var weights = r.graph.apply(Ops.DIV, exp, r.graph.broadcast(total, exp.shape(), List.of(0)));
        var next = r.graph.contract(weights, keys, new Form.Contract(List.of(0), List.of(0), List.of(1), List.of(1)));
        loop.next(h, next);
        loop.stack(weights);
        loop.close();
        return List.of(loop.last(h), loop.stacked(weights));
    }

    /// A loop over parts in each round.
    private static List<Node> nested(Round r) {
        var xs = r.sequence("x", 3, 2);
        var u = r.input("u", Shape.of(2));
        var outer = r.loop(false);
        var h = outer.carry(r.input("h", Shape.of(2)));
        var parts = outer.slice(xs);
        var inner = new ScanBuilder(r.graph, Dim.of(3), true);
        var g = inner.carry(h);
        var x = inner.slice(parts);
        var nextG = r.tanh(r.add(r.mul(g, u), x));
        inner.next(g, nextG);
        inner.stack(nextG);
        inner.close();
        var last = inner.last(g);
        var all = inner.stacked(nextG);
        outer.next(h, r.mul(last, u));
        outer.stack(all);
        outer.close();
        return List.of(outer.last(h), outer.stacked(all));
    }

    private static List<Node> afterOneAnother(Round r) {
        var xs = r.sequence("x", 2);
        var u = r.input("u", Shape.of(2));
        var first = r.loop(false);
        var h = first.carry(r.input("h", Shape.of(2)));
        var x = first.slice(xs);
        var nextH = r.tanh(r.add(r.mul(h, u), x));
        first.next(h, nextH);
        first.stack(nextH);
        first.close();
        var second = r.loop(true);
        var g = second.carry(first.last(h));
        var y = second.slice(first.stacked(nextH));
        var nextG = r.tanh(r.add(r.mul(g, u), y));
        second.next(g, nextG);
        second.stack(nextG);
        second.close();
        return List.of(second.last(g), second.stacked(nextG));
    }

    /// That nothing changes shows only when the round is simplified.
    private static List<Node> unchangedInTheEnd(Round r) {
        var xs = r.sequence("x", 2);
        var zero = r.graph.fill(new TensorType(DType.F32, Shape.of(2)), 0);
        var loop = r.loop(false);
        var h = loop.carry(r.input("h", Shape.of(2)));
        var same = loop.carry(r.input("same", Shape.of(2)));
        var x = loop.slice(xs);
        loop.next(h, r.mul(r.add(h, x), same));
        loop.next(same, r.add(same, zero));
        loop.stack(same);
        loop.close();
        return List.of(loop.last(h), loop.last(same), loop.stacked(same));
    }

    /// The parts of the sequences are all the same.
    private static List<Node> repeated(Round r) {
        var x = r.input("x", Shape.of(2));
        var all = r.graph.broadcast(x, Shape.of(T).followedBy(Shape.of(2)));
        var ones = r.graph.fill(new TensorType(DType.F32, Shape.of(T).followedBy(Shape.of(2))), 1);
        var loop = r.loop(false);
        var h = loop.carry(r.input("h", Shape.of(2)));
        var next = r.add(r.mul(h, loop.slice(all)), loop.slice(ones));
        loop.next(h, next);
        loop.stack(next);
        loop.close();
        var binds = r.sequence("t", 1);
        return List.of(loop.last(h), loop.stacked(next), binds);
    }

    /// Something is carried that no result needs, and something that never changes.
    private static List<Node> unused(Round r) {
        var xs = r.sequence("x", 2);
        var loop = r.loop(false);
        var h = loop.carry(r.input("h", Shape.of(2)));
        var idle = loop.carry(r.graph.fill(new TensorType(DType.F32, Shape.of(2)), 1));
        var same = loop.carry(r.input("same", Shape.of(2)));
        var x = loop.slice(xs);
        loop.next(h, r.add(r.mul(h, x), same));
        loop.next(idle, r.add(idle, h));
        loop.next(same, same);
        loop.close();
        return List.of(loop.last(h), loop.last(same));
    }
}
