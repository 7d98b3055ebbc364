package org.nnlang.compiler.fuse;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.nnlang.compiler.ir.Axes;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.ir.TensorType;

/// Brings every reduction to what one loop can do: over trailing axes (columns), or over neighbouring axes before others
/// (rows), where axes of dimension 1 do not count.
final class Reductions {
    private final Graph graph = new Graph();
    private final Map<Node, Node> rewritten = new IdentityHashMap<>();

    private Reductions() {}

    static Procedure rewrite(Procedure procedure) {
        var rewriting = new Reductions();
        for (Node node : procedure.nodes()) {
            var inputs = node.inputs().stream().map(rewriting::at).toList();
            try (var _ = rewriting.graph.origin(node.origin())) {
                Node result = node.form() instanceof Form.Reduce reduce
                        ? rewriting.reduce(reduce, inputs.getFirst())
                        : rewriting.graph.node(node.form(), inputs);
                rewriting.rewritten.put(node, result);
            }
        }
        return new Procedure(
                procedure.name(),
                procedure.inputs().stream().map(rewriting::at).toList(),
                procedure.outputs().stream()
                        .map(output -> new Procedure.Output(output.name(), rewriting.at(output.node())))
                        .toList(),
                procedure.updates().stream()
                        .map(update -> new Procedure.Update(
                                update.variable(), update.kind(), rewriting.at(update.value())))
                        .toList());
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
                    ? graph.fill(new TensorType(org.nnlang.runtime.tensor.DType.I32, result), 0)
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
            return graph.reduce(reduce.kind(), x, reduce.axes());
        }
        // Two runs or more: the last run first, and then the others of what is left.
        var run = new ArrayList<Integer>();
        for (int place = first; place <= last; place++) {
            run.add(essential[place]);
        }
        Node inner = graph.reduce(reduce.kind(), x, run);
        var rest = new ArrayList<Integer>();
        for (int axis : reduce.axes()) {
            if (!run.contains(axis)) {
                rest.add(axis - (int) run.stream().filter(dropped -> dropped < axis).count());
            }
        }
        Collections.sort(rest);
        return reduce(new Form.Reduce(reduce.kind(), rest), inner);
    }
}
