package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.ElementwiseOp;
import org.nnlang.compiler.ir.Form.ReduceKind;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.lower.Value.TensorValue;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.syntax.BinaryOperator;
import org.nnlang.runtime.tensor.DType;

/// Functions that combine elements along axes. Without `axis` they take all axes; `keep = true` leaves axes of size 1.
final class ReductionBuiltins {
    private ReductionBuiltins() {}

    static final List<Builtin> ALL = List.of(
            Builtin.of("sum(x, axis, keep = false)", "the sum; of bools, how many hold; also of a list", 1, call -> {
                Value folded = folded(call, BinaryOperator.ADD, 0);
                return folded != null ? folded : reduce(call, ReduceKind.SUM, counted(call));
            }),
            Builtin.of("product(x, axis, keep = false)", "the product; also of a list: `product(s)`", 1, call -> {
                Value folded = folded(call, BinaryOperator.MULTIPLY, 1);
                return folded != null ? folded : reduce(call, ReduceKind.PRODUCT, call.numbers("x"));
            }),
            Builtin.of("mean(x, axis, keep = false)", "the mean; of bools, the share that holds", 1,
                    ReductionBuiltins::mean),
            extreme("max", ReduceKind.MAX, Ops.MAX, true),
            extreme("min", ReduceKind.MIN, Ops.MIN, false),
            index("argmax", ReduceKind.ARGMAX, "the index of the greatest element, the first of equal ones, as i32"),
            index("argmin", ReduceKind.ARGMIN, "the index of the smallest element, the first of equal ones, as i32"));

    /// bool → f32, u8 → i32.
    private static TensorValue counted(BuiltinCall call) {
        TensorValue x = call.tensor("x");
        return switch (x.type().dtype()) {
            case F32, I32 -> x;
            case U8 -> call.elaboration().tensors.cast(x, DType.I32);
            case BOOL -> call.elaboration().tensors.cast(x, DType.F32);
        };
    }

    private static Value reduce(BuiltinCall call, ReduceKind kind, TensorValue x) {
        List<Integer> axes = call.axes(x);
        Node node = call.graph().reduce(kind, x.node(), axes);
        return call.elaboration().tensors.reduced(node, x, axes, call.truth("keep", false));
    }

    private static Value mean(BuiltinCall call) {
        TensorValue x = call.asFloats("x");
        List<Integer> axes = call.axes(x);
        Dim count = Dim.product(axes.stream().map(axis -> x.type().dim(axis)).toList());
        Node sum = call.graph().reduce(ReduceKind.SUM, x.node(), axes);
        Node divisor = count.isConstant()
                ? call.graph().fill(sum.type(), count.constant())
                : call.elaboration().tensors.stretch(call.graph().size(count, DType.F32), sum.shape());
        Node mean = call.graph().apply(Ops.DIV, sum, divisor);
        return call.elaboration().tensors.reduced(mean, x, axes, call.truth("keep", false));
    }

    /// A list of numbers, or of tensors of one shape, combined by an operator; null for anything that is one tensor.
    private static @Nullable Value folded(BuiltinCall call, BinaryOperator operator, long neutral) {
        if (!(call.value("x") instanceof Value.ListValue(List<Value> elements)) || call.has("axis")) {
            return null;
        }
        if (elements.stream().anyMatch(Value.ListValue.class::isInstance)) {
            return null;
        }
        Value total = Value.IntValue.of(neutral);
        for (int i = 0; i < elements.size(); i++) {
            total = i == 0
                    ? elements.getFirst()
                    : call.elaboration().operators.binary(operator, total, elements.get(i), call.site("x", "x"));
        }
        return total;
    }

    private static Builtin extreme(String name, ReduceKind kind, ElementwiseOp op, boolean greatest) {
        String word = greatest ? "greater" : "smaller";
        return Builtin.of(
                name + "(x, other, axis, keep = false)",
                "with two arguments the " + word + " one, element by element; with one the " + word.replace("er", "est")
                        + " element; also of a list of numbers",
                1,
                call -> call.has("other") ? between(call, op, greatest) : along(call, kind, greatest));
    }

    private static Value between(BuiltinCall call, ElementwiseOp op, boolean greatest) {
        if (call.has("axis")) {
            throw call.fail(Code.UNKNOWN_ARGUMENT, "axis",
                    "`" + call.builtin().name() + "` of two operands has no axis",
                    "`" + call.builtin().name() + "(x, axis = …)`, of one operand, reduces it");
        }
        Value left = call.value("x");
        Value right = call.value("other");
        Double a = Numbers.known(left);
        Double b = Numbers.known(right);
        if (a != null && b != null) {
            boolean first = greatest ? !(a < b) : !(b < a);
            return first ? left : right;
        }
        BuiltinCall.Pair pair = call.pair("x", "other");
        if (pair.left().type().dtype() == DType.BOOL) {
            throw call.fail(Code.WRONG_DTYPE, "x", "`" + call.builtin().name() + "` takes numbers, and gets bool",
                    "use `&&` and `||`");
        }
        return call.join(op, pair.left(), pair.right(), "x", "other");
    }

    private static Value along(BuiltinCall call, ReduceKind kind, boolean greatest) {
        if (call.value("x") instanceof Value.ListValue(List<Value> elements) && !call.has("axis")) {
            var known = new ArrayList<Double>();
            elements.forEach(element -> known.add(Numbers.known(element)));
            if (!known.isEmpty() && known.stream().noneMatch(java.util.Objects::isNull)) {
                int best = 0;
                for (int i = 1; i < known.size(); i++) {
                    if (greatest ? known.get(i) > known.get(best) : known.get(i) < known.get(best)) {
                        best = i;
                    }
                }
                return elements.get(best);
            }
        }
        return reduce(call, kind, call.numbers("x"));
    }

    private static Builtin index(String name, ReduceKind kind, String what) {
        return Builtin.of(name + "(x, axis = -1)", what, 1, call -> {
            TensorValue x = call.numbers("x");
            if (x.type().rank() == 0) {
                throw call.fail(Code.NO_SUCH_AXIS, "x", "a scalar has no axis to search");
            }
            int axis = call.axis("axis", x.type().rank(), -1);
            Node node = call.graph().reduce(kind, x.node(), List.of(axis));
            return call.elaboration().tensors.reduced(node, x, List.of(axis), false);
        });
    }
}
