package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.List;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.ir.Axes;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form.RowKind;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.lower.Value.TensorValue;
import org.nnlang.compiler.op.Ops;
import org.nnlang.runtime.tensor.DType;

/// Functions that go along an axis in order, and sums by index.
final class OrderBuiltins {
    private OrderBuiltins() {}

    static final List<Builtin> ALL = List.of(
            Builtin.of("argsort(x, axis = -1, descending = false)",
                    "the indices of the elements along an axis in their order, as i32; equal ones keep theirs, NaN is the greatest",
                    1,
                    call -> along(call, call.numbers("x"),
                            call.truth("descending", false) ? RowKind.DESCENDING : RowKind.ASCENDING)),
            Builtin.of("cumsum(x, axis = -1, reverse = false)",
                    "the running sums along an axis, each element's own included; from the end with `reverse`",
                    1,
                    call -> along(call, counted(call),
                            call.truth("reverse", false) ? RowKind.SUMS_BACKWARDS : RowKind.SUMS)),
            Builtin.of("flip(x, axis)", "the elements in reverse along an axis, or along several", 2, call -> {
                TensorValue x = call.tensor("x");
                for (int axis : call.axes(x)) {
                    x = flipped(call.elaboration(), x, axis);
                }
                return x;
            }),
            Builtin.of("scatter_add(ids, updates, rows)",
                    "for each index its row of the updates, added up in a table of `rows` rows",
                    3,
                    OrderBuiltins::scatterAdd));

    private static TensorValue counted(BuiltinCall call) {
        TensorValue x = call.tensor("x");
        return x.type().dtype() == DType.BOOL
                ? call.elaboration().tensors.cast(x, DType.F32)
                : call.elaboration().operators.widened(x);
    }

    private static Value along(BuiltinCall call, TensorValue x, RowKind kind) {
        int rank = x.type().rank();
        if (rank == 0) {
            throw call.fail(Code.NO_SUCH_AXIS, "x", "a scalar has no axis to go along");
        }
        int axis = call.axis("axis", rank, -1);
        List<Integer> order = Axes.concat(Axes.others(rank, List.of(axis)), List.of(axis));
        Graph graph = call.graph();
        Node row = graph.row(kind, graph.transpose(x.node(), order));
        return new TensorValue(graph.transpose(row, Axes.inverse(order)), x.axes());
    }

    /// `x` in reverse along one axis.
    static TensorValue flipped(Elaboration elaboration, TensorValue x, int axis) {
        Graph graph = elaboration.graph;
        Dim size = x.type().dim(axis);
        if (size.isOne()) {
            return x;
        }
        int rank = x.type().rank();
        List<Integer> order = Axes.concat(List.of(axis), Axes.others(rank, List.of(axis)));
        var places = org.nnlang.compiler.ir.Shape.of(size);
        Node last = graph.broadcast(graph.size(size.minus(1), DType.I32), places, List.of());
        Node backwards = graph.apply(Ops.SUB, last, graph.iota(places, 0));
        Node flipped = graph.gather(graph.transpose(x.node(), order), backwards);
        return new TensorValue(graph.transpose(flipped, Axes.inverse(order)), x.axes());
    }

    private static Value scatterAdd(BuiltinCall call) {
        TensorValue ids = call.indices("ids", "cast it: `i32(…)`");
        TensorValue updates = call.floats("updates");
        int rank = ids.type().rank();
        if (updates.type().rank() < rank || !updates.type().shape().part(0, rank).equals(ids.type().shape())) {
            throw call.fail(
                    Code.SHAPES_DIFFER,
                    "updates",
                    "`updates` has a row for each index: " + ids.type() + " does not begin " + updates.type(),
                    "the first axes of `updates` are those of `ids`");
        }
        Conversions.Sized rows = call.size("rows");
        var axes = new ArrayList<List<Tag>>();
        axes.add(rows.tags());
        axes.addAll(updates.axes().subList(rank, updates.axes().size()));
        return new TensorValue(call.graph().scatterAdd(rows.dim(), ids.node(), updates.node()), axes);
    }
}
