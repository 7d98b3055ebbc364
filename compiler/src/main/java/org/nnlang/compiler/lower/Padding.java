package org.nnlang.compiler.lower;

import java.util.ArrayList;
import java.util.List;
import org.nnlang.compiler.diagnostic.Code;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.lower.Value.TensorValue;
import org.nnlang.compiler.op.Ops;
import org.nnlang.runtime.tensor.DType;

/// `pad`: more elements around a tensor.
final class Padding {
    static final Builtin PAD = Builtin.of(
            "pad(x, before, after, value = 0, mode = \"constant\")",
            "as many more elements before and after along each axis: `value`, or with mode `\"edge\"`, `\"reflect\"` or `\"wrap\"` elements of x",
            3,
            call -> new Padding(call).value());

    private final BuiltinCall call;
    private final List<Dim> before;
    private final List<Dim> after;

    private Padding(BuiltinCall call) {
        this.call = call;
        this.before = call.shape("before").shape().dims();
        this.after = call.shape("after").shape().dims();
    }

    private Value value() {
        String mode = call.has("mode")
                ? call.elaboration().conversions.string(call.value("mode"), "`mode` of `pad`", call.span("mode"),
                        call.scope())
                : "constant";
        return switch (mode) {
            case "constant" -> constant(sized(call.numbers("x")));
            case "edge", "reflect", "wrap" -> {
                if (call.has("value")) {
                    throw call.fail(Code.UNKNOWN_ARGUMENT, "value", "`value` fills the mode \"constant\" only");
                }
                yield taken(sized(call.tensor("x")), mode);
            }
            default ->
                throw call.fail(Code.WRONG_TYPE, "mode", "there is no mode \"" + mode + "\"",
                        "the modes are \"constant\", \"edge\", \"reflect\" and \"wrap\"");
        };
    }

    private TensorValue sized(TensorValue x) {
        if (before.size() != x.type().rank() || after.size() != x.type().rank()) {
            throw call.fail(
                    Code.WRONG_RANK,
                    before.size() == x.type().rank() ? "after" : "before",
                    "`before` and `after` have one size for each of the " + x.type().rank() + " axes");
        }
        return x;
    }

    private Value constant(TensorValue x) {
        double value = call.number("value", 0);
        Graph graph = call.graph();
        Node padded = graph.pad(x.node(), before, after);
        if (value != 0) {
            // pad fills zeros: shift, pad, shift back would round; a mask keeps every element exact
            Node inside = graph.pad(graph.fill(x.type().withDType(DType.BOOL), 1), before, after);
            padded = graph.apply(Ops.SELECT, inside, padded, graph.fill(padded.type(), value));
        }
        return new TensorValue(padded);
    }

    /// Axis after axis, so that corners are made of what was added before.
    private Value taken(TensorValue x, String mode) {
        TensorValue result = x;
        for (int axis = 0; axis < before.size(); axis++) {
            var parts = new ArrayList<Node>();
            if (!before.get(axis).isZero()) {
                parts.add(part(result, axis, before.get(axis), true, mode));
            }
            parts.add(result.node());
            if (!after.get(axis).isZero()) {
                parts.add(part(result, axis, after.get(axis), false, mode));
            }
            if (parts.size() > 1) {
                result = new TensorValue(call.graph().concat(axis, parts));
            }
        }
        return result;
    }

    private Node part(TensorValue x, int axis, Dim count, boolean front, String mode) {
        Graph graph = call.graph();
        Dim size = x.type().dim(axis);
        if (mode.equals("edge")) {
            Dim at = front ? Dim.ZERO : size.minus(1);
            Node edge = graph.slice(x.node(), axis, at, at.plus(1), 1);
            return call.elaboration().tensors.stretch(edge, x.type().shape().with(axis, count));
        }
        boolean reflects = mode.equals("reflect");
        Dim most = reflects ? size.minus(1) : size;
        if (count.isConstant() && most.isConstant() && count.constant() > most.constant()) {
            throw call.fail(
                    Code.OUT_OF_RANGE,
                    front ? "before" : "after",
                    "the mode \"" + mode + "\" has " + most + " elements to take along axis " + axis
                            + ", and is asked for "
                            + count,
                    "pad less, or in several steps");
        }
        Dim start;
        if (reflects) {
            // The element at the edge is not repeated.
            start = front ? Dim.ONE : size.minus(1).minus(count);
        } else {
            start = front ? size.minus(count) : Dim.ZERO;
        }
        var part = new TensorValue(graph.slice(x.node(), axis, start, start.plus(count), 1));
        return (reflects ? OrderBuiltins.flipped(call.elaboration(), part, axis) : part).node();
    }
}
