package org.nnlang.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nnlang.compiler.autodiff.Gradients;
import org.nnlang.compiler.fuse.Fusion;
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
import org.nnlang.compiler.plan.Planner;
import org.nnlang.compiler.plan.Running;
import org.nnlang.compiler.plan.VariableLayout;
import org.nnlang.runtime.fused.Tier;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Options;
import org.nnlang.runtime.tensor.DType;

/// Every operation, and every form of the IR, with its gradient, on a device. Loops (`LoopsOnDeviceTest`) and calls of library
/// kernels have tests of their own. Many operations are one program, because a driver takes long to compile each.
class OperationsOnDeviceTest {
    /// Elements of every tensor of operands: as many as the most combinations of samples and edges, and some.
    private static final int SIZE = 1100;

    /// Of the largest element of a tensor, where sums may be added up in another order.
    private static final double TOLERANCE = 1e-5;

    @AutoClose
    private static Accelerator device;

    @BeforeAll
    static void open() {
        device = TestDevice.open();
    }

    private static Interpreter.Results run(Procedure procedure, Bindings bindings, Accelerator accelerator) {
        Image image = Planner.plan(procedure, VariableLayout.of(List.of(procedure)), Fusion.Effort.FULL);
        return Running.run(
                image, CompiledProgram.interpreted(), procedure, bindings, new Options(Tier.SCALAR), 1, accelerator);
    }

    private static Bindings bindings(Map<String, double[]> inputs) {
        return new Bindings(Map.of(), inputs, Map.of(), (_, _, _) -> {
            throw new AssertionError("a draw");
        });
    }

    /// Values of an operand, repeated: all combinations of what the operation is tested with. Operands with smaller numbers
    /// change more slowly.
    private static double[] values(ElementwiseOp op, int operand, DType dtype) {
        var values = new double[SIZE];
        int slower = 1;
        for (int k = 0; k < operand; k++) {
            slower *= all(op, k).size();
        }
        List<Double> own = all(op, operand);
        for (int i = 0; i < SIZE; i++) {
            double value = own.get(i / slower % own.size());
            values[i] = switch (dtype) {
                case F32 -> (float) value;
                case I32 -> (int) value;
                case BOOL -> value != 0 ? 1 : 0;
                case U8 -> (int) value & 0xff;
            };
        }
        return values;
    }

    private static List<Double> all(ElementwiseOp op, int operand) {
        var all = new ArrayList<>(op.samples(operand));
        all.addAll(op.edges(operand));
        return all;
    }

    /// Elementwise operations and their gradients give the processor's bits, with special numbers, too.
    @Test
    void everyOperationAndItsGradientGiveTheSameBits() {
        var graph = new Graph();
        var inputs = new ArrayList<Node>();
        var outputs = new ArrayList<Procedure.Output>();
        var values = new HashMap<String, double[]>();
        Node loss = graph.constant(0);
        var wrt = new HashMap<Node, String>();
        for (ElementwiseOp op : Ops.ALL) {
            for (ElementwiseOp.Meaning meaning : op.meanings()) {
                String name = op.name() + " of " + meaning.inputs();
                var operands = new ArrayList<Node>();
                for (int k = 0; k < op.arity(); k++) {
                    DType dtype = meaning.inputs().get(k);
                    Node input = graph.input(name + " " + k, new TensorType(dtype, Shape.of(SIZE)));
                    values.put(name + " " + k, values(op, k, dtype));
                    inputs.add(input);
                    operands.add(input);
                    if (dtype == DType.F32 && meaning.result() == DType.F32 && op.gradient(k).isPresent()) {
                        wrt.put(input, "gradient of " + name + " " + k);
                    }
                }
                Node result = graph.node(new Form.Elementwise(op), operands);
                outputs.add(new Procedure.Output(name, result));
                if (result.type().dtype() == DType.F32) {
                    // The result's gradient is another number everywhere.
                    Node weight = graph.apply(Ops.TO_F32, graph.iota(Shape.of(SIZE), 0));
                    loss = graph.apply(Ops.ADD, loss, graph.sum(graph.apply(Ops.MUL, result, weight), List.of(0)));
                }
            }
        }
        Map<Node, Node> gradients = Gradients.gradients(graph, loss, wrt.keySet());
        assertEquals(wrt.keySet(), gradients.keySet());
        gradients.forEach((input, gradient) -> outputs.add(new Procedure.Output(wrt.get(input), gradient)));
        var procedure = new Procedure("operations", inputs, outputs, List.of());
        assertNull(Running.difference(
                run(procedure, bindings(values), null), run(procedure, bindings(values), device), 0));
    }

    /// All other forms, each in the ways that come by different kernels, and their gradients.
    @Test
    void everyFormAndItsGradientGiveWhatTheyGiveHere() {
        var graph = new Graph();
        var values = new HashMap<String, double[]>();
        Node x = input(graph, values, "x", DType.F32, 3, 4, 5);
        Node y = input(graph, values, "y", DType.F32, 3, 5, 6);
        Node long1 = input(graph, values, "long", DType.F32, 2, 700);
        Node whole = input(graph, values, "whole", DType.I32, 3, 4, 5);
        Node ids = input(graph, values, "ids", DType.I32, 2, 4);
        var made = new ArrayList<Node>();
        for (Form.ReduceKind kind : Form.ReduceKind.values()) {
            List<List<Integer>> axes = kind.isIndex()
                    ? List.of(List.of(0), List.of(1), List.of(2))
                    : List.of(List.of(0), List.of(1), List.of(2), List.of(0, 2), List.of(0, 1, 2));
            axes.forEach(each -> made.add(graph.reduce(kind, x, each)));
            axes.forEach(each -> made.add(graph.reduce(kind, whole, each)));
            made.add(graph.reduce(kind, long1, List.of(1)));
        }
        made.add(graph.contract(x, y, new Form.Contract(List.of(0), List.of(0), List.of(2), List.of(1))));
        made.add(graph.contract(x, y, new Form.Contract(List.of(), List.of(), List.of(2, 0), List.of(1, 0))));
        made.add(graph.contract(x, y, new Form.Contract(List.of(), List.of(), List.of(), List.of())));
        made.add(graph.contract(
                long1, long1, new Form.Contract(List.of(), List.of(), List.of(1), List.of(1))));
        Node swapped = graph.transpose(x, List.of(2, 0, 1));
        made.add(swapped);
        made.add(graph.reshape(swapped, Shape.of(15, 4)));
        made.add(graph.slice(
                x, List.of(Dim.ZERO, Dim.ONE, Dim.ZERO), List.of(Dim.of(3), Dim.of(4), Dim.of(5)), List.of(1, 2, 3)));
        made.add(graph.pad(
                x, List.of(Dim.ONE, Dim.ZERO, Dim.of(2)), List.of(Dim.ZERO, Dim.ONE, Dim.ONE)));
        made.add(graph.pad(
                whole, List.of(Dim.ONE, Dim.ZERO, Dim.of(2)), List.of(Dim.ZERO, Dim.ONE, Dim.ONE)));
        made.add(graph.concat(1, List.of(x, x, graph.transpose(x, List.of(0, 1, 2)))));
        made.add(graph.concat(2, List.of(x, graph.slice(x, 2, Dim.ONE, Dim.of(4), 1))));
        made.add(graph.broadcast(x, Shape.of(3, 2, 4, 5), List.of(0, 2, 3)));
        made.add(graph.gather(x, graph.apply(Ops.MOD, ids, graph.fill(ids.type(), 3))));
        made.add(graph.scatterAdd(
                Dim.of(4), graph.apply(Ops.MOD, ids, graph.fill(ids.type(), 3)), graph.slice(
                        graph.reshape(long1, Shape.of(2, 4, 175)), 2, Dim.of(3), Dim.of(40), 1)));
        for (Form.RowKind kind : Form.RowKind.values()) {
            made.add(graph.row(kind, x));
            made.add(graph.row(kind, whole));
        }
        made.add(graph.size(Dim.of(7), DType.F32));
        made.add(graph.iota(Shape.of(3, 4), 1));
        made.add(graph.constant(new TensorType(DType.F32, Shape.of(3)), new double[] {1, -2.5, 1e-30}));
        made.add(graph.constant(new TensorType(DType.I32, Shape.of(3)), new double[] {1, -2, 1 << 30}));
        made.add(graph.stopGradient(graph.apply(Ops.TANH, x)));

        Node loss = graph.constant(0);
        var outputs = new ArrayList<Procedure.Output>();
        for (Node node : made) {
            outputs.add(new Procedure.Output("y" + outputs.size() + " " + node.form(), node));
            if (node.type().dtype() == DType.F32) {
                List<Integer> all = new ArrayList<>();
                for (int axis = 0; axis < node.shape().rank(); axis++) {
                    all.add(axis);
                }
                // Sums of hundreds stay where it bends.
                Node bent = graph.apply(Ops.TANH, graph.apply(Ops.MUL, node, graph.fill(node.type(), 1.0 / 256)));
                loss = graph.apply(Ops.ADD, loss, graph.sum(graph.apply(Ops.MUL, bent, bent), all));
            }
        }
        Gradients.gradients(graph, loss, List.of(x, y, long1))
                .forEach((node, gradient) -> outputs.add(new Procedure.Output("gradient of " + node.form(), gradient)));
        outputs.add(new Procedure.Output("loss", loss));
        var procedure = new Procedure("forms", List.of(x, y, long1, whole, ids), outputs, List.of());
        assertEquals(
                forms(), covered(procedure),
                "a form without a case here: add one, so that devices are known to have it");
        assertNull(Running.difference(
                run(procedure, bindings(values), null), run(procedure, bindings(values), device), TOLERANCE));
    }

    /// Those that are not tested elsewhere: draws, loops with what is in them, calls, and what a variable is, which every training has.
    private static Set<Class<?>> forms() {
        var forms = new HashSet<Class<?>>(List.of(Form.class.getPermittedSubclasses()));
        forms.removeAll(List.of(
                Form.Random.class, Form.Scan.class, Form.Point.class, Form.Call.class, Form.Variable.class));
        return forms;
    }

    private static Set<Class<?>> covered(Procedure procedure) {
        var reductions = EnumSet.noneOf(Form.ReduceKind.class);
        var rows = EnumSet.noneOf(Form.RowKind.class);
        var found = new HashSet<Class<?>>();
        for (Node node : procedure.nodes()) {
            found.add(node.form().getClass());
            if (node.form() instanceof Form.Reduce reduce) {
                reductions.add(reduce.kind());
            } else if (node.form() instanceof Form.Row row) {
                rows.add(row.kind());
            }
        }
        assertEquals(EnumSet.allOf(Form.ReduceKind.class), reductions);
        assertEquals(EnumSet.allOf(Form.RowKind.class), rows);
        return found;
    }

    /// Numbers that a float holds exactly, no two equal in a row, none near zero.
    private static Node input(Graph graph, Map<String, double[]> values, String name, DType dtype, long... dims) {
        Node input = graph.input(name, new TensorType(dtype, Shape.of(dims)));
        int size = 1;
        for (long dim : dims) {
            size *= (int) dim;
        }
        var numbers = new double[size];
        for (int i = 0; i < size; i++) {
            int mixed = (i * 619 + 7) % 1024 + 1;
            numbers[i] = dtype == DType.F32 ? (i % 3 == 0 ? -1 : 1) * (0.5 + mixed / 1024.0) : mixed % 32;
        }
        values.put(name, numbers);
        return input;
    }
}
