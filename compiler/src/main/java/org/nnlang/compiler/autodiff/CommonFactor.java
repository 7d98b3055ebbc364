package org.nnlang.compiler.autodiff;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.ElementwiseOp;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.op.Formula;
import org.nnlang.compiler.op.Ops;

/// Adds up what arrives at a value on several ways from one: g · a + g · b is g · (a + b). So the gradient of x · f(x) is g times
/// the derivative, which is known before g is, and may then be all that the forward pass keeps.
final class CommonFactor {
    /// A product of more factors is taken as it is.
    private static final int MAX_NODES = 64;

    private final Graph graph;
    private final Set<Node> seeds;
    private final int from;

    /// For gradients whose nodes are yet to be made: other products are not taken apart.
    ///
    /// @param seeds the gradients that they begin with
    CommonFactor(Graph graph, Collection<Node> seeds) {
        this.graph = graph;
        this.seeds = Set.copyOf(seeds);
        this.from = graph.size();
    }

    /// The sum of two values of one type.
    Node sum(Node first, Node second) {
        Node factor = first == second ? null : factor(first, second);
        return factor == null
                ? graph.apply(Ops.ADD, first, second)
                : graph.apply(
                        Ops.MUL, factor, graph.apply(Ops.ADD, quotient(first, factor), quotient(second, factor)));
    }

    /// What both are products of, the last such value; null where one is the other's factor, or they have none in common.
    private @Nullable Node factor(Node first, Node second) {
        Set<Node> factors = factors(first);
        factors.retainAll(factors(second));
        if (factors.contains(first) || factors.contains(second)) {
            return null;
        }
        Node last = null;
        for (Node factor : factors) {
            last = last == null || factor.id() > last.id() ? factor : last;
        }
        return last;
    }

    /// A value, and all that it is a product of and that belongs to a gradient.
    private Set<Node> factors(Node product) {
        var factors = new HashSet<Node>();
        var open = new ArrayDeque<Node>();
        open.add(product);
        while (!open.isEmpty() && factors.size() < MAX_NODES) {
            Node node = open.remove();
            boolean gradient = node.id() >= from || seeds.contains(node);
            if (!gradient || node.form() instanceof Form.Constant || !factors.add(node)) {
                continue;
            }
            if (is(node, Ops.MUL)) {
                open.addAll(node.inputs());
            } else if (is(node, Ops.NEG) || is(node, Ops.DIV)) {
                open.add(node.input(0));
            }
        }
        return factors;
    }

    /// The product without one of its factors.
    private Node quotient(Node product, Node factor) {
        if (product == factor) {
            return graph.fill(product.type(), 1);
        }
        Node inner = product.input(0);
        if (is(product, Ops.MUL)) {
            boolean left = factors(inner).contains(factor);
            Node other = product.input(left ? 1 : 0);
            Node rest = product.input(left ? 0 : 1);
            return rest == factor ? other : graph.apply(Ops.MUL, quotient(rest, factor), other);
        }
        Formula rest = new Formula(graph, quotient(inner, factor));
        return (is(product, Ops.NEG) ? rest.negate() : rest.over(new Formula(graph, product.input(1)))).node();
    }

    private static boolean is(Node node, ElementwiseOp op) {
        return node.form() instanceof Form.Elementwise(var applied) && applied == op;
    }
}
