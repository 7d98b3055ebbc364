package org.nnlang.compiler.autodiff;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Axes;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.scan.ScanBuilder;
import org.nnlang.runtime.tensor.DType;

/// The sum of a value over all rounds of a loop: the gradient of what the loop captures. Where the value ends in a
/// product, such as that of a weight's gradient, its operands are stacked and one product after the loop contracts over
/// the time as well: Σₜ aₜ·bₜ. Other values are added up round by round.
final class SumOverTime {
    private final Graph graph;
    private final Dim trips;
    private final ScanBuilder loop;
    private final List<Term> terms = new ArrayList<>();
    private @Nullable Node sum;

    /// Moves that are done once, after the sum, and what they move.
    private record Term(Node value, List<Node> moves) {}

    SumOverTime(Graph graph, Dim trips, ScanBuilder loop, Node value) {
        this.graph = graph;
        this.trips = trips;
        this.loop = loop;
        var open = new ArrayList<Term>(List.of(new Term(value, List.of())));
        while (!open.isEmpty()) {
            var term = open.removeLast();
            var node = term.value();
            switch (node.form()) {
                case Form.Elementwise(var op) when op == Ops.ADD -> {
                    open.add(new Term(node.input(1), term.moves()));
                    open.add(new Term(node.input(0), term.moves()));
                }
                case Form.Reshape _, Form.Transpose _, Form.Broadcast _, Form.Pad _, Form.Slice _ -> {
                    var moves = new ArrayList<Node>(term.moves());
                    moves.add(node);
                    open.add(new Term(node.input(0), moves));
                }
                case Form.Input _, Form.Variable _, Form.Constant _, Form.Size _, Form.Iota _, Form.Elementwise _, Form.Reduce _, Form.Contract _, Form.Concat _, Form.Gather _, Form.ScatterAdd _, Form.Call _, Form.Row _, Form.Random _, Form.StopGradient _, Form.Point _, Form.Scan _ ->
                    terms.add(term);
            }
        }
    }

    /// Asks for the operands of products.
    void stackOperands() {
        for (var term : terms) {
            if (loop.isTimed(term.value()) && isBilinear(term.value())) {
                term.value().inputs().stream().filter(loop::isTimed).forEach(loop::stack);
            }
        }
    }

    private static boolean isBilinear(Node node) {
        return node.form() instanceof Form.Contract || node.form() instanceof Form.ScatterAdd;
    }

    /// Whether the value is a sum of something that is stacked anyway.
    private boolean isSumOfStacked(Node node) {
        return node.form() instanceof Form.Reduce(var kind, _)
                && kind == Form.ReduceKind.SUM
                && loop.isStacked(node.input(0));
    }

    private final List<@Nullable Node> accumulated = new ArrayList<>();

    /// Lets the loop add up what is not done after it.
    void carryRest() {
        for (var term : terms) {
            Node placeholder = null;
            if (loop.isTimed(term.value()) && !isBilinear(term.value()) && !isSumOfStacked(term.value())) {
                placeholder = loop.carry(graph.fill(term.value().type(), 0));
                loop.next(placeholder, graph.apply(Ops.ADD, placeholder, term.value()));
            }
            accumulated.add(placeholder);
        }
    }

    /// The sum, once the loop is closed.
    Node total() {
        for (int i = 0; i < terms.size(); i++) {
            var value = summed(terms.get(i).value(), accumulated.get(i));
            for (var move : terms.get(i).moves().reversed()) {
                value = graph.node(move.form(), List.of(value));
            }
            sum = sum == null ? value : graph.apply(Ops.ADD, sum, value);
        }
        return Objects.requireNonNull(sum);
    }

    private Node summed(Node node, @Nullable Node placeholder) {
        if (placeholder != null) {
            return loop.last(placeholder);
        }
        if (!loop.isTimed(node)) {
            var value = loop.once(node);
            var count = graph.broadcast(graph.size(trips, DType.F32), value.shape(), List.of());
            return graph.apply(Ops.MUL, value, count);
        }
        return switch (node.form()) {
            case Form.Reduce(_, var axes) -> {
                var all = new ArrayList<Integer>(List.of(0));
                axes.forEach(axis -> all.add(axis + 1));
                yield graph.sum(loop.stacked(node.input(0)), all);
            }
            case Form.Contract contract -> contract(node, contract);
            case Form.ScatterAdd(var rows) ->
                graph.scatterAdd(rows, stacked(node.input(0)), stacked(node.input(1)));
            case Form.Input _, Form.Variable _, Form.Constant _, Form.Size _, Form.Iota _, Form.Elementwise _, Form.Reshape _, Form.Transpose _, Form.Slice _, Form.Pad _, Form.Concat _, Form.Broadcast _, Form.Gather _, Form.Call _, Form.Row _, Form.Random _, Form.StopGradient _, Form.Point _, Form.Scan _ ->
                throw new AssertionError("not a sum: " + node);
        };
    }

    private Node stacked(Node node) {
        return loop.stacked(node);
    }

    /// Σₜ contract(aₜ, bₜ): the time is contracted, too. Where one side is the same in each round, the other is summed
    /// before.
    private Node contract(Node node, Form.Contract form) {
        boolean left = loop.isTimed(node.input(0));
        boolean right = loop.isTimed(node.input(1));
        if (!left || !right) {
            var lhs = left ? graph.sum(stacked(node.input(0)), List.of(0)) : loop.once(node.input(0));
            var rhs = right ? graph.sum(stacked(node.input(1)), List.of(0)) : loop.once(node.input(1));
            return graph.contract(lhs, rhs, form);
        }
        return graph.contract(
                stacked(node.input(0)),
                stacked(node.input(1)),
                new Form.Contract(
                        shifted(form.lhsBatch()),
                        shifted(form.rhsBatch()),
                        Axes.concat(List.of(0), shifted(form.lhsContract())),
                        Axes.concat(List.of(0), shifted(form.rhsContract()))));
    }

    private static List<Integer> shifted(List<Integer> axes) {
        return axes.stream().map(axis -> axis + 1).toList();
    }
}
