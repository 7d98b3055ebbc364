package org.nnlang.compiler.bytecode;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.nnlang.runtime.fused.Columns;
import org.nnlang.runtime.fused.FusedProgram;
import org.nnlang.runtime.fused.FusedProgramBuilder;
import org.nnlang.runtime.fused.Opcode;
import org.nnlang.runtime.fused.Reduction;
import org.nnlang.runtime.tensor.DType;

/// Random programs over random memory, each determined by its seed.
final class RandomFused {
    private static final float[] SPECIALS = {
        0f, -0f, 1f, -1f, 0.5f, -0.5f, 1.5f, 2.5f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY,
        Float.MIN_VALUE, -Float.MIN_VALUE, Float.MIN_NORMAL, Float.MAX_VALUE, -Float.MAX_VALUE, 88.8f, -104f, 1e-20f,
        8388607.5f, -8388609f, 2147483648f, -3e9f, 0.99999994f
    };
    private static final int[] INT_SPECIALS = {0, 1, -1, 2, -7, 31, Integer.MAX_VALUE, Integer.MIN_VALUE, 16777217};

    private final Random random;
    private final int outerRank;
    private final int[] outer;
    private final int columns;
    private final FusedProgramBuilder builder;
    private final List<DType> operandTypes = new ArrayList<>();
    private final List<Columns> operandColumns = new ArrayList<>();
    private final List<Boolean> written = new ArrayList<>();
    private final List<Boolean> rowResult = new ArrayList<>();
    private final List<Integer> floatRegisters = new ArrayList<>();
    private final List<Integer> intRegisters = new ArrayList<>();
    private final List<Integer> boolRegisters = new ArrayList<>();
    private int groups;

    private RandomFused(long seed) {
        random = new Random(seed);
        outerRank = random.nextInt(4);
        outer = new int[outerRank];
        columns = switch (random.nextInt(5)) {
            case 0 -> 1 + random.nextInt(20);
            case 1 -> 1 + random.nextInt(100);
            case 2 -> 16 * (1 + random.nextInt(20));
            case 3 -> 500 + random.nextInt(1200);
            default -> 1000 + random.nextInt(4000);
        };
        int rows = Math.max(1, 20_000 / columns);
        for (int d = 0; d < outerRank; d++) {
            outer[d] = 1 + random.nextInt(Math.min(150, Math.max(1, (int) Math.ceil(Math.pow(rows, 1.0 / outerRank)))));
        }
        builder = new FusedProgramBuilder("random" + seed, outerRank);
    }

    static FusedCase of(long seed) {
        return new RandomFused(seed).make();
    }

    private FusedCase make() {
        boolean reducesColumns = random.nextInt(3) > 0;
        boolean reducesRows = random.nextInt(3) == 0;
        int loads = 1 + random.nextInt(4);
        for (int i = 0; i < loads; i++) {
            load();
        }
        floatRegisters.add(builder.constant(special()));
        floatRegisters.add(builder.constant(random.nextFloat() * 4 - 2));
        intRegisters.add(builder.constant(random.nextInt(5) - 1));
        boolRegisters.add(builder.constant(random.nextBoolean()));
        if (random.nextInt(3) == 0) {
            intRegisters.add(builder.columnIndex());
            intRegisters.add(builder.size(random.nextInt(2)));
        }
        if (outerRank > 0 && random.nextInt(3) == 0) {
            intRegisters.add(builder.outerIndex(random.nextInt(outerRank)));
        }
        int steps = 1 + random.nextInt(20);
        for (int i = 0; i < steps; i++) {
            apply();
            if (reducesColumns && random.nextInt(6) == 0) {
                reduce();
            }
        }
        boolean stores = !reducesRows || random.nextBoolean();
        for (int i = 0; stores && i < 1 + random.nextInt(3); i++) {
            store();
        }
        if (reducesRows) {
            groups = outerRank == 0 ? 0 : random.nextInt(outerRank + 1);
            builder.groups(groups);
            for (int i = 0; i < 1 + random.nextInt(2); i++) {
                reduceRows();
            }
        }
        return memory(builder.build());
    }

    private int operand(DType type, Columns layout, boolean isWritten, boolean isRowResult) {
        operandTypes.add(type);
        operandColumns.add(layout);
        written.add(isWritten);
        rowResult.add(isRowResult);
        return builder.operand("m" + written.size(), type, layout);
    }

    private Columns layout() {
        return switch (random.nextInt(6)) {
            case 0 -> Columns.STRIDED;
            case 1 -> Columns.ONE_VALUE;
            default -> Columns.CONTIGUOUS;
        };
    }

    private void load() {
        DType type = random.nextInt(3) > 0 ? DType.F32 : DType.values()[random.nextInt(4)];
        int register = builder.load(operand(type, layout(), false, false));
        registers(type == DType.U8 ? DType.I32 : type).add(register);
        if (type == DType.F32) {
            floatRegisters.add(register); // twice as likely
        }
    }

    private List<Integer> registers(DType type) {
        return switch (type) {
            case F32 -> floatRegisters;
            case I32, U8 -> intRegisters;
            case BOOL -> boolRegisters;
        };
    }

    private int pick(DType type) {
        List<Integer> from = registers(type);
        // Late registers are likelier, for long chains.
        int index = random.nextBoolean() ? random.nextInt(from.size()) : from.size() - 1;
        return from.get(index);
    }

    private void apply() {
        while (true) {
            Opcode op = Opcode.values()[random.nextInt(Opcode.values().length)];
            DType[] types = new DType[op.arity()];
            DType one = random.nextInt(4) > 0 ? DType.F32 : DType.values()[random.nextInt(3)];
            for (int i = 0; i < types.length; i++) {
                types[i] = op == Opcode.SELECT && i == 0 ? DType.BOOL : one;
            }
            DType result;
            try {
                result = op.result(types);
            } catch (IllegalArgumentException e) {
                continue;
            }
            int[] inputs = new int[types.length];
            for (int i = 0; i < inputs.length; i++) {
                inputs[i] = pick(types[i]);
            }
            int register = builder.apply(op, inputs);
            registers(result).add(register);
            if (random.nextInt(8) == 0) {
                builder.keep(register);
            } else if (random.nextInt(8) == 0) {
                builder.recompute(register);
            }
            return;
        }
    }

    private void reduce() {
        Reduction reduction = Reduction.values()[random.nextInt(6)];
        DType type = random.nextInt(4) > 0 ? DType.F32 : DType.I32;
        int register = builder.reduce(reduction, pick(type));
        registers(reduction.result(type)).add(register);
    }

    private void store() {
        DType type = random.nextInt(3) > 0 ? DType.F32 : DType.values()[random.nextInt(3)];
        int value = pick(type);
        FusedProgram soFar = builder.build();
        Columns layout = random.nextInt(5) == 0 ? Columns.STRIDED : Columns.CONTIGUOUS;
        if (!soFar.isVarying(value) && random.nextBoolean()) {
            layout = Columns.ONE_VALUE;
        }
        builder.store(operand(type, layout, true, false), value);
    }

    private void reduceRows() {
        Reduction reduction = Reduction.values()[random.nextInt(4)];
        DType type = random.nextInt(4) > 0 ? DType.F32 : DType.I32;
        Columns layout = random.nextInt(5) == 0 ? Columns.STRIDED : Columns.CONTIGUOUS;
        builder.reduceRows(reduction, operand(type, layout, true, true), pick(type));
    }

    private float special() {
        return SPECIALS[random.nextInt(SPECIALS.length)];
    }

    private FusedCase memory(FusedProgram program) {
        int count = program.operands().size();
        float[][] floats = new float[count][];
        int[][] ints = new int[count][];
        int[] memoryOf = new int[count];
        int[] base = new int[count];
        int[][] strides = new int[count][outerRank];
        int[] columnStride = new int[count];
        int specialsIn = random.nextBoolean() ? 20 : 1_000_000;
        for (int operand = 0; operand < count; operand++) {
            memoryOf[operand] = operand;
            base[operand] = random.nextInt(20);
            columnStride[operand] = switch (operandColumns.get(operand)) {
                case ONE_VALUE -> 0;
                case CONTIGUOUS -> 1;
                case STRIDED -> 1 + random.nextInt(3);
            };
            int size = operandColumns.get(operand) == Columns.ONE_VALUE ? 1 : (columns - 1) * columnStride[operand] + 1;
            int padding = random.nextInt(3) == 0 ? random.nextInt(5) : 0;
            for (int d = outerRank - 1; d >= 0; d--) {
                boolean dropped = rowResult.get(operand)
                        ? d >= groups
                        : !written.get(operand) && random.nextInt(5) == 0;
                if (!dropped) {
                    size += padding;
                    strides[operand][d] = size;
                    size *= outer[d];
                }
            }
            if (random.nextInt(8) == 0 && !written.get(operand) && operandColumns.get(operand) == Columns.STRIDED) {
                base[operand] += (columns - 1) * columnStride[operand];
                columnStride[operand] = -columnStride[operand];
            }
            int length = base[operand] + size + random.nextInt(20);
            if (operandTypes.get(operand).isFloat()) {
                floats[operand] = new float[length];
                for (int i = 0; i < length; i++) {
                    floats[operand][i] = random.nextInt(specialsIn) == 0
                            ? special()
                            : (float) (random.nextGaussian() * 3);
                }
            } else {
                ints[operand] = new int[length];
                for (int i = 0; i < length; i++) {
                    ints[operand][i] = switch (operandTypes.get(operand)) {
                        case BOOL -> random.nextInt(2);
                        case U8 -> random.nextInt(256);
                        case F32, I32 ->
                            random.nextInt(specialsIn) == 0
                                    ? INT_SPECIALS[random.nextInt(INT_SPECIALS.length)]
                                    : random.nextInt(200) - 100;
                    };
                }
            }
        }
        shareMemory(program, memoryOf, base, strides, columnStride, floats, ints);
        int[] sizes = {random.nextInt(100), -3};
        return new FusedCase(
                program, outer, columns, sizes, floats, ints, memoryOf, base, strides, columnStride);
    }

    /// Lets a store overwrite an operand in place, where the program says that it may.
    private void shareMemory(
            FusedProgram program,
            int[] memoryOf,
            int[] base,
            int[][] strides,
            int[] columnStride,
            float[][] floats,
            int[][] ints) {
        boolean[] taken = new boolean[memoryOf.length];
        for (int target = 0; target < memoryOf.length; target++) {
            for (int source = 0; source < memoryOf.length; source++) {
                boolean possible = written.get(target)
                        && !rowResult.get(target)
                        && !written.get(source)
                        && !taken[source]
                        && !taken[target]
                        && program.mayOverwrite(target, source)
                        && operandTypes.get(target) == operandTypes.get(source)
                        && columnStride[source] > 0
                        && random.nextBoolean();
                for (int d = 0; d < outerRank; d++) {
                    possible &= strides[source][d] != 0;
                }
                if (possible) {
                    taken[source] = true;
                    taken[target] = true;
                    memoryOf[target] = source;
                    base[target] = base[source];
                    strides[target] = strides[source];
                    columnStride[target] = columnStride[source];
                    floats[target] = null;
                    ints[target] = null;
                }
            }
        }
    }
}
