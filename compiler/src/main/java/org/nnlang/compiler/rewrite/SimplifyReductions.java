package org.nnlang.compiler.rewrite;

import static org.nnlang.compiler.rewrite.Rewriter.is;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Axes;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.ElementwiseOp;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Form.ReduceKind;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.op.Ops;

/// Reductions of what is repeated, moved or scaled. Sums may be rounded in another order than written.
final class SimplifyReductions {
    private SimplifyReductions() {}

    static final List<Rule> REDUCE = List.of(
            SimplifyReductions::reduceOnes,
            SimplifyReductions::reduceUniform,
            SimplifyReductions::reduceTwice,
            SimplifyReductions::reduceBroadcast,
            SimplifyReductions::reduceReshape,
            SimplifyReductions::reduceTranspose,
            SimplifyReductions::sumNegated,
            SimplifyReductions::sumScaled,
            FoldConstants.FOLD_VALUES);

    private static Form.Reduce form(Node node) {
        return (Form.Reduce) node.form();
    }

    /// reduce(x) = reshape(x), along axes of length one; the index of the only element is 0.
    private static @Nullable Node reduceOnes(Rewriter to, Node node) {
        var x = node.input(0);
        if (!form(node).axes().stream().allMatch(axis -> x.shape().dim(axis).isOne())) {
            return null;
        }
        return form(node).kind().isIndex() ? to.fill(node.type(), 0) : to.reshape(x, node.shape());
    }

    /// Σ c = n · c and max c = c, for a constant c repeated n times.
    private static @Nullable Node reduceUniform(Rewriter to, Node node) {
        var x = node.input(0);
        if (!(x.form() instanceof Form.Constant constant && constant.isUniform())) {
            return null;
        }
        var value = to.fill(node.type(), constant.value(0));
        return switch (form(node).kind()) {
            case SUM -> to.apply(Ops.MUL, to.count(count(x, form(node).axes()), node.type()), value);
            case MAX, MIN -> value;
            case PRODUCT -> constant.is(1) || constant.is(0) ? value : null;
            case ARGMAX, ARGMIN -> to.fill(node.type(), 0);
        };
    }

    private static Dim count(Node x, List<Integer> axes) {
        return Dim.product(axes.stream().map(x.shape()::dim).toList());
    }

    /// reduce(reduce(x, a), b) = reduce(x, a ∪ b), where nothing else needs the inner one.
    private static @Nullable Node reduceTwice(Rewriter to, Node node) {
        var outer = form(node);
        var inner = node.input(0);
        if (!(inner.form() instanceof Form.Reduce(var kind, var axes))
                || kind != outer.kind()
                || kind.isIndex()
                || !to.isUsedOnce(inner)) {
            return null;
        }
        var kept = Axes.others(inner.input(0).type().rank(), axes);
        return to.reduce(
                kind,
                inner.input(0),
                Axes.concat(axes, outer.axes().stream().map(kept::get).toList()));
    }

    /// Σ broadcast(x) = broadcast(n · Σ x) and max broadcast(x) = broadcast(max x), where x is repeated n times along
    /// the reduced axes.
    private static @Nullable Node reduceBroadcast(Rewriter to, Node node) {
        var reduce = form(node);
        if (!(node.input(0).form() instanceof Form.Broadcast(var shape, var axes)) || reduce.kind().isIndex()) {
            return null;
        }
        var repeated = reduce.axes().stream().filter(axis -> !axes.contains(axis)).toList();
        if (reduce.kind() == ReduceKind.PRODUCT && !repeated.isEmpty()) {
            return null;
        }
        var own = reduce.axes().stream().filter(axes::contains).map(axes::indexOf).toList();
        var inner = to.reduce(reduce.kind(), node.input(0).input(0), own);
        if (reduce.kind() == ReduceKind.SUM) {
            var times = Dim.product(repeated.stream().map(shape::dim).toList());
            inner = to.apply(Ops.MUL, inner, to.count(times, inner.type()));
        }
        return to.broadcast(inner, node.shape(), placesAfter(reduce, axes, shape.rank()));
    }

    /// Where those of `axes` that a reduction keeps stand in its result.
    private static List<Integer> placesAfter(Form.Reduce reduce, List<Integer> axes, int rank) {
        var kept = Axes.others(rank, reduce.axes());
        return axes.stream().filter(kept::contains).map(kept::indexOf).toList();
    }

    /// reduce(reshape(x)) = reduce(x), over all elements.
    private static @Nullable Node reduceReshape(Rewriter to, Node node) {
        var x = node.input(0);
        if (x.form() instanceof Form.Reshape
                && node.shape().isScalar()
                && !form(node).kind().isIndex()) {
            var original = x.input(0);
            return to.reduce(
                    form(node).kind(), original, Axes.range(0, original.type().rank()));
        }
        return null;
    }

    /// reduce(transpose(x)) = transpose(reduce(x)): less to move.
    private static @Nullable Node reduceTranspose(Rewriter to, Node node) {
        var reduce = form(node);
        if (!(node.input(0).form() instanceof Form.Transpose(var permutation))) {
            return null;
        }
        var x = node.input(0).input(0);
        var axes = reduce.axes().stream().map(permutation::get).sorted().toList();
        var keptInX = Axes.others(permutation.size(), axes);
        var order = Axes.others(permutation.size(), reduce.axes()).stream()
                .map(permutation::get)
                .map(keptInX::indexOf)
                .toList();
        return to.transpose(to.reduce(reduce.kind(), x, axes), order);
    }

    /// Σ -x = -Σ x.
    private static @Nullable Node sumNegated(Rewriter to, Node node) {
        var x = node.input(0);
        return form(node).kind() == ReduceKind.SUM && is(x, Ops.NEG)
                ? to.apply(Ops.NEG, to.reduce(ReduceKind.SUM, x.input(0), form(node).axes()))
                : null;
    }

    /// Σ (x · y) = y · Σ x and Σ (x / y) = Σ x / y, where y is the same along the reduced axes.
    private static @Nullable Node sumScaled(Rewriter to, Node node) {
        var x = node.input(0);
        if (form(node).kind() != ReduceKind.SUM
                || !Rewriter.isFloat(x)
                || !(x.form() instanceof Form.Elementwise(ElementwiseOp op) && (op == Ops.MUL || op == Ops.DIV))) {
            return null;
        }
        var scale = scaleAfter(to, form(node), x.input(1), node);
        if (scale != null) {
            return to.apply(op, to.reduce(ReduceKind.SUM, x.input(0), form(node).axes()), scale);
        }
        scale = op == Ops.MUL ? scaleAfter(to, form(node), x.input(0), node) : null;
        return scale == null ? null : to.apply(op, to.reduce(ReduceKind.SUM, x.input(1), form(node).axes()), scale);
    }

    /// A factor that is the same along all reduced axes, in the shape of the sum; null where it is not.
    private static @Nullable Node scaleAfter(Rewriter to, Form.Reduce reduce, Node factor, Node sum) {
        if (factor.form() instanceof Form.Constant constant && constant.isUniform()) {
            return to.fill(sum.type(), constant.value(0));
        }
        if (factor.form() instanceof Form.Broadcast(var shape, var axes)) {
            var reduced = new ArrayList<>(reduce.axes());
            reduced.retainAll(axes);
            return reduced.isEmpty()
                    ? to.broadcast(factor.input(0), sum.shape(), placesAfter(reduce, axes, shape.rank()))
                    : null;
        }
        return null;
    }
}
