package org.nnlang.compiler.plan;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.nnlang.compiler.ir.Body;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.ir.Shape;

/// Captured matrices that every round multiplies by from the right with their columns contracted, as the backward round of
/// h·U does with U: a product reads such a factor fastest with its axes exchanged, and that is better done once than in each
/// round.
final class TurnedFactors {
    private TurnedFactors() {}

    /// Those of a body.
    static Set<Node> of(Body body, Procedure round) {
        var nodes = round.nodes();
        var turned = new HashSet<Node>();
        for (Node captured : body.captured()) {
            List<Node> users = nodes.stream().filter(node -> node.inputs().contains(captured)).toList();
            if (!users.isEmpty() && users.stream().allMatch(user -> multipliesBy(user, captured))) {
                turned.add(captured);
            }
        }
        return turned;
    }

    private static boolean multipliesBy(Node user, Node captured) {
        return user.form() instanceof Form.Contract form
                && captured.type().rank() == 2
                && user.input(1) == captured
                && user.input(0) != captured
                && form.rhsContract().equals(List.of(1));
    }

    /// The round, for factors that come with their axes exchanged.
    static Procedure exchange(Procedure round, Set<Node> turned) {
        var graph = new Graph();
        var inputs = new HashMap<Node, Node>();
        var copies = new HashMap<Node, Node>();
        for (Node node : round.nodes()) {
            try (var _ = graph.origin(node.origin())) {
                Node copy;
                if (turned.contains(node) && node.form() instanceof Form.Input(var name, var type)) {
                    Node input = graph.input(name, type.withShape(Shape.of(type.dim(1), type.dim(0))));
                    inputs.put(node, input);
                    copy = graph.transpose(input, List.of(1, 0));
                } else {
                    copy = graph.node(node.form(), node.inputs().stream().map(input -> of(copies, input)).toList());
                    inputs.put(node, copy);
                }
                copies.put(node, copy);
            }
        }
        return new Procedure(
                round.name(),
                round.inputs().stream().map(input -> of(inputs, input)).toList(),
                round.outputs().stream()
                        .map(output -> new Procedure.Output(output.name(), of(copies, output.node())))
                        .toList(),
                List.of());
    }

    private static Node of(Map<Node, Node> copies, Node node) {
        return Objects.requireNonNull(copies.get(node));
    }
}
