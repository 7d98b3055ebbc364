package org.nnlang.compiler.fuse;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;

/// A procedure cut into clusters.
///
/// @param procedure with reductions in a form that loops can do; its nodes are those of the clusters
/// @param clusters one for each step, in no order
public record Fusion(Procedure procedure, Dataflow flow, List<Cluster> clusters) {

    /// How far to go.
    public enum Effort {
        /// Every node by itself, for comparison.
        NONE,
        /// Everything but what leaves less to compute again: of a derivative that is kept alone, no source is left in memory.
        REPEATABLE,
        /// Everything.
        FULL
    }

    /// Cuts a procedure.
    ///
    /// @param flattens whether the memory of a flat update's variables lies as the update needs it
    public static Fusion of(Procedure source, Effort effort, Predicate<FlatUpdate> flattens) {
        return of(Prepared.of(source), effort, flattens);
    }

    /// Cuts a procedure that is prepared.
    public static Fusion of(Prepared prepared, Effort effort, Predicate<FlatUpdate> flattens) {
        Procedure procedure = prepared.procedure();
        var views = new Views();
        procedure.nodes().forEach(views::of);
        List<FlatUpdate> flats = new ArrayList<>();
        if (effort != Effort.NONE) {
            for (FlatUpdate flat : FlatUpdates.of(procedure)) {
                if (flattens.test(flat)) {
                    flats.add(flat);
                }
            }
        }
        while (true) {
            var fusion = of(prepared, views, flats, effort, false);
            FlatUpdate knot = fusion.knot();
            if (knot == null) {
                return fusion;
            }
            flats.remove(knot);
        }
    }

    private static Fusion of(
            Prepared prepared, Views views, List<FlatUpdate> flats, Effort effort, boolean exact) {
        Procedure procedure = prepared.procedure();
        Set<Node> flatResults = new HashSet<>();
        flats.forEach(flat -> flat.results().forEach(result -> flatResults.addAll(result.values())));
        var roots = new ArrayList<Node>();
        procedure.outputs().forEach(output -> roots.add(output.node()));
        procedure.updates().forEach(update -> roots.add(update.value()));
        roots.removeAll(flatResults);
        var flow = new Dataflow(views, procedure.nodes(), roots, flats, effort != Effort.NONE, prepared.after());
        var merging = new Merging(flow, flats, exact);
        if (effort != Effort.NONE) {
            merging.mergeWithReaders();
            merging.mergeNeighbours();
            if (!exact && flats.isEmpty() && merging.isKnotted()) {
                return of(prepared, views, flats, effort, true);
            }
            Set<Node> kept = new HashSet<>();
            roots.forEach(root -> kept.add(views.of(root).base()));
            flats.forEach(flat -> flat.values().values()
                    .forEach(all -> all.forEach(value -> kept.add(views.of(value).base()))));
            if (effort == Effort.FULL) {
                new KeptFunctions(merging, flow, kept).apply();
            }
            merging.repeatCheapValues(kept);
            new KeptSources(merging, flow, kept).apply();
        }
        return new Fusion(procedure, flow, List.copyOf(merging.clusters()));
    }

    /// A flat update that would have to run before and after something else, or null.
    private @org.jspecify.annotations.Nullable FlatUpdate knot() {
        for (Cluster cluster : clusters) {
            FlatUpdate flat = cluster.flat();
            if (flat != null && dependsOnItself(cluster)) {
                return flat;
            }
        }
        return null;
    }

    private boolean dependsOnItself(Cluster cluster) {
        var seen = new HashSet<Node>();
        var open = new ArrayList<Node>(cluster.members());
        while (!open.isEmpty()) {
            for (Node next : flow.next(open.removeLast())) {
                if (cluster.has(next)) {
                    return true;
                }
                if (seen.add(next)) {
                    open.add(next);
                }
            }
        }
        return false;
    }
}
