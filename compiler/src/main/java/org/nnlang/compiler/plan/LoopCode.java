package org.nnlang.compiler.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.ElementwiseOp;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Node;
import org.nnlang.runtime.fused.Columns;
import org.nnlang.runtime.fused.FusedProgram;
import org.nnlang.runtime.fused.FusedProgramBuilder;
import org.nnlang.runtime.fused.Opcode;
import org.nnlang.runtime.fused.Reduction;
import org.nnlang.runtime.operation.Operation;
import org.nnlang.runtime.tensor.DType;

/// The instructions of a loop. Before its dimensions are known it only learns which memory is accessed how; made again with
/// those dimensions, it writes.
final class LoopCode {
    private final @Nullable FusedProgramBuilder builder;
    private final @Nullable Space space;
    private final List<Access> accesses = new ArrayList<>();
    private final Set<Integer> counted = new LinkedHashSet<>();
    private final List<Dim> sizes = new ArrayList<>();
    private final Map<Access, Integer> operands = new LinkedHashMap<>();
    private final Map<Integer, Boolean> varying = new HashMap<>();
    private int nextRegister;

    private LoopCode(@Nullable FusedProgramBuilder builder, @Nullable Space space) {
        this.builder = builder;
        this.space = space;
    }

    /// Code that only learns.
    static LoopCode learning() {
        return new LoopCode(null, null);
    }

    /// Code that writes a program.
    ///
    /// @param accesses all that there will be
    static LoopCode writing(String name, Space space, List<Access> accesses) {
        var builder = new FusedProgramBuilder(name, space.axes().size()).groups(space.groups());
        var code = new LoopCode(builder, space);
        for (Access access : accesses) {
            Location fixed = access.fixed();
            String label = fixed != null ? label(fixed) : label(Objects.requireNonNull(access.base()));
            code.operands.put(access, builder.operand(label, access.dtype(), columns(space, access)));
        }
        return code;
    }

    private static String label(Location place) {
        return "all " + place.segment().name().toLowerCase(Locale.ROOT);
    }

    private static String label(Node node) {
        if (node.form() instanceof Form.Input(var name, _)) {
            return name;
        }
        return node.form() instanceof Form.Variable(var name, _, _) ? name : "%" + node.id();
    }

    private static Columns columns(Space space, Access access) {
        Dim stride = space.columnStride(access);
        if (stride.isZero()) {
            return Columns.ONE_VALUE;
        }
        return stride.isOne() ? Columns.CONTIGUOUS : Columns.STRIDED;
    }

    /// The memory accessed, in order.
    List<Access> accesses() {
        return List.copyOf(accesses);
    }

    /// The axes whose indices were asked for.
    Set<Integer> counted() {
        return Set.copyOf(counted);
    }

    /// The dimensions that were asked for as values.
    List<Dim> sizes() {
        return List.copyOf(sizes);
    }

    FusedProgram program() {
        if (builder == null) {
            throw new IllegalStateException("nothing was written");
        }
        return builder.build();
    }

    void line(Node node) {
        var origin = node.origin();
        if (builder != null && origin != null) {
            builder.line(origin.line());
        }
    }

    private int learned(boolean varies) {
        return written(nextRegister++, varies);
    }

    private int written(int register, boolean varies) {
        varying.put(register, varies);
        return register;
    }

    private boolean varies(int... registers) {
        for (int register : registers) {
            if (Boolean.TRUE.equals(varying.get(register))) {
                return true;
            }
        }
        return false;
    }

    private int operand(Access access) {
        Integer operand = operands.get(access);
        if (operand == null) {
            throw new AssertionError("an access that was not learned: " + access);
        }
        return operand;
    }

    int load(Access access) {
        if (builder == null || space == null) {
            accesses.add(access);
            return learned(true);
        }
        return written(builder.load(operand(access)), !space.columnStride(access).isZero());
    }

    int literal(DType dtype, double value) {
        if (builder == null) {
            return learned(false);
        }
        return written(
                switch (dtype) {
                    case F32 -> builder.constant((float) value);
                    case I32, U8 -> builder.constant((int) value);
                    case BOOL -> builder.constant(value != 0);
                },
                false);
    }

    int size(Dim dim) {
        int index = sizes.indexOf(dim);
        if (index < 0) {
            index = sizes.size();
            sizes.add(dim);
        }
        return builder == null ? learned(false) : written(builder.size(index), false);
    }

    /// The index along an axis.
    int index(int axis) {
        counted.add(axis);
        if (builder == null || space == null) {
            return learned(true);
        }
        int dimension = space.dimension(axis);
        return dimension < 0 ? written(builder.columnIndex(), true) : written(builder.outerIndex(dimension), false);
    }

    int apply(Opcode opcode, int... inputs) {
        boolean varies = varies(inputs);
        return builder == null ? learned(varies) : written(builder.apply(opcode, inputs), varies);
    }

    int apply(ElementwiseOp op, int... inputs) {
        return op.opcode().isPresent() ? apply(op.opcode().get(), inputs) : own(op.own().orElseThrow(), inputs);
    }

    private int own(Operation operation, int... inputs) {
        boolean varies = varies(inputs);
        return builder == null ? learned(varies) : written(builder.own(operation, inputs), varies);
    }

    int reduce(Reduction reduction, int value) {
        return builder == null ? learned(false) : written(builder.reduce(reduction, spread(value)), false);
    }

    void combineRows(Reduction reduction, Access target, int value) {
        if (builder == null) {
            accesses.add(target);
        } else {
            builder.reduceRows(reduction, operand(target), spread(value));
        }
    }

    /// A register that has a value for every column: only such a one can be reduced.
    private int spread(int register) {
        if (builder == null || varies(register)) {
            return register;
        }
        int column = written(builder.columnIndex(), true);
        return apply(Opcode.SELECT, apply(Opcode.EQ, column, column), register, register);
    }

    void store(Access target, int value) {
        if (builder == null) {
            accesses.add(target);
        } else {
            builder.store(operand(target), value);
        }
    }
}
