package org.nnlang.compiler.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/// What must run before what.
final class Schedule {
    private final Map<Job, Set<Job>> after = new LinkedHashMap<>();
    private final Map<Job, Integer> priority = new HashMap<>();

    /// @param priority of jobs that could run at the same time the one with the smaller goes first
    void add(Job job, int priority) {
        after.put(job, new LinkedHashSet<>());
        this.priority.put(job, priority);
    }

    Set<Job> jobs() {
        return after.keySet();
    }

    /// `second` needs `first` to be done.
    void order(Job first, Job second) {
        if (!first.equals(second)) {
            successors(first).add(second);
        }
    }

    private Set<Job> successors(Job job) {
        Set<Job> successors = after.get(job);
        if (successors == null) {
            throw new AssertionError("not a job: " + job);
        }
        return successors;
    }

    /// Whether `last` can only run after `first`, or is it.
    boolean leads(Job first, Job last) {
        var seen = new LinkedHashSet<Job>(List.of(first));
        var open = new ArrayList<Job>(seen);
        while (!open.isEmpty()) {
            Job job = open.removeLast();
            if (job.equals(last)) {
                return true;
            }
            for (Job next : successors(job)) {
                if (seen.add(next)) {
                    open.add(next);
                }
            }
        }
        return false;
    }

    /// All jobs in an order; fewer than there are where some wait for each other.
    List<Job> sorted() {
        Map<Job, Integer> waiting = new HashMap<>();
        after.values().forEach(all -> all.forEach(job -> waiting.merge(job, 1, Integer::sum)));
        var ready = new PriorityQueue<Job>((a, b) -> Integer.compare(rank(a), rank(b)));
        for (Job job : after.keySet()) {
            if (!waiting.containsKey(job)) {
                ready.add(job);
            }
        }
        var order = new ArrayList<Job>();
        while (!ready.isEmpty()) {
            Job job = ready.remove();
            order.add(job);
            for (Job next : successors(job)) {
                if (waiting.merge(next, -1, Integer::sum) == 0) {
                    ready.add(next);
                }
            }
        }
        return order;
    }

    private int rank(Job job) {
        return priority.getOrDefault(job, 0);
    }
}
