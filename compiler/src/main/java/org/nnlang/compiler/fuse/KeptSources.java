package org.nnlang.compiler.fuse;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Node;

/// Has loops keep one tensor for others where they would keep several functions of it: those are computed again by whoever
/// reads them. So the backward pass of a GELU reads the activation's input, and not x / 2, x / √2 and 1 + erf(x / √2): memory
/// is further away than some multiply-adds.
final class KeptSources {
    /// The most vector instructions that take the place of a tensor in memory: those of an error function and what is around
    /// it. On arrays that no cache holds they take half as long as a store and a load.
    private static final int MAX_WEIGHT = 6;

    private final Merging merging;
    private final Dataflow flow;
    private final Set<Node> roots;

    /// @param roots what lies in memory in the end
    KeptSources(Merging merging, Dataflow flow, Set<Node> roots) {
        this.merging = merging;
        this.flow = flow;
        this.roots = roots;
    }

    /// A way from a value to what it is made of alone: all nodes to compute again, the value first.
    private record Chain(List<Node> nodes, int weight) {
        Node value() {
            return nodes.getFirst();
        }
    }

    void apply() {
        for (Cluster cluster : merging.clusters()) {
            if (cluster.isLoop() || cluster.product() != null) {
                while (improve(cluster)) {}
            }
        }
    }

    /// Keeps the tensor that most is gained by, if any is.
    private boolean improve(Cluster cluster) {
        Map<Node, List<Chain>> chains = new LinkedHashMap<>();
        for (Node member : cluster.members()) {
            if (isRepeatable(member, cluster)) {
                chains(member, cluster, chains);
            }
        }
        Node best = null;
        int most = 0;
        for (var entry : chains.entrySet()) {
            int saved = entry.getValue().size() - (isKept(entry.getKey(), cluster) ? 0 : 1);
            if (saved > most) {
                most = saved;
                best = entry.getKey();
            }
        }
        if (best == null) {
            return false;
        }
        for (Chain chain : chains.getOrDefault(best, List.of())) {
            for (Node node : chain.nodes()) {
                flow.repeat(node, best, node == chain.value() ? outside(node, cluster) : List.of());
            }
        }
        return true;
    }

    /// Adds the ways from a value to each of its sources in the cluster.
    private void chains(Node value, Cluster cluster, Map<Node, List<Chain>> chains) {
        int readers = readers(value, cluster).size();
        var nodes = new ArrayList<Node>();
        int weight = 0;
        Node node = value;
        while (true) {
            nodes.add(node);
            weight += Weights.of(node);
            Node source = flow.onlyTensor(node);
            if (weight * readers > MAX_WEIGHT
                    || source == null
                    || !cluster.has(source)
                    || !source.shape().equals(value.shape())) {
                return;
            }
            chains.computeIfAbsent(source, _ -> new ArrayList<>()).add(new Chain(List.copyOf(nodes), weight));
            if (!(source.form() instanceof Form.Elementwise)
                    || isKept(source, cluster) && !isRepeatable(source, cluster)) {
                return;
            }
            node = source;
        }
    }

    /// Whether other loops read a value, and all that do could compute it again.
    private boolean isRepeatable(Node node, Cluster cluster) {
        if (!(node.form() instanceof Form.Elementwise) || roots.contains(node)) {
            return false;
        }
        List<Dataflow.Read> outside = outside(node, cluster);
        return !outside.isEmpty()
                && outside.stream()
                        .allMatch(use -> use.direct() && Merging.repeats(merging.cluster(use.reader()), node));
    }

    /// Whether a value is in memory for others.
    private boolean isKept(Node node, Cluster cluster) {
        return roots.contains(node) || !outside(node, cluster).isEmpty();
    }

    private List<Dataflow.Read> outside(Node node, Cluster cluster) {
        return flow.uses(node).stream().filter(use -> merging.cluster(use.reader()) != cluster).toList();
    }

    private Set<Cluster> readers(Node node, Cluster cluster) {
        Set<Cluster> readers = new LinkedHashSet<>();
        outside(node, cluster).forEach(use -> readers.add(merging.cluster(use.reader())));
        return readers;
    }
}
