package org.nnlang.compiler.bytecode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nnlang.runtime.fused.Columns;
import org.nnlang.runtime.fused.FusedProgram;
import org.nnlang.runtime.fused.FusedProgramBuilder;
import org.nnlang.runtime.fused.Opcode;
import org.nnlang.runtime.fused.Reduction;
import org.nnlang.runtime.fused.TileExecutor;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.tensor.DType;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/// Every operation and every reduction, on every pair of special values, in every tier.
class FusedOpcodesTest {
    private static final Team TEAM = Team.of(1);
    private static final float[] FLOATS = {
        0f, -0f, 1f, -1f, 0.5f, -0.5f, 1.5f, -2.5f, 3f, 7.25f, 1e-3f, -1e-30f, 1e10f, -3e9f, 8388607.5f, -8388608.5f,
        16777216f, 20f, 88.7f, 89f, -87.3f, -104f, Float.MIN_VALUE, -Float.MIN_VALUE, Float.MIN_NORMAL, Float.MAX_VALUE,
        -Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN
    };
    private static final int[] INTS = {
        0, 1, -1, 2, -2, 3, 7, -7, 31, 100, 65536, 16777217, Integer.MAX_VALUE, Integer.MIN_VALUE, Integer.MIN_VALUE + 1
    };

    static Stream<Arguments> operations() {
        List<Arguments> all = new ArrayList<>();
        for (Opcode op : Opcode.values()) {
            for (DType type : List.of(DType.F32, DType.I32, DType.BOOL)) {
                DType[] types = new DType[op.arity()];
                Arrays.fill(types, type);
                if (op == Opcode.SELECT) {
                    types[0] = DType.BOOL;
                }
                try {
                    op.result(types);
                } catch (IllegalArgumentException e) {
                    continue;
                }
                all.add(Arguments.of(op, List.of(types)));
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("operations")
    void operationsAgreeOnSpecialValues(Opcode op, List<DType> types) {
        FusedProgramBuilder builder = new FusedProgramBuilder(op.name(), 0);
        int[] inputs = new int[types.size()];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = builder.load(builder.operand("in" + i, types.get(i), Columns.CONTIGUOUS));
        }
        int result = builder.apply(op, inputs);
        DType type = op.result(types.toArray(DType[]::new));
        builder.store(builder.operand("out", type, Columns.CONTIGUOUS), result);
        check(dense(builder.build(), 0));
    }

    @ParameterizedTest
    @EnumSource(Reduction.class)
    void reductionsAgreeOnSpecialValues(Reduction reduction) {
        for (DType type : List.of(DType.F32, DType.I32)) {
            FusedProgramBuilder builder = new FusedProgramBuilder(reduction.name(), 1);
            int value = builder.load(builder.operand("in", type, Columns.CONTIGUOUS));
            int result = builder.reduce(reduction, value);
            builder.store(builder.operand("out", reduction.result(type), Columns.ONE_VALUE), result);
            if (!reduction.isIndex()) {
                builder.reduceRows(reduction, builder.operand("columns", type, Columns.CONTIGUOUS), value);
            }
            check(dense(builder.build(), 70));
        }
    }

    /// A program on dense memory full of special values: every pair of them, in the first two operands.
    private static FusedCase dense(FusedProgram program, int rows) {
        int count = program.operands().size();
        int columns = rows == 0 ? FLOATS.length * FLOATS.length + 5 : 37;
        int total = Math.max(rows, 1) * columns;
        int[] outer = rows == 0 ? new int[0] : new int[] {rows};
        float[][] floats = new float[count][];
        int[][] ints = new int[count][];
        int[] memoryOf = new int[count];
        int[][] strides = new int[count][outer.length];
        int[] columnStride = new int[count];
        for (int operand = 0; operand < count; operand++) {
            memoryOf[operand] = operand;
            boolean one = program.operands().get(operand).columns() == Columns.ONE_VALUE;
            columnStride[operand] = one ? 0 : 1;
            Arrays.fill(strides[operand], one ? 1 : columns);
            if (program.operands().get(operand).name().equals("columns")) {
                Arrays.fill(strides[operand], 0);
            }
            if (program.operands().get(operand).type() == DType.F32) {
                floats[operand] = new float[total];
                for (int i = 0; i < total; i++) {
                    floats[operand][i] = FLOATS[pick(i, operand, FLOATS.length, rows)];
                }
            } else {
                int[] values = program.operands().get(operand).type() == DType.BOOL ? new int[] {0, 1} : INTS;
                ints[operand] = new int[total];
                for (int i = 0; i < total; i++) {
                    ints[operand][i] = values[pick(i, operand, values.length, rows)];
                }
            }
        }
        return new FusedCase(
                program, outer, columns, new int[0], floats, ints, memoryOf, new int[count], strides, columnStride);
    }

    private static int pick(int i, int operand, int count, int rows) {
        if (rows > 0) {
            // rows that differ, some without NaN
            return (i * 7 + i / 37 * 3) % (i / 37 % 3 == 0 ? count : count - 1);
        }
        return switch (operand) {
            case 0 -> i % count;
            case 1 -> i / count % count;
            default -> i * 5 % count;
        };
    }

    private static void check(FusedCase fused) {
        FusedCase.Memory expected = FusedReference.run(fused);
        assertEquals("", FusedCase.difference(expected, fused.run(TileExecutor.scalar(fused.program()), TEAM)));
        assertEquals("", FusedCase.difference(expected, fused.run(TileExecutor.vectors(fused.program()), TEAM)));
        if (EmittableLoops.contain(fused.program())) {
            for (int bits : new int[] {0, 128, 256, 512}) {
                var kernel = FusedLoader.load(List.of(fused.program()), bits).kernel(0);
                assertEquals("", FusedCase.difference(expected, fused.run(kernel, TEAM)), () -> bits + " bits");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = Opcode.class, names = {"FLOORDIV"}, mode = EnumSource.Mode.EXCLUDE)
    void everyOperationButIntegerDivisionHasAVectorForm(Opcode op) {
        assertTrue(VectorMathCode.operations(op, true) > 0, op.name());
    }

    @Test
    void codeKnowsTheLinesItStemsFrom() {
        FusedProgramBuilder builder = new FusedProgramBuilder("lines", 0).line(3);
        int x = builder.load(builder.operand("x", DType.F32, Columns.CONTIGUOUS));
        builder.line(14);
        int y = builder.apply(Opcode.EXP, x);
        builder.line(15);
        builder.store(builder.operand("y", DType.F32, Columns.CONTIGUOUS), y);
        byte[] bytes = new FusedKernelEmitter()
                .emit("org.example.Lines", "model.nn", List.of(builder.build()))
                .bytes();
        TreeSet<Integer> lines = new TreeSet<>();
        new ClassReader(bytes)
                .accept(
                        new ClassVisitor(Opcodes.ASM9) {
                            @Override
                            public MethodVisitor visitMethod(
                                    int access, String name, String type, String signature, String[] exceptions) {
                                return new MethodVisitor(Opcodes.ASM9) {
                                    @Override
                                    public void visitLineNumber(int line, Label start) {
                                        lines.add(line);
                                    }
                                };
                            }
                        },
                        0);
        assertEquals(new TreeSet<>(List.of(3, 14, 15)), lines);
    }
}
