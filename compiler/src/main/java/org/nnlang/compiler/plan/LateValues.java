package org.nnlang.compiler.plan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.fuse.Cluster;
import org.nnlang.compiler.fuse.Dataflow;
import org.nnlang.compiler.ir.Node;

/// Chooses what is computed again instead of being kept: for the fullest moment of a plan, values that are made before and read
/// after it, and whose operands are there when they are wanted again.
final class LateValues {
    /// Computing a value again may need others again; more than this are not worth it.
    private static final int MOST_NODES = 400;
    /// A value of this part of the bytes to be saved is kept longer rather than computed again.
    private static final int SMALL = 8;
    /// What a byte of a value that is computed again takes, in operations.
    private static final double OPERATIONS_PER_BYTE = 4;
    private static final int MOST_CHOICES = 2000;

    private final Lifetimes lifetimes;
    private final Dataflow flow;

    /// The bytes in use during each job, as far as can be told before planning.
    private final long[] during;

    /// From which job on a value's copy stands for it.
    private final Map<Node, Integer> times = new HashMap<>();

    /// For each job before which something is computed again, the moment that shall have room by that.
    private final Map<Integer, Integer> moments = new HashMap<>();

    /// Where a value is missing: after the first job, until the second.
    private final Map<Node, Gap> gaps = new HashMap<>();

    private record Gap(int after, int until) {}

    /// @param values what lies in a buffer
    /// @param last the last job before the gap that touches it
    /// @param next the first behind
    private record Candidate(int buffer, List<Node> values, int last, int next, double worth) {}

    /// @param nodes to compute
    /// @param extended what must be kept longer for it
    private record Closure(Set<Node> nodes, Set<Node> extended, long extendedBytes, double cost) {}

    LateValues(Lifetimes lifetimes) {
        this.lifetimes = lifetimes;
        this.flow = lifetimes.plan.fusion().flow();
        this.during = lifetimes.during();
    }

    /// For each value that is computed again, from which job on.
    Map<Node, Integer> times() {
        return times;
    }

    /// The moment that has more room because of what is computed again for a job.
    int moment(int job) {
        return moments.getOrDefault(job, -1);
    }

    /// Chooses until no more than `bytes` are in use at any time, or nothing is left to choose.
    ///
    /// @return whether something was chosen
    boolean choose(long bytes) {
        int choices = 0;
        while (choices < MOST_CHOICES) {
            int fullest = fullest();
            if (fullest < 0 || during[fullest] <= bytes) {
                break;
            }
            List<Candidate> candidates = candidates(fullest);
            int before = choices;
            for (Candidate candidate : candidates) {
                if (during[fullest] <= bytes || choices == MOST_CHOICES) {
                    break;
                }
                Closure closure = closure(candidate.values(), candidate.next());
                if (closure != null) {
                    take(candidate, closure);
                    moments.merge(candidate.next(), fullest, Math::max);
                    choices++;
                }
            }
            if (choices == before) {
                break;
            }
        }
        return choices > 0;
    }

    private int fullest() {
        int fullest = -1;
        for (int job = 0; job < during.length; job++) {
            if (fullest < 0 || during[job] > during[fullest]) {
                fullest = job;
            }
        }
        return fullest;
    }

    /// What could be missing during a job, the best first.
    private List<Candidate> candidates(int job) {
        var candidates = new ArrayList<Candidate>();
        for (int buffer : lifetimes.buffers()) {
            Candidate candidate = candidate(buffer, job);
            if (candidate != null) {
                candidates.add(candidate);
            }
        }
        candidates.sort(Comparator.comparingDouble(Candidate::worth).reversed().thenComparingInt(Candidate::buffer));
        return candidates;
    }

    private @Nullable Candidate candidate(int buffer, int job) {
        var values = new ArrayList<Node>();
        int last = -1;
        int next = Integer.MAX_VALUE;
        for (Node node : lifetimes.inhabitants(buffer)) {
            int made = lifetimes.made(node);
            if (made >= job || lifetimes.lastRead(node) < job) {
                if (made == job || lifetimes.lastRead(node) == job) {
                    return null;
                }
                continue;
            }
            Cluster cluster = lifetimes.cluster(node);
            if (cluster == null || cluster.flat() != null || flow.isInline(node) || gaps.containsKey(node)) {
                return null;
            }
            values.add(node);
            last = Math.max(last, made);
            for (int read : lifetimes.reads(node)) {
                if (read < job) {
                    last = Math.max(last, read);
                } else {
                    next = Math.min(next, read);
                    if (!(lifetimes.plan.order().get(read) instanceof Job.Compute)) {
                        return null;
                    }
                }
            }
        }
        if (values.isEmpty() || next <= job) {
            return null;
        }
        Closure closure = closure(values, next);
        long saved = closure == null ? 0 : lifetimes.bytesOf(buffer) - closure.extendedBytes();
        return closure == null || 2 * saved < lifetimes.bytesOf(buffer)
                ? null
                : new Candidate(buffer, values, last, next, saved / closure.cost());
    }

    /// All that must be computed again for values at a job, or null where that is not possible.
    private @Nullable Closure closure(List<Node> values, int job) {
        Set<Node> nodes = new LinkedHashSet<>();
        Set<Node> extended = new LinkedHashSet<>();
        long wanted = 0;
        long extendedBytes = 0;
        double cost = 1;
        for (Node value : values) {
            wanted += lifetimes.bytes(value);
        }
        var open = new ArrayList<>(values);
        while (!open.isEmpty()) {
            Node node = open.removeLast();
            if (!nodes.add(node)) {
                continue;
            }
            Cluster cluster = lifetimes.cluster(node);
            if (cluster == null || cluster.flat() != null || nodes.size() > MOST_NODES) {
                return null;
            }
            cost += lifetimes.flops(node) + OPERATIONS_PER_BYTE * lifetimes.bytes(node);
            for (Dataflow.Read read : flow.reads(node)) {
                Node source = read.source();
                if (Dataflow.isGiven(source) || nodes.contains(source) || isThere(source, job)) {
                    continue;
                }
                boolean keepable = lifetimes.isStored(source) && !gaps.containsKey(source)
                        && lifetimes.made(source) < job;
                if (keepable && SMALL * lifetimes.bytes(source) <= wanted) {
                    if (extended.add(source)) {
                        extendedBytes += lifetimes.bytes(source);
                    }
                } else {
                    open.add(source);
                }
            }
        }
        return new Closure(nodes, extended, extendedBytes, cost);
    }

    private boolean isThere(Node node, int job) {
        Integer copied = times.get(node);
        if (copied != null && copied <= job) {
            return true;
        }
        Gap gap = gaps.get(node);
        boolean missing = gap != null && gap.after() < job && job < gap.until();
        return !missing && lifetimes.isThere(node, job);
    }

    private void take(Candidate candidate, Closure closure) {
        for (Node node : candidate.values()) {
            gaps.put(node, new Gap(candidate.last(), candidate.next()));
        }
        add(candidate.last() + 1, candidate.next(), -lifetimes.bytesOf(candidate.buffer()));
        for (Node node : closure.nodes()) {
            Integer before = times.get(node);
            if (before == null || before > candidate.next()) {
                times.put(node, candidate.next());
                if (before != null) {
                    add(candidate.next(), before, lifetimes.bytes(node));
                }
            }
        }
        for (Node node : closure.extended()) {
            add(lifetimes.lastRead(node) + 1, candidate.next(), lifetimes.bytes(node));
        }
    }

    private void add(int from, int to, long bytes) {
        for (int job = Math.max(from, 0); job < to; job++) {
            during[job] += bytes;
        }
    }
}
