package org.nnlang.compiler.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.fuse.Cluster;
import org.nnlang.compiler.fuse.FlatUpdate;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.fuse.Prepared;
import org.nnlang.compiler.fuse.Views;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.IrException;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Port;
import org.nnlang.runtime.program.Segment;

/// Makes a program of a procedure: decides what is written straight to where it is wanted, what must run before what,
/// and emits the steps in that order.
public final class Planner {
    private final Prepared prepared;
    private final Procedure procedure;
    private final Fusion fusion;
    private final Views views;
    private final VariableLayout layout;
    private final Extents extents = new Extents();
    private final Storage storage;
    private final Jobs jobs;
    private final Schedule schedule;
    private final Fusion.Effort effort;
    private final List<Port> outputs = new ArrayList<>();

    private Planner(Prepared prepared, Fusion fusion, VariableLayout layout, Fusion.Effort effort) {
        this.prepared = prepared;
        this.procedure = fusion.procedure();
        this.fusion = fusion;
        this.views = fusion.flow().views();
        this.layout = layout;
        this.effort = effort;
        this.storage = new Storage(layout, extents);
        this.jobs = new Jobs(fusion, storage);
        this.schedule = jobs.schedule;
    }

    /// Plans a procedure.
    ///
    /// @param layout of all the training's variables
    /// @param effort how far to fuse
    public static Image plan(Procedure procedure, VariableLayout layout, Fusion.Effort effort) {
        return plan(Prepared.of(procedure), layout, effort).image();
    }

    /// Plans a procedure so that its arena has at most that many bytes, where that can be done: instead of keeping values for later,
    /// the program computes some again.
    ///
    /// @param sizes for the procedure's free dimensions: the largest that it shall run with
    public static Recomputation.Result plan(
            Procedure procedure, VariableLayout layout, Map<String, Integer> sizes, long arenaBytes) {
        return new Recomputation(layout, sizes).fit(Prepared.of(procedure), arenaBytes);
    }

    /// A plan, and what it was made of.
    ///
    /// @param starts the first step of each job
    record Plan(Prepared prepared, Image image, Fusion fusion, Jobs jobs, List<Job> order, List<List<Node>> reads,
            List<Integer> starts) {}

    static Plan plan(Prepared prepared, VariableLayout layout, Fusion.Effort effort) {
        Plan plan = new Planner(prepared, Fusion.of(prepared, effort, layout::isFlat), layout, effort).plan();
        if (plan == null) {
            // Flat updates wait for each other: without them the order is that of the data.
            plan = new Planner(prepared, Fusion.of(prepared, effort, _ -> false), layout, effort).plan();
        }
        if (plan == null) {
            // Loops wait for each other: one step for each operation has the order of the data.
            plan = new Planner(
                    prepared, Fusion.of(prepared, Fusion.Effort.NONE, _ -> false), layout, Fusion.Effort.NONE)
                    .plan();
        }
        if (plan == null) {
            throw new IrException("the steps of " + prepared.procedure().name() + " wait for each other");
        }
        return plan;
    }

    private @Nullable Plan plan() {
        var inputs = new ArrayList<Port>();
        for (Node input : procedure.inputs()) {
            var form = (Form.Input) input.form();
            Location home = storage.buffer(
                    form.name(), Segment.INPUTS, form.type().dtype(), input.shape().size());
            storage.put(input, home);
            inputs.add(port(form.name(), input, home));
        }
        jobs.addClusters();
        addFlatValues();
        addOutputs();
        addUpdates();
        List<Job> order = schedule.sorted();
        if (order.size() < schedule.jobs().size()) {
            return null;
        }
        var emitter = new Emitter(jobs, layout, extents, effort);
        emitter.emit(order);
        var image = new Image(
                procedure.name(),
                extents.symbols(),
                extents.extents(),
                storage.buffers(),
                layout.variables(),
                inputs,
                outputs,
                emitter.programs(),
                emitter.steps(),
                emitter.notes(),
                storage.constants(),
                storage.intConstants());
        return new Plan(
                prepared, image, fusion, jobs, order, order.stream().map(emitter::read).toList(), emitter.starts());
    }

    private Port port(String name, Node node, Location place) {
        return new Port(
                name, node.type().dtype(), extents.all(node.shape().dims()), place.place(extents));
    }

    private void addFlatValues() {
        for (Cluster cluster : fusion.clusters()) {
            FlatUpdate flat = cluster.flat();
            if (flat == null) {
                continue;
            }
            for (FlatUpdate.Result result : flat.results()) {
                for (int i = 0; i < result.variables().size(); i++) {
                    storage.put(result.values().get(i), layout.location(result.variables().get(i)));
                }
            }
        }
        for (Cluster cluster : fusion.clusters()) {
            FlatUpdate flat = cluster.flat();
            if (flat == null) {
                continue;
            }
            for (List<Node> values : flat.values().values()) {
                for (int i = 0; i < values.size(); i++) {
                    String parameter = flat.parameters().get(i);
                    Location target = gradient(layout, parameter);
                    if (!jobs.home(values.get(i), target)) {
                        Job write = jobs.write(values.get(i), target, "gradient of " + parameter);
                        schedule.order(write, new Job.Compute(cluster));
                    }
                }
            }
        }
    }

    static Location gradient(VariableLayout layout, String parameter) {
        return Location.fixed(Segment.GRADIENTS, false, layout.of(parameter).offset());
    }

    private void addOutputs() {
        for (Procedure.Output output : procedure.outputs()) {
            Node node = output.node();
            Location known = storage.find(views.of(node).base());
            if (known != null && known.segment() == Segment.OUTPUTS && jobs.isWhole(node)) {
                outputs.add(port(output.name(), node, known));
                continue;
            }
            Location target = storage.buffer(
                    output.name(), Segment.OUTPUTS, node.type().dtype(), node.shape().size());
            if (!jobs.home(node, target)) {
                jobs.write(node, target, output.name());
            }
            outputs.add(port(output.name(), node, target));
        }
    }

    private void addUpdates() {
        Set<String> flat = new HashSet<>();
        Set<String> changing = new HashSet<>();
        for (Cluster cluster : fusion.clusters()) {
            if (cluster.flat() != null) {
                cluster.flat().results().forEach(result -> flat.addAll(result.variables()));
            }
        }
        procedure.updates().forEach(update -> changing.add(update.variable()));
        var remaining = new ArrayList<Procedure.Update>();
        for (Procedure.Update update : procedure.updates()) {
            if (flat.contains(update.variable())) {
                continue;
            }
            Node base = views.of(update.value()).base();
            if (base.form() instanceof Form.Variable(var name, _, _)) {
                if (name.equals(update.variable()) && jobs.isWhole(update.value())) {
                    continue;
                }
                if (changing.contains(name)) {
                    var keep = new Job.Keep(update.value());
                    if (!schedule.jobs().contains(keep)) {
                        schedule.add(keep, update.value().id());
                        jobs.reads(keep, base);
                    }
                }
            }
            remaining.add(update);
        }
        var late = new ArrayList<Procedure.Update>();
        for (Procedure.Update update : remaining) {
            if (!writeDirectly(update)) {
                late.add(update);
            }
        }
        for (Procedure.Update update : late) {
            var keep = new Job.Keep(update.value());
            Location target = layout.location(update.variable());
            Job write;
            if (schedule.jobs().contains(keep)) {
                write = new Job.Write(update.value(), target, update.variable());
                schedule.add(write, update.value().id());
                schedule.order(keep, write);
            } else {
                write = jobs.write(update.value(), target, update.variable());
            }
            afterReaders(update.variable(), write);
        }
        for (Cluster cluster : fusion.clusters()) {
            if (cluster.flat() != null) {
                cluster.flat()
                        .results()
                        .forEach(result -> result.variables()
                                .forEach(name -> afterReaders(name, new Job.Compute(cluster))));
            }
        }
    }

    private void afterReaders(String variable, Job writer) {
        for (Job reader : jobs.readers.getOrDefault(variable, Set.of())) {
            schedule.order(reader, writer);
        }
    }

    /// Whether a cluster reads the variable in another order than it writes: as an operand of a library step.
    private boolean isMatrixOf(Cluster cluster, String variable) {
        for (Node member : cluster.members()) {
            if (!(member.form() instanceof Form.Elementwise) && !(member.form() instanceof Form.Reduce)) {
                for (Node input : member.inputs()) {
                    if (views.of(input).base().form() instanceof Form.Variable(var name, _, _)
                            && name.equals(variable)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /// Lets a variable's new value be computed in its place, where all that read the old one can run before.
    private boolean writeDirectly(Procedure.Update update) {
        Node base = views.of(update.value()).base();
        Cluster cluster = jobs.clusters.get(base);
        if (cluster == null || storage.find(base) != null || !jobs.isWhole(update.value())) {
            return false;
        }
        var writer = new Job.Compute(cluster);
        for (Job reader : jobs.readers.getOrDefault(update.variable(), Set.of())) {
            boolean itself = reader.equals(writer);
            if (itself ? isMatrixOf(cluster, update.variable()) : schedule.leads(writer, reader)) {
                return false;
            }
        }
        storage.put(base, layout.location(update.variable()));
        jobs.stored.add(base);
        afterReaders(update.variable(), writer);
        return true;
    }

}
