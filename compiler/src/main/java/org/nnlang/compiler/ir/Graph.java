package org.nnlang.compiler.ir;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.source.Span;
import org.nnlang.runtime.tensor.DType;

/// Builds nodes, and each value only once: asking again for a form over the same inputs gives the same node.
///
/// Every method checks that its arguments make sense and throws [IrException] when they do not, which is a mistake of
/// the compiler: what users can get wrong is checked before.
public final class Graph {
    private final List<Node> nodes = new ArrayList<>();

    /// An open hash table of `nodes`, a power of two in size, at most half full.
    private @Nullable Node[] table = new Node[256];

    private @Nullable Span origin;

    /// How many nodes there are; the next one gets this id.
    public int size() {
        return nodes.size();
    }

    /// All nodes, inputs before their users.
    public List<Node> nodes() {
        return Collections.unmodifiableList(nodes);
    }

    /// The node with that id.
    public Node node(int id) {
        return nodes.get(id);
    }

    /// Whether `node` was built by this graph.
    public boolean owns(Node node) {
        return node.id() < nodes.size() && nodes.get(node.id()) == node;
    }

    /// Gives `span` as origin to all nodes that are new until the result is closed.
    public OriginScope origin(@Nullable Span span) {
        var previous = origin;
        origin = span;
        return () -> origin = previous;
    }

    /// The end of an origin's reach.
    @FunctionalInterface
    public interface OriginScope extends AutoCloseable {
        @Override
        void close();
    }

    /// The value of any form.
    public Node node(Form form, List<Node> inputs) {
        int hash = form.hashCode();
        for (var input : inputs) {
            hash = 31 * hash + input.id();
        }
        hash ^= hash >>> 15;
        int slot = hash & table.length - 1;
        for (var known = table[slot]; known != null; known = table[slot]) {
            if (known.hash == hash && sameInputs(known.inputs(), inputs) && known.form().equals(form)) {
                return known;
            }
            slot = slot + 1 & table.length - 1;
        }
        for (var input : inputs) {
            if (!owns(input)) {
                throw new IrException("input %" + input.id() + " of " + form + " is of another graph");
            }
        }
        var node = new Node(nodes.size(), form, List.copyOf(inputs), TypeRules.infer(form, inputs), origin, hash);
        table[slot] = node;
        nodes.add(node);
        if (2 * nodes.size() > table.length) {
            grow();
        }
        return node;
    }

    /// A value that is computed again: a node like `node`, and yet another one, over inputs of this graph. Only a plan has
    /// such nodes, which knows when each is computed.
    public Node again(Node node, List<Node> inputs) {
        var copy = new Node(nodes.size(), node.form(), List.copyOf(inputs), node.type(), node.origin(), node.hash);
        nodes.add(copy);
        return copy;
    }

    private static boolean sameInputs(List<Node> known, List<Node> inputs) {
        int count = known.size();
        if (count != inputs.size()) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            if (known.get(i) != inputs.get(i)) {
                return false;
            }
        }
        return true;
    }

    private void grow() {
        var larger = new Node[2 * table.length];
        for (var node : table) {
            if (node == null) {
                continue;
            }
            int slot = node.hash & larger.length - 1;
            while (larger[slot] != null) {
                slot = slot + 1 & larger.length - 1;
            }
            larger[slot] = node;
        }
        table = larger;
    }

    public Node input(String name, TensorType type) {
        return node(new Form.Input(name, type), List.of());
    }

    public Node variable(String name, Form.VariableKind kind, TensorType type) {
        return node(new Form.Variable(name, kind, type), List.of());
    }

    /// An f32 scalar.
    public Node constant(double value) {
        return fill(TensorType.scalar(DType.F32), value);
    }

    /// A tensor that holds `value` everywhere.
    public Node fill(TensorType type, double value) {
        return constant(type, new double[] {value});
    }

    /// A tensor with the given elements in row-major order.
    public Node constant(TensorType type, double[] values) {
        return node(new Form.Constant(type, values), List.of());
    }

    /// The scalar `dim`.
    public Node size(Dim dim, DType dtype) {
        return node(new Form.Size(dim, dtype), List.of());
    }

    public Node iota(Shape shape, int axis) {
        return node(new Form.Iota(shape, axis), List.of());
    }

    public Node random(Form.Distribution distribution, Shape shape, long stream) {
        return node(new Form.Random(distribution, shape, stream), List.of());
    }

    /// `op` over inputs of one shape.
    public Node apply(ElementwiseOp op, Node... inputs) {
        return node(new Form.Elementwise(op), List.of(inputs));
    }

    /// `x` with `axes`, in any order, combined; `x` itself when there are none.
    public Node reduce(Form.ReduceKind kind, Node x, List<Integer> axes) {
        return axes.isEmpty()
                ? x
                : node(new Form.Reduce(kind, axes.stream().sorted().toList()), List.of(x));
    }

    public Node sum(Node x, List<Integer> axes) {
        return reduce(Form.ReduceKind.SUM, x, axes);
    }

    public Node contract(Node lhs, Node rhs, Form.Contract axes) {
        return node(axes, List.of(lhs, rhs));
    }

    /// The matrix product of the last two axes, for each index of the axes before, which are equal in both.
    public Node matmul(Node lhs, Node rhs) {
        int rank = lhs.type().rank();
        var batch = Axes.range(0, rank - 2);
        return contract(lhs, rhs, new Form.Contract(batch, batch, List.of(rank - 1), List.of(rank - 2)));
    }

    public Node reshape(Node x, Shape shape) {
        return x.shape().equals(shape) ? x : node(new Form.Reshape(shape), List.of(x));
    }

    public Node transpose(Node x, List<Integer> permutation) {
        return permutation.size() == x.type().rank() && Axes.isIdentity(permutation)
                ? x
                : node(new Form.Transpose(permutation), List.of(x));
    }

    public Node slice(Node x, List<Dim> starts, List<Dim> limits, List<Integer> steps) {
        return node(new Form.Slice(starts, limits, steps), List.of(x));
    }

    /// The elements from `start` to `limit` along one axis, and all along the others.
    public Node slice(Node x, int axis, Dim start, Dim limit, int step) {
        int rank = x.type().rank();
        var starts = new ArrayList<>(Collections.nCopies(rank, Dim.ZERO));
        var limits = new ArrayList<>(x.shape().dims());
        var steps = new ArrayList<>(Collections.nCopies(rank, 1));
        starts.set(axis, start);
        limits.set(axis, limit);
        steps.set(axis, step);
        return slice(x, starts, limits, steps);
    }

    public Node pad(Node x, List<Dim> low, List<Dim> high) {
        return node(new Form.Pad(low, high), List.of(x));
    }

    public Node concat(int axis, List<Node> inputs) {
        return node(new Form.Concat(axis), inputs);
    }

    /// `x` repeated: its axis `i` becomes axis `axes[i]` of `shape`.
    public Node broadcast(Node x, Shape shape, List<Integer> axes) {
        return x.shape().equals(shape) ? x : node(new Form.Broadcast(shape, axes), List.of(x));
    }

    /// `x` repeated, its axes being the last ones of `shape`.
    public Node broadcast(Node x, Shape shape) {
        return broadcast(x, shape, Axes.range(shape.rank() - x.type().rank(), shape.rank()));
    }

    public Node gather(Node table, Node indices) {
        return node(new Form.Gather(), List.of(table, indices));
    }

    public Node scatterAdd(Dim rows, Node indices, Node updates) {
        return node(new Form.ScatterAdd(rows), List.of(indices, updates));
    }

    public Node stopGradient(Node x) {
        return node(new Form.StopGradient(), List.of(x));
    }

    /// One result of a loop.
    ///
    /// @param inputs initial values, sequences, captured values
    public Node scan(Form.Scan form, List<Node> inputs) {
        return node(form, inputs);
    }

    /// What each row of `x` becomes.
    public Node row(Form.RowKind kind, Node x) {
        return node(new Form.Row(kind), List.of(x));
    }

    public Node point(int number, Node x) {
        return node(new Form.Point(number), List.of(x));
    }

    /// All that `roots` depend on, themselves included, inputs before their users.
    public static List<Node> ancestors(Collection<Node> roots) {
        var seen = new BitSet();
        var found = new ArrayList<Node>();
        for (var root : roots) {
            if (!seen.get(root.id())) {
                seen.set(root.id());
                found.add(root);
            }
        }
        for (int i = 0; i < found.size(); i++) {
            for (var input : found.get(i).inputs()) {
                if (!seen.get(input.id())) {
                    seen.set(input.id());
                    found.add(input);
                }
            }
        }
        return ordered(found, seen);
    }

    /// In the order of their ids: mostly these are all or most of a graph, which needs no sorting.
    private static List<Node> ordered(List<Node> nodes, BitSet ids) {
        if (nodes.size() < ids.length() / 4) {
            nodes.sort((a, b) -> Integer.compare(a.id(), b.id()));
            return nodes;
        }
        var places = new @Nullable Node[ids.length()];
        for (var node : nodes) {
            places[node.id()] = node;
        }
        int next = 0;
        for (var node : places) {
            if (node != null) {
                nodes.set(next++, node);
            }
        }
        return nodes;
    }

    /// Whether `node` depends on `other`, or is it.
    public static boolean depends(Node node, Node other) {
        return node == other || (node.id() > other.id() && ancestors(List.of(node)).contains(other));
    }
}
