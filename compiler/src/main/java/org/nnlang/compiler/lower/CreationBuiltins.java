package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.List;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.diagnostic.Fix;
import org.nnlang.compiler.diagnostic.Help;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.ElementwiseOp;
import org.nnlang.compiler.ir.Form.Distribution;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.lower.Value.TensorValue;
import org.nnlang.compiler.op.Ops;
import org.nnlang.runtime.tensor.DType;

/// Functions that make tensors of nothing but sizes.
final class CreationBuiltins {
    private CreationBuiltins() {}

    static final List<Builtin> ALL = List.of(
            Builtin.of("zeros(shape)", "zeros; without a shape, an initializer", 1, call -> filled(call, 0))
                    .waitingForShape(),
            Builtin.of("ones(shape)", "ones; without a shape, an initializer", 1, call -> filled(call, 1))
                    .waitingForShape(),
            Builtin.of("full(shape, value)",
                    "`value` everywhere, in its dtype; a number is f32, `i32(3)` is i32; without a shape, an initializer",
                    2,
                    CreationBuiltins::full)
                    .waitingForShape(),
            Builtin.of(
                    "normal(shape, mean = 0, stddev = 1)",
                    "random numbers from a normal distribution; without a shape, an initializer",
                    1,
                    call -> scaled(call, Distribution.NORMAL, operand("mean", 0), operand("stddev", 1)))
                    .waitingForShape(),
            Builtin.of(
                    "uniform(shape, low = 0, high = 1)",
                    "random numbers evenly from [low, high); without a shape, an initializer",
                    1,
                    CreationBuiltins::uniform)
                    .waitingForShape(),
            Builtin.of("bernoulli(p, shape)",
                    "random bools, each true with probability p; without a shape, in that of p", 1, call -> {
                        TensorValue draw = draw(call, Distribution.UNIFORM,
                                call.has("shape") ? call.shape("shape") : shape(call.floats("p")));
                        return new TensorValue(
                                call.graph().apply(Ops.LT, draw.node(), spread(call, "p", 0, draw.type())),
                                draw.axes());
                    }),
            Builtin.of("arange(n, high)", "0, 1, …, n - 1 as i32; with two arguments from the first up to the second",
                    1, CreationBuiltins::arange),
            Builtin.of(
                    "one_hot(label, classes)",
                    "1 at the label's place along a new last axis, and 0 elsewhere; zeros alone for a label that is no class",
                    2,
                    CreationBuiltins::oneHot),
            triangle("lower_triangle", "true on and below the diagonal", false),
            triangle("upper_triangle", "true on and above the diagonal", true));

    private static Value filled(BuiltinCall call, double value) {
        Conversions.Shaped shape = call.shape("shape");
        return new TensorValue(call.graph().fill(new TensorType(DType.F32, shape.shape()), value), shape.axes());
    }

    private static Value full(BuiltinCall call) {
        Conversions.Shaped shape = call.shape("shape");
        TensorValue value = call.tensor("value");
        if (value.type().rank() != 0) {
            throw call.fail(Code.WRONG_RANK, "value", "`full` fills with one number, and this is " + value.type());
        }
        Double number = Numbers.known(call.value("value"));
        Node node = number != null
                ? call.graph().fill(new TensorType(DType.F32, shape.shape()), number)
                : call.elaboration().tensors.stretch(value.node(), shape.shape());
        return new TensorValue(node, shape.axes());
    }

    private static Conversions.Shaped shape(TensorValue tensor) {
        return new Conversions.Shaped(tensor.type().shape(), tensor.axes());
    }

    private static TensorValue draw(BuiltinCall call, Distribution distribution) {
        return draw(call, distribution, call.shape("shape"));
    }

    private static TensorValue draw(BuiltinCall call, Distribution distribution, Conversions.Shaped shape) {
        long stream = call.elaboration().draws.stream(call.builtin().name(), call.site(), call.scope());
        return new TensorValue(call.graph().random(distribution, shape.shape(), stream), shape.axes());
    }

    /// A number, or a scalar tensor, that a distribution is moved or stretched by.
    private record Operand(String name, double otherwise) {}

    private static Operand operand(String name, double otherwise) {
        return new Operand(name, otherwise);
    }

    private static Node spread(BuiltinCall call, String parameter, double otherwise, TensorType type) {
        Double number = call.has(parameter) ? Numbers.known(call.value(parameter)) : Double.valueOf(otherwise);
        if (number != null) {
            return call.graph().fill(type, number);
        }
        TensorValue tensor = call.floats(parameter);
        if (!(Tensors.join(tensor, new TensorValue(call.graph().fill(type, 0))) instanceof Tensors.Joined.Common common)
                || !common.shape().equals(type.shape())) {
            throw call.fail(
                    Code.NOT_BROADCASTABLE,
                    parameter,
                    "`" + parameter + "` is " + tensor.type() + ", and does not fit the shape " + type.shape());
        }
        return call.elaboration().tensors.stretch(tensor.node(), type.shape());
    }

    private static boolean is(BuiltinCall call, Operand operand, double value) {
        Double number = call.has(operand.name())
                ? Numbers.known(call.value(operand.name()))
                : Double.valueOf(operand.otherwise());
        return number != null && number == value;
    }

    /// draw · scale + offset, without what changes nothing.
    private static Value scaled(BuiltinCall call, Distribution distribution, Operand offset, Operand scale) {
        checkBrackets(call, offset.name());
        TensorValue draw = draw(call, distribution);
        Node node = draw.node();
        node = is(call, scale, 1)
                ? node
                : combine(call, Ops.MUL, node, spread(call, scale.name(), scale.otherwise(), draw.type()));
        node = is(call, offset, 0)
                ? node
                : combine(call, Ops.ADD, node, spread(call, offset.name(), offset.otherwise(), draw.type()));
        return new TensorValue(node, draw.axes());
    }

    private static Value uniform(BuiltinCall call) {
        checkBrackets(call, "low");
        TensorValue draw = draw(call, Distribution.UNIFORM);
        Node low = spread(call, "low", 0, draw.type());
        Node high = spread(call, "high", 1, draw.type());
        Double from = call.has("low") ? Numbers.known(call.value("low")) : Double.valueOf(0);
        Double to = call.has("high") ? Numbers.known(call.value("high")) : Double.valueOf(1);
        Node width = from != null && to != null
                ? call.graph().fill(draw.type(), to - from)
                : combine(call, Ops.SUB, high, low);
        Node node = from != null && to != null && to - from == 1
                ? draw.node()
                : combine(call, Ops.MUL, draw.node(), width);
        node = from != null && from == 0 ? node : combine(call, Ops.ADD, node, low);
        return new TensorValue(node, draw.axes());
    }

    /// Elsewhere a shape is several arguments: `normal(2, 3)` would be two numbers around 3.
    private static void checkBrackets(BuiltinCall call, String second) {
        if (call.value("shape") instanceof Value.IntValue
                && call.has(second)
                && call.given(second).name() == null
                && call.value(second) instanceof Value.IntValue) {
            String name = call.builtin().name();
            String first = call.span("shape").text();
            String other = call.span(second).text();
            throw call.fail(
                    Code.WRONG_TYPE,
                    second,
                    "`" + name + "(" + first + ", " + other + ")` may mean a shape of two axes, or one axis and its `"
                            + second + "`",
                    new Help("a shape is a list: `" + name + "([" + first + ", " + other + "])`, or `" + name + "(["
                            + first + "], " + other + ")`",
                            List.of(Fix.write(call.span("shape").to(call.span(second)),
                                    "[" + first + ", " + other + "]"),
                                    Fix.write(call.span("shape"), "[" + first + "]"))));
        }
    }

    private static Node combine(BuiltinCall call, ElementwiseOp op, Node left, Node right) {
        return call.graph().apply(op, left, right);
    }

    private static Value arange(BuiltinCall call) {
        Conversions.Sized first = call.size("n");
        if (!call.has("high")) {
            return new TensorValue(call.graph().iota(Shape.of(first.dim()), 0), List.of(first.tags()));
        }
        Dim length = call.size("high").dim().minus(first.dim());
        Node steps = call.graph().iota(Shape.of(length), 0);
        TensorValue low = call.elaboration().tensors.scalar(new Value.IntValue(first.dim()), DType.I32);
        if (low == null) {
            throw new IllegalStateException("an Int is a scalar");
        }
        return new TensorValue(
                combine(call, Ops.ADD, steps, call.elaboration().tensors.stretch(low.node(), steps.shape())));
    }

    private static Value oneHot(BuiltinCall call) {
        TensorValue label = call.indices(
                "label", "class indices are whole numbers: cast with `i32(…)`, or read the column as labels");
        Conversions.Sized classes = call.size("classes");
        Long known = call.value("label") instanceof TensorValue given
                ? call.elaboration().classes.get(given.node())
                : null;
        if (known != null && classes.dim().isConstant() && classes.dim().constant() < known) {
            // Their rows would be zero, and whatever is made of them would ignore these examples in silence.
            throw call.fail(
                    Code.OUT_OF_RANGE,
                    "label",
                    "the data have " + known + " classes, and there is room for " + classes.dim().constant(),
                    "let the last layer have " + known + " outputs");
        }
        Shape shape = label.type().shape().followedBy(Shape.of(classes.dim()));
        Node places = call.graph().iota(shape, shape.rank() - 1);
        var leading = org.nnlang.compiler.ir.Axes.range(0, label.type().rank());
        Node labels = call.graph().broadcast(label.node(), shape, leading);
        var axes = new ArrayList<>(label.axes());
        axes.add(classes.tags());
        return new TensorValue(
                call.graph().apply(Ops.TO_F32, call.graph().apply(Ops.EQ, labels, places)), axes);
    }

    private static Builtin triangle(String name, String what, boolean upper) {
        return Builtin.of(name + "(rows, columns)", what, 2, call -> {
            Conversions.Sized rows = call.size("rows");
            Conversions.Sized columns = call.size("columns");
            Shape shape = Shape.of(rows.dim(), columns.dim());
            Node row = call.graph().iota(shape, 0);
            Node column = call.graph().iota(shape, 1);
            Node node = upper ? call.graph().apply(Ops.LE, row, column) : call.graph().apply(Ops.LE, column, row);
            return new TensorValue(node, List.of(rows.tags(), columns.tags()));
        });
    }
}
