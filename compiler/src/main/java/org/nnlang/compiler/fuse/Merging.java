package org.nnlang.compiler.fuse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Node;

/// Forms clusters: from the last node to the first, each joins the loops that read it, where they run over the same
/// space and nothing between the two would have to run in the middle. In this direction what only the backward pass
/// wants is computed there, and not kept for it.
final class Merging {
    /// More vector instructions than this do not make one well compiled method.
    private static final int MAX_WEIGHT = 140;
    /// A search for a way between two clusters that sees more than this counts as found.
    private static final int MAX_SEARCH = 400;
    private static final int MAX_EXACT_SEARCH = 4000;
    /// How far behind a product a loop may be to follow it.
    private static final int MAX_CHAIN = 8;

    private final Dataflow flow;
    /// By the nodes' ids; null for what is not computed.
    private final @Nullable Cluster[] clusters;

    /// Whether searches leave nothing out. A cluster whose nodes all come late in the graph is passed over otherwise, which is
    /// fast, and wrong where one that reads it has early nodes, too.
    private final boolean exact;

    /// The number of the search at hand, which marks the clusters that it has seen.
    private int search;

    /// What the search at hand has seen, in order; kept for its memory.
    private final List<Cluster> found = new ArrayList<>();

    Merging(Dataflow flow, List<FlatUpdate> flats, boolean exact) {
        this.flow = flow;
        this.exact = exact;
        clusters = new Cluster[flow.computed().stream().mapToInt(Node::id).max().orElse(-1) + 1];
        for (FlatUpdate flat : flats) {
            var results = new ArrayList<Node>();
            flat.results().forEach(result -> results.addAll(result.values()));
            var cluster = new Cluster(flat, results);
            results.forEach(node -> clusters[node.id()] = cluster);
        }
        Map<List<Object>, List<Node>> results = new LinkedHashMap<>();
        for (Node node : flow.computed()) {
            if (node.form() instanceof Form.Scan scan) {
                List<Object> same =
                        Arrays.asList(scan.with(new Form.Last(0)), node.inputs(), flow.before(node));
                results.computeIfAbsent(same, _ -> new ArrayList<>()).add(node);
            } else if (node.form() instanceof Form.Call call && !call.kernel().hasEpilogue()) {
                List<Object> same = Arrays.asList(
                        call.kernel(), call.attributes(), call.body(), node.inputs(), flow.before(node));
                results.computeIfAbsent(same, _ -> new ArrayList<>()).add(node);
            } else if (clusters[node.id()] == null) {
                clusters[node.id()] = new Cluster(node);
            }
        }
        // Results of one loop or call depend on the same inputs, and so not on each other.
        for (List<Node> together : results.values()) {
            var cluster = new Cluster(together);
            together.forEach(node -> clusters[node.id()] = cluster);
        }
    }

    Cluster cluster(Node node) {
        Cluster cluster = clusters[node.id()];
        if (cluster == null) {
            throw new AssertionError("not computed: " + node);
        }
        return cluster;
    }

    Set<Cluster> clusters() {
        Set<Cluster> all = new LinkedHashSet<>();
        for (Node node : flow.computed()) {
            all.add(cluster(node));
        }
        return all;
    }

    void mergeWithReaders() {
        var order = new ArrayList<>(flow.computed());
        order.sort((a, b) -> Integer.compare(b.id(), a.id()));
        for (Node node : order) {
            for (Cluster reader : readers(node)) {
                if (!belongsBehindProduct(cluster(node), reader)) {
                    tryMerge(cluster(node), reader, false);
                }
            }
        }
    }

    /// Whether a loop would rather follow the product it reads, block by block, than feed a combination of rows.
    private boolean belongsBehindProduct(Cluster cluster, Cluster reader) {
        if (!reader.combinesRows() || reader.rowRank() > 0 || !cluster.isElementwise()) {
            return false;
        }
        var seen = new LinkedHashSet<Cluster>(List.of(cluster));
        var open = new ArrayList<Cluster>(seen);
        for (int i = 0; i < open.size() && i < MAX_CHAIN; i++) {
            for (Node member : open.get(i).unsorted()) {
                for (Dataflow.Read read : flow.reads(member)) {
                    Node source = read.source();
                    if (!read.direct() || Dataflow.isGiven(source)) {
                        continue;
                    }
                    Cluster maker = cluster(source);
                    boolean fits = maker.space().equals(cluster.space())
                            && (maker.isElementwise() || maker.product() == source)
                            && seen.containsAll(readers(source));
                    if (fits && maker.product() == source) {
                        return true;
                    }
                    if (fits && seen.add(maker)) {
                        open.add(maker);
                    }
                }
            }
        }
        return false;
    }

    /// Joins loops over one space that read the same memory, such as the gradients of a bias and of a gain.
    void mergeNeighbours() {
        Map<Node, Set<Cluster>> byOperand = new LinkedHashMap<>();
        for (Cluster cluster : clusters()) {
            for (Node member : cluster.members()) {
                for (Dataflow.Read read : flow.reads(member)) {
                    boolean large = Views.essential(read.source().shape().dims()).equals(cluster.space());
                    if (large && !cluster.has(read.source())) {
                        byOperand.computeIfAbsent(read.source(), _ -> new LinkedHashSet<>()).add(cluster);
                    }
                }
            }
        }
        for (Set<Cluster> readers : byOperand.values()) {
            var list = new ArrayList<>(readers);
            for (int i = 0; i < list.size(); i++) {
                for (int j = i + 1; j < list.size() && j < i + 8; j++) {
                    Cluster left = current(list.get(i));
                    Cluster right = current(list.get(j));
                    if (left != right && left.isLoop() && right.isLoop()) {
                        tryMerge(left, right, true);
                    }
                }
            }
        }
    }

    /// Lets a value that is a cheap function of one tensor in memory, such as a mask made of random numbers, be computed again
    /// by other loops, so that it need not be kept for them.
    void repeatCheapValues(Set<Node> roots) {
        for (Node node : new ArrayList<>(flow.computed())) {
            Cluster cluster = cluster(node);
            if (!(node.form() instanceof Form.Elementwise) || roots.contains(node) || Weights.of(node) > 1) {
                continue;
            }
            Node source = flow.onlyTensor(node);
            var outside = flow.uses(node).stream()
                    .filter(use -> cluster(use.reader()) != cluster)
                    .toList();
            boolean readable = !outside.isEmpty()
                    && outside.stream().allMatch(use -> use.direct() && repeats(cluster(use.reader()), node));
            if (source != null && readable && isInMemory(source, roots)) {
                flow.repeat(node, source, outside);
            }
        }
    }

    /// Whether a loop can compute a value again.
    static boolean repeats(Cluster reader, Node node) {
        return (reader.isLoop() || reader.product() != null)
                && reader.flat() == null
                && Views.essential(node.shape().dims()).equals(reader.space());
    }

    /// Whether a value lies in memory whatever becomes of its elementwise readers.
    private boolean isInMemory(Node node, Set<Node> roots) {
        if (Dataflow.isGiven(node)) {
            return !(node.form() instanceof Form.Variable);
        }
        if (roots.contains(node) || node.form() instanceof Form.Random || node.form() instanceof Form.Gather
                || node.form() instanceof Form.Row) {
            return true;
        }
        for (Dataflow.Read use : flow.uses(node)) {
            Cluster reader = cluster(use.reader());
            if (reader != cluster(node) && !reader.isLoop() && reader.flat() == null) {
                return true;
            }
        }
        return false;
    }

    private Cluster current(Cluster cluster) {
        return cluster(cluster.members().getFirst());
    }

    private Set<Cluster> readers(Node node) {
        var readers = new LinkedHashSet<Cluster>();
        for (Dataflow.Read use : flow.uses(node)) {
            Cluster reader = cluster(use.reader());
            if (reader != cluster(node)) {
                readers.add(reader);
            }
        }
        return readers;
    }

    /// Merges where that is possible; of the two, `first` runs no later, unless neither reads the other.
    private void tryMerge(Cluster first, Cluster second, boolean unordered) {
        Geometry geometry = geometry(first, second);
        if (first == second
                || geometry == null
                || first.weight() + second.weight() > MAX_WEIGHT
                || !handsOver(first, second, geometry)
                || leads(first, second)
                || unordered && leads(second, first)) {
            return;
        }
        Cluster target = second;
        Cluster source = first;
        target.absorb(source, geometry.space(), geometry.rowRank());
        for (Node member : source.unsorted()) {
            clusters[member.id()] = target;
        }
    }

    /// Whether a loop with so much more to do is still well compiled.
    boolean fits(int weight, Cluster cluster) {
        return cluster.weight() + weight <= MAX_WEIGHT;
    }

    /// Has another cluster compute some nodes of one: elementwise ones of the same space, that read nothing but what that other
    /// cluster makes.
    void move(Set<Node> nodes, Cluster from, Cluster to) {
        from.release(nodes);
        for (Node node : nodes) {
            to.take(node);
            clusters[node.id()] = to;
        }
    }

    private record Geometry(List<Dim> space, int rowRank) {
        List<Dim> rows() {
            return space.subList(0, space.size() - rowRank);
        }
    }

    /// The space of both together, or null.
    private static @Nullable Geometry geometry(Cluster first, Cluster second) {
        if (first.product() != null && second.isElementwise() || second.product() != null && first.isElementwise()) {
            boolean one = first.product() == null || second.product() == null;
            return one && first.space().equals(second.space()) ? new Geometry(first.space(), 0) : null;
        }
        if (!first.isLoop() || !second.isLoop()) {
            return null;
        }
        if (first.space().equals(second.space())) {
            boolean sameColumns = first.columnsFrom() < 0
                    || second.columnsFrom() < 0
                    || first.columnsFrom() == second.columnsFrom();
            boolean sameGroups = !first.combinesRows()
                    || !second.combinesRows()
                    || first.groups() == second.groups() && first.combined() == second.combined();
            return sameColumns && sameGroups
                    ? new Geometry(first.space(), Math.max(first.rowRank(), second.rowRank()))
                    : null;
        }
        if (first.rowRank() > 0 && second.isElementwise() && second.space().equals(first.rows())) {
            return new Geometry(first.space(), first.rowRank());
        }
        if (second.rowRank() > 0 && first.isElementwise() && first.space().equals(second.rows())) {
            return new Geometry(second.space(), second.rowRank());
        }
        return null;
    }

    /// Whether every value that one of the two makes and the other reads can stay in a register.
    private boolean handsOver(Cluster first, Cluster second, Geometry geometry) {
        return handsOverTo(first, second, geometry) && handsOverTo(second, first, geometry);
    }

    private boolean handsOverTo(Cluster maker, Cluster user, Geometry geometry) {
        for (Node member : user.unsorted()) {
            for (Dataflow.Read read : flow.reads(member)) {
                if (!maker.has(read.source())) {
                    continue;
                }
                boolean combined = read.source().form() instanceof Form.Reduce && Cluster.combinesRows(read.source());
                List<Dim> needed = Views.essential(read.source().shape().dims());
                boolean placed = needed.equals(geometry.space()) || needed.equals(geometry.rows());
                boolean reducesIt = !(member.form() instanceof Form.Reduce)
                        || Views.essential(member.input(0).shape().dims()).equals(geometry.space());
                if (combined || !read.direct() || !placed || !reducesIt) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean mayLead(Cluster cluster, Cluster last) {
        return exact || cluster.lowest <= last.highest;
    }

    /// Whether some clusters wait for each other.
    boolean isKnotted() {
        Map<Cluster, Set<Cluster>> after = new IdentityHashMap<>();
        Map<Cluster, Integer> waiting = new IdentityHashMap<>();
        for (Cluster cluster : clusters()) {
            waiting.putIfAbsent(cluster, 0);
            Set<Cluster> next = Collections.newSetFromMap(new IdentityHashMap<>());
            for (Node member : cluster.unsorted()) {
                for (Node user : flow.next(member)) {
                    Cluster reader = cluster(user);
                    if (reader != cluster && next.add(reader)) {
                        waiting.merge(reader, 1, Integer::sum);
                    }
                }
            }
            after.put(cluster, next);
        }
        var ready = new ArrayList<Cluster>();
        waiting.forEach((cluster, count) -> {
            if (count == 0) {
                ready.add(cluster);
            }
        });
        int done = 0;
        while (!ready.isEmpty()) {
            done++;
            for (Cluster next : after.getOrDefault(ready.removeLast(), Set.of())) {
                if (waiting.merge(next, -1, Integer::sum) == 0) {
                    ready.add(next);
                }
            }
        }
        return done < waiting.size();
    }

    /// Whether `last` depends on `first` by way of a third cluster.
    private boolean leads(Cluster first, Cluster last) {
        search++;
        found.clear();
        for (Node member : first.unsorted()) {
            for (Dataflow.Read use : flow.uses(member)) {
                Cluster reader = cluster(use.reader());
                if (reader != first && reader != last) {
                    visit(reader, last);
                }
            }
            for (Node follower : flow.followers(member)) {
                Cluster later = cluster(follower);
                if (later != first && later != last) {
                    visit(later, last);
                }
            }
        }
        // What was followed stays in the list, so its length is the number of all that were seen.
        for (int next = 0; next < found.size(); next++) {
            if (found.size() > (exact ? MAX_EXACT_SEARCH : MAX_SEARCH)) {
                return true;
            }
            for (Node member : found.get(next).unsorted()) {
                for (Dataflow.Read use : flow.uses(member)) {
                    Cluster reader = cluster(use.reader());
                    if (reader == last || reader == first) {
                        return true;
                    }
                    visit(reader, last);
                }
                for (Node follower : flow.followers(member)) {
                    Cluster later = cluster(follower);
                    if (later == last || later == first) {
                        return true;
                    }
                    visit(later, last);
                }
            }
        }
        return false;
    }

    private void visit(Cluster cluster, Cluster last) {
        if (cluster.seen != search && mayLead(cluster, last)) {
            cluster.seen = search;
            found.add(cluster);
        }
    }
}
