package org.nnlang.compiler.plan;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.fuse.Cluster;
import org.nnlang.compiler.fuse.Strided;
import org.nnlang.compiler.fuse.Views;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Node;
import org.nnlang.runtime.program.Segment;

/// What a loop computes for a concat alone, and may write where the concat wants it: the gradients of an LSTM's four gates
/// for instance, which are one tensor for the products behind them.
final class Parts {
    /// The fewest elements that must lie together in the whole: a loop takes them at once.
    private static final int LEAST_RUN = 64;

    private final Views views;
    private final Storage storage;
    private final Set<Node> stored;

    /// The jobs that read what lies at a node, but for the one that computes it.
    private final Map<Node, Set<Job>> readers = new HashMap<>();

    private final Set<Node> written = new HashSet<>();

    /// Where a node's elements lie in memory of another.
    record Part(Node whole, Strided layout) {}

    Parts(Views views, Storage storage, Set<Node> stored) {
        this.views = views;
        this.storage = storage;
        this.stored = stored;
    }

    /// Notes what a job reads.
    void reads(Job job, List<Node> read) {
        for (Node base : read) {
            if (!(job instanceof Job.Compute(var cluster) && cluster.has(base))) {
                readers.computeIfAbsent(base, _ -> new HashSet<>()).add(job);
            }
        }
    }

    /// The members of a loop that may be written as parts, once it is known what all jobs read.
    Map<Node, Part> of(Cluster cluster) {
        var found = new HashMap<Node, Part>();
        if (!cluster.isLoop()) {
            return found; // what follows a product takes its result's place
        }
        for (Node member : cluster.members()) {
            boolean combines = member.form() instanceof Form.Reduce && Cluster.combinesRows(member);
            Part part = stored.contains(member) && !combines ? part(member) : null;
            if (part != null) {
                found.put(member, part);
            }
        }
        return found;
    }

    private @Nullable Part part(Node member) {
        Node whole = onlyConcat(member);
        if (whole == null || storage.find(member) != null || !isFree(whole)) {
            return null;
        }
        int axis = ((Form.Concat) whole.form()).axis();
        Dim at = Dim.ZERO;
        Part part = null;
        for (Node input : whole.inputs()) {
            if (views.of(input).base().equals(member)) {
                if (part != null || !input.equals(member)) {
                    return null;
                }
                part = new Part(whole, place(whole, input, axis, at));
            }
            at = at.plus(input.shape().dim(axis));
        }
        return part != null && together(part.layout(), axis) ? part : null;
    }

    /// The concat that alone reads a node, or null.
    private @Nullable Node onlyConcat(Node member) {
        Set<Job> all = readers.getOrDefault(member, Set.of());
        if (all.size() != 1 || !(all.iterator().next() instanceof Job.Compute(var reader))) {
            return null;
        }
        Node first = reader.members().getFirst();
        return first.form() instanceof Form.Concat ? first : null;
    }

    /// Whether nothing else lies where the concat will: it gets memory of its own, or has some in a loop or as an output.
    private boolean isFree(Node whole) {
        Location home = storage.find(whole);
        return home == null || home.segment() == Segment.ARENA || home.segment() == Segment.OUTPUTS;
    }

    /// Where an input's elements belong in a concat.
    ///
    /// @param at the first of them along the axis
    static Strided place(Node whole, Node input, int axis, Dim at) {
        var layout = Strided.rowMajor(whole.shape().dims());
        return new Strided(layout.strides().get(axis).times(at), input.shape().dims(), layout.strides());
    }

    private static boolean together(Strided layout, int axis) {
        if (Dim.product(layout.dims().subList(0, axis)).isOne()) {
            return true;
        }
        Dim run = Dim.product(layout.dims().subList(axis, layout.dims().size()));
        return run.isConstant() && run.constant() >= LEAST_RUN;
    }

    /// Notes that a loop has written a part.
    void written(Node member) {
        written.add(member);
    }

    /// Whether a concat's input lies where it belongs.
    boolean isWritten(Node input) {
        return written.contains(input);
    }
}
