package org.nnlang.compiler.incremental;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Axes;
import org.nnlang.compiler.ir.Body;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.IrException;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.ir.TensorType;
import org.nnlang.runtime.tensor.DType;

/// Computes rows and wholes of a model's values in a new graph.
final class Rows {
    /// A value at the newest position along `axis`, where its dimension is then 1; or, with [#WHOLE], at all positions so far.
    private record Part(Node node, int axis) {}

    private static final int WHOLE = -1;

    /// A loop, whichever of its results is asked for.
    private record Loop(Body body, List<Node> inputs) {}

    private final Procedure apply;
    private final Dim length;

    /// The number of positions before the newest.
    private final Dim position;

    private final String lengthName;
    private final String positionName;
    private final Function<String, Dim> sizes;
    private final Set<Node> growing;
    private final Set<Node> given;
    private final Graph graph = new Graph();
    private final Map<Part, Node> built = new HashMap<>();
    private final ArrayDeque<Part> waiting = new ArrayDeque<>();
    private final Map<String, Node> inputs = new LinkedHashMap<>();
    private final Map<Node, String> contexts = new LinkedHashMap<>();
    private final List<Incremental.Cache> caches = new ArrayList<>();
    private final List<Procedure.Output> cacheRows = new ArrayList<>();
    private final List<Incremental.State> states = new ArrayList<>();
    private final List<Procedure.Output> stateRows = new ArrayList<>();
    private final Map<String, Node> initials = new LinkedHashMap<>();
    private final Map<Loop, Map<Node, Node>> rounds = new HashMap<>();

    Rows(Procedure apply, Node grows, String length, String position) {
        this.apply = apply;
        this.length = Dim.symbol(length);
        this.position = Dim.symbol(position);
        this.lengthName = length;
        this.positionName = position;
        this.sizes = name -> name.equals(length) ? this.position.plus(1) : Dim.symbol(name);
        this.growing = dependents(Set.of(grows));
        var others = new HashSet<>(apply.inputs());
        others.remove(grows);
        this.given = dependents(others);
    }

    private Set<Node> dependents(Set<Node> sources) {
        var dependents = new HashSet<>(sources);
        for (Node node : apply.nodes()) {
            if (node.inputs().stream().anyMatch(dependents::contains)) {
                dependents.add(node);
            }
        }
        return dependents;
    }

    Incremental incremental() {
        var outputs = new ArrayList<Procedure.Output>();
        for (Procedure.Output output : apply.outputs()) {
            int axis = timeAxis(output.node());
            outputs.add(new Procedure.Output(output.name(), get(new Part(output.node(), axis))));
        }
        outputs.addAll(cacheRows);
        outputs.addAll(stateRows);
        if (caches.isEmpty()) {
            // A program's sizes are those of its inputs, so one must have the position as a size.
            inputs.put(positionName, graph.input(positionName, new TensorType(DType.I32, Shape.of(position))));
        }
        var step = new Procedure("step", new ArrayList<>(inputs.values()), outputs, List.of());
        return new Incremental(context(), step, lengthName, positionName, caches, states);
    }

    /// The one axis of a value that counts positions, or [#WHOLE] where none or several do.
    private int timeAxis(Node node) {
        int found = WHOLE;
        for (int axis = 0; axis < node.type().rank(); axis++) {
            Dim dim = node.shape().dim(axis);
            if (dim.equals(length)) {
                if (found != WHOLE) {
                    return WHOLE;
                }
                found = axis;
            } else if (dim.substitute(sizes) != dim && !dim.substitute(sizes).equals(dim)) {
                return WHOLE; // As in b·t: positions can't be told apart.
            }
        }
        return found;
    }

    /// Builds a part, and before it what it needs, without recursion: models may be deep.
    private Node get(Part root) {
        waiting.push(root);
        while (!waiting.isEmpty()) {
            Part part = waiting.peek();
            if (built.containsKey(part)) {
                waiting.pop();
                continue;
            }
            int before = waiting.size();
            try (var _ = graph.origin(part.node().origin())) {
                Node value = part.axis() == WHOLE ? whole(part.node()) : row(part);
                if (waiting.size() == before) {
                    if (value == null) {
                        throw new IrException("nothing is missing for " + part);
                    }
                    built.put(part, value);
                    waiting.pop();
                }
            }
        }
        Node value = built.get(root);
        if (value == null) {
            throw new IrException("not built: " + root);
        }
        return value;
    }

    /// A part that another one needs; null, and put before it, where it is still to be built.
    private @Nullable Node need(Node node, int axis) {
        var part = new Part(node, axis);
        Node known = built.get(part);
        if (known == null) {
            waiting.push(part);
        }
        return known;
    }

    /// The parts of several nodes; empty where one is still to be built.
    private Optional<List<Node>> need(List<Node> nodes, Function<Node, Integer> axis) {
        var parts = new ArrayList<Node>();
        boolean complete = true;
        for (Node node : nodes) {
            Node part = need(node, axis.apply(node));
            if (part == null) {
                complete = false;
            } else {
                parts.add(part);
            }
        }
        return complete ? Optional.of(parts) : Optional.empty();
    }

    private @Nullable Node whole(Node node) {
        if (!growing.contains(node)) {
            if (given.contains(node) && !(node.form() instanceof Form.Input) && !depends(node.type())) {
                return context(node);
            }
            return again(node);
        }
        if (node.form() instanceof Form.Scan scan && scan.result() instanceof Form.Last && isRound(node, scan)) {
            return round(node, scan);
        }
        int axis = timeAxis(node);
        if (axis == WHOLE || !(node.form() instanceof Form.Input) && !isRowwise(node, axis)) {
            return again(node);
        }
        Node row = need(node, axis);
        return row == null ? null : cached(node, axis, row);
    }

    private boolean depends(TensorType type) {
        return !type.shape().substitute(sizes).equals(type.shape());
    }

    /// The rows of earlier positions, which the caller keeps with the positions first, and the newest one.
    private Node cached(Node node, int axis, Node row) {
        int rank = node.type().rank();
        var order = Axes.concat(List.of(axis), Axes.others(rank, List.of(axis)));
        Node first = graph.transpose(row, order);
        Shape kept = first.shape().with(0, position);
        String input = "cache" + caches.size();
        String output = "row" + caches.size();
        caches.add(new Incremental.Cache(input, output));
        Node before = graph.input(input, new TensorType(node.type().dtype(), kept));
        inputs.put(input, before);
        cacheRows.add(new Procedure.Output(output, first));
        return graph.transpose(graph.concat(0, List.of(before, first)), Axes.inverse(order));
    }

    /// A value that the other inputs alone decide: computed once, by the context.
    private Node context(Node node) {
        String name = contexts.computeIfAbsent(node, _ -> "context" + contexts.size());
        return inputs.computeIfAbsent(name, _ -> graph.input(name, node.type()));
    }

    /// The same operation over all positions so far.
    private @Nullable Node again(Node node) {
        if (node.form() instanceof Form.Input(var name, var type)) {
            return inputs.computeIfAbsent(name, _ -> graph.input(name, Forms.resized(type, sizes)));
        }
        return need(node.inputs(), _ -> WHOLE)
                .map(parts -> graph.node(Forms.resized(node.form(), sizes), parts))
                .orElse(null);
    }

    private @Nullable Node row(Part part) {
        Node node = part.node();
        int axis = part.axis();
        if (isRowwise(node, axis)) {
            return rowwise(node, axis);
        }
        Node all = need(node, WHOLE);
        return all == null ? null : graph.slice(all, axis, position, position.plus(1), 1);
    }

    /// The shape of a value's row.
    private Shape rowShape(Node node, int axis) {
        return node.shape().with(axis, Dim.ONE).substitute(sizes);
    }

    /// Whether an operation's row along `axis` is made of rows of its inputs, or of inputs as a whole that are no larger.
    private boolean isRowwise(Node node, int axis) {
        if (!node.shape().dim(axis).equals(length)) {
            return false;
        }
        return switch (node.form()) {
            case Form.Input _ -> growing.contains(node);
            case Form.Constant constant -> constant.isUniform();
            case Form.Iota _, Form.Elementwise _, Form.Reduce _, Form.Contract _ -> true;
            case Form.Transpose _, Form.Broadcast _, Form.StopGradient _, Form.Point _ -> true;
            case Form.Reshape _ -> reshaped(node, axis) != WHOLE;
            case Form.Slice(var starts, var limits, var steps) -> {
                boolean isAll = starts.get(axis).isZero()
                        && limits.get(axis).equals(node.input(0).shape().dim(axis));
                yield steps.get(axis) == 1 && (isAll || !depends(node.input(0).type()));
            }
            case Form.Pad(var low, var high) -> low.get(axis).isZero() && high.get(axis).isZero();
            case Form.Concat(int along) -> along != axis;
            case Form.Gather _ -> axis < node.input(1).type().rank();
            case Form.Row _ -> axis < node.type().rank() - 1;
            case Form.Scan scan -> scan.result() instanceof Form.Stacked && axis == 0 && isRound(node, scan);
            case Form.Variable _, Form.Size _, Form.ScatterAdd _, Form.Call _, Form.Random _ -> false;
        };
    }

    private @Nullable Node rowwise(Node node, int axis) {
        Shape shape = rowShape(node, axis);
        return switch (node.form()) {
            case Form.Input(var name, var type) ->
                inputs.computeIfAbsent(name, _ -> graph.input(name, new TensorType(type.dtype(), shape)));
            case Form.Constant constant -> graph.fill(new TensorType(node.type().dtype(), shape), constant.value(0));
            case Form.Iota(_, int along) ->
                along == axis
                        ? graph.broadcast(graph.size(position, node.type().dtype()), shape, List.of())
                        : graph.iota(shape, along);
            case Form.Elementwise _, Form.StopGradient _, Form.Point _, Form.Row _ ->
                need(node.inputs(), _ -> axis)
                        .map(parts -> graph.node(node.form(), parts))
                        .orElse(null);
            case Form.Reduce(_, var axes) -> {
                Node row = need(
                        node.input(0),
                        Axes.others(node.input(0).type().rank(), axes).get(axis));
                yield row == null ? null : graph.node(node.form(), List.of(row));
            }
            case Form.Contract contract -> contract(node, contract, axis);
            case Form.Transpose(var permutation) -> {
                Node row = need(node.input(0), permutation.get(axis));
                yield row == null ? null : graph.node(node.form(), List.of(row));
            }
            case Form.Reshape _ -> {
                Node row = need(node.input(0), reshaped(node, axis));
                yield row == null ? null : graph.reshape(row, shape);
            }
            case Form.Broadcast(_, var axes) -> {
                int inner = axes.indexOf(axis);
                Node part = need(node.input(0), inner < 0 ? WHOLE : inner);
                yield part == null ? null : graph.node(new Form.Broadcast(shape, axes), List.of(part));
            }
            case Form.Slice slice -> slice(node, slice, axis);
            case Form.Pad _, Form.Concat _ -> {
                var parts = need(node.inputs(), _ -> axis);
                yield parts.map(rows -> graph.node(Forms.resized(node.form(), sizes), rows))
                        .orElse(null);
            }
            case Form.Gather _ -> {
                Node table = need(node.input(0), WHOLE);
                Node indices = need(node.input(1), axis);
                yield table == null || indices == null ? null : graph.gather(table, indices);
            }
            case Form.Scan scan -> {
                Node value = round(node, scan);
                yield value == null ? null : graph.reshape(value, shape);
            }
            case Form.Variable _, Form.Size _, Form.ScatterAdd _, Form.Call _, Form.Random _ ->
                throw new IrException("no rows of " + node);
        };
    }

    /// The result has the batch axes, then the free axes of each side: the side that brings `axis` gives its row, the other
    /// one all it has.
    private @Nullable Node contract(Node node, Form.Contract form, int axis) {
        int batch = form.lhsBatch().size();
        var lhsFree = form.lhsFree(node.input(0).type().rank());
        var rhsFree = form.rhsFree(node.input(1).type().rank());
        int left = WHOLE;
        int right = WHOLE;
        if (axis < batch) {
            left = form.lhsBatch().get(axis);
            right = form.rhsBatch().get(axis);
        } else if (axis < batch + lhsFree.size()) {
            left = lhsFree.get(axis - batch);
        } else {
            right = rhsFree.get(axis - batch - lhsFree.size());
        }
        Node lhs = need(node.input(0), left);
        Node rhs = need(node.input(1), right);
        return lhs == null || rhs == null ? null : graph.contract(lhs, rhs, form);
    }

    /// The part from the row's own place on, one long: of a table of positions, or of a row that is cut along other axes.
    private @Nullable Node slice(Node node, Form.Slice slice, int axis) {
        boolean fixed = !depends(node.input(0).type());
        Node part = need(node.input(0), fixed ? WHOLE : axis);
        if (part == null) {
            return null;
        }
        var starts = new ArrayList<Dim>();
        var limits = new ArrayList<Dim>();
        for (int i = 0; i < slice.starts().size(); i++) {
            starts.add(slice.starts().get(i).substitute(sizes));
            limits.add(slice.limits().get(i).substitute(sizes));
        }
        Dim start = fixed ? starts.get(axis).plus(position) : Dim.ZERO;
        starts.set(axis, start);
        limits.set(axis, start.plus(1));
        return graph.slice(part, starts, limits, slice.steps());
    }

    /// Which axis of a reshape's input is its `axis`: the one of that dimension with as many elements before it; or [#WHOLE].
    private int reshaped(Node node, int axis) {
        Dim before = Dim.product(node.shape().dims().subList(0, axis));
        Shape source = node.input(0).shape();
        Dim size = Dim.ONE;
        for (int i = 0; i < source.rank(); i++) {
            if (source.dim(i).equals(length) && size.equals(before)) {
                return i;
            }
            size = size.times(source.dim(i));
        }
        return WHOLE;
    }

    /// Whether the newest position is one more round of a loop over all of them, which goes on from what the last round left.
    private boolean isRound(Node node, Form.Scan scan) {
        return !scan.reversed()
                && scan.trips().equals(length)
                && node.inputs().subList(0, scan.body().carried().size()).stream().noneMatch(growing::contains)
                && Forms.isSame(scan.body(), sizes);
    }

    /// What a loop's result is in the round of the newest position: what it carries is kept by the caller.
    private @Nullable Node round(Node node, Form.Scan scan) {
        Body body = scan.body();
        int carried = body.carried().size();
        int slices = carried + body.slices().size();
        var sequences = need(node.inputs().subList(carried, slices), _ -> 0);
        var captured = need(node.inputs().subList(slices, node.inputs().size()), _ -> WHOLE);
        if (sequences.isEmpty() || captured.isEmpty()) {
            return null;
        }
        var values = rounds.computeIfAbsent(new Loop(body, node.inputs()), _ -> {
            var given = new HashMap<Node, Node>();
            for (int i = 0; i < carried; i++) {
                given.put(body.carried().get(i), state(node.input(i)));
            }
            for (int i = carried; i < slices; i++) {
                Node slice = body.slices().get(i - carried);
                given.put(slice, graph.reshape(sequences.get().get(i - carried), slice.shape()));
            }
            for (int i = slices; i < node.inputs().size(); i++) {
                given.put(body.captured().get(i - slices), captured.get().get(i - slices));
            }
            for (int i = 0; i < carried; i++) {
                Node next = inside(body.next().get(i), given);
                stateRows.add(new Procedure.Output("next" + stateRows.size(), next));
            }
            return given;
        });
        return switch (scan.result()) {
            case Form.Last(int index) -> inside(body.next().get(index), values);
            case Form.Stacked(var inner) -> inside(inner, values);
        };
    }

    /// A node of a loop's body, in terms of what its round is given.
    private Node inside(Node root, Map<Node, Node> values) {
        for (Node node : Graph.ancestors(List.of(root))) {
            if (!values.containsKey(node)) {
                var parts = node.inputs().stream().map(values::get).toList();
                try (var _ = graph.origin(node.origin())) {
                    values.put(node, graph.node(node.form(), parts));
                }
            }
        }
        Node value = values.get(root);
        if (value == null) {
            throw new IrException("not inside of the loop: " + root);
        }
        return value;
    }

    /// What a loop carries: an input that the context gives at first, and each step to the next.
    private Node state(Node initial) {
        String name = "state" + states.size();
        states.add(new Incremental.State(name, "next" + states.size()));
        initials.put(name, initial);
        Node input = graph.input(name, initial.type());
        inputs.put(name, input);
        return input;
    }

    private Procedure context() {
        var wanted = new LinkedHashMap<String, Node>(initials);
        contexts.forEach((node, name) -> wanted.put(name, node));
        var copies = new HashMap<Node, Node>();
        var own = new Graph();
        for (Node node : Graph.ancestors(wanted.values())) {
            var parts = node.inputs().stream().map(copies::get).toList();
            try (var _ = own.origin(node.origin())) {
                copies.put(node, own.node(node.form(), parts));
            }
        }
        var given = new ArrayList<Node>();
        var free = new TreeSet<String>();
        copies.values().forEach(copy -> copy.shape().dims().forEach(dim -> free.addAll(dim.symbols())));
        for (Node input : apply.inputs()) {
            Node copy = copies.get(input);
            if (copy != null) {
                given.add(copy);
                copy.shape().dims().forEach(dim -> dim.symbolName().ifPresent(free::remove));
            }
        }
        // A program's sizes are those of its inputs: a size that none has, such as the batch of zeros, gets one.
        free.forEach(
                size -> given.add(own.input("size_" + size, new TensorType(DType.I32, Shape.of(Dim.symbol(size))))));
        var outputs = new ArrayList<Procedure.Output>();
        wanted.forEach((name, node) -> {
            Node copy = copies.get(node);
            if (copy != null) {
                outputs.add(new Procedure.Output(name, copy));
            }
        });
        return new Procedure("context", given, outputs, List.of());
    }
}
