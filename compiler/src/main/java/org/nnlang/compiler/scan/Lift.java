package org.nnlang.compiler.scan;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.nnlang.compiler.ir.Axes;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.IrException;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Shape;

/// The operations of a round done for all rounds at once: values that differ from round to round, *timed* ones, have
/// the time as an additional first axis.
final class Lift {
    private Lift() {}

    /// Whether there is a rule.
    ///
    /// @param timed for each input whether it is timed; at least one is
    static boolean isPossible(Node node, List<Boolean> timed) {
        return switch (node.form()) {
            case Form.Elementwise _, Form.Reduce _, Form.Contract _ -> true;
            case Form.Reshape _, Form.Transpose _, Form.Slice _, Form.Pad _, Form.Concat _, Form.Broadcast _ -> true;
            case Form.StopGradient _, Form.Point _, Form.Row _ -> true;
            case Form.Gather _ -> !timed.getFirst();
            // Rows of different rounds are not to be summed.
            case Form.ScatterAdd _, Form.Call _, Form.Scan _ -> false;
            case Form.Input _, Form.Variable _, Form.Constant _, Form.Size _, Form.Iota _, Form.Random _ -> false;
        };
    }

    /// The node for all rounds.
    ///
    /// @param inputs with the time in front where `timed` says so
    static Node lift(Graph graph, Dim trips, Node node, List<Node> inputs, List<Boolean> timed) {
        return switch (node.form()) {
            case Form.Elementwise _ -> graph.node(node.form(), all(graph, trips, inputs, timed));
            case Form.Concat(int axis) -> graph.concat(axis + 1, all(graph, trips, inputs, timed));
            case Form.Reduce(var kind, var axes) ->
                graph.reduce(kind, inputs.getFirst(), shifted(axes));
            case Form.Reshape(var shape) -> graph.reshape(inputs.getFirst(), over(trips, shape));
            case Form.Transpose(var permutation) ->
                graph.transpose(inputs.getFirst(), Axes.concat(List.of(0), shifted(permutation)));
            case Form.Slice(var starts, var limits, var steps) ->
                graph.slice(
                        inputs.getFirst(), before(Dim.ZERO, starts), before(trips, limits), before(1, steps));
            case Form.Pad(var low, var high) ->
                graph.pad(inputs.getFirst(), before(Dim.ZERO, low), before(Dim.ZERO, high));
            case Form.Broadcast(var shape, var axes) ->
                graph.broadcast(
                        inputs.getFirst(), over(trips, shape), Axes.concat(List.of(0), shifted(axes)));
            case Form.StopGradient _, Form.Point _, Form.Row _ -> graph.node(node.form(), inputs);
            case Form.Gather _ -> graph.gather(inputs.get(0), inputs.get(1));
            case Form.Contract contract -> contract(graph, contract, inputs, timed);
            case Form.ScatterAdd _, Form.Call _, Form.Scan _, Form.Input _, Form.Variable _, Form.Constant _, Form.Size _, Form.Iota _, Form.Random _ ->
                throw new IrException("cannot be done for all rounds at once: " + node);
        };
    }

    /// Untimed inputs are the same in each round.
    private static List<Node> all(Graph graph, Dim trips, List<Node> inputs, List<Boolean> timed) {
        var all = new ArrayList<Node>();
        for (int i = 0; i < inputs.size(); i++) {
            all.add(timed.get(i) ? inputs.get(i) : repeated(graph, trips, inputs.get(i)));
        }
        return all;
    }

    /// A value that is the same in every round, for all of them.
    static Node repeated(Graph graph, Dim trips, Node node) {
        var shape = over(trips, node.shape());
        return graph.broadcast(node, shape, Axes.range(1, shape.rank()));
    }

    static Shape over(Dim trips, Shape shape) {
        return Shape.of(trips).followedBy(shape);
    }

    private static List<Integer> shifted(List<Integer> axes) {
        return axes.stream().map(axis -> axis + 1).toList();
    }

    private static <T> List<T> before(T first, List<T> others) {
        var all = new ArrayList<T>();
        all.add(first);
        all.addAll(others);
        return all;
    }

    /// A time that both sides have is a batch axis; a time that one side has is one of its free axes, and moves to the front.
    private static Node contract(Graph graph, Form.Contract form, List<Node> inputs, List<Boolean> timed) {
        boolean left = timed.get(0);
        boolean right = timed.get(1);
        UnaryOperator<List<Integer>> lhs = axes -> left ? shifted(axes) : axes;
        UnaryOperator<List<Integer>> rhs = axes -> right ? shifted(axes) : axes;
        var lhsBatch = lhs.apply(form.lhsBatch());
        var rhsBatch = rhs.apply(form.rhsBatch());
        if (left && right) {
            lhsBatch = before(0, lhsBatch);
            rhsBatch = before(0, rhsBatch);
        }
        var product = graph.contract(
                inputs.get(0),
                inputs.get(1),
                new Form.Contract(
                        lhsBatch, rhsBatch, lhs.apply(form.lhsContract()), rhs.apply(form.rhsContract())));
        if (left && right) {
            return product;
        }
        int batch = form.lhsBatch().size();
        int rank = product.type().rank();
        int lhsFree = inputs.get(0).type().rank() - batch - form.lhsContract().size();
        int time = left ? batch : batch + lhsFree;
        var order = Axes.concat(List.of(time), Axes.others(rank, List.of(time)));
        return graph.transpose(product, order);
    }
}
