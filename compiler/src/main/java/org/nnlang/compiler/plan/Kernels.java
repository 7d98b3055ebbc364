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
        };
    }

    /// About how many floating-point operations a call takes.
    static Dim flops(Node node, Form.Call call) {
        return switch (call.kernel()) {
            case ATTENTION -> attention(node, call, 2);
            case ATTENTION_GRADIENT -> attention(node, call, 5);
        };
    }

    /// @param products how many matrix products of t × s × d
    private static Dim attention(Node node, Form.Call call, int products) {
        var q = node.input(0).shape();
        var columns = node.input(1).shape().dim(q.rank() - 2);
        boolean causal = call.attributes().getFirst() != 0;
        return Dim.product(List.of(Dim.of(causal ? products : 2L * products), q.size(), columns));
    }
}
