package org.nnlang.compiler.rewrite;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.ElementwiseOp;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.runtime.tensor.DType;

/// Builds nodes to which no rule applies any more: whatever a rule builds with it is simplified already.
final class Rewriter {
    /// How many rules may wait for one another's results; what lies deeper stays as it is.
    private static final int DEPTH = 200;

    private final Graph graph;
    private final Function<Node, List<Rule>> rules;
    private final Map<Node, Node> simplified = new HashMap<>();

    /// How many uses the nodes that became a node had before.
    private final Map<Node, Integer> uses = new HashMap<>();
    private int depth;

    /// @param rules those that may apply to a node, in the order they are tried
    Rewriter(Graph graph, Function<Node, List<Rule>> rules) {
        this.graph = graph;
        this.rules = rules;
    }

    /// The procedure with all its nodes simplified and those that nothing needs gone.
    Procedure rewrite(Procedure procedure) {
        var nodes = procedure.nodes();
        var usesBefore = new HashMap<Node, Integer>();
        procedure.roots().forEach(root -> usesBefore.merge(root, 1, Integer::sum));
        nodes.forEach(node -> node.inputs().forEach(input -> usesBefore.merge(input, 1, Integer::sum)));
        var results = new HashMap<Node, Node>();
        for (var node : nodes) {
            var inputs = new ArrayList<Node>(node.inputs().size());
            for (var input : node.inputs()) {
                inputs.add(results.get(input));
            }
            try (var _ = graph.origin(node.origin())) {
                var result = node(node.form(), inputs);
                results.put(node, result);
                uses.merge(result, usesBefore.getOrDefault(node, 0), Integer::sum);
            }
        }
        return procedure.with(results);
    }

    Node node(Form form, List<Node> inputs) {
        var node = graph.node(form, inputs);
        var known = simplified.get(node);
        if (known != null) {
            return known;
        }
        if (depth == DEPTH) {
            return node;
        }
        depth++;
        var result = node;
        for (var rule : rules.apply(node)) {
            var better = rule.rewrite(this, node);
            if (better != null) {
                result = better;
                break;
            }
        }
        depth--;
        simplified.put(node, result);
        return result;
    }

    Node apply(ElementwiseOp op, Node... inputs) {
        return node(new Form.Elementwise(op), List.of(inputs));
    }

    Node fill(TensorType type, double value) {
        return graph.fill(type, value);
    }

    Node constant(TensorType type, double[] values) {
        return graph.constant(type, values);
    }

    Node reduce(Form.ReduceKind kind, Node x, List<Integer> axes) {
        return axes.isEmpty()
                ? x
                : node(new Form.Reduce(kind, axes.stream().sorted().toList()), List.of(x));
    }

    Node contract(Node lhs, Node rhs, Form.Contract form) {
        return node(form, List.of(lhs, rhs));
    }

    Node reshape(Node x, Shape shape) {
        return node(new Form.Reshape(shape), List.of(x));
    }

    Node transpose(Node x, List<Integer> permutation) {
        return node(new Form.Transpose(permutation), List.of(x));
    }

    Node slice(Node x, List<Dim> starts, List<Dim> limits, List<Integer> steps) {
        return node(new Form.Slice(starts, limits, steps), List.of(x));
    }

    Node pad(Node x, List<Dim> low, List<Dim> high) {
        return node(new Form.Pad(low, high), List.of(x));
    }

    Node concat(int axis, List<Node> inputs) {
        return node(new Form.Concat(axis), inputs);
    }

    Node broadcast(Node x, Shape shape, List<Integer> axes) {
        return node(new Form.Broadcast(shape, axes), List.of(x));
    }

    /// `count` in every element of a tensor of that type.
    Node count(Dim count, TensorType type) {
        if (count.isConstant()) {
            return fill(type, (double) count.constant());
        }
        return broadcast(node(new Form.Size(count, type.dtype()), List.of()), type.shape(), List.of());
    }

    /// Whether a node has one use, as far as is known, so that it goes when that use goes.
    boolean isUsedOnce(Node node) {
        return uses.getOrDefault(node, 0) == 1;
    }

    /// Whether a node is the constant `value` everywhere.
    static boolean is(Node node, double value) {
        return node.form() instanceof Form.Constant constant && constant.is(value);
    }

    /// Whether a node is a constant with one value everywhere.
    static boolean isUniform(Node node) {
        return node.form() instanceof Form.Constant constant && constant.isUniform();
    }

    static boolean isFloat(Node node) {
        return node.type().dtype() == DType.F32;
    }

    /// Whether a node applies `op`.
    static boolean is(Node node, ElementwiseOp op) {
        return node.form() instanceof Form.Elementwise(var applied) && applied == op;
    }
}
