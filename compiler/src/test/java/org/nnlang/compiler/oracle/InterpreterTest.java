package org.nnlang.compiler.oracle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.op.Ops;
import org.nnlang.runtime.tensor.DType;

/// Every form, computed by hand.
class InterpreterTest {
    private final Graph graph = new Graph();

    private Node tensor(DType dtype, Shape shape, double... values) {
        return graph.constant(new TensorType(dtype, shape), values);
    }

    /// 1, 2, … in row-major order.
    private Node counted(long... dims) {
        var shape = Shape.of(dims);
        var values = new double[(int) shape.size().constant()];
        for (int i = 0; i < values.length; i++) {
            values[i] = i + 1;
        }
        return tensor(DType.F32, shape, values);
    }

    private static void assertValue(Node node, double... expected) {
        var bindings = new Bindings(
                Map.of("b", 3L),
                Map.of("x", new double[] {1, 2, 3}),
                Map.of("w", new double[] {7}),
                (distribution, stream, count) -> new double[] {distribution.ordinal(), stream, count});
        assertArrayEquals(expected, new Interpreter(bindings).evaluate(node), 1e-12);
    }

    @Test
    void leaves() {
        var b = Shape.of(Dim.symbol("b"));
        assertValue(graph.input("x", new TensorType(DType.F32, b)), 1, 2, 3);
        assertValue(graph.variable("w", Form.VariableKind.STATE, new TensorType(DType.F32, Shape.of(1))), 7);
        assertValue(graph.fill(new TensorType(DType.I32, b), 2), 2, 2, 2);
        assertValue(graph.size(Dim.symbol("b").times(2).plus(1), DType.I32), 7);
        assertValue(graph.iota(Shape.of(2, 3), 0), 0, 0, 0, 1, 1, 1);
        assertValue(graph.iota(Shape.of(2, 3), 1), 0, 1, 2, 0, 1, 2);
        assertValue(graph.random(Form.Distribution.NORMAL, b, 5), 1, 5, 3);
    }

    @Test
    void elementwise() {
        var x = tensor(DType.F32, Shape.of(2), -1, 4);
        assertValue(graph.apply(Ops.FMA, x, x, x), 0, 20);
        assertValue(graph.apply(Ops.TO_I32, x), -1, 4);
    }

    @Test
    void reductions() {
        var x = counted(2, 3);
        assertValue(graph.sum(x, List.of(1)), 6, 15);
        assertValue(graph.sum(x, List.of(0)), 5, 7, 9);
        assertValue(graph.sum(x, List.of(0, 1)), 21);
        assertValue(graph.reduce(Form.ReduceKind.PRODUCT, x, List.of(1)), 6, 120);
        assertValue(graph.reduce(Form.ReduceKind.MAX, x, List.of(0)), 4, 5, 6);
        assertValue(graph.reduce(Form.ReduceKind.MIN, x, List.of(1)), 1, 4);
        var tied = tensor(DType.F32, Shape.of(2, 3), 1, 3, 3, 2, 0, 0);
        assertValue(graph.reduce(Form.ReduceKind.ARGMAX, tied, List.of(1)), 1, 0);
        assertValue(graph.reduce(Form.ReduceKind.ARGMIN, tied, List.of(1)), 0, 1);
        assertValue(graph.sum(tensor(DType.I32, Shape.of(2), Integer.MAX_VALUE, 1), List.of(0)), Integer.MIN_VALUE);
    }

    @Test
    void contractions() {
        assertValue(graph.matmul(counted(2, 3), counted(3, 2)), 22, 28, 49, 64);
        assertValue(graph.matmul(counted(2, 1, 2), counted(2, 2, 1)), 5, 25);
        var outer = new Form.Contract(List.of(), List.of(), List.of(), List.of());
        assertValue(graph.contract(counted(2), counted(3), outer), 1, 2, 3, 2, 4, 6);
        // Summed over two axes in crossed order: Σ a[i, j] · b[j, i].
        var crossed = new Form.Contract(List.of(), List.of(), List.of(0, 1), List.of(1, 0));
        assertValue(graph.contract(counted(2, 2), counted(2, 2), crossed), 1 + 2 * 3 + 3 * 2 + 16);
    }

    @Test
    void moves() {
        var x = counted(2, 3);
        assertValue(graph.reshape(x, Shape.of(3, 2)), 1, 2, 3, 4, 5, 6);
        assertValue(graph.transpose(x, List.of(1, 0)), 1, 4, 2, 5, 3, 6);
        assertValue(graph.slice(counted(2, 5), 1, Dim.of(1), Dim.of(5), 3), 2, 5, 7, 10);
        assertValue(
                graph.pad(counted(1, 2), List.of(Dim.ONE, Dim.ZERO), List.of(Dim.ZERO, Dim.ONE)), 0, 0, 0, 1, 2, 0);
        assertValue(graph.concat(0, List.of(counted(1, 2), counted(2, 2))), 1, 2, 1, 2, 3, 4);
        assertValue(graph.concat(1, List.of(counted(2, 1), counted(2, 2))), 1, 1, 2, 2, 3, 4);
        assertValue(graph.broadcast(counted(2), Shape.of(2, 3), List.of(0)), 1, 1, 1, 2, 2, 2);
        assertValue(graph.broadcast(counted(3), Shape.of(2, 3)), 1, 2, 3, 1, 2, 3);
        assertValue(graph.stopGradient(counted(2)), 1, 2);
    }

    @Test
    void rows() {
        var x = tensor(DType.F32, Shape.of(2, 3), 2, -1, 2, 0, -0.0, Double.NaN);
        assertValue(graph.row(Form.RowKind.ASCENDING, x), 1, 0, 2, 0, 1, 2);
        assertValue(graph.row(Form.RowKind.DESCENDING, x), 0, 2, 1, 2, 0, 1);
        assertValue(graph.row(Form.RowKind.SUMS, counted(2, 3)), 1, 3, 6, 4, 9, 15);
        assertValue(graph.row(Form.RowKind.SUMS_BACKWARDS, counted(2, 3)), 6, 5, 3, 15, 11, 6);
        assertValue(graph.point(3, counted(2)), 1, 2);
    }

    @Test
    void lookups() {
        var indices = tensor(DType.I32, Shape.of(3), 2, 0, 2);
        assertValue(graph.gather(counted(3, 2), indices), 5, 6, 1, 2, 5, 6);
        assertValue(graph.scatterAdd(Dim.of(3), indices, counted(3, 2)), 3, 4, 0, 0, 6, 8);
        var beyond = graph.gather(counted(2, 2), indices);
        assertThrows(IndexOutOfBoundsException.class, () -> assertValue(beyond));
    }
}
