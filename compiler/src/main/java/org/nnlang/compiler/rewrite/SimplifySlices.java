package org.nnlang.compiler.rewrite;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Node;

/// Slices of what was put together, and what is put together from slices.
final class SimplifySlices {
    private SimplifySlices() {}

    static final List<Rule> SLICE = List.of(
            FoldConstants.FOLD_UNIFORM,
            SimplifySlices::sliceAll,
            SimplifySlices::sliceTwice,
            SimplifySlices::slicePad,
            SimplifySlices::sliceConcat,
            SimplifySlices::sliceBroadcast,
            FoldConstants.FOLD_VALUES);
    static final List<Rule> PAD = List.of(FoldConstants.FOLD_UNIFORM, SimplifySlices::padNothing,
            SimplifySlices::padTwice);
    static final List<Rule> CONCAT = List.of(
            FoldConstants.FOLD_UNIFORM,
            SimplifySlices::concatOne,
            SimplifySlices::concatTwice,
            SimplifySlices::concatNeighbours,
            FoldConstants.FOLD_VALUES);

    /// slice(x) = x, of all elements.
    private static @Nullable Node sliceAll(Rewriter to, Node node) {
        return node.shape().equals(node.input(0).shape()) ? node.input(0) : null;
    }

    /// slice(slice(x, s:l:a), t:m:b) = slice(x, s + t·a : … : a·b).
    private static @Nullable Node sliceTwice(Rewriter to, Node node) {
        if (!(node.form() instanceof Form.Slice outer && node.input(0).form() instanceof Form.Slice inner)) {
            return null;
        }
        var starts = new ArrayList<Dim>();
        var limits = new ArrayList<Dim>();
        var steps = new ArrayList<Integer>();
        for (int axis = 0; axis < node.shape().rank(); axis++) {
            int step = inner.steps().get(axis) * outer.steps().get(axis);
            var start = inner.starts().get(axis).plus(outer.starts().get(axis).times(inner.steps().get(axis)));
            var count = node.shape().dim(axis);
            if (step > 1 && !count.isConstant()) {
                return null;
            }
            // Just past the last element: the next one after it may lie beyond the input.
            var length = count.isZero() ? count : count.minus(1).times(step).plus(1);
            starts.add(start);
            limits.add(start.plus(length));
            steps.add(step);
        }
        return to.slice(node.input(0).input(0), starts, limits, steps);
    }

    /// slice(pad(x)) = slice(x), of elements of x alone.
    private static @Nullable Node slicePad(Rewriter to, Node node) {
        if (!(node.form() instanceof Form.Slice slice && node.input(0).form() instanceof Form.Pad pad)) {
            return null;
        }
        var x = node.input(0).input(0);
        var starts = new ArrayList<Dim>();
        var limits = new ArrayList<Dim>();
        for (int axis = 0; axis < node.shape().rank(); axis++) {
            var start = slice.starts().get(axis).minus(pad.low().get(axis));
            var limit = slice.limits().get(axis).minus(pad.low().get(axis));
            if (!isNatural(start) || !isNatural(x.shape().dim(axis).minus(limit))) {
                return null;
            }
            starts.add(start);
            limits.add(limit);
        }
        return to.slice(x, starts, limits, slice.steps());
    }

    /// Known not to be negative.
    private static boolean isNatural(Dim dim) {
        return dim.isConstant() && dim.constant() >= 0;
    }

    /// slice(concat(…, x, …)) = slice(x), of elements of x alone.
    private static @Nullable Node sliceConcat(Rewriter to, Node node) {
        if (!(node.form() instanceof Form.Slice slice && node.input(0).form() instanceof Form.Concat(int axis))) {
            return null;
        }
        var start = slice.starts().get(axis);
        var limit = slice.limits().get(axis);
        for (var x : node.input(0).inputs()) {
            var length = x.shape().dim(axis);
            if (isNatural(start) && isNatural(length.minus(limit))) {
                var starts = new ArrayList<>(slice.starts());
                var limits = new ArrayList<>(slice.limits());
                starts.set(axis, start);
                limits.set(axis, limit);
                return to.slice(x, starts, limits, slice.steps());
            }
            start = start.minus(length);
            limit = limit.minus(length);
        }
        return null;
    }

    /// slice(broadcast(x)) = broadcast(slice(x)).
    private static @Nullable Node sliceBroadcast(Rewriter to, Node node) {
        if (!(node.form() instanceof Form.Slice slice && node.input(0).form() instanceof Form.Broadcast(_, var axes))) {
            return null;
        }
        var x = to.slice(
                node.input(0).input(0),
                axes.stream().map(slice.starts()::get).toList(),
                axes.stream().map(slice.limits()::get).toList(),
                axes.stream().map(slice.steps()::get).toList());
        return to.broadcast(x, node.shape(), axes);
    }

    /// pad(x) = x, by nothing.
    private static @Nullable Node padNothing(Rewriter to, Node node) {
        return node.shape().equals(node.input(0).shape()) ? node.input(0) : null;
    }

    /// pad(pad(x, a), b) = pad(x, a + b).
    private static @Nullable Node padTwice(Rewriter to, Node node) {
        if (!(node.form() instanceof Form.Pad outer && node.input(0).form() instanceof Form.Pad inner)) {
            return null;
        }
        return to.pad(node.input(0).input(0), sums(outer.low(), inner.low()), sums(outer.high(), inner.high()));
    }

    private static List<Dim> sums(List<Dim> a, List<Dim> b) {
        var sums = new ArrayList<Dim>();
        for (int i = 0; i < a.size(); i++) {
            sums.add(a.get(i).plus(b.get(i)));
        }
        return sums;
    }

    /// concat(x) = x.
    private static @Nullable Node concatOne(Rewriter to, Node node) {
        return node.inputs().size() == 1 ? node.input(0) : null;
    }

    /// concat(concat(x, y), z) = concat(x, y, z), along one axis.
    private static @Nullable Node concatTwice(Rewriter to, Node node) {
        if (!(node.form() instanceof Form.Concat(int axis))
                || node.inputs().stream().noneMatch(input -> input.form().equals(node.form()))) {
            return null;
        }
        var parts = new ArrayList<Node>();
        for (var input : node.inputs()) {
            if (input.form().equals(node.form())) {
                parts.addAll(input.inputs());
            } else {
                parts.add(input);
            }
        }
        return to.concat(axis, parts);
    }

    /// concat(…, slice(x, a:b), slice(x, b:c), …) = concat(…, slice(x, a:c), …).
    private static @Nullable Node concatNeighbours(Rewriter to, Node node) {
        if (!(node.form() instanceof Form.Concat(int axis))) {
            return null;
        }
        var parts = new ArrayList<Node>();
        for (var input : node.inputs()) {
            var joined = parts.isEmpty() ? null : joined(to, parts.getLast(), input, axis);
            if (joined == null) {
                parts.add(input);
            } else {
                parts.set(parts.size() - 1, joined);
            }
        }
        return parts.size() < node.inputs().size() ? to.concat(axis, parts) : null;
    }

    private static @Nullable Node joined(Rewriter to, Node a, Node b, int axis) {
        if (!(a.form() instanceof Form.Slice first && b.form() instanceof Form.Slice second)
                || a.input(0) != b.input(0)
                || !first.steps().equals(second.steps())
                || first.steps().get(axis) != 1
                || !first.limits().get(axis).equals(second.starts().get(axis))) {
            return null;
        }
        for (int other = 0; other < first.starts().size(); other++) {
            if (other != axis
                    && !(first.starts().get(other).equals(second.starts().get(other))
                            && first.limits().get(other).equals(second.limits().get(other)))) {
                return null;
            }
        }
        var limits = new ArrayList<>(first.limits());
        limits.set(axis, second.limits().get(axis));
        return to.slice(a.input(0), first.starts(), limits, first.steps());
    }
}
