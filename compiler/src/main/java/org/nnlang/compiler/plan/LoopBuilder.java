package org.nnlang.compiler.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.fuse.Cluster;
import org.nnlang.compiler.fuse.Dataflow;
import org.nnlang.compiler.fuse.FlatUpdate;
import org.nnlang.compiler.fuse.Views;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.ElementwiseOp;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.IrException;
import org.nnlang.compiler.ir.Node;
import org.nnlang.compiler.op.Ops;
import org.nnlang.runtime.fused.FusedProgram;
import org.nnlang.runtime.fused.Opcode;
import org.nnlang.runtime.fused.Reduction;
import org.nnlang.runtime.tensor.DType;

/// Writes the loop of one cluster. The cluster's nodes are walked twice: first to learn which memory is accessed how,
/// from which the loop's dimensions follow, and then to write instructions.
final class LoopBuilder {
    /// Outer dimensions of a fused program.
    static final int MAX_OUTER = 5;

    private final Cluster cluster;
    private final Dataflow flow;
    private final Predicate<Node> stored;
    private final Function flatPlace;
    private final Map<Object, Access> replaced = new HashMap<>();
    private Map<Node, Parts.Part> parts = Map.of();

    private LoopCode code = LoopCode.learning();
    private final Map<Object, Integer> registers = new HashMap<>();
    /// What was loaded, by what asked for it.
    private final Map<Object, Access> loads = new LinkedHashMap<>();

    /// Where a flat update's leaves lie.
    @FunctionalInterface
    interface Function {
        Location apply(String variable, boolean gradient);
    }

    /// @param stored which of the cluster's nodes must be written to memory
    /// @param flatPlace where a variable of a flat update lies, or its gradient
    LoopBuilder(Cluster cluster, Dataflow flow, Predicate<Node> stored, Function flatPlace) {
        this.cluster = cluster;
        this.flow = flow;
        this.stored = stored;
        this.flatPlace = flatPlace;
    }

    /// A loop, ready but for where its memory lies.
    ///
    /// @param operands in the program's order
    record Built(FusedProgram program, Space space, List<Access> operands, List<Dim> sizes) {}

    /// A read that does not fit the loop: its elements must first be copied, in the order of the space.
    ///
    /// @param whole whether once for each element of the space; else once for all along axes that it does not vary along
    record Misfit(Object key, Access access, boolean whole) {}

    /// The loop, or what must be copied before there can be one.
    sealed interface Result {
        record Done(Built built) implements Result {}

        record Blocked(List<Misfit> misfits) implements Result {}
    }

    /// Reads `access`, memory in the order of the space, for what the misfit had.
    void replace(Misfit misfit, Access access) {
        replaced.put(misfit.key(), access);
    }

    /// The same loop with members written as parts of other tensors, or null where none does that.
    @Nullable
    Built inParts(String name, Map<Node, Parts.Part> members) {
        parts = members;
        Space space = learn();
        return space == null || space.axes().size() > MAX_OUTER ? null : write(name, space);
    }

    /// Walks once, and merges what walks alike; null where some access does not fit.
    private @Nullable Space learn() {
        code = LoopCode.learning();
        walk();
        return Space.merge(cluster.space(), shape(), code.accesses(), code.counted());
    }

    private Built write(String name, Space space) {
        List<Access> accesses = code.accesses();
        code = LoopCode.writing(name, space, accesses);
        walk();
        return new Built(code.program(), space, accesses, code.sizes());
    }

    Result build(String name) {
        Space space = learn();
        if (space == null) {
            return new Result.Blocked(misfits(shape().inner()));
        }
        if (space.axes().size() > MAX_OUTER) {
            return new Result.Blocked(misfits(0));
        }
        List<Misfit> apart = apart(space);
        if (!apart.isEmpty()) {
            return new Result.Blocked(apart);
        }
        return new Result.Done(write(name, space));
    }

    /// The reads whose neighbours lie apart in memory and that are read more than once, because rows are reduced or because
    /// they are repeated along an axis: code that takes vectors needs neighbours, and a copy pays at the second reading.
    private List<Misfit> apart(Space space) {
        var found = new ArrayList<Misfit>();
        if (cluster.product() != null) {
            return found; // an epilogue reads a block once
        }
        boolean again = cluster.rowRank() > 0;
        loads.forEach((key, access) -> {
            Dim stride = space.columnStride(access);
            boolean repeated = again || access.strides().stream().anyMatch(Dim::isZero);
            if (!stride.isZero() && !stride.isOne() && repeated) {
                found.add(new Misfit(key, access, false));
            }
        });
        return found;
    }

    private Space.Shape shape() {
        int rank = cluster.space().size();
        if (cluster.combinesRows()) {
            return new Space.Shape(cluster.groups(), cluster.groups() + cluster.combined(), false);
        }
        Node product = cluster.product();
        if (product != null) {
            return new Space.Shape(0, rank - productColumns(product), false);
        }
        return new Space.Shape(0, rank - cluster.rowRank(), cluster.rowRank() == 0);
    }

    /// How many essential axes of a product come from its right side; of a library kernel's result, its channels.
    static int productColumns(Node product) {
        if (!(product.form() instanceof Form.Contract contract)) {
            // The channels of a library kernel.
            return product.shape().dim(product.type().rank() - 1).isOne() ? 0 : 1;
        }
        Node right = product.input(1);
        int columns = 0;
        for (int axis : contract.rhsFree(right.type().rank())) {
            columns += right.shape().dim(axis).isOne() ? 0 : 1;
        }
        return columns;
    }

    /// The reads that do not walk the axes from `first` on in the order of the space.
    private List<Misfit> misfits(int first) {
        var found = new ArrayList<Misfit>();
        for (var entry : loads.entrySet()) {
            Access access = entry.getValue();
            boolean fits = true;
            for (int axis = first + 1; axis < cluster.space().size(); axis++) {
                fits &= Space.continues(cluster.space(), axis, access);
            }
            if (!fits) {
                found.add(new Misfit(entry.getKey(), access, true));
            }
        }
        for (int axis : code.counted()) {
            if (axis >= first) {
                var strides = new ArrayList<Dim>();
                for (int i = 0; i < cluster.space().size(); i++) {
                    strides.add(i == axis ? Dim.ONE : Dim.ZERO);
                }
                found.add(new Misfit(
                        new IndexKey(axis), new Access(null, null, DType.I32, Dim.ZERO, strides, false, false), true));
            }
        }
        if (found.isEmpty()) {
            throw new IrException("no loop fits " + cluster);
        }
        return found;
    }

    private record IndexKey(int axis) {}

    private record LoadKey(@Nullable Node base, @Nullable Location fixed, Dim offset, List<Dim> strides) {}

    private record ValueKey(Node node, List<Integer> map) {}

    // What follows runs twice.

    private void walk() {
        registers.clear();
        loads.clear();
        FlatUpdate flat = cluster.flat();
        if (flat != null) {
            for (FlatUpdate.Result result : flat.results()) {
                int value = flatValue(flat, result.value());
                Location place = flatPlace.apply(result.variables().getFirst(), false);
                code.store(
                        new Access(null, place, result.value().type().dtype(), Dim.ZERO, List.of(Dim.ONE), true, false),
                        value);
            }
            return;
        }
        for (Node member : cluster.members()) {
            code.line(member);
            int register = member(member);
            if (register >= 0 && stored.test(member) && !member.equals(cluster.product())) {
                code.store(target(member), register);
            }
        }
    }

    /// Where a member's elements go: over its own axes, which are the leading ones, row by row, or as part of something.
    private Access target(Node member) {
        Parts.Part part = parts.get(member);
        var layout = part == null ? flow.views().of(member).layout() : part.layout();
        int[] axes = Views.essentialAxes(member.shape().dims());
        var strides = new ArrayList<Dim>();
        for (int axis = 0; axis < cluster.space().size(); axis++) {
            strides.add(axis < axes.length ? layout.strides().get(axes[axis]) : Dim.ZERO);
        }
        Node base = part == null ? member : part.whole();
        return new Access(base, null, member.type().dtype(), layout.offset(), strides, true, false);
    }

    private int member(Node member) {
        int rank = Views.essential(member.shape().dims()).size();
        int register = switch (member.form()) {
            case Form.Elementwise(var op) -> {
                int[] inputs = new int[member.inputs().size()];
                for (int i = 0; i < inputs.length; i++) {
                    inputs[i] = value(member.input(i), Views.identity(rank));
                }
                yield apply(op, member.input(0), inputs);
            }
            case Form.Reduce(var kind, _) -> {
                Node input = member.input(0);
                int all = Views.essential(input.shape().dims()).size();
                int value = value(input, Views.identity(all));
                Reduction reduction = reduction(kind);
                if (Cluster.combinesRows(member)) {
                    code.combineRows(reduction, combined(member), value);
                    yield -1;
                }
                yield code.reduce(reduction, value);
            }
            case Form.Contract _, Form.Call _ -> load(new LoadKey(member, null, Dim.ZERO, target(member).strides()),
                    member.type().dtype());
            case Form.Size _, Form.Iota _ -> inline(member, Views.identity(rank));
            case Form.Input _, Form.Variable _, Form.Constant _, Form.Reshape _, Form.Transpose _, Form.Slice _, Form.Pad _, Form.Concat _, Form.Broadcast _, Form.Gather _, Form.ScatterAdd _, Form.Row _, Form.Random _, Form.StopGradient _, Form.Point _, Form.Scan _ ->
                throw new IrException("no loop computes " + member);
        };
        registers.put(new ValueKey(member, map(Views.identity(rank))), register);
        return register;
    }

    private static List<Integer> map(int[] map) {
        return Arrays.stream(map).boxed().toList();
    }

    private static Reduction reduction(Form.ReduceKind kind) {
        return switch (kind) {
            case SUM -> Reduction.SUM;
            case PRODUCT -> Reduction.PRODUCT;
            case MAX -> Reduction.MAX;
            case MIN -> Reduction.MIN;
            case ARGMAX -> Reduction.ARGMAX;
            case ARGMIN -> Reduction.ARGMIN;
        };
    }

    /// The register that holds a node's elements, its essential axis i being axis `map[i]` of the space.
    private int value(Node node, int[] map) {
        var key = new ValueKey(node, map(map));
        Integer known = registers.get(key);
        if (known != null) {
            return known;
        }
        int register = compute(node, map);
        registers.put(key, register);
        return register;
    }

    private int compute(Node node, int[] map) {
        if (flow.isInline(node)) {
            return inline(node, map);
        }
        if (flow.views().isMove(node)) {
            Optional<Views.Through> through = Views.through(node, map);
            if (through.isPresent()) {
                return value(through.get().input(), through.get().map());
            }
        }
        Views.View view = flow.views().of(node);
        if (view.base().form() instanceof Form.Constant constant && constant.isUniform()) {
            return constant(constant);
        }
        int[] axes = Views.essentialAxes(node.shape().dims());
        Dim[] strides = new Dim[cluster.space().size()];
        Arrays.fill(strides, Dim.ZERO);
        for (int i = 0; i < axes.length; i++) {
            strides[map[i]] = strides[map[i]].plus(view.layout().strides().get(axes[i]));
        }
        return load(new LoadKey(view.base(), null, view.layout().offset(), List.of(strides)), node.type().dtype());
    }

    private int inline(Node node, int[] map) {
        return switch (node.form()) {
            case Form.Constant constant -> constant(constant);
            case Form.Size(var dim, var dtype) -> {
                int register = code.size(dim);
                yield dtype == DType.F32 ? code.apply(Opcode.TO_F32, register) : register;
            }
            case Form.Iota(var shape, int axis) -> {
                int place = 0;
                for (int i = 0; i < axis; i++) {
                    place += shape.dim(i).isOne() ? 0 : 1;
                }
                yield shape.dim(axis).isOne() ? code.literal(DType.I32, 0) : index(map[place]);
            }
            case Form.Elementwise(var op) -> {
                int[] inputs = new int[node.inputs().size()];
                for (int i = 0; i < inputs.length; i++) {
                    inputs[i] = value(node.input(i), map);
                }
                yield apply(op, node.input(0), inputs);
            }
            case Form.Input _, Form.Variable _, Form.Reduce _, Form.Contract _, Form.Reshape _, Form.Transpose _, Form.Slice _, Form.Pad _, Form.Concat _, Form.Broadcast _, Form.Gather _, Form.ScatterAdd _, Form.Call _, Form.Row _, Form.Random _, Form.StopGradient _, Form.Point _, Form.Scan _ ->
                throw new IrException("not computed in place: " + node);
        };
    }

    private int flatValue(FlatUpdate flat, Node node) {
        Integer known = registers.get(node);
        if (known != null) {
            return known;
        }
        List<String> variables = flat.variables().get(node);
        int register;
        if (variables != null) {
            register = flatLoad(flatPlace.apply(variables.getFirst(), false), node);
        } else if (flat.values().containsKey(node)) {
            register = flatLoad(flatPlace.apply(flat.parameters().getFirst(), true), node);
        } else if (isShared(flat, node)) {
            register = value(node, new int[0]);
        } else if (node.form() instanceof Form.Elementwise(var op)) {
            int[] inputs = new int[node.inputs().size()];
            for (int i = 0; i < inputs.length; i++) {
                inputs[i] = flatValue(flat, node.input(i));
            }
            code.line(node);
            register = code.apply(op, inputs);
        } else if (node.form() instanceof Form.Constant constant && constant.isUniform()) {
            register = constant(constant);
        } else {
            // A broadcast scalar: the only other form that pairing lets through.
            register = value(node.input(0), new int[0]);
        }
        registers.put(node, register);
        return register;
    }

    /// Whether a node is one number for all parameters. What the first one computes is not, be that parameter a single
    /// number.
    private static boolean isShared(FlatUpdate flat, Node node) {
        boolean own = node.shape().equals(flat.results().getFirst().value().shape())
                && switch (node.form()) {
                    case Form.Elementwise _, Form.Constant _, Form.Broadcast _ -> true;
                    case Form _ -> false;
                };
        return !own && Views.essential(node.shape().dims()).isEmpty();
    }

    private int flatLoad(Location place, Node node) {
        return load(new LoadKey(null, place, Dim.ZERO, List.of(Dim.ONE)), node.type().dtype());
    }

    private int load(LoadKey key, DType dtype) {
        Integer known = registers.get(key);
        if (known != null) {
            return known;
        }
        Access access = replaced.get(key);
        if (access == null) {
            access = new Access(key.base(), key.fixed(), dtype, key.offset(), key.strides(), false, false);
        }
        loads.put(key, access);
        int register = code.load(access);
        registers.put(key, register);
        return register;
    }

    private int constant(Form.Constant constant) {
        return code.literal(constant.type().dtype(), constant.value(0));
    }

    private int index(int axis) {
        var key = new IndexKey(axis);
        Access copied = replaced.get(key);
        if (copied == null) {
            return code.index(axis);
        }
        Integer known = registers.get(key);
        int register = known != null ? known : code.load(copied);
        registers.put(key, register);
        return register;
    }

    /// @param first the first input: registers hold its u8 as i32 from the start
    private int apply(ElementwiseOp op, Node first, int... inputs) {
        return op == Ops.TO_I32 && first.type().dtype() == DType.U8 ? inputs[0] : code.apply(op, inputs);
    }

    /// Where rows combined go: the axes of the groups and of the columns.
    private Access combined(Node member) {
        var layout = flow.views().of(member).layout();
        int[] axes = Views.essentialAxes(member.shape().dims());
        var strides = new ArrayList<Dim>();
        int dropped = cluster.groups() + cluster.combined();
        for (int axis = 0; axis < cluster.space().size(); axis++) {
            if (axis < cluster.groups()) {
                strides.add(layout.strides().get(axes[axis]));
            } else if (axis < dropped) {
                strides.add(Dim.ZERO);
            } else {
                strides.add(layout.strides().get(axes[axis - cluster.combined()]));
            }
        }
        return new Access(member, null, member.type().dtype(), Dim.ZERO, strides, true, true);
    }
}
