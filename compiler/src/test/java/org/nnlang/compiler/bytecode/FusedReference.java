package org.nnlang.compiler.bytecode;

import java.util.Arrays;
import java.util.List;
import org.nnlang.runtime.fused.Columns;
import org.nnlang.runtime.fused.Instruction.Apply;
import org.nnlang.runtime.fused.Instruction.ColumnIndex;
import org.nnlang.runtime.fused.Instruction.Constant;
import org.nnlang.runtime.fused.Instruction.Load;
import org.nnlang.runtime.fused.Instruction.OuterIndex;
import org.nnlang.runtime.fused.Instruction.Own;
import org.nnlang.runtime.fused.Instruction.Reduce;
import org.nnlang.runtime.fused.Instruction.ReduceRows;
import org.nnlang.runtime.fused.Instruction.Size;
import org.nnlang.runtime.fused.Instruction.Store;
import org.nnlang.runtime.fused.Opcode;
import org.nnlang.runtime.fused.Reduction;
import org.nnlang.runtime.fused.ScalarMath;
import org.nnlang.runtime.operation.Operation;
import org.nnlang.runtime.tensor.DType;

/// What a program means, written as plainly as can be: all registers of a row at full length, one row after another. It
/// shares with the tiers the meaning of an operation on one element, and nothing else.
final class FusedReference {
    private final FusedCase fused;
    private final FusedCase.Memory before;
    private final FusedCase.Memory after;
    private final float[][] floats;
    private final int[][] ints;

    private FusedReference(FusedCase fused) {
        this.fused = fused;
        before = fused.memory();
        after = fused.memory();
        floats = new float[fused.program().instructions().size()][];
        ints = new int[fused.program().instructions().size()][];
    }

    static FusedCase.Memory run(FusedCase fused) {
        FusedReference reference = new FusedReference(fused);
        int rows = Arrays.stream(fused.outer()).reduce(1, (a, b) -> a * b);
        reference.reduceRows(rows);
        for (int row = 0; row < rows; row++) {
            reference.evaluate(row);
            reference.storeRow(row);
        }
        return reference.after;
    }

    private int[] position(int row) {
        int[] position = new int[fused.outer().length];
        int rest = row;
        for (int d = position.length - 1; d >= 0; d--) {
            position[d] = rest % fused.outer()[d];
            rest /= fused.outer()[d];
        }
        return position;
    }

    private int offset(int operand, int row) {
        int offset = fused.base()[operand];
        int[] position = position(row);
        for (int d = 0; d < position.length; d++) {
            offset += position[d] * fused.strides()[operand][d];
        }
        return offset;
    }

    private int stride(int operand) {
        return switch (fused.program().operands().get(operand).columns()) {
            case ONE_VALUE -> 0;
            case CONTIGUOUS -> 1;
            case STRIDED -> fused.columnStride()[operand];
        };
    }

    private void evaluate(int row) {
        int columns = fused.columns();
        var program = fused.program();
        for (int r = 0; r < floats.length; r++) {
            float[] f = new float[columns];
            int[] k = new int[columns];
            floats[r] = f;
            ints[r] = k;
            switch (program.instruction(r)) {
                case Load(int operand) -> {
                    int at = offset(operand, row);
                    for (int c = 0; c < columns; c++) {
                        if (program.operands().get(operand).type().isFloat()) {
                            f[c] = before.floats()[fused.memoryOf()[operand]][at + c * stride(operand)];
                        } else {
                            k[c] = before.ints()[fused.memoryOf()[operand]][at + c * stride(operand)];
                        }
                    }
                }
                case Constant(DType type, int bits) -> {
                    Arrays.fill(f, type.isFloat() ? Float.intBitsToFloat(bits) : 0);
                    Arrays.fill(k, bits);
                }
                case Size(int index) -> Arrays.fill(k, fused.sizes()[index]);
                case ColumnIndex() -> Arrays.setAll(k, c -> c);
                case OuterIndex(int dimension) -> Arrays.fill(k, position(row)[dimension]);
                case Apply apply -> {
                    for (int c = 0; c < columns; c++) {
                        apply(r, apply, c);
                    }
                }
                case Own(Operation operation, List<Integer> inputs) -> {
                    for (int c = 0; c < columns; c++) {
                        int column = c;
                        f[c] = (float) operation.apply(
                                inputs.stream().mapToDouble(input -> floats[input][column]).toArray());
                    }
                }
                case Reduce(Reduction reduction, int value) -> {
                    if (program.type(value).isFloat()) {
                        float[] result = reduce(reduction, floats[value]);
                        Arrays.fill(f, result[0]);
                        Arrays.fill(k, (int) result[1]);
                    } else {
                        int[] result = reduce(reduction, ints[value]);
                        Arrays.fill(k, reduction.isIndex() ? result[1] : result[0]);
                    }
                }
                case Store _, ReduceRows _ -> {}
            }
        }
    }

    private void apply(int r, Apply apply, int c) {
        Opcode op = apply.opcode();
        int a = apply.inputs().getFirst();
        int b = apply.inputs().get(Math.min(1, op.arity() - 1));
        int d = apply.inputs().getLast();
        boolean isFloat = fused.program().type(r).isFloat();
        boolean fromFloat = fused.program().type(d).isFloat();
        if (op == Opcode.FMA) {
            floats[r][c] = Math.fma(floats[a][c], floats[b][c], floats[d][c]);
        } else if (op == Opcode.SELECT) {
            floats[r][c] = ints[a][c] != 0 ? floats[b][c] : floats[d][c];
            ints[r][c] = ints[a][c] != 0 ? ints[b][c] : ints[d][c];
        } else if (op == Opcode.TO_F32) {
            floats[r][c] = ints[a][c];
        } else if (fromFloat && op == Opcode.TO_I32) {
            ints[r][c] = (int) floats[a][c];
        } else if (fromFloat && op == Opcode.TO_BOOL) {
            ints[r][c] = floats[a][c] != 0 ? 1 : 0;
        } else if (isFloat) {
            floats[r][c] = op.arity() == 1
                    ? ScalarMath.apply(op, floats[a][c])
                    : ScalarMath.apply(op, floats[a][c], floats[b][c]);
        } else if (fromFloat) {
            ints[r][c] = ScalarMath.compare(op, floats[a][c], floats[b][c]) ? 1 : 0;
        } else {
            ints[r][c] = op.arity() == 1
                    ? ScalarMath.apply(op, ints[a][c])
                    : ScalarMath.apply(op, ints[a][c], ints[b][c]);
        }
    }

    private static float combine(Reduction reduction, float a, float b) {
        return switch (reduction) {
            case SUM -> a + b;
            case PRODUCT -> a * b;
            case MAX, ARGMAX -> Float.isNaN(a) || Float.isNaN(b) ? Float.NaN : b > a ? b : a;
            case MIN, ARGMIN -> Float.isNaN(a) || Float.isNaN(b) ? Float.NaN : b < a ? b : a;
        };
    }

    /// A maximum or minimum that is zero is +0.
    private static float result(Reduction reduction, float combined) {
        return combined == 0 && reduction != Reduction.SUM && reduction != Reduction.PRODUCT ? 0f : combined;
    }

    private static int combine(Reduction reduction, int a, int b) {
        return switch (reduction) {
            case SUM -> a + b;
            case PRODUCT -> a * b;
            case MAX, ARGMAX -> Math.max(a, b);
            case MIN, ARGMIN -> Math.min(a, b);
        };
    }

    /// The value, and the index of the first element that has it.
    private static float[] reduce(Reduction reduction, float[] values) {
        float total = reduction.floatIdentity();
        for (int block = 0; block < values.length; block += Reduction.BLOCK) {
            float[] lanes = new float[Reduction.LANES];
            Arrays.fill(lanes, reduction.floatIdentity());
            for (int i = 0; i < Reduction.BLOCK && block + i < values.length; i++) {
                lanes[i % lanes.length] = combine(reduction, lanes[i % lanes.length], values[block + i]);
            }
            for (int half = lanes.length / 2; half > 0; half /= 2) {
                for (int lane = 0; lane < half; lane++) {
                    lanes[lane] = combine(reduction, lanes[lane], lanes[lane + half]);
                }
            }
            total = combine(reduction, total, lanes[0]);
        }
        int index = 0;
        for (int i = values.length - 1; i >= 0; i--) {
            boolean equal = Float.isNaN(total) ? Float.isNaN(values[i]) : values[i] == total;
            index = equal ? i : index;
        }
        return new float[] {result(reduction, total), index};
    }

    private static int[] reduce(Reduction reduction, int[] values) {
        int total = reduction.intIdentity();
        for (int value : values) {
            total = combine(reduction, total, value);
        }
        int index = 0;
        for (int i = values.length - 1; i >= 0; i--) {
            index = values[i] == total ? i : index;
        }
        return new int[] {total, index};
    }

    private void storeRow(int row) {
        var program = fused.program();
        for (int r = 0; r < floats.length; r++) {
            if (program.instruction(r) instanceof Store(int operand, int value)) {
                int at = offset(operand, row);
                int count = program.operands().get(operand).columns() == Columns.ONE_VALUE ? 1 : fused.columns();
                boolean isFloat = program.operands().get(operand).type().isFloat();
                for (int c = 0; c < count && c < fused.columns(); c++) {
                    if (isFloat) {
                        after.floats()[fused.memoryOf()[operand]][at + c * stride(operand)] = floats[value][c];
                    } else {
                        after.ints()[fused.memoryOf()[operand]][at + c * stride(operand)] = ints[value][c];
                    }
                }
            }
        }
    }

    private void reduceRows(int rows) {
        var program = fused.program();
        int groups = 1;
        for (int d = 0; d < program.groups(); d++) {
            groups *= fused.outer()[d];
        }
        int perGroup = rows / groups;
        for (int r = 0; r < floats.length; r++) {
            if (!(program.instruction(r) instanceof ReduceRows(Reduction reduction, int operand, int value))) {
                continue;
            }
            for (int group = 0; group < groups; group++) {
                float[] total = new float[fused.columns()];
                int[] intTotal = new int[fused.columns()];
                Arrays.fill(total, reduction.floatIdentity());
                Arrays.fill(intTotal, reduction.intIdentity());
                for (int chunk = 0; chunk < perGroup; chunk += Reduction.CHUNK) {
                    float[] partial = new float[fused.columns()];
                    int[] intPartial = new int[fused.columns()];
                    Arrays.fill(partial, reduction.floatIdentity());
                    Arrays.fill(intPartial, reduction.intIdentity());
                    for (int i = chunk; i < Math.min(chunk + Reduction.CHUNK, perGroup); i++) {
                        evaluate(group * perGroup + i);
                        for (int c = 0; c < partial.length; c++) {
                            partial[c] = combine(reduction, partial[c], floats[value][c]);
                            intPartial[c] = combine(reduction, intPartial[c], ints[value][c]);
                        }
                    }
                    for (int c = 0; c < partial.length; c++) {
                        total[c] = combine(reduction, total[c], partial[c]);
                        intTotal[c] = combine(reduction, intTotal[c], intPartial[c]);
                    }
                }
                int at = fused.base()[operand];
                int rest = group;
                for (int d = program.groups() - 1; d >= 0; d--) {
                    at += rest % fused.outer()[d] * fused.strides()[operand][d];
                    rest /= fused.outer()[d];
                }
                for (int c = 0; c < total.length; c++) {
                    if (program.operands().get(operand).type().isFloat()) {
                        after.floats()[fused.memoryOf()[operand]][at + c * stride(operand)] =
                                result(reduction, total[c]);
                    } else {
                        after.ints()[fused.memoryOf()[operand]][at + c * stride(operand)] = intTotal[c];
                    }
                }
            }
        }
    }
}
