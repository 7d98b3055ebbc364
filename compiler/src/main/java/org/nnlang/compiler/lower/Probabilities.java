package org.nnlang.compiler.lower;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.ElementwiseOp;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Form.ReduceKind;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.op.Ops;

/// Tells what makes probabilities of numbers, so that a loss which does so itself can refuse them. What another shape was given
/// counts, too.
final class Probabilities {
    private Probabilities() {}

    /// Whether a node divides powers of e by their sum along the last axis.
    static boolean isSoftmax(Node node) {
        List<Node> inputs = node.inputs();
        int last = node.type().rank() - 1;
        if (node.form() instanceof Form.Reshape) {
            Node before = inputs.getFirst();
            return last >= 0
                    && before.type().rank() > 0
                    && before.type().dim(before.type().rank() - 1).equals(node.type().dim(last))
                    && isSoftmax(before);
        }
        return is(node, Ops.DIV)
                && is(inputs.getFirst(), Ops.EXP)
                && shaped(inputs.get(1)).form() instanceof Form.Reduce(ReduceKind kind, List<Integer> axes)
                && kind == ReduceKind.SUM
                && axes.equals(List.of(last))
                && shaped(inputs.get(1)).inputs().getFirst() == inputs.getFirst();
    }

    /// Whether a node is 1 / (1 + e⁻ˣ), also in the form ½ + ½ · tanh(x / 2).
    static boolean isSigmoid(Node node) {
        if (node.form() instanceof Form.Reshape) {
            return isSigmoid(node.inputs().getFirst());
        }
        if (is(node, Ops.DIV)) {
            Node power = besides(1, node.inputs().get(1), Ops.ADD);
            return isConstant(node.inputs().getFirst(), 1) && power != null && is(power, Ops.EXP);
        }
        Node half = besides(0.5, node, Ops.ADD);
        Node tanh = half == null ? null : besides(0.5, half, Ops.MUL);
        return tanh != null && is(tanh, Ops.TANH);
    }

    /// What an operation takes besides a constant; null where it is no such operation.
    private static @Nullable Node besides(double constant, Node node, ElementwiseOp op) {
        if (!is(node, op)) {
            return null;
        }
        Node left = node.inputs().get(0);
        Node right = node.inputs().get(1);
        return isConstant(left, constant) ? right : isConstant(right, constant) ? left : null;
    }

    private static boolean isConstant(Node node, double value) {
        return shaped(node).form() instanceof Form.Constant constant && constant.is(value);
    }

    /// What a node gives another shape to.
    private static Node shaped(Node node) {
        Node before = node;
        while (before.form() instanceof Form.Broadcast || before.form() instanceof Form.Reshape) {
            before = before.inputs().getFirst();
        }
        return before;
    }

    private static boolean is(Node node, ElementwiseOp op) {
        return node.form() instanceof Form.Elementwise(ElementwiseOp other) && other == op;
    }
}
