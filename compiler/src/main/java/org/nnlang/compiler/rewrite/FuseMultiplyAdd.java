package org.nnlang.compiler.rewrite;

import static org.nnlang.compiler.rewrite.Rewriter.is;
import static org.nnlang.compiler.rewrite.Rewriter.isFloat;

import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.op.Ops;

/// One rounding and one operation instead of two, where the product has no other use. It is done here, once, so that
/// whatever runs the program rounds alike.
final class FuseMultiplyAdd {
    private FuseMultiplyAdd() {}

    static final Rule FUSE_ADD = FuseMultiplyAdd::fuseAdd;
    static final Rule FUSE_SUBTRACT = FuseMultiplyAdd::fuseSubtract;

    /// a · b + c = fma(a, b, c) and c + a · b = fma(a, b, c).
    private static @Nullable Node fuseAdd(Rewriter to, Node node) {
        var fused = fused(to, node.input(0), node.input(1));
        return fused != null ? fused : fused(to, node.input(1), node.input(0));
    }

    private static @Nullable Node fused(Rewriter to, Node product, Node summand) {
        return isFloat(product) && is(product, Ops.MUL) && to.isUsedOnce(product)
                ? to.apply(Ops.FMA, product.input(0), product.input(1), summand)
                : null;
    }

    /// c - a · k = fma(a, -k, c) and a · b - k = fma(a, b, -k), for a constant k.
    private static @Nullable Node fuseSubtract(Rewriter to, Node node) {
        var a = node.input(0);
        var b = node.input(1);
        if (isFloat(b) && is(b, Ops.MUL) && to.isUsedOnce(b) && b.input(1).form() instanceof Form.Constant k
                && k.isUniform()) {
            return to.apply(Ops.FMA, b.input(0), to.fill(k.type(), -k.value(0)), a);
        }
        return b.form() instanceof Form.Constant k && k.isUniform()
                ? fused(to, a, to.fill(k.type(), -k.value(0)))
                : null;
    }
}
