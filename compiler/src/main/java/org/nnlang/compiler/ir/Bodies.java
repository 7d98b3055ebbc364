package org.nnlang.compiler.ir;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;

/// Runs a pass over the bodies of a procedure's loops, each once, as a procedure of its own; what no result of a loop
/// needs is left out of it.
public final class Bodies {
    private final Graph target;
    private final BiFunction<Graph, Procedure, Procedure> pass;
    private final Map<Body, Replacement> replacements = new HashMap<>();

    /// @param nodes   the new nodes of those that are stacked
    /// @param carried the old numbers of what is still carried; what never changes is captured
    /// @param inputs  the old numbers of the inputs that are left
    private record Replacement(Body body, Map<Node, Node> nodes, List<Integer> carried, List<Integer> inputs) {}

    private Bodies(Graph target, BiFunction<Graph, Procedure, Procedure> pass) {
        this.target = target;
        this.pass = pass;
    }

    /// The procedure, built in `target`, with its bodies rewritten; as it is if it has none.
    ///
    /// @param pass rewrites a body, in the graph it is given or another one
    public static Procedure rewrite(Graph target, Procedure procedure, BiFunction<Graph, Procedure, Procedure> pass) {
        var nodes = procedure.nodes();
        if (nodes.stream().noneMatch(node -> node.form() instanceof Form.Scan)) {
            return procedure;
        }
        return new Bodies(target, pass).rewrite(procedure, nodes);
    }

    private Procedure rewrite(Procedure procedure, List<Node> nodes) {
        Body.among(nodes)
                .forEach((body, stacked) -> replacements.put(body, replace(body, stacked, lasts(body, nodes))));
        var results = new HashMap<Node, Node>();
        for (var node : nodes) {
            var inputs = node.inputs().stream().map(results::get).map(Objects::requireNonNull).toList();
            try (var _ = target.origin(node.origin())) {
                results.put(node, node.form() instanceof Form.Scan scan
                        ? scan(scan, inputs)
                        : target.node(node.form(), inputs));
            }
        }
        return procedure.with(results);
    }

    private static BitSet lasts(Body body, List<Node> nodes) {
        var lasts = new BitSet();
        for (var node : nodes) {
            if (node.form() instanceof Form.Scan(var its, _, _, Form.Last(int carried)) && its.equals(body)) {
                lasts.set(carried);
            }
        }
        return lasts;
    }

    private Node scan(Form.Scan scan, List<Node> inputs) {
        var replacement = Objects.requireNonNull(replacements.get(scan.body()));
        if (scan.result() instanceof Form.Last(int i) && !replacement.carried().contains(i)) {
            return inputs.get(i);
        }
        var result = switch (scan.result()) {
            case Form.Last(int carried) -> new Form.Last(replacement.carried().indexOf(carried));
            case Form.Stacked(var node) -> new Form.Stacked(Objects.requireNonNull(replacement.nodes().get(node)));
        };
        return target.scan(
                new Form.Scan(replacement.body(), scan.trips(), scan.reversed(), result),
                replacement.inputs().stream().map(inputs::get).toList());
    }

    private Replacement replace(Body body, Set<Node> stacked, BitSet lasts) {
        var live = live(body, stacked, lasts);
        var outputs = new ArrayList<Procedure.Output>();
        var before = live.stream().boxed().toList();
        before.forEach(i -> outputs.add(
                new Procedure.Output("next" + i, body.next().get(i))));
        var stacks = new ArrayList<>(stacked);
        for (int i = 0; i < stacks.size(); i++) {
            outputs.add(new Procedure.Output("stack" + i, stacks.get(i)));
        }
        var result = pass.apply(new Graph(), new Procedure("body", body.inputs(), outputs, List.of()));
        var nodes = new LinkedHashMap<Node, Node>();
        for (int i = 0; i < stacks.size(); i++) {
            nodes.put(stacks.get(i), result.outputs().get(before.size() + i).node());
        }
        var carried = new ArrayList<Integer>();
        var next = new ArrayList<Node>();
        for (int i = 0; i < before.size(); i++) {
            var value = result.outputs().get(i).node();
            if (value != result.inputs().get(before.get(i))) {
                carried.add(before.get(i));
                next.add(value);
            }
        }
        var used = new HashSet<>(Graph.ancestors(
                result.outputs().stream().map(Procedure.Output::node).toList()));
        var inputs = new ArrayList<Integer>(carried);
        int slices = body.carried().size();
        int captured = slices + body.slices().size();
        for (int i = slices; i < result.inputs().size(); i++) {
            if (used.contains(result.inputs().get(i))) {
                inputs.add(i);
            }
        }
        var fixed = before.stream()
                .filter(i -> !carried.contains(i) && used.contains(result.inputs().get(i)))
                .toList();
        inputs.addAll(fixed);
        var graph = new Graph();
        var copies = copy(graph, result, inputs);
        var rewritten = new Body(
                graph,
                carried.stream().map(i -> copied(copies, result.inputs().get(i))).toList(),
                inputs.stream()
                        .filter(i -> i >= slices && i < captured)
                        .map(i -> copied(copies, result.inputs().get(i)))
                        .toList(),
                inputs.stream()
                        .filter(i -> i >= captured || fixed.contains(i))
                        .map(i -> copied(copies, result.inputs().get(i)))
                        .toList(),
                next.stream().map(node -> copied(copies, node)).toList());
        nodes.replaceAll((_, node) -> copied(copies, node));
        return new Replacement(rewritten, nodes, carried, inputs);
    }

    private static Node copied(Map<Node, Node> copies, Node node) {
        return Objects.requireNonNull(copies.get(node));
    }

    /// Only what is used, so that no graph keeps what a pass has left behind.
    private static Map<Node, Node> copy(Graph graph, Procedure procedure, List<Integer> inputs) {
        var roots = new LinkedHashSet<Node>();
        inputs.forEach(i -> roots.add(procedure.inputs().get(i)));
        procedure.outputs().forEach(output -> roots.add(output.node()));
        var copies = new HashMap<Node, Node>();
        for (var node : Graph.ancestors(roots)) {
            try (var _ = graph.origin(node.origin())) {
                copies.put(node, graph.node(
                        node.form(), node.inputs().stream().map(input -> copied(copies, input)).toList()));
            }
        }
        return copies;
    }

    /// What is carried and needed: its last value is, or what is stacked depends on it.
    private static BitSet live(Body body, Set<Node> stacked, BitSet lasts) {
        var live = new BitSet();
        live.or(lasts);
        int before;
        do {
            before = live.cardinality();
            var roots = new LinkedHashSet<>(stacked);
            live.stream().forEach(i -> roots.add(body.next().get(i)));
            var needed = new HashSet<>(Graph.ancestors(roots));
            for (int i = 0; i < body.carried().size(); i++) {
                if (needed.contains(body.carried().get(i))) {
                    live.set(i);
                }
            }
        } while (live.cardinality() > before);
        return live;
    }
}
