package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Axes;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.ElementwiseOp;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.lower.Value.TensorValue;
import org.nnlang.compiler.op.Ops;
import org.nnlang.runtime.tensor.DType;

/// Makes tensors of values, and brings tensors to one shape.
final class Tensors {
    private final Graph graph;

    Tensors(Graph graph) {
        this.graph = graph;
    }

    /// A shape that several tensors broadcast to, or the reason why there is none.
    sealed interface Joined {
        record Common(Shape shape, List<List<Tag>> axes) implements Joined {}

        /// Axes counted from the end, from 1.
        record Conflict(int fromEnd, Dim left, Dim right) implements Joined {}
    }

    /// NumPy's rule: shapes are aligned at their ends, and a dimension of 1 stretches.
    static Joined join(TensorValue left, TensorValue right) {
        Shape a = left.type().shape();
        Shape b = right.type().shape();
        int rank = Math.max(a.rank(), b.rank());
        var dims = new ArrayList<Dim>();
        var tags = new ArrayList<List<Tag>>();
        for (int axis = 0; axis < rank; axis++) {
            int i = axis - (rank - a.rank());
            int j = axis - (rank - b.rank());
            if (i < 0 || j < 0) {
                dims.add(i < 0 ? b.dim(j) : a.dim(i));
                tags.add(i < 0 ? right.axes().get(j) : left.axes().get(i));
                continue;
            }
            Dim p = a.dim(i);
            Dim q = b.dim(j);
            if (p.equals(q)) {
                dims.add(p);
                tags.add(Tag.merge(left.axes().get(i), right.axes().get(j)));
            } else if (p.isOne()) {
                dims.add(q);
                tags.add(right.axes().get(j));
            } else if (q.isOne()) {
                dims.add(p);
                tags.add(left.axes().get(i));
            } else {
                return new Joined.Conflict(rank - axis, p, q);
            }
        }
        return new Joined.Common(new Shape(dims), tags);
    }

    /// `node` stretched to `shape`, which it broadcasts to.
    Node stretch(Node node, Shape shape) {
        if (node.shape().equals(shape)) {
            return node;
        }
        int offset = shape.rank() - node.type().rank();
        var kept = new ArrayList<Dim>();
        var axes = new ArrayList<Integer>();
        for (int axis = 0; axis < node.type().rank(); axis++) {
            Dim dim = node.shape().dim(axis);
            if (dim.equals(shape.dim(axis + offset))) {
                kept.add(dim);
                axes.add(axis + offset);
            }
        }
        return graph.broadcast(graph.reshape(node, new Shape(kept)), shape, axes);
    }

    /// `op` of tensors of equal dtypes that broadcast together.
    TensorValue apply(ElementwiseOp op, TensorValue left, TensorValue right, Joined.Common common) {
        return new TensorValue(
                graph.apply(op, stretch(left.node(), common.shape()), stretch(right.node(), common.shape())),
                common.axes());
    }

    TensorValue apply(ElementwiseOp op, TensorValue x) {
        return new TensorValue(graph.apply(op, x.node()), x.axes());
    }

    TensorValue cast(TensorValue x, DType dtype) {
        DType from = x.type().dtype();
        if (from == dtype) {
            return x;
        }
        return switch (dtype) {
            case F32 -> apply(Ops.TO_F32, x);
            case I32 -> apply(Ops.TO_I32, x);
            case BOOL -> apply(Ops.TO_BOOL, x);
            case U8 -> throw new IllegalArgumentException("nothing becomes u8");
        };
    }

    /// A number as a scalar tensor; null for what is no number.
    @Nullable
    TensorValue scalar(Value value, DType dtype) {
        return switch (value) {
            case Value.IntValue(Dim dim, var _) ->
                new TensorValue(
                        dim.isConstant()
                                ? graph.fill(TensorType.scalar(dtype), dim.constant())
                                : graph.size(dim, dtype == DType.I32 ? DType.I32 : DType.F32));
            case Value.FloatValue(double number, var _) ->
                new TensorValue(graph.fill(TensorType.scalar(dtype), number));
            case Value.Quotient(Dim numerator, Dim denominator, var _) ->
                new TensorValue(graph.apply(Ops.DIV, size(numerator), size(denominator)));
            case Value.Remainder(Dim dividend, Dim divisor) ->
                new TensorValue(graph.apply(Ops.MOD, size(dividend), size(divisor)));
            case Value.BoolValue(boolean truth) when dtype == DType.BOOL ->
                new TensorValue(graph.fill(TensorType.scalar(DType.BOOL), truth ? 1 : 0));
            case Value.TensorValue tensor -> tensor;
            case Value.BoolValue _, Value.Condition _, Value.StringValue _, Value.ListValue _, Value.TupleValue _, Value.FunctionValue _, Value.LayerValue _, Value.OptimizerValue _, Value.DataValue _, Value.ModuleValue _, Value.UnitValue _, Value.UnknownValue _ ->
                null;
        };
    }

    private Node size(Dim dim) {
        return dim.isConstant() ? graph.constant(dim.constant()) : graph.size(dim, DType.F32);
    }

    /// Whether a list holds numbers, Bools, scalars, or lists of these: whether it may be meant as a tensor.
    static boolean isNumeric(Value.ListValue list) {
        return list.elements().stream()
                .allMatch(element -> element instanceof Value.ListValue inner
                        ? isNumeric(inner)
                        : Numbers.isNumber(element) || element instanceof Value.BoolValue || isScalar(element));
    }

    private static boolean isScalar(Value value) {
        return value instanceof TensorValue tensor && tensor.type().shape().isScalar();
    }

    /// Whether a number, or one in a list or in a list of lists, is none of the whole ones.
    static boolean hasFraction(Value value) {
        if (value instanceof Value.ListValue(List<Value> elements)) {
            return elements.stream().anyMatch(Tensors::hasFraction);
        }
        Double number = Numbers.known(value);
        return value instanceof Value.Quotient || number != null && number != Math.rint(number);
    }

    /// Whether a value is an Int, or a list of Ints or of such lists: what may stand for indices.
    static boolean isWhole(Value value) {
        return value instanceof Value.ListValue(List<Value> elements)
                ? !elements.isEmpty() && elements.stream().allMatch(Tensors::isWhole)
                : value instanceof Value.IntValue || value instanceof Value.Remainder;
    }

    /// A list of numbers, of scalars, or of lists of them, as a tensor; null where the lists differ in length or hold
    /// something else. Without `dtype` it is of the dtype of its scalars, else f32, or bool for Bools.
    @Nullable
    TensorValue ofList(Value.ListValue list, @Nullable DType dtype) {
        TensorValue constant = constant(list, dtype);
        return constant == null && isNumeric(list) ? gathered(list, dtype) : constant;
    }

    /// Whether a list that is no tensor has the form of one, and only its elements differ in dtype.
    boolean isMixed(Value.ListValue list) {
        return leaves(list, 0, new ArrayList<>(), new ArrayList<>());
    }

    /// A list of which some elements are computed when the program runs.
    private @Nullable TensorValue gathered(Value.ListValue list, @Nullable DType dtype) {
        var dims = new ArrayList<Dim>();
        var leaves = new ArrayList<Value>();
        if (!leaves(list, 0, dims, leaves)) {
            return null;
        }
        DType element = dtype;
        for (Value leaf : leaves) {
            if (element == null && leaf instanceof TensorValue tensor) {
                element = tensor.type().dtype() == DType.U8 ? DType.I32 : tensor.type().dtype();
            }
        }
        var scalars = new ArrayList<Node>();
        for (Value leaf : leaves) {
            TensorValue scalar = scalar(leaf, element == null ? DType.F32 : element);
            if (scalar == null) {
                return null;
            }
            TensorValue widened = scalar.type().dtype() == DType.U8 ? cast(scalar, DType.I32) : scalar;
            if (element != null && widened.type().dtype() != element) {
                return null;
            }
            scalars.add(graph.reshape(widened.node(), Shape.of(Dim.ONE)));
        }
        Node row = scalars.size() == 1 ? scalars.getFirst() : graph.concat(0, scalars);
        return new TensorValue(graph.reshape(row, new Shape(dims)));
    }

    private static boolean leaves(Value.ListValue list, int depth, List<Dim> dims, List<Value> leaves) {
        Dim size = Dim.of(list.elements().size());
        if (depth == dims.size()) {
            if (!leaves.isEmpty() || size.isZero()) {
                return false;
            }
            dims.add(size);
        } else if (!dims.get(depth).equals(size)) {
            return false;
        }
        for (Value element : list.elements()) {
            if (element instanceof Value.ListValue inner) {
                if (!leaves(inner, depth + 1, dims, leaves)) {
                    return false;
                }
            } else if (dims.size() != depth + 1) {
                return false;
            } else {
                leaves.add(element);
            }
        }
        return true;
    }

    private @Nullable TensorValue constant(Value.ListValue list, @Nullable DType dtype) {
        var values = new ArrayList<Double>();
        var dims = new ArrayList<Long>();
        boolean[] truths = {false, false};
        if (!flatten(list, 0, dims, values, truths) || truths[0] && truths[1]) {
            return null;
        }
        DType element = dtype != null ? dtype : truths[0] ? DType.BOOL : DType.F32;
        var shape = new Shape(dims.stream().map(Dim::of).toList());
        return new TensorValue(graph.constant(
                new TensorType(element, shape),
                values.stream().mapToDouble(Double::doubleValue).toArray()));
    }

    private static boolean flatten(
            Value.ListValue list, int depth, List<Long> dims, List<Double> values, boolean[] truths) {
        if (list.elements().isEmpty()) {
            return false;
        }
        if (depth == dims.size()) {
            if (!values.isEmpty()) {
                return false;
            }
            dims.add((long) list.elements().size());
        } else if (dims.get(depth) != list.elements().size()) {
            return false;
        }
        for (Value element : list.elements()) {
            switch (element) {
                case Value.ListValue inner -> {
                    if (!flatten(inner, depth + 1, dims, values, truths)) {
                        return false;
                    }
                }
                case Value.BoolValue(boolean truth) -> {
                    truths[0] = true;
                    values.add(truth ? 1.0 : 0.0);
                }
                case Value other -> {
                    Double number = Numbers.known(other);
                    if (number == null || dims.size() != depth + 1) {
                        return false;
                    }
                    truths[1] = true;
                    values.add(number);
                }
            }
        }
        return true;
    }

    /// Where each axis of the matrix product of two tensors comes from; the operands have at least one axis.
    TensorValue matmul(TensorValue left, TensorValue right) {
        int p = left.type().rank();
        int q = right.type().rank();
        if (q <= 2 || p == 1) {
            int contractRight = q == 1 ? 0 : q - 2;
            Node product = graph.contract(
                    left.node(),
                    right.node(),
                    new org.nnlang.compiler.ir.Form.Contract(
                            List.of(), List.of(), List.of(p - 1), List.of(contractRight)));
            var tags = new ArrayList<>(left.axes().subList(0, p - 1));
            for (int axis = 0; axis < q; axis++) {
                if (axis != contractRight) {
                    tags.add(right.axes().get(axis));
                }
            }
            return new TensorValue(product, tags);
        }
        // Both have leading axes: they broadcast, the last two are multiplied.
        var leadingLeft = leading(left);
        var leadingRight = leading(right);
        if (!(join(leadingLeft, leadingRight) instanceof Joined.Common common)) {
            throw new IllegalArgumentException("leading axes do not broadcast");
        }
        Shape a = common.shape().followedBy(left.type().shape().part(p - 2, p));
        Shape b = common.shape().followedBy(right.type().shape().part(q - 2, q));
        Node product = graph.matmul(stretch(left.node(), a), stretch(right.node(), b));
        var tags = new ArrayList<>(common.axes());
        tags.add(left.axes().get(p - 2));
        tags.add(right.axes().get(q - 1));
        return new TensorValue(product, tags);
    }

    /// A stand-in of the shape of the axes before the last two.
    TensorValue leading(TensorValue x) {
        int rank = x.type().rank() - 2;
        return new TensorValue(
                graph.fill(new TensorType(DType.F32, x.type().shape().part(0, rank)), 0), x.axes().subList(0, rank));
    }

    /// `x` with axes in another order.
    TensorValue transpose(TensorValue x, List<Integer> permutation) {
        return new TensorValue(
                graph.transpose(x.node(), permutation),
                permutation.stream().map(axis -> x.axes().get(axis)).toList());
    }

    /// `x` without the axes that a reduction dropped, or with size 1 in their place.
    TensorValue reduced(Node node, TensorValue x, List<Integer> axes, boolean keep) {
        var tags = new ArrayList<List<Tag>>();
        var dims = new ArrayList<Dim>();
        for (int axis = 0; axis < x.type().rank(); axis++) {
            boolean gone = axes.contains(axis);
            if (!gone || keep) {
                tags.add(gone ? List.of() : x.axes().get(axis));
                dims.add(gone ? Dim.ONE : x.type().dim(axis));
            }
        }
        return new TensorValue(graph.reshape(node, new Shape(dims)), tags);
    }

    static List<Integer> allAxes(TensorValue x) {
        return Axes.range(0, x.type().rank());
    }
}
