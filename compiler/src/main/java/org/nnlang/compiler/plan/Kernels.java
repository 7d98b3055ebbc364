package org.nnlang.compiler.plan;

import java.util.List;
import org.nnlang.compiler.fuse.Strided;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Node;

/// What planning knows of library kernels.
final class Kernels {
    private Kernels() {}

    /// How an operand may lie in memory.
    enum Strides {
        /// Row by row.
        CONTIGUOUS,
        /// The elements of the last axis side by side, the other axes anyhow.
        ROWS,
        /// Anyhow.
        ANY;

        /// Whether a layout is such a one.
        boolean allow(Strided layout) {
            return switch (this) {
                case CONTIGUOUS -> layout.isContiguous();
                case ROWS -> layout.dims().getLast().isOne() || layout.strides().getLast().isOne();
                case ANY -> true;
            };
        }
    }

    /// How the kernel takes its operand at `index`.
    static Strides strided(Form.Call call, int index) {
        return switch (call.kernel()) {
            case ATTENTION, ATTENTION_GRADIENT ->
                index == 3 && call.attributes().get(1) != 0 ? Strides.ANY : Strides.ROWS;
            case CONVOLUTION, CONVOLUTION_INPUT, CONVOLUTION_WEIGHTS -> Strides.CONTIGUOUS;
            case MAX_POOL, MAX_POOL_GRADIENT, AVERAGE_POOL, AVERAGE_POOL_GRADIENT -> Strides.CONTIGUOUS;
        };
    }

    /// About how many floating-point operations a call takes.
    static Dim flops(Node node, Form.Call call) {
        return switch (call.kernel()) {
            case ATTENTION -> attention(node, call, 2);
            case ATTENTION_GRADIENT -> attention(node, call, 5);
            case CONVOLUTION -> convolution(node, node.input(1));
            case CONVOLUTION_INPUT -> convolution(node.input(0), node.input(1));
            case CONVOLUTION_WEIGHTS -> convolution(node.input(1), node);
            case MAX_POOL, AVERAGE_POOL -> node.shape().size().times(window(call));
            case MAX_POOL_GRADIENT -> node.input(1).shape().size().times(2 * window(call));
            case AVERAGE_POOL_GRADIENT -> node.input(0).shape().size().times(window(call));
        };
    }

    /// Each number of y is a sum over a window and the channels of a group.
    private static Dim convolution(Node y, Node weights) {
        return Dim.product(List.of(
                Dim.of(2), y.shape().size(), Dim.product(weights.shape().dims().subList(0, 3))));
    }

    private static long window(Form.Call call) {
        return (long) call.attributes().get(0) * call.attributes().get(1);
    }

    /// @param products how many matrix products of t × s × d
    private static Dim attention(Node node, Form.Call call, int products) {
        var q = node.input(0).shape();
        var columns = node.input(1).shape().dim(q.rank() - 2);
        boolean causal = call.attributes().getFirst() != 0;
        return Dim.product(List.of(Dim.of(causal ? products : 2L * products), q.size(), columns));
    }
}
