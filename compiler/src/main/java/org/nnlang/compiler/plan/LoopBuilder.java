package org.nnlang.compiler.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.fuse.Cluster;
import org.nnlang.compiler.fuse.Dataflow;
import org.nnlang.compiler.fuse.FlatUpdate;
import org.nnlang.compiler.fuse.Views;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.IrException;
import org.nnlang.compiler.ir.Node;
import org.nnlang.runtime.fused.Columns;
import org.nnlang.runtime.fused.FusedProgram;
import org.nnlang.runtime.fused.FusedProgramBuilder;
import org.nnlang.runtime.fused.Opcode;
import org.nnlang.runtime.fused.Reduction;
import org.nnlang.runtime.tensor.DType;

/// Writes the loop of one cluster. The cluster's nodes are walked twice: first to learn which memory is accessed how,
/// from which the loop's dimensions follow, and then to write instructions.
final class LoopBuilder {
    private final Cluster cluster;
    private final Dataflow flow;
    private final Predicate<Node> stored;
    private final Function flatPlace;
    private final Map<Object, Access> replaced = new HashMap<>();

    private final List<Access> accesses = new ArrayList<>();
    private final Set<Integer> counted = new LinkedHashSet<>();
    private final List<Dim> sizes = new ArrayList<>();

    /// Set for the second walk.
    private @Nullable FusedProgramBuilder builder;

    private @Nullable Space space;
    private int nextRegister;
    private final Map<Object, Integer> registers = new HashMap<>();
    private final Map<Integer, Boolean> varying = new HashMap<>();
    private final Map<Access, Integer> operands = new LinkedHashMap<>();

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

    /// A read that does not fit the loop's dimensions: its elements must first be copied, in the order of the space.
    record Misfit(Object key, Access access) {}

    /// The loop, or what must be copied before there can be one.
    sealed interface Result {
        record Done(Built built) implements Result {}

        record Blocked(List<Misfit> misfits) implements Result {}
    }

    /// Reads `access`, memory in the order of the space, for what the misfit had.
    void replace(Misfit misfit, Access access) {
        replaced.put(misfit.key(), access);
    }

    Result build(String name) {
        reset();
        walk();
        Space merged = Space.merge(cluster.space(), shape(), accesses, counted);
        if (merged == null) {
            return new Result.Blocked(misfits());
        }
        if (merged.axes().size() > 5) {
            throw new IrException("a loop over " + merged.axes().size() + " dimensions: " + cluster);
        }
        List<Access> found = List.copyOf(accesses);
        reset();
        space = merged;
        FusedProgramBuilder target = new FusedProgramBuilder(name, merged.axes().size()).groups(merged.groups());
        for (Access access : found) {
            String label =
                    access.fixed() != null ? label(access.fixed()) : label(Objects.requireNonNull(access.base()));
            operands.put(access, target.operand(label, access.dtype(), columns(merged, access)));
        }
        builder = target;
        walk();
        return new Result.Done(new Built(target.build(), merged, found, List.copyOf(sizes)));
    }

    private static String label(Location place) {
        return "all " + place.segment().name().toLowerCase(Locale.ROOT);
    }

    private static String label(Node node) {
        return switch (node.form()) {
            case Form.Input(var name, _) -> name;
            case Form.Variable(var name, _, _) -> name;
            case Form.Constant _, Form.Size _, Form.Iota _, Form.Elementwise _, Form.Reduce _, Form.Contract _, Form.Reshape _, Form.Transpose _, Form.Slice _, Form.Pad _, Form.Concat _, Form.Broadcast _, Form.Gather _, Form.ScatterAdd _, Form.Random _, Form.StopGradient _ ->
                "%" + node.id();
        };
    }

    private static Columns columns(Space space, Access access) {
        Dim stride = space.columnStride(access);
        if (stride.isZero()) {
            return Columns.ONE_VALUE;
        }
        return stride.isOne() ? Columns.CONTIGUOUS : Columns.STRIDED;
    }

    private void reset() {
        accesses.clear();
        counted.clear();
        sizes.clear();
        registers.clear();
        varying.clear();
        operands.clear();
        nextRegister = 0;
        builder = null;
        space = null;
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

    /// How many essential axes of a product come from its right side.
    static int productColumns(Node product) {
        var contract = (Form.Contract) product.form();
        Node right = product.input(1);
        int columns = 0;
        for (int axis : contract.rhsFree(right.type().rank())) {
            columns += right.shape().dim(axis).isOne() ? 0 : 1;
        }
        return columns;
    }

    private List<Misfit> misfits() {
        int inner = shape().inner();
        var found = new ArrayList<Misfit>();
        for (var entry : new LinkedHashMap<>(keys).entrySet()) {
            Access access = entry.getValue();
            boolean fits = true;
            for (int axis = inner + 1; axis < cluster.space().size(); axis++) {
                fits &= Space.continues(cluster.space(), axis, access);
            }
            if (!fits) {
                found.add(new Misfit(entry.getKey(), access));
            }
        }
        for (int axis : counted) {
            if (axis >= inner) {
                var strides = new ArrayList<Dim>();
                for (int i = 0; i < cluster.space().size(); i++) {
                    strides.add(i == axis ? Dim.ONE : Dim.ZERO);
                }
                found.add(new Misfit(
                        new IndexKey(axis), new Access(null, null, DType.I32, Dim.ZERO, strides, false, false)));
            }
        }
        if (found.isEmpty()) {
            throw new IrException("no loop fits " + cluster);
        }
        return found;
    }

    private final Map<Object, Access> keys = new LinkedHashMap<>();

    private record IndexKey(int axis) {}

    private record LoadKey(@Nullable Node base, @Nullable Location fixed, Dim offset, List<Dim> strides) {}

    private record ValueKey(Node node, List<Integer> map) {}

    // What follows runs twice.

    private void walk() {
        keys.clear();
        FlatUpdate flat = cluster.flat();
        if (flat != null) {
            for (FlatUpdate.Result result : flat.results()) {
                int value = flatValue(flat, result.value());
                Location place = flatPlace.apply(result.variables().getFirst(), false);
                store(new Access(null, place, result.value().type().dtype(), Dim.ZERO, List.of(Dim.ONE), true, false),
                        value);
            }
            return;
        }
        for (Node member : cluster.members()) {
            line(member);
            int register = member(member);
            if (register >= 0 && stored.test(member) && !member.equals(cluster.product())) {
                store(target(member), register);
            }
        }
    }

    private void line(Node node) {
        if (builder != null && node.origin() != null) {
            builder.line(node.origin().line());
        }
    }

    /// Where a member's elements go: row by row over its own axes, which are the leading ones.
    private Access target(Node member) {
        var layout = flow.views().of(member).layout();
        int[] axes = Views.essentialAxes(member.shape().dims());
        var strides = new ArrayList<Dim>();
        for (int axis = 0; axis < cluster.space().size(); axis++) {
            strides.add(axis < axes.length ? layout.strides().get(axes[axis]) : Dim.ZERO);
        }
        return new Access(member, null, member.type().dtype(), Dim.ZERO, strides, true, false);
    }

    private int member(Node member) {
        int rank = Views.essential(member.shape().dims()).size();
        int register = switch (member.form()) {
            case Form.Elementwise(var op) -> {
                int[] inputs = new int[member.inputs().size()];
                for (int i = 0; i < inputs.length; i++) {
                    inputs[i] = value(member.input(i), Views.identity(rank));
                }
                yield apply(op.opcode(), member.input(0), inputs);
            }
            case Form.Reduce(var kind, _) -> {
                Node input = member.input(0);
                int all = Views.essential(input.shape().dims()).size();
                int value = spread(value(input, Views.identity(all)));
                Reduction reduction = reduction(kind);
                if (Cluster.combinesRows(member)) {
                    combineRows(reduction, member, value);
                    yield -1;
                }
                yield reduce(reduction, value);
            }
            case Form.Contract _ -> load(new LoadKey(member, null, Dim.ZERO, target(member).strides()),
                    member.type().dtype());
            case Form.Size _, Form.Iota _ -> inline(member, Views.identity(rank));
            case Form.Input _, Form.Variable _, Form.Constant _, Form.Reshape _, Form.Transpose _, Form.Slice _, Form.Pad _, Form.Concat _, Form.Broadcast _, Form.Gather _, Form.ScatterAdd _, Form.Random _, Form.StopGradient _ ->
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
                int register = size(dim);
                yield dtype == DType.F32 ? apply(Opcode.TO_F32, register) : register;
            }
            case Form.Iota(var shape, int axis) -> {
                int place = 0;
                for (int i = 0; i < axis; i++) {
                    place += shape.dim(i).isOne() ? 0 : 1;
                }
                yield shape.dim(axis).isOne() ? literal(DType.I32, 0) : index(map[place]);
            }
            case Form.Elementwise(var op) -> {
                int[] inputs = new int[node.inputs().size()];
                for (int i = 0; i < inputs.length; i++) {
                    inputs[i] = value(node.input(i), map);
                }
                yield apply(op.opcode(), node.input(0), inputs);
            }
            case Form.Input _, Form.Variable _, Form.Reduce _, Form.Contract _, Form.Reshape _, Form.Transpose _, Form.Slice _, Form.Pad _, Form.Concat _, Form.Broadcast _, Form.Gather _, Form.ScatterAdd _, Form.Random _, Form.StopGradient _ ->
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
        } else if (Views.essential(node.shape().dims()).isEmpty()) {
            register = value(node, new int[0]);
        } else if (node.form() instanceof Form.Elementwise(var op)) {
            int[] inputs = new int[node.inputs().size()];
            for (int i = 0; i < inputs.length; i++) {
                inputs[i] = flatValue(flat, node.input(i));
            }
            line(node);
            register = apply(op.opcode(), inputs);
        } else if (node.form() instanceof Form.Constant constant && constant.isUniform()) {
            register = constant(constant);
        } else {
            // A broadcast scalar: the only other form that pairing lets through.
            register = value(node.input(0), new int[0]);
        }
        registers.put(node, register);
        return register;
    }

    private int flatLoad(Location place, Node node) {
        return load(new LoadKey(null, place, Dim.ZERO, List.of(Dim.ONE)), node.type().dtype());
    }

    // Instructions: on the first walk only what is accessed is noted.

    private int next(boolean varies) {
        int register = nextRegister++;
        varying.put(register, varies);
        return register;
    }

    private boolean varies(int... inputs) {
        for (int input : inputs) {
            if (Boolean.TRUE.equals(varying.get(input))) {
                return true;
            }
        }
        return false;
    }

    private int emitted(int register, boolean varies) {
        varying.put(register, varies);
        return register;
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
        keys.put(key, access);
        int register = load(access);
        registers.put(key, register);
        return register;
    }

    private int load(Access access) {
        boolean varies = innerAxes(access);
        if (builder == null) {
            accesses.add(access);
            return next(varies);
        }
        return emitted(builder.load(operand(access)), varies);
    }

    private int operand(Access access) {
        Integer operand = operands.get(access);
        if (operand == null) {
            throw new AssertionError("an access the first walk did not see: " + access);
        }
        return operand;
    }

    /// Whether an access moves along the columns; before they are known, along any axis that may become one.
    private boolean innerAxes(Access access) {
        if (space != null) {
            return !space.columnStride(access).isZero();
        }
        return access.strides().stream().anyMatch(stride -> !stride.isZero());
    }

    private int constant(Form.Constant constant) {
        return literal(constant.type().dtype(), constant.value(0));
    }

    private int literal(DType dtype, double value) {
        if (builder == null) {
            return next(false);
        }
        return emitted(
                switch (dtype) {
                    case F32 -> builder.constant((float) value);
                    case I32, U8 -> builder.constant((int) value);
                    case BOOL -> builder.constant(value != 0);
                },
                false);
    }

    private int size(Dim dim) {
        int index = sizes.indexOf(dim);
        if (index < 0) {
            index = sizes.size();
            sizes.add(dim);
        }
        return builder == null ? next(false) : emitted(builder.size(index), false);
    }

    private int index(int axis) {
        var key = new IndexKey(axis);
        Access copied = replaced.get(key);
        if (copied != null) {
            Integer known = registers.get(key);
            int register = known != null ? known : load(copied);
            registers.put(key, register);
            return register;
        }
        counted.add(axis);
        if (builder == null || space == null) {
            return next(true);
        }
        int dimension = space.dimension(axis);
        return dimension < 0 ? emitted(builder.columnIndex(), true) : emitted(builder.outerIndex(dimension), false);
    }

    /// @param first the first input: registers hold its u8 as i32 from the start
    private int apply(Opcode opcode, Node first, int... inputs) {
        return opcode == Opcode.TO_I32 && first.type().dtype() == DType.U8 ? inputs[0] : apply(opcode, inputs);
    }

    private int apply(Opcode opcode, int... inputs) {
        boolean varies = varies(inputs);
        return builder == null ? next(varies) : emitted(builder.apply(opcode, inputs), varies);
    }

    /// A register that has a value for every column: only such a one can be reduced.
    private int spread(int register) {
        if (builder == null || varies(register)) {
            return register;
        }
        int column = emitted(builder.columnIndex(), true);
        int always = apply(Opcode.EQ, column, column);
        return apply(Opcode.SELECT, always, register, register);
    }

    private int reduce(Reduction reduction, int value) {
        return builder == null ? next(false) : emitted(builder.reduce(reduction, value), false);
    }

    private void combineRows(Reduction reduction, Node member, int value) {
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
        var access = new Access(member, null, member.type().dtype(), Dim.ZERO, strides, true, true);
        if (builder == null) {
            accesses.add(access);
        } else {
            builder.reduceRows(reduction, operand(access), value);
        }
    }

    private void store(Access access, int value) {
        if (builder == null) {
            accesses.add(access);
        } else {
            builder.store(operand(access), value);
        }
    }
}
