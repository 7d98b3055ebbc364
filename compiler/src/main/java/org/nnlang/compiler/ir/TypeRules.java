package org.nnlang.compiler.ir;

import java.util.ArrayList;
import java.util.List;
import org.nnlang.runtime.tensor.DType;

/// The type of each form's result, and what its inputs must be.
final class TypeRules {
    private TypeRules() {}

    /// The type of `form` over `inputs`.
    ///
    /// @throws IrException when the inputs do not fit the form
    static TensorType infer(Form form, List<Node> inputs) {
        return switch (form) {
            case Form.Input(_, var type) -> leaf(form, inputs, type);
            case Form.Variable(_, _, var type) -> leaf(form, inputs, type);
            case Form.Constant constant -> leaf(form, inputs, constant.type());
            case Form.Size(_, var dtype) -> leaf(form, inputs, TensorType.scalar(dtype));
            case Form.Iota(var shape, int axis) -> {
                require(axis >= 0 && axis < shape.rank(), form, inputs, "the shape has no such axis");
                yield leaf(form, inputs, new TensorType(DType.I32, shape));
            }
            case Form.Random(_, var shape, _) -> leaf(form, inputs, new TensorType(DType.F32, shape));
            case Form.Elementwise(var op) -> elementwise(op, form, inputs);
            case Form.Reduce reduce -> reduce(reduce, inputs);
            case Form.Contract contract -> contract(contract, inputs);
            case Form.Reshape(var shape) -> {
                var x = only(form, inputs);
                require(x.shape().size().equals(shape.size()), form, inputs, "the sizes differ");
                yield x.withShape(shape);
            }
            case Form.Transpose(var permutation) -> {
                var x = only(form, inputs);
                require(
                        permutation.size() == x.rank() && Axes.areDistinct(permutation, x.rank()),
                        form,
                        inputs,
                        "not a permutation of the axes");
                yield x.withShape(new Shape(permutation.stream().map(x::dim).toList()));
            }
            case Form.Slice slice -> slice(slice, inputs);
            case Form.Pad pad -> pad(pad, inputs);
            case Form.Concat(int axis) -> concat(axis, form, inputs);
            case Form.Broadcast(var shape, var axes) -> {
                var x = only(form, inputs);
                require(
                        axes.size() == x.rank() && Axes.areAscending(axes, shape.rank()),
                        form,
                        inputs,
                        "not one ascending axis for each of the input's");
                for (int i = 0; i < axes.size(); i++) {
                    require(x.dim(i).equals(shape.dim(axes.get(i))), form, inputs, "the dimensions differ");
                }
                yield x.withShape(shape);
            }
            case Form.Gather() -> gather(form, inputs);
            case Form.Row(var kind) -> {
                var x = only(form, inputs);
                require(x.rank() > 0, form, inputs, "a scalar has no rows");
                require(x.dtype() == DType.F32 || x.dtype() == DType.I32, form, inputs, "it takes numbers");
                yield kind.isIndex() ? x.withDType(DType.I32) : x;
            }
            case Form.ScatterAdd(var rows) -> scatterAdd(rows, form, inputs);
            case Form.Call call -> call.type();
            case Form.StopGradient(),Form.Point(int _) -> only(form, inputs);
            case Form.Scan scan -> scan(scan, inputs);
        };
    }

    private static TensorType leaf(Form form, List<Node> inputs, TensorType type) {
        require(inputs.isEmpty(), form, inputs, "it takes no inputs");
        return type;
    }

    private static TensorType only(Form form, List<Node> inputs) {
        require(inputs.size() == 1, form, inputs, "it takes one input");
        return inputs.getFirst().type();
    }

    private static TensorType elementwise(ElementwiseOp op, Form form, List<Node> inputs) {
        require(inputs.size() == op.arity(), form, inputs, "it takes another number of inputs");
        var shape = inputs.getFirst().shape();
        var dtypes = new ArrayList<DType>(inputs.size());
        for (var input : inputs) {
            require(input.shape().equals(shape), form, inputs, "the shapes differ");
            dtypes.add(input.type().dtype());
        }
        var meaning = op.meaning(dtypes);
        require(meaning.isPresent(), form, inputs, "it has no meaning for these types");
        return new TensorType(meaning.get().result(), shape);
    }

    private static TensorType reduce(Form.Reduce reduce, List<Node> inputs) {
        var x = only(reduce, inputs);
        require(
                !reduce.axes().isEmpty() && Axes.areAscending(reduce.axes(), x.rank()),
                reduce,
                inputs,
                "the axes are not ascending axes of the input");
        require(x.dtype() == DType.F32 || x.dtype() == DType.I32, reduce, inputs, "it takes f32 or i32");
        require(!reduce.kind().isIndex() || reduce.axes().size() == 1, reduce, inputs, "it takes one axis");
        return new TensorType(
                reduce.kind().isIndex() ? DType.I32 : x.dtype(), x.shape().without(reduce.axes()));
    }

    private static TensorType contract(Form.Contract form, List<Node> inputs) {
        require(inputs.size() == 2, form, inputs, "it takes two inputs");
        var lhs = inputs.get(0).type();
        var rhs = inputs.get(1).type();
        require(lhs.dtype() == DType.F32 && rhs.dtype() == DType.F32, form, inputs, "it takes f32");
        require(
                Axes.areDistinct(Axes.concat(form.lhsBatch(), form.lhsContract()), lhs.rank())
                        && Axes.areDistinct(Axes.concat(form.rhsBatch(), form.rhsContract()), rhs.rank()),
                form,
                inputs,
                "not different axes of the inputs");
        requirePairs(form, inputs, form.lhsBatch(), form.rhsBatch());
        requirePairs(form, inputs, form.lhsContract(), form.rhsContract());
        var dims = new ArrayList<Dim>();
        form.lhsBatch().forEach(axis -> dims.add(lhs.dim(axis)));
        form.lhsFree(lhs.rank()).forEach(axis -> dims.add(lhs.dim(axis)));
        form.rhsFree(rhs.rank()).forEach(axis -> dims.add(rhs.dim(axis)));
        return new TensorType(DType.F32, new Shape(dims));
    }

    private static void requirePairs(Form form, List<Node> inputs, List<Integer> lhs, List<Integer> rhs) {
        require(lhs.size() == rhs.size(), form, inputs, "the axes are not in pairs");
        for (int i = 0; i < lhs.size(); i++) {
            var left = inputs.get(0).shape().dim(lhs.get(i));
            var right = inputs.get(1).shape().dim(rhs.get(i));
            require(left.equals(right), form, inputs, "the paired dimensions differ");
        }
    }

    private static TensorType slice(Form.Slice slice, List<Node> inputs) {
        var x = only(slice, inputs);
        int rank = x.rank();
        require(
                slice.starts().size() == rank && slice.limits().size() == rank && slice.steps().size() == rank,
                slice,
                inputs,
                "not one range for each axis");
        var dims = new ArrayList<Dim>(rank);
        for (int axis = 0; axis < rank; axis++) {
            var start = slice.starts().get(axis);
            var limit = slice.limits().get(axis);
            int step = slice.steps().get(axis);
            require(step >= 1, slice, inputs, "a step is not positive");
            require(
                    isOrdered(Dim.ZERO, start) && isOrdered(start, limit) && isOrdered(limit, x.dim(axis)),
                    slice,
                    inputs,
                    "the range leaves the input");
            var extent = limit.minus(start);
            if (step == 1) {
                dims.add(extent);
            } else if (extent.isConstant()) {
                dims.add(Dim.of(Math.ceilDiv(extent.constant(), step)));
            } else {
                // A symbolic extent must divide: checked when the sizes are bound.
                dims.add(extent.dividedBy(Dim.of(step)).orElseThrow());
            }
        }
        return x.withShape(new Shape(dims));
    }

    /// False only where `a` > `b` for sure.
    private static boolean isOrdered(Dim a, Dim b) {
        var difference = b.minus(a);
        return !difference.isConstant() || difference.constant() >= 0;
    }

    private static TensorType pad(Form.Pad pad, List<Node> inputs) {
        var x = only(pad, inputs);
        require(
                pad.low().size() == x.rank() && pad.high().size() == x.rank(),
                pad,
                inputs,
                "not two widths for each axis");
        var dims = new ArrayList<Dim>(x.rank());
        for (int axis = 0; axis < x.rank(); axis++) {
            var low = pad.low().get(axis);
            var high = pad.high().get(axis);
            require(isOrdered(Dim.ZERO, low) && isOrdered(Dim.ZERO, high), pad, inputs, "a width is negative");
            dims.add(x.dim(axis).plus(low).plus(high));
        }
        return x.withShape(new Shape(dims));
    }

    private static TensorType concat(int axis, Form form, List<Node> inputs) {
        require(!inputs.isEmpty(), form, inputs, "it takes at least one input");
        var first = inputs.getFirst().type();
        require(axis >= 0 && axis < first.rank(), form, inputs, "the inputs have no such axis");
        var total = Dim.ZERO;
        for (var input : inputs) {
            require(
                    input.type().dtype() == first.dtype()
                            && input.shape().rank() == first.rank()
                            && input.shape().with(axis, Dim.ONE).equals(first.shape().with(axis, Dim.ONE)),
                    form,
                    inputs,
                    "the inputs differ in more than the axis");
            total = total.plus(input.shape().dim(axis));
        }
        return first.withShape(first.shape().with(axis, total));
    }

    private static TensorType gather(Form form, List<Node> inputs) {
        require(inputs.size() == 2, form, inputs, "it takes a table and indices");
        var table = inputs.get(0).type();
        var indices = inputs.get(1).type();
        require(table.rank() >= 1, form, inputs, "the table has no rows");
        require(indices.dtype() == DType.I32, form, inputs, "the indices are not i32");
        return table.withShape(indices.shape().followedBy(table.shape().part(1, table.rank())));
    }

    private static TensorType scatterAdd(Dim rows, Form form, List<Node> inputs) {
        require(inputs.size() == 2, form, inputs, "it takes indices and updates");
        var indices = inputs.get(0).type();
        var updates = inputs.get(1).type();
        require(indices.dtype() == DType.I32, form, inputs, "the indices are not i32");
        require(updates.dtype() == DType.F32, form, inputs, "the updates are not f32");
        require(
                updates.rank() >= indices.rank()
                        && updates.shape().part(0, indices.rank()).equals(indices.shape()),
                form,
                inputs,
                "not one update for each index");
        return updates.withShape(Shape.of(rows).followedBy(updates.shape().part(indices.rank(), updates.rank())));
    }

    private static TensorType scan(Form.Scan scan, List<Node> inputs) {
        var body = scan.body();
        var expected = body.inputs();
        require(inputs.size() == expected.size(), scan, inputs, "it takes another number of inputs");
        require(body.next().size() == body.carried().size(), scan, inputs, "not one new value for each carried one");
        int slices = body.carried().size();
        for (int i = 0; i < inputs.size(); i++) {
            var type = expected.get(i).type();
            boolean sequence = i >= slices && i < slices + body.slices().size();
            require(
                    inputs.get(i).type().equals(sequence ? stacked(scan, type) : type),
                    scan,
                    inputs,
                    "input " + i + " is not what the body takes");
        }
        for (int i = 0; i < slices; i++) {
            require(
                    body.next().get(i).type().equals(body.carried().get(i).type()),
                    scan,
                    inputs,
                    "what is carried changes its type");
        }
        return switch (scan.result()) {
            case Form.Last(int carried) -> {
                require(carried >= 0 && carried < slices, scan, inputs, "nothing is carried under that number");
                yield body.carried().get(carried).type();
            }
            case Form.Stacked(var node) -> {
                require(body.graph().owns(node), scan, inputs, "what is stacked is of another graph");
                yield stacked(scan, node.type());
            }
        };
    }

    private static TensorType stacked(Form.Scan scan, TensorType type) {
        return type.withShape(Shape.of(scan.trips()).followedBy(type.shape()));
    }

    private static void require(boolean holds, Form form, List<Node> inputs, String otherwise) {
        if (!holds) {
            throw new IrException("%s over %s: %s"
                    .formatted(form, inputs.stream().map(Node::type).toList(), otherwise));
        }
    }
}
