package org.nnlang.compiler.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.fuse.Cluster;
import org.nnlang.compiler.fuse.Dataflow;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.fuse.Strided;
import org.nnlang.compiler.fuse.Views;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.IrException;
import org.nnlang.compiler.ir.Node;
import org.nnlang.runtime.fused.FusedProgram;
import org.nnlang.runtime.program.Note;
import org.nnlang.runtime.program.Segment;
import org.nnlang.runtime.program.Step;
import org.nnlang.runtime.tensor.DType;

/// Writes the steps of jobs that are in order, and gives memory to what has none yet.
final class Emitter {
    private final Dataflow flow;
    private final Views views;
    private final VariableLayout layout;
    private final Extents extents;
    private final Storage storage;
    private final Set<Node> stored;
    private final Moves moves;
    private final Fusion.Effort effort;
    private final Reuse reuse;
    private final Parts parts;
    private final Map<Node, Location> kept = new HashMap<>();

    /// What the emitters of a procedure and of its loops' rounds write together.
    private final Script script;

    /// How often a run of the program does the steps.
    private final Dim times;

    private int job;

    /// The first step of each job.
    private final List<Integer> starts = new ArrayList<>();

    private record Script(List<Step> steps, List<Note> notes, Map<FusedProgram, Integer> programs) {}

    Emitter(Jobs jobs, VariableLayout layout, Extents extents, Fusion.Effort effort) {
        this(jobs, layout, extents, effort, Dim.ONE,
                new Script(new ArrayList<>(), new ArrayList<>(), new LinkedHashMap<>()));
    }

    private Emitter(
            Jobs jobs, VariableLayout layout, Extents extents, Fusion.Effort effort, Dim times, Script script) {
        this.flow = jobs.flow;
        this.views = jobs.views;
        this.layout = layout;
        this.extents = extents;
        this.storage = jobs.storage;
        this.stored = jobs.stored;
        this.effort = effort;
        this.times = times;
        this.script = script;
        this.reuse = new Reuse(storage, stored);
        this.parts = new Parts(views, storage, stored);
        this.moves = new Moves(this);
    }

    /// One for the rounds of a loop.
    Emitter inner(Jobs jobs, Dim trips) {
        return new Emitter(jobs, layout, extents, effort, times.times(trips), script);
    }

    Fusion.Effort effort() {
        return effort;
    }

    Storage storage() {
        return storage;
    }

    void emit(List<Job> order) {
        for (job = 0; job < order.size(); job++) {
            List<Node> read = read(order.get(job));
            for (Node base : read) {
                reuse.read(base, job);
            }
            parts.reads(order.get(job), read);
        }
        for (job = 0; job < order.size(); job++) {
            starts.add(script.steps().size());
            switch (order.get(job)) {
                case Job.Compute(var cluster) -> compute(cluster);
                case Job.Write(var node, var target, _) -> write(node, target);
                case Job.Keep(var node) -> {
                    Location target = storage.buffer(node);
                    kept.put(node, target);
                    write(node, source(node), target);
                }
            }
        }
        for (Reuse.Late each : reuse.late()) {
            var dims = each.node().shape().dims();
            moves.copy(each.node(), each.source(), Strided.rowMajor(dims), each.target(), Strided.rowMajor(dims));
        }
    }

    /// The first step of each job, in their order.
    List<Integer> starts() {
        return starts;
    }

    /// What a job reads in memory.
    List<Node> read(Job job) {
        return switch (job) {
            case Job.Compute(var cluster) -> {
                var bases = new ArrayList<Node>();
                for (Node member : cluster.members()) {
                    flow.reads(member).forEach(read -> bases.add(read.source()));
                }
                yield bases;
            }
            case Job.Write(var node, _, _) -> List.of(views.of(node).base());
            case Job.Keep(var node) -> List.of(views.of(node).base());
        };
    }

    List<Step> steps() {
        return script.steps();
    }

    List<Note> notes() {
        return script.notes();
    }

    List<FusedProgram> programs() {
        return List.copyOf(script.programs().keySet());
    }

    Extents extents() {
        return extents;
    }

    /// Adds a step that stems from `node`.
    void step(Step step, String label, @Nullable Node node, Dim flops) {
        script.steps().add(step);
        var origin = node == null ? null : node.origin();
        script.notes().add(new Note(
                label,
                origin == null ? 0 : origin.line(),
                origin == null ? "" : origin.file().name(),
                extents.of(flops.times(times))));
    }

    /// Notes that the next step uses a location.
    void touch(Location location) {
        storage.touch(location, script.steps().size());
    }

    int program(FusedProgram program) {
        return script.programs().computeIfAbsent(program, _ -> script.programs().size());
    }

    private void write(Node node, Location target) {
        Location early = kept.get(node);
        if (early != null) {
            var dims = node.shape().dims();
            moves.copy(node, early, Strided.rowMajor(dims), target, Strided.rowMajor(dims));
        } else {
            write(node, source(node), target);
        }
    }

    /// Copies a node's elements, row by row.
    void copy(Node node, Location target) {
        write(node, source(node), target);
    }

    /// Copies elements that lie row by row.
    void copy(Node node, Location source, Location target) {
        var layout = Strided.rowMajor(node.shape().dims());
        moves.copy(node, source, layout, target, layout);
    }

    private void write(Node node, Location source, Location target) {
        var dims = node.shape().dims();
        moves.copy(node, source, views.of(node).layout(), target, Strided.rowMajor(dims));
    }

    /// Where the base of a node lies.
    private Location source(Node node) {
        return storage.of(views.of(node).base());
    }

    private void compute(Cluster cluster) {
        if (cluster.isLoop() || cluster.flat() != null) {
            loop(cluster);
            return;
        }
        Node product = cluster.product();
        if (product != null && product.form() instanceof Form.Call call) {
            call(cluster, call);
            return;
        }
        if (product != null) {
            product(cluster, product);
            return;
        }
        Node node = cluster.members().getFirst();
        if (node.form() instanceof Form.Scan scan) {
            new LoopEmitter(this, scan, cluster.members()).emit();
            return;
        }
        Location target = storage.home(node);
        switch (node.form()) {
            case Form.Reshape _, Form.Transpose _, Form.Slice _, Form.Broadcast _, Form.StopGradient _, Form.Point _ -> {
                Node input = node.input(0);
                var layout = views.of(input).layout();
                var dims = input.shape().dims();
                moves.copy(node, source(input), layout, target, Strided.rowMajor(dims));
            }
            case Form.Pad(var low, _) -> {
                moves.clear(node, target);
                part(node, node.input(0), target, low);
            }
            case Form.Concat(int axis) -> {
                Dim at = Dim.ZERO;
                for (Node input : node.inputs()) {
                    if (!parts.isWritten(input)) {
                        Strided place = Parts.place(node, input, axis, at);
                        moves.copy(node, source(input), views.of(input).layout(), target, place);
                    }
                    at = at.plus(input.shape().dim(axis));
                }
            }
            case Form.Gather() -> {
                Node table = node.input(0);
                Node indices = node.input(1);
                Location from = contiguous(table);
                Location at = contiguous(indices);
                Dim rows = table.shape().dim(0);
                Dim width = Dim.product(table.shape().dims().subList(1, table.type().rank()));
                Dim count = indices.shape().size();
                List.of(from, at, target).forEach(this::touch);
                step(new Step.GatherRows(
                        from.place(extents), at.place(extents), target.place(extents), extents.of(count),
                        extents.of(rows), extents.of(width)),
                        table.form() instanceof Form.Variable variable ? "gather from " + variable.name() : "gather",
                        node, Dim.ZERO);
            }
            case Form.Row(var kind) -> {
                Node x = node.input(0);
                Location from = contiguous(x);
                Dim width = x.shape().dim(x.type().rank() - 1);
                Dim rows = Dim.product(x.shape().dims().subList(0, x.type().rank() - 1));
                List.of(from, target).forEach(this::touch);
                boolean second = kind == Form.RowKind.DESCENDING || kind == Form.RowKind.SUMS_BACKWARDS;
                var source = from.place(extents);
                var result = target.place(extents);
                step(kind.isIndex()
                        ? new Step.Order(second, source, result, extents.of(rows), extents.of(width))
                        : new Step.RunningSums(second, source, result, extents.of(rows), extents.of(width)),
                        kind.keyword(), node, x.shape().size());
            }
            case Form.ScatterAdd(var rows) -> {
                Node indices = node.input(0);
                Node updates = node.input(1);
                Location at = contiguous(indices);
                Location from = contiguous(updates);
                Dim count = indices.shape().size();
                int rank = indices.type().rank();
                Dim width = Dim.product(updates.shape().dims().subList(rank, updates.type().rank()));
                List.of(from, at, target).forEach(this::touch);
                step(new Step.ScatterRows(
                        at.place(extents), from.place(extents), target.place(extents), extents.of(count),
                        extents.of(rows), extents.of(width)),
                        "scatter_add", node, updates.shape().size());
            }
            case Form.Call call -> call(cluster, call);
            case Form.Random(var distribution, _, long stream) -> {
                touch(target);
                boolean normal = distribution == Form.Distribution.NORMAL;
                step(new Step.Draw(normal, stream, target.place(extents), extents.of(node.shape().size())),
                        normal ? "normal" : "uniform", node, Dim.ZERO);
            }
            case Form.Input _, Form.Variable _, Form.Constant _, Form.Size _, Form.Iota _, Form.Elementwise _, Form.Reduce _, Form.Contract _, Form.Scan _ ->
                throw new IrException("not a step: " + node);
        }
    }

    /// A library kernel, with all its results that somebody wants, and what follows it.
    private void call(Cluster cluster, Form.Call call) {
        Node product = cluster.product();
        Node first = product == null ? cluster.members().getFirst() : product;
        var operands = new ArrayList<Step.Tensor>();
        for (int i = 0; i < first.inputs().size(); i++) {
            operands.add(operand(first.input(i), Kernels.strided(call, i)));
        }
        var results = new ArrayList<Step.Result>();
        LoopBuilder.Built built = null;
        if (product != null && cluster.members().size() > 1) {
            built = build(cluster, name(cluster));
            reuse.settle(built, product, job);
        }
        for (Node member : cluster.members()) {
            if (member.form() instanceof Form.Call each) {
                Location home = built == null ? storage.home(member) : reuse.placeBefore(built, member);
                touch(home);
                results.add(new Step.Result(
                        each.output(), tensor(home, Strided.rowMajor(member.shape().dims()))));
            }
        }
        Step.Loop epilogue = built == null ? null : loop(built);
        Dim flops = Kernels.flops(first, call);
        step(new Step.Call(call.kernel(), call.attributes(), operands, results, epilogue), label(cluster), first,
                built == null ? flops : flops.plus(flops(cluster)));
    }

    private Step.Tensor operand(Node node, Kernels.Strides wanted) {
        var layout = views.of(node).layout();
        Location location = source(node).plus(layout.offset());
        if (!wanted.allow(layout)) {
            location = contiguous(node);
            layout = Strided.rowMajor(node.shape().dims());
        }
        touch(location);
        return tensor(location, layout);
    }

    private Step.Tensor tensor(Location location, Strided layout) {
        return new Step.Tensor(location.place(extents), extents.all(layout.dims()), extents.all(layout.strides()));
    }

    /// Copies `input` to where `starts` says in `node`.
    private void part(Node node, Node input, Location target, List<Dim> starts) {
        var whole = Strided.rowMajor(node.shape().dims());
        Dim offset = Dim.ZERO;
        for (int axis = 0; axis < starts.size(); axis++) {
            offset = offset.plus(starts.get(axis).times(whole.strides().get(axis)));
        }
        var place = new Strided(offset, input.shape().dims(), whole.strides());
        moves.copy(node, source(input), views.of(input).layout(), target, place);
    }

    /// Where the node's elements lie row by row: its base, or a copy.
    Location contiguous(Node node) {
        var view = views.of(node);
        if (view.layout().isContiguous()) {
            return source(node).plus(view.layout().offset());
        }
        Location copy = storage.buffer(node);
        write(node, source(node), copy);
        return copy;
    }

    /// A copy of a matrix with its axes exchanged.
    Location transposed(Node node) {
        return ordered(node, List.of(1, 0));
    }

    private LoopBuilder.Built build(Cluster cluster, String name) {
        var builder = new LoopBuilder(cluster, flow, stored::contains,
                (variable, gradient) -> gradient ? Planner.gradient(layout, variable) : layout.location(variable));
        while (true) {
            switch (builder.build(name)) {
                case LoopBuilder.Result.Done(var built) -> {
                    return inParts(cluster, builder, name, built);
                }
                case LoopBuilder.Result.Blocked(var misfits) -> {
                    for (LoopBuilder.Misfit misfit : misfits) {
                        builder.replace(misfit, copied(cluster, misfit));
                    }
                }
            }
        }
    }

    /// The same loop, but that it writes what a concat wants to its place there, where that can be.
    private LoopBuilder.Built inParts(Cluster cluster, LoopBuilder builder, String name, LoopBuilder.Built built) {
        Map<Node, Parts.Part> placed = parts.of(cluster);
        LoopBuilder.Built inParts = placed.isEmpty() ? null : builder.inParts(name, placed);
        if (inParts == null) {
            return built;
        }
        placed.keySet().forEach(parts::written);
        return inParts;
    }

    /// Copies what an access sees to memory in the order of the cluster's space.
    private Access copied(Cluster cluster, LoopBuilder.Misfit misfit) {
        Access access = misfit.access();
        var dims = new ArrayList<Dim>();
        for (int axis = 0; axis < cluster.space().size(); axis++) {
            boolean varies = misfit.whole() || !access.strides().get(axis).isZero();
            dims.add(varies ? cluster.space().get(axis) : Dim.ONE);
        }
        Location target = storage.buffer("copy", Segment.ARENA, access.dtype(), Dim.product(dims));
        var rowMajor = Strided.rowMajor(dims);
        Node origin = cluster.members().getFirst();
        if (access.base() == null) {
            int axis = 0;
            while (access.strides().get(axis).isZero()) {
                axis++;
            }
            moves.indices(origin, target, cluster.space(), axis);
        } else {
            var source = new Strided(access.offset(), dims, access.strides());
            moves.copy(origin, storage.of(access.base()), source, target, rowMajor);
        }
        var strides = new ArrayList<>(rowMajor.strides());
        for (int axis = 0; axis < dims.size(); axis++) {
            if (dims.get(axis).isOne()) {
                strides.set(axis, Dim.ZERO);
            }
        }
        return new Access(null, target, access.dtype(), Dim.ZERO, strides, false, false);
    }

    private void loop(Cluster cluster) {
        LoopBuilder.Built built = build(cluster, name(cluster));
        reuse.settle(built, null, job);
        step(loop(built), label(cluster), leader(cluster), flops(cluster));
    }

    private Step.Loop loop(LoopBuilder.Built built) {
        Space space = built.space();
        var bindings = new ArrayList<Step.Binding>();
        for (Access access : built.operands()) {
            Location location = reuse.location(access);
            touch(location);
            bindings.add(new Step.Binding(
                    location.plus(access.offset()).place(extents),
                    extents.all(space.outerStrides(access)),
                    extents.of(space.columnStride(access))));
        }
        return new Step.Loop(
                program(built.program()), extents.all(space.outer()), extents.of(space.columns()), bindings,
                extents.all(built.sizes()));
    }

    private void product(Cluster cluster, Node product) {
        Node left = product.input(0);
        Node right = product.input(1);
        Strided leftLayout = views.of(left).layout();
        Strided rightLayout = views.of(right).layout();
        Location a = source(left);
        Location b = source(right);
        var form = MatrixForm.of(product, leftLayout, rightLayout);
        if (form.a().isEmpty()) {
            a = ordered(left, MatrixForm.leftOrder(product));
            leftLayout = inOrder(left, MatrixForm.leftOrder(product));
        }
        if (form.b().isEmpty()) {
            b = ordered(right, MatrixForm.rightOrder(product));
            rightLayout = inOrder(right, MatrixForm.rightOrder(product));
        }
        form = MatrixForm.of(product, leftLayout, rightLayout);
        MatrixForm.Side aSide = form.a().orElseThrow();
        MatrixForm.Side bSide = form.b().orElseThrow();
        Step.Loop epilogue = null;
        LoopBuilder.Built built = null;
        if (cluster.members().size() > 1) {
            built = build(cluster, name(cluster));
            reuse.settle(built, product, job);
        }
        Location c = built == null ? storage.home(product) : reuse.placeBefore(built, product);
        a = a.plus(leftLayout.offset());
        b = b.plus(rightLayout.offset());
        List.of(a, b, c).forEach(this::touch);
        if (built != null) {
            epilogue = loop(built);
        }
        var batch = new ArrayList<>(form.batch());
        MatrixForm.BatchAxis inner = batch.isEmpty()
                ? new MatrixForm.BatchAxis(Dim.ONE, Dim.ZERO, Dim.ZERO, Dim.ZERO)
                : batch.removeLast();
        Dim flops = Dim.product(List.of(Dim.of(2), form.m(), form.n(), form.k(), inner.size()));
        for (MatrixForm.BatchAxis axis : batch) {
            flops = flops.times(axis.size());
        }
        step(new Step.Product(
                aSide.transposed(), bSide.transposed(), extents.of(form.m()), extents.of(form.n()),
                extents.of(form.k()),
                new Step.Matrix(a.place(extents), extents.of(aSide.rowStride()), extents.of(inner.aStride())),
                new Step.Matrix(b.place(extents), extents.of(bSide.rowStride()), extents.of(inner.bStride())),
                new Step.Matrix(c.place(extents), extents.of(form.n()), extents.of(inner.cStride())),
                extents.of(inner.size()),
                batch.stream()
                        .map(axis -> new Step.Batch(
                                extents.of(axis.size()), extents.of(axis.aStride()),
                                extents.of(axis.bStride()), extents.of(axis.cStride())))
                        .toList(),
                epilogue),
                label(cluster), product, flops.plus(built == null ? Dim.ZERO : flops(cluster)));
    }

    private Location ordered(Node node, List<Integer> order) {
        Location target = storage.buffer("packed", Segment.ARENA, DType.F32, node.shape().size());
        moves.copy(
                node, source(node), views.of(node).layout().transpose(order), target,
                Strided.rowMajor(order.stream().map(node.shape().dims()::get).toList()));
        return target;
    }

    /// The layout of a node whose elements lie row by row once its axes are in another order.
    private static Strided inOrder(Node node, List<Integer> order) {
        var dims = order.stream().map(node.shape().dims()::get).toList();
        return Strided.rowMajor(dims).transpose(org.nnlang.compiler.ir.Axes.inverse(order));
    }

    private Dim flops(Cluster cluster) {
        Dim size = Dim.product(cluster.space());
        long operations = 0;
        if (cluster.flat() != null) {
            return size.times(cluster.flat().results().size() * 3L);
        }
        for (Node member : cluster.members()) {
            operations += member.equals(cluster.product()) ? 0 : 1;
        }
        return size.times(operations);
    }

    private static Node leader(Cluster cluster) {
        return cluster.members().getLast();
    }

    private static String name(Cluster cluster) {
        return cluster.flat() != null ? "update" : Storage.name(leader(cluster));
    }

    private static String label(Cluster cluster) {
        if (cluster.flat() != null) {
            return "update of " + cluster.flat().parameters().size() + " parameters";
        }
        var names = new ArrayList<String>();
        Form.Call before = null;
        for (Node member : cluster.members()) {
            // Outputs of one call are one thing to do.
            if (!(member.form() instanceof Form.Call call)) {
                names.add(Storage.name(member));
            } else if (before == null || !before.isSameCall(call)) {
                names.add(Storage.name(member));
                before = call;
            }
        }
        return names.size() > 8
                ? String.join(" ", names.subList(0, 7)) + " … (" + names.size() + ")"
                : String.join(" ", names);
    }
}
