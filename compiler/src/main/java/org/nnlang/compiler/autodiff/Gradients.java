package org.nnlang.compiler.autodiff;

import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.IrException;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.op.Ops;
import org.nnlang.runtime.tensor.DType;

/// The gradient of a scalar as nodes of the same graph, so that gradients of gradients are gradients like any other.
public final class Gradients {
    private final Graph graph;

    /// By node id: the sum of what has reached it so far.
    private final @Nullable Node[] arrived;

    private Gradients(Graph graph) {
        this.graph = graph;
        this.arrived = new Node[graph.size()];
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
        return new Gradients(graph).run(loss, graph.constant(1), wrt);
    }

    private Map<Node, Node> run(Node loss, Node seed, Collection<Node> wrt) {
        var between = differentiableBetween(wrt, loss);
        if (between.get(loss.id())) {
            arrived[loss.id()] = seed;
        }
        // Users have greater ids than what they use, so all that reaches a node has arrived when it is its turn.
        for (int id = loss.id(); id >= 0; id--) {
            var gradient = arrived[id];
            if (gradient != null) {
                var node = graph.node(id);
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

    private void passOn(Node node, Node gradient, BitSet between) {
        List<Node> inputs = node.inputs();
        for (int i = 0; i < inputs.size(); i++) {
            var input = inputs.get(i);
            if (between.get(input.id()) && FormGradients.reaches(node.form(), i)) {
                var contribution = FormGradients.build(graph, node, i, gradient);
                if (!contribution.type().equals(input.type())) {
                    throw new IrException("the gradient of input " + i + " of " + node + " is " + contribution);
                }
                var before = arrived[input.id()];
                arrived[input.id()] = before == null ? contribution : graph.apply(Ops.ADD, before, contribution);
            }
        }
    }

    /// The f32 nodes through which `loss` depends on `wrt` differentiably, both ends included.
    private BitSet differentiableBetween(Collection<Node> wrt, Node loss) {
        var dependent = new BitSet();
        for (var node : wrt) {
            if (node.type().dtype() == DType.F32) {
                dependent.set(node.id());
            }
        }
        for (int id = dependent.nextSetBit(0) + 1; id > 0 && id <= loss.id(); id++) {
            var node = graph.node(id);
            List<Node> inputs = node.inputs();
            for (int i = 0; i < inputs.size(); i++) {
                if (dependent.get(inputs.get(i).id()) && FormGradients.reaches(node.form(), i)) {
                    dependent.set(id);
                }
            }
        }
        var reached = new BitSet();
        reached.set(loss.id());
        for (int id = loss.id(); id >= 0; id--) {
            if (reached.get(id)) {
                var node = graph.node(id);
                List<Node> inputs = node.inputs();
                for (int i = 0; i < inputs.size(); i++) {
                    if (FormGradients.reaches(node.form(), i)) {
                        reached.set(inputs.get(i).id());
                    }
                }
            }
        }
        reached.and(dependent);
        return reached;
    }
}
