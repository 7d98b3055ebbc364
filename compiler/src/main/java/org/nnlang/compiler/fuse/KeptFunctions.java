package org.nnlang.compiler.fuse;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Node;

/// Has a loop keep one tensor for another loop where it would keep several, and all that is wanted of them is one function. So the
/// forward pass of a GELU keeps its derivative, and not x and 1 + erf(x / √2), which is the gradient's way from there to x.
final class KeptFunctions {
    private final Merging merging;
    private final Dataflow flow;
    private final Set<Node> roots;

    /// @param roots what lies in memory in the end
    KeptFunctions(Merging merging, Dataflow flow, Set<Node> roots) {
        this.merging = merging;
        this.flow = flow;
        this.roots = roots;
    }

    void apply() {
        for (Cluster cluster : merging.clusters()) {
            if (cluster.isLoop() || cluster.product() != null) {
                // The last first: the largest function of what is kept.
                for (Node member : cluster.members().reversed()) {
                    if (cluster.has(member)) {
                        moveToMaker(member, cluster);
                    }
                }
            }
        }
    }

    private void moveToMaker(Node value, Cluster cluster) {
        if (roots.contains(value) || !isElement(value, cluster)) {
            return;
        }
        var function = new LinkedHashSet<Node>(List.of(value));
        var sources = new LinkedHashSet<Node>();
        var open = new ArrayList<Node>(function);
        for (int i = 0; i < open.size(); i++) {
            for (Dataflow.Read read : flow.reads(open.get(i))) {
                Node source = read.source();
                if (!read.direct()) {
                    return;
                }
                if (!cluster.has(source)) {
                    sources.add(source);
                } else if (function.add(source)) {
                    open.add(source);
                }
            }
        }
        Cluster maker = maker(sources, cluster);
        if (maker == null || !merging.fits(weight(function), maker) || !isOnlyFor(value, function, cluster)) {
            return;
        }
        int saved = 0;
        for (Node source : sources) {
            boolean forThis = flow.uses(source).stream()
                    .allMatch(use -> maker.has(use.reader()) || function.contains(use.reader()));
            saved += forThis && !roots.contains(source) ? 1 : 0;
        }
        if (saved > 1) {
            merging.move(function, cluster, maker);
        }
    }

    /// Whether a member is computed for each element from others.
    private static boolean isElement(Node node, Cluster cluster) {
        return node.form() instanceof Form.Elementwise && isWhole(node, cluster);
    }

    private static boolean isWhole(Node node, Cluster cluster) {
        return Views.essential(node.shape().dims()).equals(cluster.space());
    }

    /// The loop that makes all of the sources, for each element; null where there is none.
    private @Nullable Cluster maker(Set<Node> sources, Cluster reader) {
        Cluster maker = null;
        for (Node source : sources) {
            if (Dataflow.isGiven(source)) {
                return null;
            }
            Cluster cluster = merging.cluster(source);
            boolean fits = (cluster.isLoop() || cluster.product() != null)
                    && cluster.space().equals(reader.space())
                    && (isElement(source, cluster) || source == cluster.product() && isWhole(source, cluster))
                    && (maker == null || maker == cluster);
            if (!fits) {
                return null;
            }
            maker = cluster;
        }
        return maker;
    }

    /// Whether what a function is made of is there for nothing else, and all of it stands for elements.
    private boolean isOnlyFor(Node value, Set<Node> function, Cluster cluster) {
        var parts = new HashSet<>(function);
        parts.remove(value);
        return function.stream().allMatch(node -> isElement(node, cluster))
                && parts.stream()
                        .allMatch(part -> !roots.contains(part)
                                && flow.uses(part).stream().allMatch(use -> function.contains(use.reader())))
                && flow.uses(value).stream().allMatch(use -> cluster.has(use.reader()));
    }

    private static int weight(Set<Node> nodes) {
        return nodes.stream().mapToInt(Weights::of).sum();
    }
}
