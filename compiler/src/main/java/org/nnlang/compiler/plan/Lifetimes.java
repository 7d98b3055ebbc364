package org.nnlang.compiler.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.fuse.Cluster;
import org.nnlang.compiler.fuse.Dataflow;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Node;
import org.nnlang.runtime.program.Buffer;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Segment;

/// When the values of a plan are made and read, counted in jobs, and how many bytes are in use during each.
final class Lifetimes {
    final Planner.Plan plan;
    private final Map<String, Long> sizes = new HashMap<>();
    private final Map<Node, Integer> made = new HashMap<>();
    private final Map<Node, List<Integer>> reads = new HashMap<>();

    /// What lies in each buffer of the arena, at one time or another.
    private final Map<Integer, List<Node>> inhabitants = new LinkedHashMap<>();
    private final long[] bufferBytes;
    private final long[] during;

    /// @param dims the free dimensions' sizes
    Lifetimes(Planner.Plan plan, Map<String, Integer> dims) {
        this.plan = plan;
        dims.forEach((name, size) -> sizes.put(name, size.longValue()));
        List<Job> order = plan.order();
        for (int job = 0; job < order.size(); job++) {
            if (order.get(job) instanceof Job.Compute(var cluster)) {
                for (Node member : cluster.members()) {
                    made.put(member, job);
                }
            }
            for (Node source : plan.reads().get(job)) {
                reads.computeIfAbsent(source, _ -> new ArrayList<>()).add(job);
            }
        }
        for (Node node : plan.jobs().stored) {
            Location home = home(node);
            if (home != null && home.segment() == Segment.ARENA && made.containsKey(node)) {
                inhabitants.computeIfAbsent(home.buffer(), _ -> new ArrayList<>()).add(node);
            }
        }
        Image image = plan.image();
        long[] symbols = new long[image.symbols().size()];
        for (int i = 0; i < symbols.length; i++) {
            symbols[i] = size(Dim.symbol(image.symbols().get(i)));
        }
        bufferBytes = new long[image.buffers().size()];
        long[] change = new long[image.steps().size() + 1];
        for (int i = 0; i < bufferBytes.length; i++) {
            Buffer buffer = image.buffers().get(i);
            bufferBytes[i] = image.extents().get(buffer.size()).evaluate(symbols) * Float.BYTES;
            if (buffer.segment() == Segment.ARENA && buffer.last() >= 0) {
                change[buffer.first()] += bufferBytes[i];
                change[Math.min(buffer.last(), change.length - 2) + 1] -= bufferBytes[i];
            }
        }
        during = new long[order.size()];
        int step = 0;
        long now = 0;
        for (int job = 0; job < during.length; job++) {
            int end = job + 1 < during.length ? plan.starts().get(job + 1) : image.steps().size();
            during[job] = now;
            while (step < end) {
                now += change[step++];
                during[job] = Math.max(during[job], now);
            }
        }
    }

    private @Nullable Location home(Node node) {
        return Dataflow.isGiven(node) ? null : plan.jobs().storage.find(node);
    }

    private long size(Dim dim) {
        return dim.evaluate(sizes);
    }

    /// The bytes in use during each job.
    long[] during() {
        return during.clone();
    }

    /// The most of them.
    long most() {
        return Arrays.stream(during).max().orElse(0);
    }

    /// The buffers of the arena that hold values.
    Iterable<Integer> buffers() {
        return inhabitants.keySet();
    }

    long bytesOf(int buffer) {
        return bufferBytes[buffer];
    }

    /// The values that lie in a buffer, one after the other.
    List<Node> inhabitants(int buffer) {
        return inhabitants.getOrDefault(buffer, List.of());
    }

    /// The job that makes a value.
    int made(Node node) {
        return made.getOrDefault(node, -1);
    }

    /// The jobs that read a value in memory, in order.
    List<Integer> reads(Node node) {
        return reads.getOrDefault(node, List.of());
    }

    int lastRead(Node node) {
        List<Integer> all = reads(node);
        return all.isEmpty() ? -1 : all.getLast();
    }

    /// Whether a value lies in memory from when it is made until its last reader is done.
    boolean isStored(Node node) {
        return plan.jobs().stored.contains(node) && home(node) != null;
    }

    /// Whether a stored value can be read during a job.
    boolean isThere(Node node, int job) {
        Location home = home(node);
        if (home == null || !isStored(node) || made(node) >= job) {
            return false;
        }
        return home.segment() != Segment.ARENA || lastRead(node) >= job;
    }

    /// The bytes of a value.
    long bytes(Node node) {
        return size(node.shape().size()) * Float.BYTES;
    }

    @Nullable
    Cluster cluster(Node node) {
        return plan.jobs().clusters.get(node);
    }

    /// About how many floating-point operations computing a node takes.
    long flops(Node node) {
        return switch (node.form()) {
            case Form.Contract contract -> contraction(node, contract);
            case Form.Call call -> size(Kernels.flops(node, call));
            case Form.Reduce _ -> size(node.input(0).shape().size());
            case Form.Random _ -> 20 * size(node.shape().size());
            case Form.Scan scan -> size(scan.trips()) * flops(scan);
            case Form.Input _, Form.Variable _, Form.Constant _, Form.Size _, Form.Iota _, Form.Elementwise _, Form.Reshape _, Form.Transpose _, Form.Slice _, Form.Pad _, Form.Concat _, Form.Broadcast _, Form.Gather _, Form.ScatterAdd _, Form.Row _, Form.StopGradient _, Form.Point _ ->
                size(node.shape().size());
        };
    }

    /// Of a round.
    private long flops(Form.Scan scan) {
        long sum = 0;
        for (Node node : scan.body().nodes(Set.of())) {
            sum += Dataflow.isGiven(node) ? 0 : flops(node);
        }
        return sum;
    }

    private long contraction(Node node, Form.Contract contract) {
        long product = 2 * size(node.shape().size());
        for (int axis : contract.lhsContract()) {
            product *= size(node.input(0).shape().dim(axis));
        }
        return product;
    }
}
