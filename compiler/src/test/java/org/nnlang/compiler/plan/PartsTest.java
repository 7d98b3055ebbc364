package org.nnlang.compiler.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.nnlang.compiler.bytecode.ProgramClass;
import org.nnlang.compiler.fuse.Fusion;
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
import org.nnlang.compiler.oracle.Bindings;
import org.nnlang.compiler.oracle.Interpreter;
import org.nnlang.compiler.oracle.RandomGraphs;
import org.nnlang.compiler.scan.ScanBuilder;
import org.nnlang.runtime.fused.Tier;
import org.nnlang.runtime.kernel.Machine;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Options;
import org.nnlang.runtime.program.Step;
import org.nnlang.runtime.tensor.DType;

/// What a concat is made of is computed where the concat lies, if it is wanted nowhere else.
class PartsTest {
    private static final Dim B = Dim.symbol("b");
    private static final Map<String, Long> SIZES = Map.of("b", 5L);

    private final Graph graph = new Graph();
    private final List<Node> given = new ArrayList<>();

    private Node input(String name, long... dims) {
        Node node = graph.input(name, new TensorType(DType.F32, Shape.of(B).followedBy(Shape.of(dims))));
        given.add(node);
        return node;
    }

    private Node variable(String name, long... dims) {
        return graph.variable(name, Form.VariableKind.STATE, new TensorType(DType.F32, Shape.of(dims)));
    }

    private Node apply(ElementwiseOp op, Node... inputs) {
        return graph.apply(op, inputs);
    }

    /// What no loop computes again for its readers.
    private Node costly(Node x) {
        return apply(Ops.TANH, apply(Ops.EXP, x));
    }

    /// How many steps copy, after a look at all results.
    private int copies(Node... results) {
        return copies(List.of(), results);
    }

    private int copies(List<Procedure.Update> updates, Node... results) {
        var outputs = new ArrayList<Procedure.Output>();
        for (Node result : results) {
            outputs.add(new Procedure.Output("y" + outputs.size(), result));
        }
        var procedure = new Procedure("parts", given, outputs, updates);
        Map<String, double[]> values = new HashMap<>();
        Map<String, double[]> variables = new HashMap<>();
        for (Node node : procedure.nodes()) {
            if (node.form() instanceof Form.Input(var name, _)) {
                values.put(name, numbers(node));
            } else if (node.form() instanceof Form.Variable(var name, _, _)) {
                variables.put(name, numbers(node));
            }
        }
        var bindings = new Bindings(SIZES, values, variables, RandomGraphs::draw);
        var expected = Interpreter.run(procedure, bindings);
        Image image = Planner.plan(procedure, VariableLayout.of(List.of(procedure)), Fusion.Effort.FULL);
        var program = ProgramClass.of("nn.Parts", image).load();
        for (Tier tier : Machine.vectors() ? Set.of(Tier.SCALAR, Tier.TILE, Tier.GENERATED) : Set.of(Tier.SCALAR)) {
            for (int threads = 1; threads <= 3; threads++) {
                var actual = Running.run(image, program, procedure, bindings, new Options(tier), threads);
                assertNull(Running.difference(expected, actual, 2e-5), tier::toString);
            }
        }
        return (int) image.steps().stream().filter(Step.Move.class::isInstance).count();
    }

    private static double[] numbers(Node node) {
        double[] values = new double[Math.toIntExact(node.shape().size().evaluate(SIZES))];
        Arrays.setAll(values, i -> ((i * 37 + node.id() * 11) % 29 - 14) / 16.0);
        return values;
    }

    /// Σ over the last axis, which has the concat read again.
    private Node read(Node concat) {
        return graph.sum(apply(Ops.MUL, concat, concat), List.of(concat.type().rank() - 1));
    }

    @Test
    void resultsOfOneLoopAreWrittenInPlace() {
        Node x = input("x", 64);
        Node y = input("y", 64);
        Node whole = graph.concat(1, List.of(costly(x), costly(apply(Ops.MUL, x, y)), costly(apply(Ops.ADD, x, y))));
        assertEquals(0, copies(read(whole), graph.matmul(whole, graph.transpose(whole, List.of(1, 0)))));
    }

    @Test
    void aConcatOfOutputsIsWrittenInPlaceToo() {
        Node x = input("x", 80);
        Node y = input("y", 64);
        assertEquals(0, copies(graph.concat(1, List.of(costly(x), costly(y)))));
    }

    @Test
    void whatWasThereBeforeIsCopied() {
        Node x = input("x", 64);
        assertEquals(1, copies(read(graph.concat(1, List.of(x, costly(x))))));
        Node product = graph.matmul(graph.matmul(x, graph.transpose(x, List.of(1, 0))), x);
        assertEquals(2, copies(read(graph.concat(1, List.of(product, costly(x), product)))));
    }

    @Test
    void whatOthersReadIsCopied() {
        Node x = input("x", 64);
        Node shared = costly(x);
        Node whole = graph.concat(1, List.of(shared, costly(apply(Ops.MUL, x, x))));
        assertEquals(1, copies(read(whole), graph.matmul(shared, graph.transpose(x, List.of(1, 0)))));
        assertEquals(1, copies(read(whole), shared));
        // Two concats of one tensor, and one that has it twice.
        Node other = graph.concat(1, List.of(shared, costly(apply(Ops.ADD, x, x))));
        assertEquals(2, copies(read(whole), read(other)));
        assertEquals(2, copies(read(graph.concat(1, List.of(shared, shared)))));
    }

    /// Its own loop reads it, too, and two concats do, however many steps lie before and between.
    @Test
    void whatTwoConcatsReadIsCopiedWhereverTheyStand() {
        Node x = input("x", 64);
        Node square = graph.matmul(graph.transpose(x, List.of(1, 0)), x);
        Node busy = x;
        for (int before = 0; before < 20; before++) {
            busy = apply(Ops.TANH, graph.matmul(busy, square));
            Node shared = costly(busy);
            Node total = graph.sum(apply(Ops.MUL, shared, shared), List.of(1));
            Node one = read(graph.concat(1, List.of(shared, costly(apply(Ops.ADD, busy, x)))));
            Node late = busy;
            for (int between = 0; between < 12; between++) {
                late = apply(Ops.TANH, graph.matmul(late, square));
            }
            Node other = read(graph.concat(1, List.of(costly(late), shared)));
            copies(total, one, other);
        }
    }

    @Test
    void fewColumnsAreCopied() {
        Node x = input("x", 3);
        assertEquals(2, copies(read(graph.concat(1, List.of(costly(x), costly(apply(Ops.ADD, x, x)))))));
    }

    @Test
    void alongTheFirstAxisAnyWidthIsInPlace() {
        Node x = input("x", 3);
        assertEquals(0, copies(read(graph.concat(0, List.of(costly(x), costly(apply(Ops.ADD, x, x)))))));
    }

    /// The loop sums over two axes at once, and what it writes besides has rows with others between them.
    @Test
    void aLoopThatNeedsItsRowsTogetherHasThem() {
        Node x = input("x", 3, 64);
        Node kept = costly(x);
        Node sums = graph.sum(kept, List.of(1, 2));
        Node whole = graph.concat(2, List.of(kept, graph.broadcast(x, x.shape())));
        assertEquals(2, copies(read(whole), sums));
        // Along the first of them they are together.
        assertEquals(1, copies(read(graph.concat(1, List.of(x, kept))), sums));
    }

    /// A queue: the variable's new value is made of its own elements and new ones.
    @Test
    void aVariableIsReadBeforeItIsWritten() {
        Node x = input("x", 64);
        Node queue = variable("queue", 4, 64);
        Node newest = costly(graph.reduce(Form.ReduceKind.MAX, x, List.of(0)));
        Node next = graph.concat(0, List.of(
                graph.slice(queue, 0, Dim.of(1), Dim.of(4), 1), graph.reshape(newest, Shape.of(1, 64))));
        copies(List.of(new Procedure.Update("queue", Form.VariableKind.STATE, next)), costly(queue));
        Node mixed = graph.concat(0, List.of(
                costly(graph.slice(queue, 0, Dim.of(2), Dim.of(4), 1)),
                costly(graph.slice(queue, 0, Dim.ZERO, Dim.of(2), 1))));
        copies(List.of(new Procedure.Update("queue", Form.VariableKind.STATE, mixed)), costly(queue));
    }

    /// In the rounds of a loop, to where all rounds' results are stacked and to what is carried.
    @Test
    void roundsWriteInPlace() {
        Node start = input("start", 128);
        Node xs = graph.input("xs", new TensorType(DType.F32, Shape.of(Dim.of(6), B, Dim.of(64))));
        given.add(xs);
        var loop = new ScanBuilder(graph, Dim.of(6), false);
        Node state = loop.carry(start);
        Node x = loop.slice(xs);
        Node left = graph.slice(state, 1, Dim.ZERO, Dim.of(64), 1);
        Node right = graph.slice(state, 1, Dim.of(64), Dim.of(128), 1);
        Node next = graph.concat(1, List.of(costly(apply(Ops.ADD, right, x)), costly(apply(Ops.MUL, left, x))));
        loop.next(state, next);
        Node both = graph.concat(1, List.of(costly(apply(Ops.SUB, left, x)), costly(apply(Ops.SUB, right, x))));
        loop.stack(both);
        loop.close();
        // The first state is copied to where the loop carries it, and the last to where the caller finds it.
        assertEquals(2, copies(loop.last(state), graph.sum(loop.stacked(both), Axes.range(0, 3))));
    }
}
