package org.nnlang.compiler.autodiff;

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
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.scan.ScanBuilder;
import org.nnlang.runtime.tensor.DType;

/// The gradient of a loop: a loop in the other direction, whose round is the gradient of the round. It carries the
/// gradients of what the forward loop carries. What it needs of a forward round it reads from sequences that the forward
/// loop keeps: what was carried, and what was costly to compute; the rest is computed again.
final class ScanGradients {
    private final Graph graph;
    private final Form.Scan scan;
    private final List<Node> inputs;
    private final ScanBuilder back;

    /// Stand-ins in the round for the body's inputs, in their order.
    private final List<Node> standIns = new ArrayList<>();

    /// The body's nodes, written out in `graph`, and back.
    private final Map<Node, Node> written = new HashMap<>();
    private final Map<Node, Node> inBody = new HashMap<>();

    private ScanGradients(Graph graph, Form.Scan scan, List<Node> inputs) {
        this.graph = graph;
        this.scan = scan;
        this.inputs = inputs;
        this.back = new ScanBuilder(graph, scan.trips(), !scan.reversed());
    }

    /// Passes on the gradients of all results of one loop.
    ///
    /// @param gradients  of the results that have one
    /// @param isWanted   whether the gradient of an input is asked for
    /// @param contribute receives an input and its gradient
    static void pass(
            Graph graph,
            Form.Scan scan,
            List<Node> inputs,
            Map<Form.ScanResult, Node> gradients,
            java.util.function.Predicate<Node> isWanted,
            BiConsumer<Node, Node> contribute) {
        new ScanGradients(graph, scan, inputs).pass(gradients, isWanted, contribute);
    }

    private int carriedCount() {
        return scan.body().carried().size();
    }

    private int capturedFrom() {
        return carriedCount() + scan.body().slices().size();
    }

    private void pass(
            Map<Form.ScanResult, Node> gradients,
            java.util.function.Predicate<Node> isWanted,
            BiConsumer<Node, Node> contribute) {
        var results = new LinkedHashSet<Node>();
        gradients.keySet().forEach(result -> {
            if (result instanceof Form.Stacked(var node)) {
                results.add(node);
            }
        });
        writeOut(results);
        var wanted = new BitSet();
        for (int i = 0; i < inputs.size(); i++) {
            if (inputs.get(i).type().dtype() == DType.F32 && isWanted.test(inputs.get(i))) {
                wanted.set(i);
            }
        }
        var active = active(results, gradients, wanted);

        // What arrives at the end of a round.
        var seeds = new LinkedHashMap<Node, Node>();
        var adjoints = new LinkedHashMap<Integer, Node>();
        for (int i = active.nextSetBit(0); i >= 0; i = active.nextSetBit(i + 1)) {
            var last = gradients.get(new Form.Last(i));
            var type = scan.body().carried().get(i).type();
            var adjoint = back.carry(last == null ? graph.fill(type, 0) : last);
            adjoints.put(i, adjoint);
            seed(seeds, scan.body().next().get(i), adjoint);
        }
        gradients.forEach((result, gradient) -> {
            if (result instanceof Form.Stacked(var node)) {
                seed(seeds, node, back.slice(gradient));
            }
        });

        var wrt = new ArrayList<Node>();
        active.stream().forEach(i -> wrt.add(standIns.get(i)));
        wanted.stream().filter(i -> i >= carriedCount()).forEach(i -> wrt.add(standIns.get(i)));
        var found = Gradients.pullBack(graph, seeds, wrt);

        adjoints.forEach((i, adjoint) -> {
            var gradient = found.get(standIns.get(i));
            back.next(adjoint, gradient == null ? graph.fill(adjoint.type(), 0) : gradient);
        });
        var sums = new LinkedHashMap<Integer, SumOverTime>();
        var roots = new ArrayList<Node>();
        for (int i = wanted.nextSetBit(carriedCount()); i >= 0; i = wanted.nextSetBit(i + 1)) {
            var gradient = found.get(standIns.get(i));
            if (gradient != null) {
                roots.add(gradient);
                if (i < capturedFrom()) {
                    back.stack(gradient);
                } else {
                    sums.put(i, new SumOverTime(graph, scan.trips(), back, gradient));
                }
            }
        }
        adjoints.keySet().forEach(i -> {
            var gradient = found.get(standIns.get(i));
            if (gradient != null) {
                roots.add(gradient);
            }
        });
        keep(roots, new HashSet<>(seeds.values()));
        back.date(roots);
        sums.values().forEach(SumOverTime::stackOperands);
        sums.values().forEach(SumOverTime::carryRest);
        back.close();

        adjoints.forEach((i, adjoint) -> {
            if (wanted.get(i)) {
                contribute.accept(inputs.get(i), back.last(adjoint));
            }
        });
        for (int i = carriedCount(); i < capturedFrom(); i++) {
            var gradient = found.get(standIns.get(i));
            if (wanted.get(i) && gradient != null) {
                contribute.accept(inputs.get(i), back.stacked(gradient));
            }
        }
        sums.forEach((i, sum) -> contribute.accept(inputs.get(i), sum.total()));
    }

    /// Several values may be one: their gradients add up.
    private void seed(Map<Node, Node> seeds, Node bodyNode, Node gradient) {
        var value = Objects.requireNonNull(written.get(bodyNode));
        seeds.merge(value, gradient, (a, b) -> graph.apply(Ops.ADD, a, b));
    }

    /// Writes the body out in the surrounding graph, over stand-ins for its inputs.
    private void writeOut(Set<Node> results) {
        var body = scan.body();
        var bodyInputs = body.inputs();
        for (int i = 0; i < inputs.size(); i++) {
            var input = bodyInputs.get(i);
            Node standIn;
            if (i < carriedCount()) {
                standIn = back.unknown(input.type());
            } else {
                standIn = i < capturedFrom() ? back.slice(inputs.get(i)) : back.fix(inputs.get(i));
            }
            standIns.add(standIn);
            written.put(input, standIn);
            inBody.put(standIn, input);
        }
        for (var node : body.nodes(results)) {
            if (!written.containsKey(node)) {
                try (var _ = graph.origin(node.origin())) {
                    var copy = graph.node(
                            node.form(),
                            node.inputs().stream().map(written::get).map(Objects::requireNonNull).toList());
                    written.put(node, copy);
                    inBody.putIfAbsent(copy, node);
                }
            }
        }
    }

    /// What is carried and has a gradient that leads to something wanted.
    private BitSet active(Set<Node> results, Map<Form.ScanResult, Node> gradients, BitSet wanted) {
        var body = scan.body();
        var dependence = dependence(results);
        var reached = new BitSet();
        gradients.keySet().forEach(result -> {
            switch (result) {
                case Form.Last(int i) -> reached.set(i);
                case Form.Stacked(var node) -> reached.or(dependsOn(dependence, node));
            }
        });
        reached.clear(carriedCount(), inputs.size());
        grow(reached, i -> dependsOn(dependence, body.next().get(i)));
        var leading = new BitSet();
        var others = (BitSet) wanted.clone();
        others.clear(0, carriedCount());
        for (int i = 0; i < carriedCount(); i++) {
            if (wanted.get(i) || dependsOn(dependence, body.next().get(i)).intersects(others)) {
                leading.set(i);
            }
        }
        int before;
        do {
            before = leading.cardinality();
            for (int i = 0; i < carriedCount(); i++) {
                if (dependsOn(dependence, body.next().get(i)).intersects(leading)) {
                    leading.set(i);
                }
            }
        } while (leading.cardinality() > before);
        reached.and(leading);
        for (int i = 0; i < carriedCount(); i++) {
            if (body.carried().get(i).type().dtype() != DType.F32) {
                reached.clear(i);
            }
        }
        return reached;
    }

    private void grow(BitSet set, java.util.function.IntFunction<BitSet> more) {
        int before;
        do {
            before = set.cardinality();
            for (int i = set.nextSetBit(0); i >= 0; i = set.nextSetBit(i + 1)) {
                var others = (BitSet) more.apply(i).clone();
                others.clear(carriedCount(), inputs.size());
                set.or(others);
            }
        } while (set.cardinality() > before);
    }

    private static BitSet dependsOn(Map<Node, BitSet> dependence, Node node) {
        return dependence.getOrDefault(node, new BitSet());
    }

    /// The inputs, by number, on which each node of the body depends differentiably.
    private Map<Node, BitSet> dependence(Set<Node> results) {
        var body = scan.body();
        var dependence = new HashMap<Node, BitSet>();
        var all = body.inputs();
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).type().dtype() == DType.F32) {
                var only = new BitSet();
                only.set(i);
                dependence.put(all.get(i), only);
            }
        }
        for (var node : body.nodes(results)) {
            List<Node> operands = node.inputs();
            for (int i = 0; i < operands.size(); i++) {
                var operand = dependence.get(operands.get(i));
                if (operand != null && FormGradients.reaches(node, i)) {
                    dependence.computeIfAbsent(node, _ -> new BitSet()).or(operand);
                }
            }
        }
        return dependence;
    }

    /// Decides what of the forward rounds is kept: walks from the gradients towards the inputs and stops where something
    /// was carried or costly. What is kept is then moved towards the gradients as long as that changes nothing but saves
    /// work: if all that is wanted of a product is its sum with a bias, the sum is kept.
    ///
    /// @param arriving what is known of the backward rounds alone
    private void keep(List<Node> roots, Set<Node> arriving) {
        var forward = forwardOnly(roots);
        var open = new ArrayList<Node>(new LinkedHashSet<>(roots));
        var seen = new HashSet<Node>(open);
        var users = new HashMap<Node, Set<Node>>();
        var kept = new ArrayList<Node>();
        while (!open.isEmpty()) {
            var node = open.removeLast();
            if (arriving.contains(node)) {
                continue;
            }
            if (forward.contains(node) && isWorthKeeping(node) && original(node) != null) {
                kept.add(node);
                continue;
            }
            for (var input : node.inputs()) {
                users.computeIfAbsent(input, _ -> new LinkedHashSet<>()).add(node);
                if (seen.add(input)) {
                    open.add(input);
                }
            }
        }
        for (var node : kept) {
            var best = node;
            for (var user = onlyUser(best, users); user != null && forward.contains(user); user =
                    onlyUser(best, users)) {
                boolean same = user.form() instanceof Form.Elementwise && user.type().equals(best.type());
                if (roots.contains(best) || standIns.contains(best) || !same || !inBody.containsKey(user)) {
                    break;
                }
                best = user;
            }
            var value = Objects.requireNonNull(original(best));
            back.keep(best, graph.scan(scan.with(new Form.Stacked(value)), inputs));
        }
    }

    private static @Nullable Node onlyUser(Node node, Map<Node, Set<Node>> users) {
        var all = users.getOrDefault(node, Set.of());
        return all.size() == 1 ? all.iterator().next() : null;
    }

    /// What depends on the forward round, and on nothing of the backward one.
    private Set<Node> forwardOnly(List<Node> roots) {
        var nodes = roundNodes(roots);
        var forward = new HashSet<Node>();
        var backward = new HashSet<Node>();
        for (var node : nodes) {
            int index = standIns.indexOf(node);
            if (index >= 0) {
                if (index < capturedFrom()) {
                    forward.add(node);
                }
            } else if (node.form() instanceof Form.Input) {
                backward.add(node);
            } else if (node.inputs().stream().anyMatch(backward::contains)) {
                backward.add(node);
            } else if (node.inputs().stream().anyMatch(forward::contains)) {
                forward.add(node);
            }
        }
        return forward;
    }

    /// All that the roots depend on and that is as new as the round.
    private List<Node> roundNodes(List<Node> roots) {
        int start = standIns.isEmpty() ? 0 : standIns.getFirst().id();
        var found = new ArrayList<Node>(new LinkedHashSet<>(roots));
        var seen = new HashSet<Node>(found);
        for (int i = 0; i < found.size(); i++) {
            for (var input : found.get(i).inputs()) {
                if (input.id() >= start && seen.add(input)) {
                    found.add(input);
                }
            }
        }
        found.sort((a, b) -> Integer.compare(a.id(), b.id()));
        return found;
    }

    private boolean isWorthKeeping(Node node) {
        int index = standIns.indexOf(node);
        if (index >= 0) {
            return index < carriedCount();
        }
        return switch (node.form()) {
            // What the forward rounds do not compute is as well computed from what they keep, for all rounds at once.
            case Form.Contract _, Form.Reduce _, Form.ScatterAdd _, Form.Row _, Form.Gather _ -> inBody.containsKey(node);
            case Form.Call _, Form.Scan _ -> true;
            case Form.Elementwise _, Form.Reshape _, Form.Transpose _, Form.Slice _, Form.Pad _, Form.Concat _, Form.Broadcast _, Form.StopGradient _, Form.Point _ ->
                false;
            case Form.Input _, Form.Variable _, Form.Constant _, Form.Size _, Form.Iota _, Form.Random _ -> false;
        };
    }

    /// The node of the body that a written out one stands for; the body gets one if it can. Null where it cannot.
    private @Nullable Node original(Node node) {
        var waiting = new ArrayList<Node>(List.of(node));
        while (!waiting.isEmpty()) {
            var current = waiting.getLast();
            if (inBody.containsKey(current)) {
                waiting.removeLast();
                continue;
            }
            if (current.inputs().isEmpty() && !isConstant(current)) {
                return null;
            }
            int before = waiting.size();
            current.inputs().stream().filter(input -> !inBody.containsKey(input)).forEach(waiting::add);
            if (waiting.size() == before) {
                waiting.removeLast();
                var copy = scan.body().graph().node(
                        current.form(),
                        current.inputs().stream().map(inBody::get).map(Objects::requireNonNull).toList());
                inBody.put(current, copy);
            }
        }
        return inBody.get(node);
    }

    private static boolean isConstant(Node node) {
        return node.form() instanceof Form.Constant
                || node.form() instanceof Form.Size
                || node.form() instanceof Form.Iota;
    }
}
