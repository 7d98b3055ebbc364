package org.nnlang.compiler.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.fuse.Dataflow;
import org.nnlang.compiler.fuse.Prepared;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;

/// Writes a plan's procedure once more, with copies of some nodes for those that read them late. The nodes come in the order in
/// which the plan computes them, so the next plan keeps to it.
final class LateCopies {
    private final Lifetimes lifetimes;
    private final LateValues choice;
    private final Planner.Plan plan;
    private final Dataflow flow;
    private final Map<Node, Integer> times;
    private final Graph graph = new Graph();

    /// What computed nodes have become, but for copies.
    private final Map<Node, Node> originals = new HashMap<>();

    private final Map<Node, Node> copies = new HashMap<>();
    private final Map<Node, Node> after = new LinkedHashMap<>();

    /// By when they are computed.
    private final Map<Integer, List<Node>> due = new TreeMap<>();

    LateCopies(Lifetimes lifetimes, LateValues choice) {
        this.lifetimes = lifetimes;
        this.choice = choice;
        this.plan = lifetimes.plan;
        this.flow = plan.fusion().flow();
        this.times = choice.times();
        times.forEach((node, job) -> due.computeIfAbsent(job, _ -> new ArrayList<>()).add(node));
        due.values().forEach(nodes -> nodes.sort(Comparator.comparingInt(Node::id)));
    }

    Prepared prepared() {
        Procedure procedure = plan.prepared().procedure();
        var replaced = new HashMap<Node, Node>();
        for (Node input : procedure.inputs()) {
            replaced.put(input, graph.node(input.form(), List.of()));
        }
        Node latest = null;
        for (int job = 0; job < plan.order().size(); job++) {
            if (!(plan.order().get(job) instanceof Job.Compute(var cluster))) {
                continue;
            }
            Map<Node, Node> seen = new HashMap<>();
            Node early = trigger(job, latest);
            for (Node node : due.getOrDefault(job, List.of())) {
                Node copy = again(node, inputs(node, job, seen));
                copies.put(node, copy);
                seen.clear();
                if (early != null) {
                    after.put(copy, early);
                }
            }
            for (Node member : cluster.members()) {
                latest = original(member, inputs(member, job, seen));
            }
        }
        for (Node root : procedure.roots()) {
            if (!replaced.containsKey(root)) {
                replaced.put(root, at(root, -1, new HashMap<>()));
            }
        }
        return new Prepared(procedure.with(replaced), after);
    }

    private Node again(Node node, List<Node> inputs) {
        try (var _ = graph.origin(node.origin())) {
            return graph.again(node, inputs);
        }
    }

    /// A node of the plan, which itself may be a copy made before.
    private Node original(Node node, List<Node> inputs) {
        Node early = plan.prepared().after().get(node);
        Node result;
        if (early != null) {
            result = again(node, inputs);
            Node there = originals.get(early);
            if (there != null) {
                after.put(result, there);
            }
        } else {
            try (var _ = graph.origin(node.origin())) {
                result = graph.node(node.form(), inputs);
            }
        }
        originals.put(node, result);
        return result;
    }

    /// What a job waits for last, if that is no earlier than the moment that shall have room, behind which its copies are to be made; where that is nothing, what was computed last.
    private @Nullable Node trigger(int job, @Nullable Node latest) {
        if (!due.containsKey(job)) {
            return null;
        }
        int when = choice.moment(job);
        Node found = null;
        for (Node source : lifetimes.plan.reads().get(job)) {
            Integer time = times.get(source);
            boolean kept = time == null || time > job;
            int made = time == null || time > job ? lifetimes.made(source) : time;
            Node there = kept ? originals.get(source) : copies.get(source);
            if (there != null && made >= when && made < job) {
                when = made;
                found = there;
            }
        }
        return found == null ? latest : found;
    }

    private List<Node> inputs(Node node, int job, Map<Node, Node> seen) {
        var inputs = new ArrayList<Node>(node.inputs().size());
        for (Node input : node.inputs()) {
            inputs.add(at(input, job, seen));
        }
        return inputs;
    }

    /// What stands for a node during a job.
    ///
    /// @param seen what stands for nodes that no job computes, as far as known
    private Node at(Node root, int job, Map<Node, Node> seen) {
        var open = new ArrayList<Node>(List.of(root));
        while (true) {
            Node node = open.getLast();
            Node known = known(node, job, seen);
            if (known == null) {
                boolean ready = true;
                for (Node input : node.inputs()) {
                    if (known(input, job, seen) == null) {
                        open.add(input);
                        ready = false;
                    }
                }
                if (!ready) {
                    continue;
                }
                var inputs = new ArrayList<Node>(node.inputs().size());
                for (Node input : node.inputs()) {
                    inputs.add(known(input, job, seen));
                }
                try (var _ = graph.origin(node.origin())) {
                    known = graph.node(node.form(), inputs);
                }
                seen.put(node, known);
            }
            open.removeLast();
            if (open.isEmpty()) {
                return known;
            }
        }
    }

    private @Nullable Node known(Node node, int job, Map<Node, Node> seen) {
        Integer time = times.get(node);
        if (time != null && time <= job) {
            Node copy = copies.get(node);
            if (copy != null) {
                return copy;
            }
        }
        Node original = flow.isInline(node) ? null : originals.get(node);
        return original != null ? original : seen.get(node);
    }
}
