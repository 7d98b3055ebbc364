package org.nnlang.compiler.fuse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Axes;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.compiler.op.Ops;
import org.nnlang.runtime.tensor.DType;

/// Brings a procedure to what loops can do well.
///
/// - A reduction is over trailing axes (columns), or over neighbouring axes before others (rows), where axes of dimension
///   1 do not count.
/// - A sum over rows and columns of what repeats an operand, or depends on sums of rows, first sums each row.
/// - c < x becomes c < max(x, c) where the latter exists: the sign of a ReLU is read from its result, so that its
///   input need not be kept for the backward pass.
final class Preparation {
    private static final int MAX_SEARCH = 60;

    private final Graph graph = new Graph();
    private final Map<Node, Node> rewritten = new IdentityHashMap<>();
    /// By first input.
    private final Map<Node, List<Node>> maxima = new IdentityHashMap<>();

    private Preparation() {}

    static Procedure rewrite(Procedure procedure) {
        var rewriting = new Preparation();
        for (Node node : procedure.nodes()) {
            var inputs = node.inputs().stream().map(rewriting::at).toList();
            try (var _ = rewriting.graph.origin(node.origin())) {
                rewriting.rewritten.put(node, rewriting.node(node, inputs));
            }
        }
        return procedure.with(rewriting.rewritten);
    }

    private Node node(Node node, List<Node> inputs) {
        if (node.form() instanceof Form.Reduce reduce) {
            return reduce(reduce, inputs.getFirst());
        }
        if (node.form() instanceof Form.Elementwise(var op)) {
            if (op == Ops.LT) {
                Node clipped = clipped(inputs.get(1), inputs.get(0));
                return clipped == null
                        ? graph.node(node.form(), inputs)
                        : graph.node(node.form(), List.of(inputs.get(0), clipped));
            }
            Node result = graph.node(node.form(), inputs);
            if (op == Ops.MAX) {
                maxima.computeIfAbsent(inputs.get(0), _ -> new ArrayList<>()).add(result);
            }
            return result;
        }
        return graph.node(node.form(), inputs);
    }

    /// max(x, c), if there is one.
    private @Nullable Node clipped(Node x, Node c) {
        for (Node max : maxima.getOrDefault(x, List.of())) {
            if (max.input(1) == c) {
                return max;
            }
        }
        return null;
    }

    private Node at(Node node) {
        Node result = rewritten.get(node);
        if (result == null) {
            throw new AssertionError("used before it was rewritten: " + node);
        }
        return result;
    }

    private Node reduce(Form.Reduce reduce, Node x) {
        var dims = x.shape().dims();
        var result = x.shape().without(reduce.axes());
        int[] essential = Views.essentialAxes(dims);
        var places = new ArrayList<Integer>();
        for (int i = 0; i < essential.length; i++) {
            if (reduce.axes().contains(essential[i])) {
                places.add(i);
            }
        }
        if (places.isEmpty()) {
            return reduce.kind().isIndex()
                    ? graph.fill(new TensorType(DType.I32, result), 0)
                    : graph.reshape(x, result);
        }
        int last = places.getLast();
        if (reduce.kind().isIndex()) {
            if (last == essential.length - 1) {
                return graph.reduce(reduce.kind(), x, reduce.axes());
            }
            int axis = reduce.axes().getFirst();
            var order = Axes.concat(Axes.others(dims.size(), List.of(axis)), List.of(axis));
            return graph.reduce(reduce.kind(), graph.transpose(x, order), List.of(dims.size() - 1));
        }
        int first = last;
        while (places.contains(first - 1)) {
            first--;
        }
        if (places.size() == last - first + 1) {
            int split = reduce.kind() == Form.ReduceKind.SUM && last == essential.length - 1 ? rowsOf(x) : 0;
            if (split > first && split <= last) {
                return inTwo(reduce, x, columns(essential, split, last));
            }
            return graph.reduce(reduce.kind(), x, reduce.axes());
        }
        // Two runs or more: the last run first, and then the others of what is left.
        return inTwo(reduce, x, columns(essential, first, last));
    }

    private static List<Integer> columns(int[] essential, int first, int last) {
        return Arrays.stream(essential, first, last + 1).boxed().toList();
    }

    /// Reduces along `first`, and then along the other axes.
    private Node inTwo(Form.Reduce reduce, Node x, List<Integer> first) {
        Node inner = graph.reduce(reduce.kind(), x, first);
        var rest = new ArrayList<Integer>();
        for (int axis : reduce.axes()) {
            if (!first.contains(axis)) {
                rest.add(axis - (int) first.stream().filter(dropped -> dropped < axis).count());
            }
        }
        Collections.sort(rest);
        return reduce(new Form.Reduce(reduce.kind(), rest), inner);
    }

    /// Where the columns of a row-by-row sum of `x` should begin: behind the leading axes for which there are reductions that
    /// `x` depends on, else where a repeated operand begins or ends to be repeated. 0 where one sum will do.
    private static int rowsOf(Node x) {
        var seen = new HashSet<Node>();
        var open = new ArrayList<Node>(List.of(x));
        int split = 0;
        for (int i = 0; i < open.size() && i < MAX_SEARCH; i++) {
            Node node = open.get(i);
            if (node.form() instanceof Form.Broadcast(var shape, _)) {
                Node source = node.input(0);
                int rank = Views.essential(source.shape().dims()).size();
                int all = Views.essential(shape.dims()).size();
                var through = Views.through(node, Views.identity(all));
                if (rank > 0 && rank < all && through.isPresent()) {
                    if (Views.isIdentity(through.get().map()) && isReduced(source)) {
                        return rank;
                    }
                    split = Math.max(split, lastChange(through.get().map(), all));
                }
            } else if (node.form() instanceof Form.Elementwise) {
                for (Node input : node.inputs()) {
                    if (seen.add(input)) {
                        open.add(input);
                    }
                }
            }
        }
        return split;
    }

    /// The last axis of `rank` that is repeated where the one before is not, or the other way round.
    private static int lastChange(int[] kept, int rank) {
        for (int axis = rank - 1; axis > 0; axis--) {
            int here = axis;
            if (Arrays.stream(kept).anyMatch(k -> k == here) != Arrays.stream(kept).anyMatch(k -> k == here - 1)) {
                return axis;
            }
        }
        return 0;
    }

    /// Whether elementwise operations alone lie between the node and a reduction.
    private static boolean isReduced(Node node) {
        var open = new ArrayList<Node>(List.of(node));
        for (int i = 0; i < open.size() && i < MAX_SEARCH; i++) {
            if (open.get(i).form() instanceof Form.Reduce) {
                return true;
            }
            if (open.get(i).form() instanceof Form.Elementwise || open.get(i).form() instanceof Form.Reshape) {
                open.addAll(open.get(i).inputs());
            }
        }
        return false;
    }
}
