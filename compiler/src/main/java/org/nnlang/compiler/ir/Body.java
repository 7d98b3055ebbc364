package org.nnlang.compiler.ir;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a [Form.Scan] does in each round: a graph of its own, whose leaves are inputs and constants. It has neither
/// variables nor random draws: those are made outside, and come as captured values and slices.
///
/// Bodies are equal when they have the same nodes. A scan may ask for any node of its body, so that a backward pass
/// can have the forward loop keep what it needs.
///
/// @param graph    owns all nodes of the body
/// @param carried  inputs that hold, in the first round, the initial values, and afterwards what `next` was
/// @param slices   inputs that hold a slice of each sequence
/// @param captured inputs that are the same in every round
/// @param next     what `carried` become, one for each, of its type
public record Body(Graph graph, List<Node> carried, List<Node> slices, List<Node> captured, List<Node> next) {
    public Body {
        carried = List.copyOf(carried);
        slices = List.copyOf(slices);
        captured = List.copyOf(captured);
        next = List.copyOf(next);
    }

    /// Its inputs in the order of a scan's.
    public List<Node> inputs() {
        var inputs = new ArrayList<Node>(carried);
        inputs.addAll(slices);
        inputs.addAll(captured);
        return inputs;
    }

    /// What a round computes if `stacked` is asked for, besides what is carried; inputs before their users.
    public List<Node> nodes(Set<Node> stacked) {
        var roots = new LinkedHashSet<Node>(inputs());
        roots.addAll(next);
        roots.addAll(stacked);
        return Graph.ancestors(roots);
    }

    /// The bodies of the scans among `nodes`, each with the nodes that those scans stack.
    public static Map<Body, Set<Node>> among(Iterable<Node> nodes) {
        var bodies = new LinkedHashMap<Body, Set<Node>>();
        for (var node : nodes) {
            if (node.form() instanceof Form.Scan scan) {
                var stacked = bodies.computeIfAbsent(scan.body(), _ -> new LinkedHashSet<>());
                if (scan.result() instanceof Form.Stacked(var wanted)) {
                    stacked.add(wanted);
                }
            }
        }
        return bodies;
    }

    @Override
    public String toString() {
        return "body of %d carried, %d slices, %d captured"
                .formatted(carried.size(), slices.size(), captured.size());
    }
}
