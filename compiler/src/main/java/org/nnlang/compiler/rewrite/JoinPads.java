package org.nnlang.compiler.rewrite;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Node;

/// pad(a) + pad(b) = pad(concat(a, b)), where b begins along one axis where a ends: what the gradients of neighbouring
/// slices add up to, written once instead of twice.
final class JoinPads {
    private JoinPads() {}

    static final Rule JOIN_PADS = JoinPads::join;

    private static @Nullable Node join(Rewriter to, Node node) {
        var joined = join(to, node.input(0), node.input(1));
        return joined != null ? joined : join(to, node.input(1), node.input(0));
    }

    private static @Nullable Node join(Rewriter to, Node first, Node second) {
        if (!(first.form() instanceof Form.Pad before && second.form() instanceof Form.Pad after)) {
            return null;
        }
        int axis = onlyDifference(before, after);
        if (axis < 0) {
            return null;
        }
        var a = first.input(0);
        var b = second.input(0);
        if (!before.low().get(axis).plus(a.shape().dim(axis)).equals(after.low().get(axis))) {
            return null;
        }
        var high = new ArrayList<>(before.high());
        high.set(axis, after.high().get(axis));
        return to.pad(to.concat(axis, List.of(a, b)), before.low(), high);
    }

    /// The one axis along which the pads differ; -1 where there is not one alone.
    private static int onlyDifference(Form.Pad a, Form.Pad b) {
        int found = -1;
        for (int axis = 0; axis < a.low().size(); axis++) {
            if (!a.low().get(axis).equals(b.low().get(axis)) || !a.high().get(axis).equals(b.high().get(axis))) {
                if (found >= 0) {
                    return -1;
                }
                found = axis;
            }
        }
        return found;
    }
}
