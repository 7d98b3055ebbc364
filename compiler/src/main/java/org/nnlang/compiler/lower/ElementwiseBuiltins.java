package org.nnlang.compiler.lower;

import java.util.List;
import java.util.Objects;
import java.util.function.DoubleUnaryOperator;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.ir.Axes;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.ElementwiseOp;
import org.nnlang.compiler.ir.Form.ReduceKind;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.lower.Value.TensorValue;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.syntax.BinaryOperator;
import org.nnlang.runtime.tensor.DType;

/// Functions of each element.
final class ElementwiseBuiltins {
    private ElementwiseBuiltins() {}

    static final List<Builtin> ALL = List.of(
            unary("sqrt", "√x", Ops.SQRT, Math::sqrt),
            unary("rsqrt", "1 / √x", Ops.RSQRT, x -> 1 / Math.sqrt(x)),
            unary("exp", "eˣ", Ops.EXP, Math::exp),
            unary("log", "the natural logarithm", Ops.LOG, Math::log),
            unary("log1p", "log(1 + x), exact for small x", Ops.LOG1P, Math::log1p),
            unary("expm1", "eˣ - 1, exact for small x", Ops.EXPM1, Math::expm1),
            unary("tanh", "the hyperbolic tangent", Ops.TANH, Math::tanh),
            unary("erf", "the error function", Ops.ERF,
                    x -> Ops.ERF.meanings().getFirst().scalar().apply(new double[] {x})),
            unary("sin", "the sine of radians", Ops.SIN, Math::sin),
            unary("cos", "the cosine of radians", Ops.COS, Math::cos),
            rounding("floor", "the greatest whole number not above x; of a number known when compiling, an Int",
                    Ops.FLOOR, Math::floor),
            rounding("ceil", "the smallest whole number not below x; of a number known when compiling, an Int",
                    Ops.CEIL, Math::ceil),
            rounding("round", "the nearest whole number, ties to even; of a number known when compiling, an Int",
                    Ops.ROUND, Math::rint),
            signed("abs", "|x|", Ops.ABS, Math::abs),
            signed("sign", "-1, 0 or 1", Ops.SIGN, Math::signum),
            Builtin.of("pow(a, b)", "`a ^ b`", 2,
                    call -> call.elaboration().operators.binary(BinaryOperator.POWER, call.value("a"), call.value("b"),
                            call.site("a", "b"))),
            Builtin.of("floor_divide(a, b)",
                    "the greatest whole number not above a / b: of Ints an Int, of tensors of integers i32", 2,
                    ElementwiseBuiltins::floorDivide),
            Builtin.of(
                    "where(condition, a, b)",
                    "`a` where the condition holds, else `b`; the side not taken gets a gradient of exactly zero",
                    3,
                    ElementwiseBuiltins::where),
            Builtin.of("stop_gradient(x)", "x, through which no gradient passes", 1, call -> {
                TensorValue x = call.tensor("x");
                return new TensorValue(call.graph().stopGradient(x.node()), x.axes());
            }),
            cast("f32", DType.F32, "as f32; a bool becomes 0 or 1"),
            cast("i32", DType.I32, "as i32, towards zero"),
            cast("bool", DType.BOOL, "whether it is not zero"),
            Builtin.of(
                    "close(a, b, tolerance = 1e-5)",
                    "whether all |a - b| ≤ tolerance · max(1, |b|): for tests",
                    2,
                    ElementwiseBuiltins::close));

    private static Value floorDivide(BuiltinCall call) {
        Double a = Numbers.known(call.value("a"));
        Double b = Numbers.known(call.value("b"));
        if (a != null && b != null) {
            if (b == 0) {
                throw call.fail(Code.ARITHMETIC, "b", "a number cannot be divided by zero");
            }
            return call.value("a") instanceof Value.IntValue n && call.value("b") instanceof Value.IntValue d
                    ? Value.IntValue.of(Math.floorDiv(n.constant(), d.constant()))
                    : Value.IntValue.of((long) Math.floor(a / b));
        }
        if (Numbers.isNumber(call.value("a")) && Numbers.isNumber(call.value("b"))) {
            Dim whole = Numbers.arithmetic(BinaryOperator.DIVIDE, call.value("a"), call.value("b"))
                    .map(Numbers::dimension)
                    .filter(Dim::isWhole)
                    .orElse(null);
            if (whole != null) {
                return new Value.IntValue(whole);
            }
            if (call.elaboration().isSymbolic()) {
                return Value.UNKNOWN; // a call would give an Int
            }
        }
        BuiltinCall.Pair pair = call.pair("a", "b");
        return switch (pair.left().type().dtype()) {
            case I32, U8 -> {
                call.elaboration().operators.dividedBy(pair.right(), call.span("b"), call.scope());
                yield call.join(Ops.FLOORDIV, pair.left(), pair.right(), "a", "b");
            }
            case F32 ->
                call.elaboration().tensors.apply(Ops.FLOOR, call.join(Ops.DIV, pair.left(), pair.right(), "a", "b"));
            case BOOL -> throw call.fail(Code.WRONG_DTYPE, "a", "`floor_divide` takes numbers, and gets bool");
        };
    }

    private static Builtin unary(String name, String what, ElementwiseOp op, DoubleUnaryOperator number) {
        return Builtin.of(name + "(x)", what, 1, call -> {
            Double known = Numbers.known(call.value("x"));
            return known != null
                    ? new Value.FloatValue(number.applyAsDouble(known))
                    : call.elaboration().tensors.apply(op, call.floats("x"));
        });
    }

    private static Builtin rounding(String name, String what, ElementwiseOp op, DoubleUnaryOperator number) {
        return Builtin.of(name + "(x)", what, 1, call -> {
            Double known = Numbers.known(call.value("x"));
            if (known != null) {
                double rounded = number.applyAsDouble(known);
                if (Math.abs(rounded) > 1L << 53) {
                    throw call.fail(Code.ARITHMETIC, "x", Describe.number(known) + " is too large for an exact Int");
                }
                return Value.IntValue.of((long) rounded);
            }
            Value x = call.value("x");
            Dim whole = Numbers.dimension(x);
            if (whole != null && whole.isWhole()) {
                return x instanceof Value.IntValue ? x : new Value.IntValue(whole);
            }
            if (Numbers.isNumber(x) && call.elaboration().isSymbolic()) {
                return Value.UNKNOWN; // a call would give an Int
            }
            return call.elaboration().tensors.apply(op, call.floats("x"));
        });
    }

    private static Builtin signed(String name, String what, ElementwiseOp op, DoubleUnaryOperator number) {
        return Builtin.of(name + "(x)", what, 1, call -> {
            Value x = call.value("x");
            Double known = Numbers.known(x);
            if (known != null) {
                double result = number.applyAsDouble(known);
                return x instanceof Value.IntValue ? Value.IntValue.of((long) result) : new Value.FloatValue(result);
            }
            return call.elaboration().tensors.apply(op, call.numbers("x"));
        });
    }

    private static Builtin cast(String name, DType dtype, String what) {
        return Builtin.of(name + "(x)", what, 1, call -> {
            Value x = call.value("x");
            if (x instanceof Value.ListValue list) {
                call.elaboration().conversions.fits(list, dtype, call.span("x"), call.scope());
                TensorValue tensor = call.elaboration().tensors.ofList(list, dtype);
                if (tensor != null) {
                    return tensor;
                }
            }
            if (dtype == DType.I32 && x instanceof Value.IntValue number) {
                call.elaboration().conversions.fits(number, dtype, call.span("x"), call.scope());
                return Objects.requireNonNull(call.elaboration().tensors.scalar(number, dtype));
            }
            return call.elaboration().tensors.cast(call.tensor("x"), dtype);
        });
    }

    private static Value where(BuiltinCall call) {
        Tensors tensors = call.elaboration().tensors;
        TensorValue condition = call.tensor("condition", DType.BOOL);
        Value first = call.value("a");
        Value second = call.value("b");
        TensorValue a;
        TensorValue b;
        if (Numbers.isNumber(first) && Numbers.isNumber(second)) {
            a = call.floats("a");
            b = call.floats("b");
        } else {
            BuiltinCall.Pair pair = call.pair("a", "b");
            a = pair.left();
            b = pair.right();
        }
        // The shape of all three: found on stand-ins of one dtype.
        TensorValue values = standIn(call, a);
        TensorValue both = call.join(Ops.ADD, values, standIn(call, b), "a", "b");
        TensorValue all = call.join(Ops.ADD, standIn(call, condition), both, "condition", "a");
        Node chosen = call.graph()
                .apply(
                        Ops.SELECT,
                        tensors.stretch(condition.node(), all.type().shape()),
                        tensors.stretch(a.node(), all.type().shape()),
                        tensors.stretch(b.node(), all.type().shape()));
        return new TensorValue(chosen, all.axes());
    }

    private static TensorValue standIn(BuiltinCall call, TensorValue x) {
        return new TensorValue(call.graph().fill(new TensorType(DType.F32, x.type().shape()), 0), x.axes());
    }

    private static Value close(BuiltinCall call) {
        double tolerance = call.number("tolerance", 1e-5);
        Double left = Numbers.known(call.value("a"));
        Double right = Numbers.known(call.value("b"));
        if (left != null && right != null) {
            return new Value.BoolValue(Math.abs(left - right) <= tolerance * Math.max(1, Math.abs(right))
                    || left.equals(right));
        }
        TensorValue a = call.asFloats("a");
        TensorValue b = call.asFloats("b");
        Tensors tensors = call.elaboration().tensors;
        TensorValue difference = call.join(Ops.SUB, a, b, "a", "b");
        Node distance = call.graph().apply(Ops.ABS, difference.node());
        var shape = difference.type();
        Node size = call.graph().apply(Ops.ABS, tensors.stretch(b.node(), shape.shape()));
        Node limit = call.graph()
                .apply(
                        Ops.MUL,
                        call.graph().fill(shape, tolerance),
                        call.graph().apply(Ops.MAX, size, call.graph().fill(shape, 1)));
        Node equal = call.graph()
                .apply(Ops.EQ, tensors.stretch(a.node(), shape.shape()), tensors.stretch(b.node(), shape.shape()));
        Node near = call.graph().apply(Ops.OR, call.graph().apply(Ops.LE, distance, limit), equal);
        Node all = call.graph()
                .reduce(ReduceKind.MIN, call.graph().apply(Ops.TO_I32, near), Axes.range(0, shape.rank()));
        return new TensorValue(call.graph().apply(Ops.TO_BOOL, all));
    }
}
