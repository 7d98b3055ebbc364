package org.nnlang.compiler.autodiff;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.nnlang.compiler.ir.Axes;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.IrException;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.op.Formula;
import org.nnlang.compiler.op.Ops;
import org.nnlang.runtime.tensor.DType;

/// The gradient rule of each form. In comments `g` is the gradient of the node's value.
final class FormGradients {
    /// Products of up to so many numbers have exact derivatives of every order; of longer ones the second derivative is
    /// exact where no number is zero.
    private static final long EXACT_PRODUCT = 4096;

    private FormGradients() {}

    /// Whether gradient passes from a node to its input at `index`.
    static boolean reaches(Node node, int index) {
        return switch (node.form()) {
            case Form.Input _, Form.Variable _, Form.Constant _, Form.Size _, Form.Iota _, Form.Random _ -> false;
            case Form.Elementwise(var op) -> op.gradient(index).isPresent();
            case Form.Reduce(var kind, _) -> !kind.isIndex();
            case Form.Contract _ -> true;
            case Form.Reshape _, Form.Transpose _, Form.Slice _, Form.Pad _, Form.Concat _, Form.Broadcast _ -> true;
            case Form.Gather _ -> index == 0;
            case Form.ScatterAdd _ -> index == 1;
            case Form.Call call -> CallGradients.reaches(call, index);
            case Form.StopGradient _ -> false;
            // Perhaps: the gradient of the loop finds out.
            case Form.Scan _ -> isFloat(node) && isFloat(node.input(index));
            case Form.Point _ -> true;
            case Form.Row(var kind) -> !kind.isIndex();
        };
    }

    private static boolean isFloat(Node node) {
        return node.type().dtype() == DType.F32;
    }

    /// The gradient of the input at `index` of `node`, which [#reaches].
    static Node build(Graph graph, Node node, int index, Node g) {
        var x = node.input(index);
        return switch (node.form()) {
            case Form.Elementwise(var op) ->
                op.gradient(index).orElseThrow(() -> unreached(node, index)).build(graph, g, node);
            case Form.Reduce reduce -> reduce(graph, reduce, node, x, g);
            case Form.Contract contract -> index == 0 ? lhs(graph, contract, node, g) : rhs(graph, contract, node, g);
            case Form.Reshape _ -> graph.reshape(g, x.shape());
            case Form.Transpose(var permutation) -> graph.transpose(g, Axes.inverse(permutation));
            case Form.Slice slice -> spread(graph, slice, x.shape(), g);
            case Form.Pad(var low, _) -> {
                var limits = new ArrayList<Dim>();
                for (int axis = 0; axis < low.size(); axis++) {
                    limits.add(low.get(axis).plus(x.shape().dim(axis)));
                }
                yield graph.slice(g, low, limits, Collections.nCopies(low.size(), 1));
            }
            case Form.Concat(int axis) -> {
                var start = Dim.ZERO;
                for (var before : node.inputs().subList(0, index)) {
                    start = start.plus(before.shape().dim(axis));
                }
                yield graph.slice(g, axis, start, start.plus(x.shape().dim(axis)), 1);
            }
            case Form.Broadcast(var shape, var axes) -> graph.sum(g, Axes.others(shape.rank(), axes));
            case Form.Gather _ -> graph.scatterAdd(x.shape().dim(0), node.input(1), g);
            case Form.ScatterAdd _ -> graph.gather(g, node.input(0));
            case Form.Call call -> CallGradients.build(graph, call, node, index, g);
            case Form.Input _, Form.Variable _, Form.Constant _, Form.Size _, Form.Iota _, Form.Random _ ->
                throw unreached(node, index);
            case Form.StopGradient _ -> throw unreached(node, index);
            case Form.Scan _ -> throw new IrException("the results of a loop have their gradient together: " + node);
            case Form.Point _ -> g;
            // Each element is in all sums from its own on.
            case Form.Row(var kind) ->
                switch (kind) {
                    case SUMS -> graph.row(Form.RowKind.SUMS_BACKWARDS, g);
                    case SUMS_BACKWARDS -> graph.row(Form.RowKind.SUMS, g);
                    case ASCENDING, DESCENDING -> throw unreached(node, index);
                };
        };
    }

    private static IrException unreached(Node node, int index) {
        return new IrException("no gradient reaches input " + index + " of " + node);
    }

    private static Node reduce(Graph graph, Form.Reduce reduce, Node y, Node x, Node g) {
        var kept = Axes.others(x.type().rank(), reduce.axes());
        var spreadG = graph.broadcast(g, x.shape(), kept);
        return switch (reduce.kind()) {
            case SUM -> spreadG;
            case PRODUCT -> product(graph, reduce.axes(), kept, x, spreadG);
            case MAX, MIN -> {
                // Those that equal the extreme share g evenly: g · [x = y] / Σ [x = y].
                var value = new Formula(graph, x);
                var isExtreme = value.equalTo(new Formula(graph, graph.broadcast(y, x.shape(), kept)))
                        .toF32();
                var count = graph.broadcast(graph.sum(isExtreme.node(), reduce.axes()), x.shape(), kept);
                yield new Formula(graph, spreadG)
                        .times(isExtreme)
                        .over(new Formula(graph, count))
                        .node();
            }
            case ARGMAX, ARGMIN -> throw new IrException("no gradient reaches the input of " + y);
        };
    }

    /// g times the product of all other elements.
    private static Node product(Graph graph, List<Integer> axes, List<Integer> kept, Node x, Node spreadG) {
        var count = Dim.product(axes.stream().map(x.shape()::dim).toList());
        return count.isConstant() && count.constant() <= EXACT_PRODUCT
                ? polynomial(graph, axes, kept, x, spreadG)
                : quotient(graph, axes, kept, x, spreadG);
    }

    /// The product of those before times the product of those behind: a polynomial, so derivatives of any order are exact.
    private static Node polynomial(Graph graph, List<Integer> axes, List<Integer> kept, Node x, Node spreadG) {
        var order = Axes.concat(kept, axes);
        var ordered = graph.transpose(x, order);
        var outer = ordered.shape().part(0, kept.size());
        int count = (int) Dim.product(axes.stream().map(x.shape()::dim).toList()).constant();
        var row = graph.reshape(ordered, outer.followedBy(Shape.of(count)));
        var others = graph.apply(Ops.MUL, before(graph, row, count, true), before(graph, row, count, false));
        var restored = graph.transpose(graph.reshape(others, ordered.shape()), Axes.inverse(order));
        return graph.apply(Ops.MUL, spreadG, restored);
    }

    /// For each element of the last axis the product of those before it, or of those behind it, in log₂ n steps
    /// (Hillis & Steele, 1986).
    private static Node before(Graph graph, Node row, int count, boolean forward) {
        var result = shifted(graph, row, count, 1, forward);
        for (int distance = 1; distance < count - 1; distance *= 2) {
            result = graph.apply(Ops.MUL, result, shifted(graph, result, count, distance, forward));
        }
        return result;
    }

    /// The elements `distance` places before, or behind; 1 where there are none.
    private static Node shifted(Graph graph, Node row, int count, int distance, boolean forward) {
        int axis = row.type().rank() - 1;
        int gap = Math.min(distance, count);
        var ones = graph.fill(row.type().withShape(row.shape().with(axis, Dim.of(gap))), 1);
        if (gap == count) {
            return ones;
        }
        var rest = forward
                ? graph.slice(row, axis, Dim.ZERO, Dim.of(count - gap), 1)
                : graph.slice(row, axis, Dim.of(gap), Dim.of(count), 1);
        return graph.concat(axis, forward ? List.of(ones, rest) : List.of(rest, ones));
    }

    /// Π / x where nothing else is zero, which needs care where x itself is: with p the product of the elements that are
    /// not zero and n the number of the other ones that are, n = 0 ? g · p / (x = 0 ? 1 : x) : 0. Its own gradient is
    /// exact where no element is zero.
    private static Node quotient(Graph graph, List<Integer> axes, List<Integer> kept, Node x, Node spreadG) {
        var value = new Formula(graph, x);
        var isZero = value.equalTo(0);
        var safe = isZero.choose(1, value);
        var product = graph.reduce(Form.ReduceKind.PRODUCT, safe.node(), axes);
        var zeros = graph.sum(isZero.toF32().node(), axes);
        var others = new Formula(graph, graph.broadcast(zeros, x.shape(), kept)).minus(isZero.toF32());
        var quotient = new Formula(graph, graph.broadcast(product, x.shape(), kept)).over(safe);
        return others.equalTo(0)
                .choose(new Formula(graph, spreadG).times(quotient), 0)
                .node();
    }

    /// g has the axes \[batch, lhs free, rhs free\]. Contracting it with rhs over rhs free gives
    /// \[batch, lhs free, contracted\], the axes of lhs in another order.
    private static Node lhs(Graph graph, Form.Contract form, Node node, Node g) {
        var rhs = node.input(1);
        int batch = form.lhsBatch().size();
        var lhsFree = form.lhsFree(node.input(0).type().rank());
        var rhsFree = form.rhsFree(rhs.type().rank());
        var freeInG = Axes.range(batch + lhsFree.size(), batch + lhsFree.size() + rhsFree.size());
        var product = graph.contract(g, rhs,
                new Form.Contract(Axes.range(0, batch), form.rhsBatch(), freeInG, rhsFree));
        // What is left of rhs stands in the order of its own axes.
        var contracted = pairs(form.rhsContract(), form.lhsContract());
        var order = Axes.concat(Axes.concat(form.lhsBatch(), lhsFree), contracted);
        return graph.transpose(product, Axes.inverse(order));
    }

    /// Contracting lhs with g over lhs free gives \[batch, contracted, rhs free\], the axes of rhs in another order.
    private static Node rhs(Graph graph, Form.Contract form, Node node, Node g) {
        var lhs = node.input(0);
        int batch = form.lhsBatch().size();
        var lhsFree = form.lhsFree(lhs.type().rank());
        var rhsFree = form.rhsFree(node.input(1).type().rank());
        var freeInG = Axes.range(batch, batch + lhsFree.size());
        var product = graph.contract(lhs, g,
                new Form.Contract(form.lhsBatch(), Axes.range(0, batch), lhsFree, freeInG));
        var contracted = pairs(form.lhsContract(), form.rhsContract());
        var order = Axes.concat(Axes.concat(form.rhsBatch(), contracted), rhsFree);
        return graph.transpose(product, Axes.inverse(order));
    }

    /// The partners of `axes`, by ascending axis.
    private static List<Integer> pairs(List<Integer> axes, List<Integer> partners) {
        return Axes.range(0, axes.size()).stream()
                .sorted((i, j) -> Integer.compare(axes.get(i), axes.get(j)))
                .map(partners::get)
                .toList();
    }

    /// Puts the elements of g back where the slice took them, zeros elsewhere. Along an axis with step s ≥ 2, g is first
    /// spread: \[m\] → \[m, 1\] → \[m, s\] with zeros → \[m·s\] → the first (m - 1)·s + 1.
    private static Node spread(Graph graph, Form.Slice slice, Shape shape, Node g) {
        var low = new ArrayList<Dim>();
        var high = new ArrayList<Dim>();
        for (int axis = 0; axis < shape.rank(); axis++) {
            int step = slice.steps().get(axis);
            var start = slice.starts().get(axis);
            var count = g.shape().dim(axis);
            var length = count;
            if (step > 1) {
                length = count.isZero() ? Dim.ZERO : count.minus(1).times(step).plus(1);
                g = dilate(graph, g, axis, step, length);
            }
            low.add(start);
            high.add(shape.dim(axis).minus(start).minus(length));
        }
        return low.stream().allMatch(Dim::isZero) && high.stream().allMatch(Dim::isZero) ? g : graph.pad(g, low, high);
    }

    private static Node dilate(Graph graph, Node g, int axis, int step, Dim length) {
        int rank = g.type().rank();
        var outer = g.shape().part(0, axis + 1);
        var inner = g.shape().part(axis + 1, rank);
        var column = graph.reshape(g, outer.followedBy(Shape.of(1)).followedBy(inner));
        var none = Collections.nCopies(rank + 1, Dim.ZERO);
        var zeros = new ArrayList<>(none);
        zeros.set(axis + 1, Dim.of(step - 1L));
        var spread = graph.reshape(
                graph.pad(column, none, zeros),
                g.shape().with(axis, g.shape().dim(axis).times(step)));
        return graph.slice(spread, axis, Dim.ZERO, length, 1);
    }
}
