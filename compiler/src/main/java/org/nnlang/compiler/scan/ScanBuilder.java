package org.nnlang.compiler.scan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Body;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.IrException;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.TensorType;

/// Makes a loop of one round that is written out in the surrounding graph, over *placeholders* for what differs from
/// round to round. [#close] then decides where each value is computed:
///
/// - what depends on no placeholder, once, outside; the body captures it;
/// - a product that depends on slices alone, for all rounds at once, before the loop;
/// - a random draw, for all rounds at once, so that each round gets draws of its own;
/// - the rest in the body.
public final class ScanBuilder {
    private final Graph graph;
    private final Dim trips;
    private final boolean reversed;
    private final int start;

    private final List<Node> carried = new ArrayList<>();
    private final List<Node> initial = new ArrayList<>();
    private final Map<Node, Node> next = new HashMap<>();

    /// Values of a round of which all rounds' are known.
    private final Map<Node, Node> sequences = new LinkedHashMap<>();

    /// Placeholders that are the same in each round.
    private final Map<Node, Node> fixed = new HashMap<>();

    private final Set<Node> stacked = new LinkedHashSet<>();

    /// When a value is known. Later ones include the earlier ones.
    private enum Time {
        /// Before the loop.
        OUTSIDE,
        /// It depends on slices.
        SLICED,
        /// It depends on what other rounds left.
        CARRIED
    }

    private final Map<Node, Time> times = new HashMap<>();
    private final Map<Node, Node> outside = new HashMap<>();
    private final Map<Node, Node> lifted = new HashMap<>();
    private @Nullable Closed closed;

    /// @param inputs of all its scans
    private record Closed(Body body, Map<Node, Node> copies, List<Node> inputs) {}

    /// Begins a round; random draws that the graph makes from now on belong to it, so that each round has its own.
    ///
    /// @param trips    the number of rounds
    /// @param reversed from the last to the first
    public ScanBuilder(Graph graph, Dim trips, boolean reversed) {
        this.graph = graph;
        this.trips = trips;
        this.reversed = reversed;
        this.start = graph.size();
    }

    private Node placeholder(TensorType type) {
        // A size that only grows makes the name unique.
        return graph.input("round#" + graph.size(), type);
    }

    /// Something that a round leaves for the following one.
    ///
    /// @param first what the first round finds
    public Node carry(Node first) {
        var node = placeholder(first.type());
        carried.add(node);
        initial.add(first);
        return node;
    }

    /// What the round leaves for the following one.
    ///
    /// @param placeholder from [#carry]
    public void next(Node placeholder, Node value) {
        if (value == placeholder) {
            fixed.put(placeholder, initial.get(carried.indexOf(placeholder)));
        }
        next.put(placeholder, value);
    }

    /// The round's part of a sequence, whose first axis is the time.
    public Node slice(Node sequence) {
        var same = repeated(sequence);
        if (same != null) {
            return fix(same);
        }
        var node = placeholder(sliceType(sequence));
        sequences.put(node, sequence);
        return node;
    }

    private static TensorType sliceType(Node sequence) {
        return sequence.type().withShape(sequence.shape().part(1, sequence.type().rank()));
    }

    /// What all parts of a sequence are, where they are one; else null.
    private @Nullable Node repeated(Node sequence) {
        var type = sliceType(sequence);
        if (sequence.form() instanceof Form.Broadcast(_, var axes) && !axes.contains(0)) {
            return graph.broadcast(
                    sequence.input(0), type.shape(), axes.stream().map(axis -> axis - 1).toList());
        }
        return sequence.form() instanceof Form.Constant constant && constant.isUniform()
                ? graph.fill(type, constant.value(0))
                : null;
    }

    /// A stand-in for a value from outside.
    public Node fix(Node value) {
        var node = placeholder(value.type());
        fixed.put(node, value);
        return node;
    }

    /// A stand-in whose meaning is said later, by [#keep].
    public Node unknown(TensorType type) {
        return placeholder(type);
    }

    /// Lets a value of the round be read from a sequence that holds it for all rounds, rather than be computed.
    public void keep(Node value, Node sequence) {
        sequences.put(value, sequence);
    }

    /// Asks for the values of all rounds, which [#stacked] will give.
    public void stack(Node value) {
        stacked.add(value);
    }

    /// Whether all rounds' values are asked for, or known.
    public boolean isStacked(Node value) {
        return stacked.contains(value) || sequences.containsKey(value);
    }

    /// Whether a value that [#date] has looked at differs from round to round.
    public boolean isTimed(Node value) {
        return Objects.requireNonNull(times.get(value)) != Time.OUTSIDE;
    }

    /// Whether a value that [#date] has looked at depends on what other rounds leave.
    public boolean isCarried(Node value) {
        return times.get(value) == Time.CARRIED;
    }

    /// Finds out when each of `roots` is known, and all that they depend on, which it gives in order.
    public List<Node> date(Iterable<Node> roots) {
        var found = new ArrayList<Node>();
        var seen = new HashSet<Node>();
        roots.forEach(root -> {
            if (seen.add(root)) {
                found.add(root);
            }
        });
        for (int i = 0; i < found.size(); i++) {
            var node = found.get(i);
            if (!isLeaf(node)) {
                for (var input : node.inputs()) {
                    if (seen.add(input)) {
                        found.add(input);
                    }
                }
            }
        }
        found.sort((a, b) -> Integer.compare(a.id(), b.id()));
        for (var node : found) {
            var time = Time.OUTSIDE;
            if (isLeaf(node)) {
                time = fixed.containsKey(node)
                        ? Time.OUTSIDE
                        : next.containsKey(node) || carried.contains(node) ? Time.CARRIED
                        : Time.SLICED;
            } else {
                for (var input : node.inputs()) {
                    var other = Objects.requireNonNull(times.get(input));
                    time = other.compareTo(time) > 0 ? other : time;
                }
            }
            times.put(node, time);
        }
        return found;
    }

    /// Whether the walk through a round ends here.
    private boolean isLeaf(Node node) {
        if (node.form() instanceof Form.Random(var distribution, var shape, long stream)
                && node.id() >= start
                && !sequences.containsKey(node)) {
            sequences.put(node, graph.random(distribution, Lift.over(trips, shape), stream));
        }
        return sequences.containsKey(node) || fixed.containsKey(node) || carried.contains(node);
    }

    /// Ends the description of the round.
    public void close() {
        for (var placeholder : carried) {
            if (!next.containsKey(placeholder)) {
                throw new IrException("nothing says what " + placeholder + " becomes");
            }
        }
        var roots = new LinkedHashSet<>(next.values());
        roots.addAll(stacked);
        lift(date(roots), roots);
        var body = new Graph();
        var copies = new HashMap<Node, Node>();
        var bodyCarried = new ArrayList<Node>();
        var bodySlices = new ArrayList<Node>();
        var bodyCaptured = new ArrayList<Node>();
        var bodyNext = new ArrayList<Node>();
        var inputs = new ArrayList<Node>();
        for (int i = 0; i < carried.size(); i++) {
            var placeholder = carried.get(i);
            if (!fixed.containsKey(placeholder)) {
                var input = body.input("carried" + bodyCarried.size(), placeholder.type());
                copies.put(placeholder, input);
                bodyCarried.add(input);
                inputs.add(initial.get(i));
            }
        }
        var captured = new ArrayList<Node>();
        var slices = new LinkedHashMap<Node, Node>();
        for (var node : needed(roots)) {
            if (copies.containsKey(node)) {
                continue;
            }
            try (var _ = body.origin(node.origin())) {
                var sequence = isOutside(node) ? null : sequence(node);
                Node copy;
                if (sequence != null) {
                    copy = slices.computeIfAbsent(
                            sequence, _ -> body.input("slice" + slices.size(), node.type()));
                } else if (isCaptured(node)) {
                    copy = body.input("captured" + captured.size(), node.type());
                    captured.add(outside(node));
                    bodyCaptured.add(copy);
                } else {
                    copy = body.node(node.form(), node.inputs().stream()
                            .map(input -> Objects.requireNonNull(copies.get(input)))
                            .toList());
                }
                copies.put(node, copy);
            }
        }
        slices.forEach((sequence, input) -> {
            inputs.add(sequence);
            bodySlices.add(input);
        });
        inputs.addAll(captured);
        for (var placeholder : carried) {
            if (!fixed.containsKey(placeholder)) {
                bodyNext.add(Objects.requireNonNull(copies.get(Objects.requireNonNull(next.get(placeholder)))));
            }
        }
        closed = new Closed(new Body(body, bodyCarried, bodySlices, bodyCaptured, bodyNext), copies, inputs);
    }

    private boolean isOutside(Node node) {
        return times.get(node) == Time.OUTSIDE;
    }

    private @Nullable Node sequence(Node node) {
        var known = sequences.get(node);
        return known != null ? known : lifted.get(node);
    }

    /// What the body has to have, inputs before their users; it ends at what is computed elsewhere.
    private List<Node> needed(Set<Node> roots) {
        var found = new ArrayList<Node>();
        var seen = new HashSet<Node>();
        for (var root : roots) {
            // What is stacked, but not carried on, may be known without the loop.
            boolean inBody = next.containsValue(root) && !fixed.containsKey(root)
                    || !isOutside(root) && sequence(root) == null;
            if (inBody && seen.add(root)) {
                found.add(root);
            }
        }
        for (int i = 0; i < found.size(); i++) {
            var node = found.get(i);
            boolean ends = carried.contains(node) && !fixed.containsKey(node)
                    || !isOutside(node) && sequence(node) != null
                    || isCaptured(node);
            if (!ends) {
                for (var input : node.inputs()) {
                    if (seen.add(input)) {
                        found.add(input);
                    }
                }
            }
        }
        found.sort((a, b) -> Integer.compare(a.id(), b.id()));
        return found;
    }

    /// Whether the body takes a value from outside rather than make it: constants and views cost nothing.
    private boolean isCaptured(Node node) {
        if (!isOutside(node)) {
            return false;
        }
        return switch (node.form()) {
            case Form.Constant constant -> !constant.isUniform();
            case Form.Size _, Form.Iota _, Form.Broadcast _, Form.StopGradient _ -> false;
            case Form.Transpose _, Form.Slice _ ->
                isCaptured(node.input(0)) && node.input(0).form() instanceof Form.Reshape;
            case Form.Input _, Form.Variable _, Form.Elementwise _, Form.Reduce _, Form.Contract _, Form.Reshape _, Form.Pad _, Form.Concat _, Form.Gather _, Form.ScatterAdd _, Form.Call _, Form.Row _, Form.Random _, Form.Point _, Form.Scan _ ->
                true;
        };
    }

    /// The value outside of one that does not depend on the round.
    private Node outside(Node root) {
        var known = outside.get(root);
        if (known != null) {
            return known;
        }
        var found = new ArrayList<Node>(List.of(root));
        var seen = new HashSet<Node>(found);
        for (int i = 0; i < found.size(); i++) {
            var node = found.get(i);
            // Nothing in the loop is older than the loop.
            if (node.id() >= start && !fixed.containsKey(node) && !outside.containsKey(node)) {
                for (var input : node.inputs()) {
                    if (seen.add(input)) {
                        found.add(input);
                    }
                }
            }
        }
        found.sort((a, b) -> Integer.compare(a.id(), b.id()));
        for (var node : found) {
            if (outside.containsKey(node)) {
                continue;
            }
            var value = fixed.get(node);
            if (value == null && node.id() >= start) {
                try (var _ = graph.origin(node.origin())) {
                    value = graph.node(
                            node.form(),
                            node.inputs().stream().map(outside::get).map(Objects::requireNonNull).toList());
                }
            }
            outside.put(node, value == null ? node : value);
        }
        return Objects.requireNonNull(outside.get(root));
    }

    /// Does products of slices for all rounds at once, with what leads to them; and what is only to be stacked.
    private void lift(List<Node> order, Set<Node> roots) {
        var possible = new HashSet<Node>();
        for (var node : order) {
            if (times.get(node) == Time.SLICED && isLiftable(node, possible)) {
                possible.add(node);
            }
        }
        var wanted = new HashSet<Node>();
        for (var node : order.reversed()) {
            boolean stackedOnly = roots.contains(node) && !next.containsValue(node);
            if (possible.contains(node)
                    && (wanted.contains(node) || node.form() instanceof Form.Contract || stackedOnly)) {
                wanted.add(node);
                if (!sequences.containsKey(node)) {
                    wanted.addAll(node.inputs());
                }
            }
        }
        for (var node : order) {
            if (wanted.contains(node) && possible.contains(node)) {
                lifted.put(node, lifted(node));
            }
        }
    }

    private boolean isLiftable(Node node, Set<Node> possible) {
        if (sequences.containsKey(node)) {
            return true;
        }
        return Lift.isPossible(node, node.inputs().stream().map(this::isTimed).toList())
                && node.inputs().stream().allMatch(input -> !isTimed(input) || possible.contains(input));
    }

    private Node lifted(Node node) {
        var known = sequences.get(node);
        if (known != null) {
            return known;
        }
        var timed = node.inputs().stream().map(this::isTimed).toList();
        var inputs = node.inputs().stream()
                .map(input -> isTimed(input) ? Objects.requireNonNull(lifted.get(input)) : outside(input))
                .toList();
        try (var _ = graph.origin(node.origin())) {
            return Lift.lift(graph, trips, node, inputs, timed);
        }
    }

    private Closed closed() {
        return Objects.requireNonNull(closed, "the round is not closed");
    }

    /// What is carried, before the first round.
    ///
    /// @param placeholder from [#carry]
    public Node first(Node placeholder) {
        return initial.get(carried.indexOf(placeholder));
    }

    /// What is carried, after the last round.
    ///
    /// @param placeholder from [#carry]
    public Node last(Node placeholder) {
        var same = fixed.get(placeholder);
        if (same != null) {
            return same;
        }
        var input = Objects.requireNonNull(closed().copies().get(placeholder));
        return scan(new Form.Last(closed().body().carried().indexOf(input)));
    }

    /// The values of all rounds.
    ///
    /// @param value given to [#stack] before
    public Node stacked(Node value) {
        if (isOutside(value)) {
            return Lift.repeated(graph, trips, outside(value));
        }
        var sequence = sequence(value);
        return sequence != null
                ? sequence
                : scan(new Form.Stacked(Objects.requireNonNull(closed().copies().get(value))));
    }

    /// The value, outside, of one that is not timed.
    public Node once(Node value) {
        return outside(value);
    }

    private Node scan(Form.ScanResult result) {
        return graph.scan(new Form.Scan(closed().body(), trips, reversed, result), closed().inputs());
    }
}
