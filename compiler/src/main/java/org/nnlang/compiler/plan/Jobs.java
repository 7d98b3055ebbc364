package org.nnlang.compiler.plan;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.nnlang.compiler.fuse.Cluster;
import org.nnlang.compiler.fuse.Dataflow;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.fuse.Views;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Node;

/// What has to be done for a procedure or a round of a loop, and what must be done before what.
final class Jobs {
    final Fusion fusion;
    final Dataflow flow;
    final Views views;
    final Storage storage;
    final Schedule schedule = new Schedule();
    final Map<Node, Cluster> clusters = new HashMap<>();

    /// The jobs that read a variable's old value.
    final Map<String, Set<Job>> readers = new LinkedHashMap<>();

    /// Nodes that someone besides their own cluster reads.
    final Set<Node> stored = new HashSet<>();

    Jobs(Fusion fusion, Storage storage) {
        this.fusion = fusion;
        this.flow = fusion.flow();
        this.views = flow.views();
        this.storage = storage;
    }

    /// A job for each cluster. What is given must have its place before.
    void addClusters() {
        for (Cluster cluster : fusion.clusters()) {
            var job = new Job.Compute(cluster);
            int priority = 0;
            for (Node member : cluster.members()) {
                clusters.put(member, cluster);
                priority = Math.max(priority, member.id());
            }
            schedule.add(job, priority);
        }
        for (Cluster cluster : fusion.clusters()) {
            var job = new Job.Compute(cluster);
            for (Node member : cluster.members()) {
                if (!cluster.isLoop() && cluster.product() == null) {
                    stored.add(member);
                }
                for (Dataflow.Read read : flow.reads(member)) {
                    reads(job, read.source());
                }
                Node before = flow.before(member);
                Cluster earlier = before == null ? null : clusters.get(before);
                if (earlier != null) {
                    schedule.order(new Job.Compute(earlier), job);
                }
            }
            Node product = cluster.product();
            if (product != null && cluster.members().size() == 1) {
                stored.add(product);
            }
        }
    }

    /// Notes that a job reads what lies at `base`.
    void reads(Job job, Node base) {
        if (base.form() instanceof Form.Variable(var name, _, _)) {
            readers.computeIfAbsent(name, _ -> new LinkedHashSet<>()).add(job);
            return;
        }
        Cluster maker = clusters.get(base);
        if (maker != null) {
            var makes = new Job.Compute(maker);
            if (!makes.equals(job)) {
                stored.add(base);
                schedule.order(makes, job);
            }
        }
    }

    Job write(Node node, Location target, String what) {
        var job = new Job.Write(node, target, what);
        schedule.add(job, node.id());
        reads(job, views.of(node).base());
        return job;
    }

    /// Whether the node is all of its base, row by row, so that one memory serves both.
    boolean isWhole(Node node) {
        Views.View view = views.of(node);
        return view.layout().isContiguous()
                && view.layout().offset().isZero()
                && view.base().shape().size().equals(node.shape().size());
    }

    /// Lets a node's elements be computed straight to `target`, if nothing else has been decided for them.
    boolean home(Node node, Location target) {
        Node base = views.of(node).base();
        if (clusters.containsKey(base) && storage.find(base) == null && isWhole(node)) {
            storage.put(base, target);
            stored.add(base);
            return true;
        }
        return false;
    }
}
