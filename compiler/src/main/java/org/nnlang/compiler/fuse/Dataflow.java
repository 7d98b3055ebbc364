package org.nnlang.compiler.fuse;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Node;

/// Which nodes must be computed, and which reads which, once moves are seen through and what is cheap is computed again
/// wherever it is wanted.
public final class Dataflow {
    /// The most that is computed again for each of its uses, in vector instructions.
    private static final int INLINE_WEIGHT = 80;
    /// The same for values of many elements.
    private static final int INLINE_TENSOR_WEIGHT = 6;
    private static final int TOO_MUCH = 1000;

    private final Views views;
    private final Map<Node, Integer> inlineWeight = new IdentityHashMap<>();
    private final Set<Node> computed = new LinkedHashSet<>();
    private final Set<Node> repeated = new HashSet<>();
    private final Map<Node, List<Read>> reads = new IdentityHashMap<>();
    private final Map<Node, List<Read>> uses = new IdentityHashMap<>();
    private final boolean inlining;
    private final Map<Node, Node> after;
    private final Map<Node, List<Node>> followers = new IdentityHashMap<>();

    /// @param source given or computed, or a uniform constant
    /// @param reader a computed node
    /// @param direct whether the axes of the source are the leading ones of the reader's loop, in order, so that a
    /// loop that computes both can hand the value over in a register
    public record Read(Node source, Node reader, boolean direct) {}

    /// @param nodes all nodes, inputs before their users
    /// @param roots what must lie in memory in the end, but for what `flats` compute
    /// @param after for some nodes, what must be computed before them though they do not read it
    Dataflow(Views views, Collection<Node> nodes, Collection<Node> roots, List<FlatUpdate> flats, boolean inlining,
            Map<Node, Node> after) {
        this.views = views;
        this.inlining = inlining;
        this.after = after;
        for (Node node : nodes) {
            if (node.form() instanceof Form.Elementwise) {
                weight(node); // known for inputs first, so that no chain is walked by recursion
            }
        }
        var open = new ArrayList<Node>();
        for (FlatUpdate flat : flats) {
            readFlat(flat, open);
        }
        for (Node root : roots) {
            require(views.of(root).base(), open);
        }
        while (!open.isEmpty()) {
            Node node = open.removeLast();
            var found = new ArrayList<Read>();
            if (isLoop(node)) {
                for (Node input : node.inputs()) {
                    int rank = Views.essential(input.shape().dims()).size();
                    trace(node, input, Views.identity(rank), found);
                }
            } else {
                for (Node input : node.inputs()) {
                    found.add(new Read(views.of(input).base(), node, false));
                }
            }
            record(node, found, open);
        }
        after.forEach((late, early) -> {
            if (computed.contains(late) && computed.contains(early)) {
                followers.computeIfAbsent(early, _ -> new ArrayList<>()).add(late);
            }
        });
    }

    private void record(Node node, List<Read> found, List<Node> open) {
        reads.put(node, found);
        for (Read read : found) {
            uses.computeIfAbsent(read.source(), _ -> new ArrayList<>()).add(read);
            require(read.source(), open);
        }
    }

    /// All of a flat update's reads are noted with its first result.
    private void readFlat(FlatUpdate flat, List<Node> open) {
        Node reader = flat.results().getFirst().values().getFirst();
        for (FlatUpdate.Result result : flat.results()) {
            computed.addAll(result.values());
        }
        var found = new ArrayList<Read>();
        flat.values().values().forEach(all -> all.forEach(value -> {
            found.add(new Read(views.of(value).base(), reader, false));
        }));
        var inside = new ArrayList<Node>();
        flat.results().forEach(result -> inside.add(result.value()));
        var seen = new HashSet<Node>(inside);
        for (int i = 0; i < inside.size(); i++) {
            Node node = inside.get(i);
            if (flat.values().containsKey(node) || flat.variables().containsKey(node)) {
                continue;
            }
            if (node.form() instanceof Form.Elementwise && !Views.essential(node.shape().dims()).isEmpty()) {
                for (Node input : node.inputs()) {
                    if (seen.add(input)) {
                        inside.add(input);
                    }
                }
            } else {
                int rank = Views.essential(node.shape().dims()).size();
                trace(reader, node, Views.identity(rank), found);
            }
        }
        record(reader, found, open);
    }

    private void require(Node base, List<Node> open) {
        if (!isGiven(base) && computed.add(base)) {
            open.add(base);
        }
    }

    /// Whether the node is in memory, or in the program, before anything runs.
    public static boolean isGiven(Node node) {
        return node.form() instanceof Form.Input
                || node.form() instanceof Form.Variable
                || node.form() instanceof Form.Constant;
    }

    static boolean isLoop(Node node) {
        return node.form() instanceof Form.Elementwise
                || node.form() instanceof Form.Reduce
                || node.form() instanceof Form.Size
                || node.form() instanceof Form.Iota;
    }

    private void trace(Node reader, Node input, int[] map, List<Read> found) {
        if (isInline(input)) {
            for (Node deeper : input.inputs()) {
                trace(reader, deeper, map, found);
            }
            return;
        }
        Optional<Views.Through> through = views.isMove(input) ? Views.through(input, map) : Optional.empty();
        if (through.isPresent()) {
            trace(reader, through.get().input(), through.get().map(), found);
            return;
        }
        Node base = views.of(input).base();
        if (!(base.form() instanceof Form.Constant constant && constant.isUniform())) {
            found.add(new Read(base, reader, base == input && Views.isIdentity(map)));
        }
    }

    /// Lets the readers of a node that another cluster computes compute it again from its one tensor, which lies in memory
    /// anyway.
    ///
    /// @param source the tensor
    /// @param readers those that compute it again
    void repeat(Node node, Node source, Collection<Read> readers) {
        repeated.add(node);
        for (Read read : readers) {
            var list = reads.get(read.reader());
            if (list == null) {
                throw new AssertionError("no reads of " + read.reader());
            }
            list.remove(read);
            var again = new Read(source, read.reader(), true);
            list.add(again);
            uses.computeIfAbsent(source, _ -> new ArrayList<>()).add(again);
        }
        uses.computeIfAbsent(node, _ -> new ArrayList<>()).removeAll(readers);
    }

    /// Whether loops compute the node again rather than read it, unless they compute it themselves.
    public boolean isInline(Node node) {
        return repeated.contains(node) || isAlwaysInline(node);
    }

    private boolean isAlwaysInline(Node node) {
        return switch (node.form()) {
            case Form.Size _, Form.Iota _ -> true;
            case Form.Constant constant -> constant.isUniform();
            case Form.Elementwise _ -> {
                boolean scalar = Views.essential(node.shape().dims()).isEmpty();
                yield inlining && weight(node) <= (scalar ? INLINE_WEIGHT : INLINE_TENSOR_WEIGHT);
            }
            case Form.Input _, Form.Variable _, Form.Reduce _, Form.Contract _, Form.Reshape _, Form.Transpose _, Form.Slice _, Form.Pad _, Form.Concat _, Form.Broadcast _, Form.Gather _, Form.ScatterAdd _, Form.Call _, Form.Row _, Form.Random _, Form.StopGradient _, Form.Point _, Form.Scan _ ->
                false;
        };
    }

    /// What computing a node again takes, where that is possible; else more than anything is worth.
    private int weight(Node node) {
        Integer known = inlineWeight.get(node);
        if (known != null) {
            return known;
        }
        boolean scalar = Views.essential(node.shape().dims()).isEmpty();
        int weight = Weights.of(node);
        for (Node input : node.inputs()) {
            Node source = input;
            var through = Views.through(source, Views.identity(Views.essential(source.shape().dims()).size()));
            while (views.isMove(source) && through.isPresent()) {
                source = through.get().input();
                through = Views.through(source, Views.identity(Views.essential(source.shape().dims()).size()));
            }
            boolean one = Views.essential(source.shape().dims()).isEmpty();
            weight += switch (source.form()) {
                case Form.Size _, Form.Iota _ -> 0;
                case Form.Constant constant -> one || constant.isUniform() ? 0 : TOO_MUCH;
                case Form.Elementwise _ -> one || !scalar ? Math.min(weight(source), TOO_MUCH) : TOO_MUCH;
                case Form.Input _, Form.Variable _, Form.Reduce _, Form.Contract _, Form.Reshape _, Form.Transpose _, Form.Slice _, Form.Pad _, Form.Concat _, Form.Broadcast _, Form.Gather _, Form.ScatterAdd _, Form.Call _, Form.Row _, Form.Random _, Form.StopGradient _, Form.Point _, Form.Scan _ ->
                    one ? 0 : TOO_MUCH;
            };
        }
        inlineWeight.put(node, weight);
        return weight;
    }

    /// All nodes to compute.
    public Set<Node> computed() {
        return computed;
    }

    /// What a computed node reads.
    public List<Read> reads(Node node) {
        return reads.getOrDefault(node, List.of());
    }

    /// The one tensor that a node is made of, constants apart; null where there are others.
    @Nullable
    Node onlyTensor(Node node) {
        Node only = null;
        for (Read read : reads(node)) {
            boolean scalar = Views.essential(read.source().shape().dims()).isEmpty();
            if (scalar || !read.direct() || only != null && only != read.source()) {
                return null;
            }
            only = read.source();
        }
        return only;
    }

    /// Who reads a node.
    public List<Read> uses(Node node) {
        return uses.getOrDefault(node, List.of());
    }

    /// What must be computed before a node though the node does not read it, or null.
    public @Nullable Node before(Node node) {
        Node early = after.get(node);
        return early != null && computed.contains(early) ? early : null;
    }

    /// What can only be computed once a node is: its readers, and what shall follow it.
    List<Node> next(Node node) {
        var next = new ArrayList<Node>();
        uses(node).forEach(use -> next.add(use.reader()));
        next.addAll(followers(node));
        return next;
    }

    /// What shall follow a node though it does not read it.
    List<Node> followers(Node node) {
        return followers.getOrDefault(node, List.of());
    }

    public Views views() {
        return views;
    }
}
