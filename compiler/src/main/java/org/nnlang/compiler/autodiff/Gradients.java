package org.nnlang.compiler.autodiff;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.IrException;
import org.nnlang.compiler.ir.Node;
import org.nnlang.runtime.tensor.DType;

/// The gradient of a scalar as nodes of the same graph, so that gradients of gradients are gradients like any other.
public final class Gradients {
    private final Graph graph;

    /// By node id: the sum of what has reached it so far.
    private final @Nullable Node[] arrived;

    private final CommonFactor sums;

    private Gradients(Graph graph, Collection<Node> seeds) {
        this.graph = graph;
        this.arrived = new Node[graph.size()];
        this.sums = new CommonFactor(graph, seeds);
    }

    /// The gradient of `loss` with respect to each node of `wrt`, each of the shape of its node. A node that no gradient
    /// reaches, because the loss does not depend on it or only through integers, conditions and stopped gradients, has
    /// no entry: it is for the caller to say so to the user.
    ///
    /// @throws IrException when `loss` is not an f32 scalar
    public static Map<Node, Node> gradients(Graph graph, Node loss, Collection<Node> wrt) {
        if (!loss.shape().isScalar() || loss.type().dtype() != DType.F32) {
            throw new IrException("a loss is an f32 scalar, not " + loss.type());
        }
        return pullBack(graph, Map.of(loss, graph.constant(1)), wrt);
    }

    /// The gradient, with respect to each node of `wrt`, of a scalar whose gradients with respect to some values are
    /// known.
    ///
    /// @param seeds those values with the gradients that arrive at them
    static Map<Node, Node> pullBack(Graph graph, Map<Node, Node> seeds, Collection<Node> wrt) {
        return new Gradients(graph, seeds.values()).run(seeds, wrt);
    }

    private Map<Node, Node> run(Map<Node, Node> seeds, Collection<Node> wrt) {
        int last = seeds.keySet().stream().mapToInt(Node::id).max().orElse(-1);
        var between = differentiableBetween(wrt, seeds.keySet(), last);
        seeds.forEach((node, seed) -> {
            if (between.get(node.id())) {
                arrived[node.id()] = seed;
            }
        });
        var loops = loops(between);
        // Users have greater ids than what they use, so all that reaches a node has arrived when it is its turn.
        for (int id = last; id >= 0; id--) {
            var loop = loops.get(id);
            if (loop != null) {
                passOn(loop, between);
                continue;
            }
            var gradient = arrived[id];
            var node = graph.node(id);
            if (gradient != null && !(node.form() instanceof Form.Scan)) {
                try (var _ = graph.origin(node.origin())) {
                    passOn(node, gradient, between);
                }
            }
        }
        var result = new LinkedHashMap<Node, Node>();
        for (var node : wrt) {
            var gradient = node.id() < arrived.length ? arrived[node.id()] : null;
            if (gradient != null) {
                result.put(node, gradient);
            }
        }
        return result;
    }

    /// The results of each loop, under the least of their ids: when it is its turn, all that reaches any of them has
    /// arrived.
    private Map<Integer, List<Node>> loops(BitSet between) {
        var results = new LinkedHashMap<List<Object>, List<Node>>();
        for (int id = between.nextSetBit(0); id >= 0; id = between.nextSetBit(id + 1)) {
            var node = graph.node(id);
            if (node.form() instanceof Form.Scan scan) {
                var loop = List.<Object>of(scan.with(new Form.Last(0)), node.inputs());
                results.computeIfAbsent(loop, _ -> new ArrayList<>()).add(node);
            }
        }
        var loops = new HashMap<Integer, List<Node>>();
        results.values().forEach(all -> loops.put(all.getFirst().id(), all));
        return loops;
    }

    private void passOn(List<Node> results, BitSet between) {
        var first = results.getFirst();
        var scan = (Form.Scan) first.form();
        var gradients = new LinkedHashMap<Form.ScanResult, Node>();
        for (var node : results) {
            var gradient = arrived[node.id()];
            if (gradient != null) {
                gradients.put(((Form.Scan) node.form()).result(), gradient);
            }
        }
        if (!gradients.isEmpty()) {
            try (var _ = graph.origin(first.origin())) {
                ScanGradients.pass(
                        graph, scan, first.inputs(), gradients, input -> between.get(input.id()), this::arrive);
            }
        }
    }

    private void arrive(Node node, Node contribution) {
        var before = arrived[node.id()];
        arrived[node.id()] = before == null ? contribution : sums.sum(before, contribution);
    }

    private void passOn(Node node, Node gradient, BitSet between) {
        List<Node> inputs = node.inputs();
        for (int i = 0; i < inputs.size(); i++) {
            var input = inputs.get(i);
            if (between.get(input.id()) && FormGradients.reaches(node, i)) {
                var contribution = FormGradients.build(graph, node, i, gradient);
                if (!contribution.type().equals(input.type())) {
                    throw new IrException("the gradient of input " + i + " of " + node + " is " + contribution);
                }
                arrive(input, contribution);
            }
        }
    }

    /// The f32 nodes through which `ends` depend on `wrt` differentiably, both included.
    private BitSet differentiableBetween(Collection<Node> wrt, Collection<Node> ends, int last) {
        var dependent = new BitSet();
        for (var node : wrt) {
            if (node.type().dtype() == DType.F32) {
                dependent.set(node.id());
            }
        }
        for (int id = dependent.nextSetBit(0) + 1; id > 0 && id <= last; id++) {
            var node = graph.node(id);
            List<Node> inputs = node.inputs();
            for (int i = 0; i < inputs.size(); i++) {
                if (dependent.get(inputs.get(i).id()) && FormGradients.reaches(node, i)) {
                    dependent.set(id);
                }
            }
        }
        var reached = new BitSet();
        ends.forEach(end -> reached.set(end.id()));
        for (int id = last; id >= 0; id--) {
            if (reached.get(id)) {
                var node = graph.node(id);
                List<Node> inputs = node.inputs();
                for (int i = 0; i < inputs.size(); i++) {
                    if (FormGradients.reaches(node, i)) {
                        reached.set(inputs.get(i).id());
                    }
                }
            }
        }
        reached.and(dependent);
        return reached;
    }
}
