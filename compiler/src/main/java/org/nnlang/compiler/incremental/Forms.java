package org.nnlang.compiler.incremental;

import java.util.List;
import java.util.function.Function;
import org.nnlang.compiler.ir.Body;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.IrException;
import org.nnlang.compiler.ir.TensorType;

/// Forms for other sizes.
final class Forms {
    private Forms() {}

    /// The form with every dimension in it replaced.
    static Form resized(Form form, Function<String, Dim> sizes) {
        return switch (form) {
            case Form.Input(var name, var type) -> new Form.Input(name, resized(type, sizes));
            case Form.Constant constant when constant.isUniform() ->
                new Form.Constant(resized(constant.type(), sizes), constant.value(0));
            case Form.Size(var dim, var dtype) -> new Form.Size(dim.substitute(sizes), dtype);
            case Form.Iota(var shape, int axis) -> new Form.Iota(shape.substitute(sizes), axis);
            case Form.Reshape(var shape) -> new Form.Reshape(shape.substitute(sizes));
            case Form.Slice(var starts, var limits, var steps) ->
                new Form.Slice(resized(starts, sizes), resized(limits, sizes), steps);
            case Form.Pad(var low, var high) -> new Form.Pad(resized(low, sizes), resized(high, sizes));
            case Form.Broadcast(var shape, var axes) -> new Form.Broadcast(shape.substitute(sizes), axes);
            case Form.ScatterAdd(var rows) -> new Form.ScatterAdd(rows.substitute(sizes));
            case Form.Random(var distribution, var shape, long stream) ->
                new Form.Random(distribution, shape.substitute(sizes), stream);
            case Form.Variable _, Form.Constant _, Form.Elementwise _, Form.Reduce _, Form.Contract _ -> form;
            case Form.Call _ -> throw new IrException("a call that was not inlined: " + form);
            case Form.Transpose _, Form.Concat _, Form.Row _, Form.Gather _, Form.StopGradient _, Form.Point _ -> form;
            case Form.Scan scan -> {
                requireSame(scan.body(), sizes);
                yield new Form.Scan(scan.body(), scan.trips().substitute(sizes), scan.reversed(), scan.result());
            }
        };
    }

    /// A loop may have more rounds, but its rounds stay as they are: several results share their body.
    private static void requireSame(Body body, Function<String, Dim> sizes) {
        if (!isSame(body, sizes)) {
            throw new IrException("a round of a loop depends on the number of positions: " + body);
        }
    }

    /// Whether no node of a body depends on what the sizes replace.
    static boolean isSame(Body body, Function<String, Dim> sizes) {
        for (var node : body.graph().nodes()) {
            if (node.form() instanceof Form.Scan scan && !isSame(scan.body(), sizes)
                    || !resized(node.form(), sizes).equals(node.form())) {
                return false;
            }
        }
        return true;
    }

    static TensorType resized(TensorType type, Function<String, Dim> sizes) {
        return new TensorType(type.dtype(), type.shape().substitute(sizes));
    }

    private static List<Dim> resized(List<Dim> dims, Function<String, Dim> sizes) {
        return dims.stream().map(dim -> dim.substitute(sizes)).toList();
    }
}
