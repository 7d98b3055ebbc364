package org.nnlang.compiler.rewrite;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.ElementwiseOp;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.oracle.Bindings;
import org.nnlang.compiler.oracle.Interpreter;

/// What depends on constants alone is a constant.
final class FoldConstants {
    /// Longer ones stay: a program should not grow by what it can compute.
    private static final int LONGEST = 4096;

    private FoldConstants() {}

    static final Rule FOLD_ELEMENTWISE = FoldConstants::foldElementwise;
    static final Rule FOLD_SIZE = FoldConstants::foldSize;
    static final Rule FOLD_UNIFORM = FoldConstants::foldUniform;
    static final Rule FOLD_VALUES = FoldConstants::foldValues;

    /// op(c₁, …) = its value, where one value fills each cᵢ.
    private static @Nullable Node foldElementwise(Rewriter to, Node node) {
        if (!(node.form() instanceof Form.Elementwise(ElementwiseOp op))) {
            return null;
        }
        var operands = new double[node.inputs().size()];
        for (int i = 0; i < operands.length; i++) {
            if (!(node.input(i).form() instanceof Form.Constant constant && constant.isUniform())) {
                return null;
            }
            operands[i] = constant.value(0);
        }
        var dtypes = node.inputs().stream().map(input -> input.type().dtype()).toList();
        return to.fill(
                node.type(), op.meaning(dtypes).orElseThrow().scalar().apply(operands));
    }

    /// size(n) = n, for a known n.
    private static @Nullable Node foldSize(Rewriter to, Node node) {
        return node.form() instanceof Form.Size(var dim, _) && dim.isConstant()
                ? to.fill(node.type(), (double) dim.constant())
                : null;
    }

    /// move(c) = c, where one value fills c and a pad's is zero.
    private static @Nullable Node foldUniform(Rewriter to, Node node) {
        if (!(node.input(0).form() instanceof Form.Constant first && first.isUniform())) {
            return null;
        }
        for (var input : node.inputs()) {
            if (!(input.form() instanceof Form.Constant constant
                    && constant.isUniform()
                    && Double.compare(constant.value(0), first.value(0)) == 0)) {
                return null;
            }
        }
        return node.form() instanceof Form.Pad && !first.is(0) ? null : to.fill(node.type(), first.value(0));
    }

    /// f(c₁, …) = its value, for short constants.
    private static @Nullable Node foldValues(Rewriter to, Node node) {
        if (!isShort(node)) {
            return null;
        }
        for (var input : node.inputs()) {
            if (!(input.form() instanceof Form.Constant && isShort(input))) {
                return null;
            }
        }
        var bindings = new Bindings(Map.of(), Map.of(), Map.of(), (_, _, _) -> new double[0]);
        return to.constant(node.type(), new Interpreter(bindings).evaluate(node));
    }

    private static boolean isShort(Node node) {
        var size = node.shape().size();
        return size.isConstant() && size.constant() <= LONGEST;
    }
}
