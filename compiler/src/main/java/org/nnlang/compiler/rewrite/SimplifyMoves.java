package org.nnlang.compiler.rewrite;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Axes;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Shape;

/// Reshapes, transposes and broadcasts, the moves that need no copy when they meet the right neighbour.
final class SimplifyMoves {
    private SimplifyMoves() {}

    static final List<Rule> RESHAPE = List.of(FoldConstants.FOLD_UNIFORM, SimplifyMoves::reshapeToSame,
            SimplifyMoves::reshapeTwice, FoldConstants.FOLD_VALUES);
    static final List<Rule> TRANSPOSE = List.of(
            FoldConstants.FOLD_UNIFORM,
            SimplifyMoves::transposeNothing,
            SimplifyMoves::transposeTwice,
            SimplifyMoves::transposeBroadcast,
            SimplifyMoves::transposeOnes,
            SimplifyContractions.SWAP_OPERANDS,
            FoldConstants.FOLD_VALUES);
    static final List<Rule> BROADCAST = List.of(
            FoldConstants.FOLD_UNIFORM,
            SimplifyMoves::broadcastToSame,
            SimplifyMoves::broadcastTwice,
            SimplifyMoves::broadcastOverOnes);

    /// reshape(x) = x, to its own shape.
    private static @Nullable Node reshapeToSame(Rewriter to, Node node) {
        return node.shape().equals(node.input(0).shape()) ? node.input(0) : null;
    }

    /// reshape(reshape(x)) = reshape(x).
    private static @Nullable Node reshapeTwice(Rewriter to, Node node) {
        var x = node.input(0);
        return x.form() instanceof Form.Reshape ? to.reshape(x.input(0), node.shape()) : null;
    }

    /// transpose(x) = x, where every axis stays.
    private static @Nullable Node transposeNothing(Rewriter to, Node node) {
        return node.form() instanceof Form.Transpose(var permutation) && Axes.isIdentity(permutation)
                ? node.input(0)
                : null;
    }

    /// transpose(transpose(x, p), q) = transpose(x, p ∘ q).
    private static @Nullable Node transposeTwice(Rewriter to, Node node) {
        return node.form() instanceof Form.Transpose(var second)
                && node.input(0).form() instanceof Form.Transpose(var first)
                        ? to.transpose(
                                node.input(0).input(0), second.stream().map(first::get).toList())
                        : null;
    }

    /// transpose(broadcast(x)) = broadcast(transpose(x)): x is smaller.
    private static @Nullable Node transposeBroadcast(Rewriter to, Node node) {
        var x = node.input(0);
        if (!(node.form() instanceof Form.Transpose(var permutation)
                && x.form() instanceof Form.Broadcast(_, var axes))) {
            return null;
        }
        var places = axes.stream().map(permutation::indexOf).toList();
        var order = Axes.range(0, axes.size()).stream()
                .sorted((i, j) -> Integer.compare(places.get(i), places.get(j)))
                .toList();
        return to.broadcast(
                to.transpose(x.input(0), order),
                node.shape(),
                places.stream().sorted().toList());
    }

    /// transpose(x) = reshape(x), where only axes of length one change places.
    private static @Nullable Node transposeOnes(Rewriter to, Node node) {
        var x = node.input(0);
        if (!(node.form() instanceof Form.Transpose(var permutation))) {
            return null;
        }
        var longer = permutation.stream()
                .filter(axis -> !x.shape().dim(axis).isOne())
                .toList();
        return Axes.areAscending(longer, x.type().rank()) ? to.reshape(x, node.shape()) : null;
    }

    /// broadcast(x) = x, where no axis is new.
    private static @Nullable Node broadcastToSame(Rewriter to, Node node) {
        return node.shape().rank() == node.input(0).shape().rank() ? node.input(0) : null;
    }

    /// broadcast(broadcast(x, p), q) = broadcast(x, q ∘ p).
    private static @Nullable Node broadcastTwice(Rewriter to, Node node) {
        return node.form() instanceof Form.Broadcast(var shape, var outer)
                && node.input(0).form() instanceof Form.Broadcast(_, var inner)
                        ? to.broadcast(
                                node.input(0).input(0), shape, inner.stream().map(outer::get).toList())
                        : null;
    }

    /// broadcast(x) = reshape(x), where all new axes have length one.
    private static @Nullable Node broadcastOverOnes(Rewriter to, Node node) {
        return node.form() instanceof Form.Broadcast(var shape, var axes)
                && Axes.others(shape.rank(), axes).stream()
                        .allMatch(axis -> shape.dim(axis).isOne())
                                ? to.reshape(node.input(0), shape)
                                : null;
    }

    /// op(broadcast(x), broadcast(y), c) = broadcast(op(x, y, c)), for one pattern of axes and constants c: less to
    /// compute.
    static @Nullable Node hoistBroadcasts(Rewriter to, Node node) {
        Shape shape = null;
        List<Integer> axes = List.of();
        for (var input : node.inputs()) {
            if (input.form() instanceof Form.Broadcast(_, var its)) {
                if (shape != null && !(shape.equals(input.input(0).shape()) && axes.equals(its))) {
                    return null;
                }
                shape = input.input(0).shape();
                axes = its;
            } else if (!Rewriter.isUniform(input)) {
                return null;
            }
        }
        if (shape == null) {
            return null;
        }
        var smaller = new ArrayList<Node>();
        for (var input : node.inputs()) {
            smaller.add(
                    input.form() instanceof Form.Constant constant
                            ? to.fill(input.type().withShape(shape), constant.value(0))
                            : input.input(0));
        }
        return to.broadcast(to.node(node.form(), smaller), node.shape(), axes);
    }
}
