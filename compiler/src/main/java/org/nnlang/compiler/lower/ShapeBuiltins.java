package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.List;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.ir.Axes;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.lower.Value.TensorValue;
import org.nnlang.runtime.tensor.DType;

/// Functions that move elements, or tell of their places.
final class ShapeBuiltins {
    private ShapeBuiltins() {}

    static final List<Builtin> ALL = List.of(
            Builtin.of("reshape(x, shape)", "the same elements in another shape, of which one entry may be -1", 2,
                    ShapeBuiltins::reshape),
            Builtin.of("transpose(x, axes)", "the axes in another order; without `axes` the last two change places", 1,
                    ShapeBuiltins::transpose),
            Builtin.of("concat(list, axis = 0)", "tensors one after the other along an axis", 1, ShapeBuiltins::concat),
            Builtin.of("stack(list, axis = 0)", "tensors of one shape side by side along a new axis", 1,
                    ShapeBuiltins::stack),
            Builtin.of("split(x, parts, axis = -1)", "a list of equal parts, or of parts of the sizes of a list", 2,
                    ShapeBuiltins::split),
            Padding.PAD,
            Builtin.of("broadcast_to(x, shape)", "repeated to a shape", 2, ShapeBuiltins::broadcastTo),
            Builtin.of("gather(table, ids)", "for each index its row of the table", 2,
                    call -> gather(call.elaboration(), call.tensor("table"), call.indices("ids", "cast it: `i32(…)`"),
                            call)),
            Builtin.of("shape(x)", "the sizes of all axes, a List<Int>", 1, call -> {
                TensorValue x = call.tensor("x");
                var sizes = new ArrayList<Value>();
                for (int axis = 0; axis < x.type().rank(); axis++) {
                    sizes.add(new Value.IntValue(x.type().dim(axis), x.axes().get(axis)));
                }
                return new Value.ListValue(sizes);
            }),
            Builtin.of("rank(x)", "how many axes there are, an Int", 1,
                    call -> Value.IntValue.of(call.tensor("x").type().rank())),
            Builtin.of("is_softmax(x)", "whether x is made by a softmax along its last axis, a Bool", 1,
                    call -> new Value.BoolValue(Probabilities.isSoftmax(call.tensor("x").node()))),
            Builtin.of("is_sigmoid(x)", "whether x is made by a sigmoid, a Bool", 1,
                    call -> new Value.BoolValue(Probabilities.isSigmoid(call.tensor("x").node()))),
            Builtin.of("len(list)", "how many elements there are, an Int; of a tensor the size of its first axis", 1,
                    call -> switch (call.value("list")) {
                        case Value.ListValue(List<Value> elements) -> Value.IntValue.of(elements.size());
                        case Value.TupleValue tuple -> Value.IntValue.of(tuple.elements().size());
                        case TensorValue x when x.type().rank() > 0 ->
                            new Value.IntValue(x.type().dim(0), x.axes().getFirst());
                        case Value other ->
                            throw call.fail(Code.WRONG_TYPE, "list", Describe.what(other) + " has no length");
                    }),
            Builtin.of("map(list, function)", "a list of what the function makes of each element", 2, call -> {
                var results = new ArrayList<Value>();
                List<Value> elements = call.list("list");
                Given function = call.given("function");
                for (int i = 0; i < elements.size(); i++) {
                    Scope iteration = call.scope().iteration(call.scope().frame().iteration(i));
                    results.add(call.elaboration().calls.call(
                            function.value(),
                            List.of(Given.of(elements.get(i), call.span("list"))),
                            function.expression() == null
                                    ? new org.nnlang.compiler.syntax.Expression.Invalid(function.span())
                                    : function.expression(),
                            call.site(),
                            iteration));
                }
                return new Value.ListValue(results);
            }));

    private static Value reshape(BuiltinCall call) {
        TensorValue x = call.tensor("x");
        Value wanted = call.value("shape");
        List<Value> entries = wanted instanceof Value.ListValue(List<Value> elements) ? elements : List.of(wanted);
        var dims = new ArrayList<Dim>();
        var axes = new ArrayList<List<Tag>>();
        int open = -1;
        Dim known = Dim.ONE;
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i) instanceof Value.IntValue(Dim dim, var _) && dim.is(-1)) {
                if (open >= 0) {
                    throw call.fail(Code.ELEMENT_COUNT, "shape", "only one entry of a shape may be -1");
                }
                open = i;
                dims.add(Dim.ONE);
                axes.add(List.of());
                continue;
            }
            Conversions.Sized size = call.elaboration().conversions.size(entries.get(i), call.span("shape"),
                    call.scope());
            dims.add(size.dim());
            axes.add(size.tags());
            known = known.times(size.dim());
        }
        Dim total = x.type().shape().size();
        if (open >= 0) {
            Dim rest = total.dividedBy(known).orElse(null);
            if (rest == null || !rest.isWhole() && rest.symbols().isEmpty()) {
                if (rest == null && call.elaboration().operators.unsure(total, known)) {
                    throw new Operators.Unsure();
                }
                throw call.fail(
                        Code.ELEMENT_COUNT,
                        "shape",
                        x.type() + " has " + total + " elements, which the other entries of the shape do not divide");
            }
            dims.set(open, rest);
        } else if (!known.equals(total)) {
            if (call.elaboration().operators.unsure(total, known)) {
                throw new Operators.Unsure();
            }
            throw call.fail(
                    Code.ELEMENT_COUNT,
                    "shape",
                    "a reshape keeps all elements: " + x.type() + " has " + total + ", and " + new Shape(dims) + " has "
                            + known,
                    "one entry may be -1: it gets what is left");
        }
        return new TensorValue(call.graph().reshape(x.node(), new Shape(dims)), axes);
    }

    private static Value transpose(BuiltinCall call) {
        TensorValue x = call.tensor("x");
        int rank = x.type().rank();
        var permutation = new ArrayList<Integer>();
        if (call.has("axes")) {
            for (Value entry : call.list("axes")) {
                long axis = call.elaboration().conversions.integer(entry, "an axis", call.span("axes"), call.scope());
                permutation.add((int) (axis < 0 ? axis + rank : axis));
            }
        } else {
            if (rank < 2) {
                throw call.fail(
                        Code.WRONG_RANK, "x", "`transpose` needs at least two axes, and gets " + rank,
                        "a vector can be made a row with `reshape`");
            }
            permutation.addAll(Axes.range(0, rank - 2));
            permutation.add(rank - 1);
            permutation.add(rank - 2);
        }
        if (permutation.size() != rank || !Axes.areDistinct(permutation, rank)) {
            throw call.fail(
                    Code.NO_SUCH_AXIS, "axes",
                    "`axes` names each of the " + rank + " axes once, as in " + Axes.range(0, rank).reversed());
        }
        return call.elaboration().tensors.transpose(x, permutation);
    }

    private static List<TensorValue> tensors(BuiltinCall call) {
        List<Value> elements = call.list("list");
        if (elements.isEmpty()) {
            throw call.fail(Code.WRONG_TYPE, "list", "`" + call.builtin().name() + "` of an empty list");
        }
        boolean integers = elements.stream().anyMatch(element -> element instanceof TensorValue tensor
                && tensor.type().dtype() == DType.I32);
        var all = new ArrayList<TensorValue>();
        for (Value element : elements) {
            TensorValue tensor = call.elaboration().conversions.tensor(
                    element, integers && Tensors.isWhole(element) ? DType.I32 : null, "an element of the list",
                    call.span("list"), call.scope());
            if (!all.isEmpty() && tensor.type().dtype() != all.getFirst().type().dtype()) {
                throw call.fail(
                        Code.DTYPES_DIFFER,
                        "list",
                        "the tensors differ in dtype: " + all.getFirst().type().dtype() + " and "
                                + tensor.type().dtype(),
                        "cast one of them");
            }
            all.add(tensor);
        }
        return all;
    }

    private static Value concat(BuiltinCall call) {
        List<TensorValue> all = tensors(call);
        TensorValue first = all.getFirst();
        int rank = first.type().rank();
        if (rank == 0) {
            throw call.fail(Code.WRONG_RANK, "list", "scalars have no axis to be put along",
                    "`stack` puts scalars into a vector");
        }
        int axis = call.axis("axis", rank, 0);
        for (TensorValue tensor : all) {
            boolean fits = tensor.type().rank() == rank;
            for (int i = 0; fits && i < rank; i++) {
                fits = i == axis
                        || tensor.type().dim(i).equals(first.type().dim(i));
            }
            if (!fits) {
                throw call.fail(
                        Code.SHAPES_DIFFER,
                        "list",
                        "tensors that are put one after the other along axis " + axis + " differ only there: "
                                + first.type() + " and " + tensor.type());
            }
        }
        var axes = new ArrayList<>(first.axes());
        if (all.size() > 1) {
            axes.set(axis, List.of());
        }
        return new TensorValue(
                call.graph().concat(axis, all.stream().map(TensorValue::node).toList()), axes);
    }

    private static Value stack(BuiltinCall call) {
        List<TensorValue> all = tensors(call);
        Shape shape = all.getFirst().type().shape();
        int axis = call.axis("axis", shape.rank() + 1, 0);
        var dims = new ArrayList<>(shape.dims());
        dims.add(axis, Dim.ONE);
        var nodes = new ArrayList<Node>();
        for (TensorValue tensor : all) {
            if (!tensor.type().shape().equals(shape)) {
                throw call.fail(
                        Code.SHAPES_DIFFER,
                        "list",
                        "tensors that are stacked have one shape: " + all.getFirst().type() + " and " + tensor.type());
            }
            nodes.add(call.graph().reshape(tensor.node(), new Shape(dims)));
        }
        var axes = new ArrayList<>(all.getFirst().axes());
        axes.add(axis, List.of());
        return new TensorValue(call.graph().concat(axis, nodes), axes);
    }

    private static Value split(BuiltinCall call) {
        TensorValue x = call.tensor("x");
        if (x.type().rank() == 0) {
            throw call.fail(Code.NO_SUCH_AXIS, "x", "a scalar has no axis to be split along");
        }
        int axis = call.axis("axis", x.type().rank(), -1);
        Dim size = x.type().dim(axis);
        var sizes = new ArrayList<Dim>();
        if (call.value("parts") instanceof Value.ListValue(List<Value> elements)) {
            Dim total = Dim.ZERO;
            for (Value element : elements) {
                Dim part = call.elaboration().conversions.size(element, call.span("parts"), call.scope()).dim();
                sizes.add(part);
                total = total.plus(part);
            }
            if (!total.equals(size) && !call.elaboration().operators.unsure(total, size)) {
                throw call.fail(
                        Code.UNEVEN_SPLIT, "parts",
                        "the parts have " + total + " together, and axis " + axis + " has " + size);
            }
        } else {
            long parts = call.integer("parts", 1);
            Dim part = parts < 1 ? null : size.dividedBy(Dim.of(parts)).orElse(null);
            if (part == null || !part.isWhole() && part.symbols().isEmpty()) {
                throw call.fail(
                        Code.UNEVEN_SPLIT,
                        "parts",
                        "axis " + axis + " of " + x.type() + " cannot be split into " + parts + " equal parts",
                        "give the sizes: `split(x, [3, 7])`");
            }
            if (!part.isWhole() && !call.elaboration().isSymbolic()) {
                call.elaboration().constraints.add(new Constraint(
                        new SizeCondition.Whole(part), size + " cannot be split into " + parts + " equal parts",
                        call.site()));
            }
            if (parts > Expressions.LONGEST_LIST) {
                throw call.fail(Code.TOO_LONG, "parts", Expressions.tooLong(parts));
            }
            for (int i = 0; i < parts; i++) {
                sizes.add(part);
            }
        }
        var result = new ArrayList<Value>();
        Dim start = Dim.ZERO;
        var axes = new ArrayList<>(x.axes());
        axes.set(axis, List.of());
        for (Dim part : sizes) {
            result.add(new TensorValue(call.graph().slice(x.node(), axis, start, start.plus(part), 1), axes));
            start = start.plus(part);
        }
        return new Value.ListValue(result);
    }

    private static Value broadcastTo(BuiltinCall call) {
        TensorValue x = call.tensor("x");
        Conversions.Shaped shape = call.shape("shape");
        var target = new TensorValue(
                call.graph().fill(x.type().withShape(shape.shape()), 0), shape.axes());
        if (!(Tensors.join(x, target) instanceof Tensors.Joined.Common common)
                || !common.shape().equals(shape.shape())) {
            throw call.fail(
                    Code.NOT_BROADCASTABLE, "x", x.type() + " does not broadcast to " + shape.shape(),
                    "sizes must be equal, or 1");
        }
        return new TensorValue(
                call.elaboration().tensors.stretch(x.node(), shape.shape()), common.axes());
    }

    /// Rows of a table.
    static Value gather(Elaboration elaboration, TensorValue table, TensorValue ids, BuiltinCall call) {
        if (table.type().rank() == 0) {
            throw call.fail(Code.WRONG_RANK, "table", "a scalar has no rows");
        }
        return gather(elaboration, table, ids);
    }

    static TensorValue gather(Elaboration elaboration, TensorValue table, TensorValue ids) {
        var axes = new ArrayList<>(ids.axes());
        axes.addAll(table.axes().subList(1, table.axes().size()));
        return new TensorValue(elaboration.graph.gather(table.node(), ids.node()), axes);
    }
}
