package org.nnlang.compiler.bytecode;

import java.util.Arrays;
import java.util.function.BiFunction;
import org.nnlang.runtime.fused.Columns;
import org.nnlang.runtime.fused.FusedArguments;
import org.nnlang.runtime.fused.FusedKernel;
import org.nnlang.runtime.fused.FusedLaunch;
import org.nnlang.runtime.fused.FusedProgram;
import org.nnlang.runtime.fused.FusedWorkspace;
import org.nnlang.runtime.kernel.Team;

/// A program with sizes and memory: run it in any way, and compare what is left in memory.
record FusedCase(
        FusedProgram program,
        int[] outer,
        int columns,
        int[] sizes,
        float[][] floats,
        int[][] ints,
        int[] memoryOf,
        int[] base,
        int[][] strides,
        int[] columnStride) {

    /// All memory after a run.
    record Memory(float[][] floats, int[][] ints) {
        Memory copy() {
            return new Memory(
                    Arrays.stream(floats).map(a -> a == null ? null : a.clone()).toArray(float[][]::new),
                    Arrays.stream(ints).map(a -> a == null ? null : a.clone()).toArray(int[][]::new));
        }
    }

    Memory memory() {
        return new Memory(floats, ints).copy();
    }

    FusedArguments bind(Memory memory) {
        FusedArguments arguments = new FusedArguments(program, outer, columns, sizes);
        for (int operand = 0; operand < strides.length; operand++) {
            if (program.operands().get(operand).type().isFloat()) {
                arguments.bind(
                        operand, memory.floats[memoryOf[operand]], base[operand], strides[operand],
                        columnStride[operand]);
            } else {
                arguments.bind(
                        operand, memory.ints[memoryOf[operand]], base[operand], strides[operand],
                        columnStride[operand]);
            }
        }
        return arguments;
    }

    Memory run(FusedKernel kernel, Team team) {
        Memory memory = memory();
        new FusedLaunch(kernel, bind(memory), new FusedWorkspace(team.threads()), team).run();
        return memory;
    }

    /// Runs an elementwise program in blocks, as the epilogue of a product would.
    Memory runBlocks(FusedKernel kernel, Team team, int rowStep, int columnStep) {
        Memory memory = memory();
        FusedArguments arguments = bind(memory).keepColumns();
        FusedLaunch launch = new FusedLaunch(kernel, arguments, new FusedWorkspace(team.threads()), team);
        for (int row = 0; row < arguments.rows(); row += rowStep) {
            for (int column = 0; column < columns; column += columnStep) {
                launch.apply(
                        row,
                        Math.min(rowStep, arguments.rows() - row),
                        column,
                        Math.min(columnStep, columns - column),
                        0);
            }
        }
        return memory;
    }

    /// Where the first difference is, or the empty string; NaNs are all the same.
    static String difference(Memory expected, Memory actual) {
        for (int i = 0; i < expected.floats.length; i++) {
            float[] e = expected.floats[i];
            float[] a = actual.floats[i];
            for (int j = 0; e != null && j < e.length; j++) {
                if (Float.floatToIntBits(e[j]) != Float.floatToIntBits(a[j])) {
                    return "memory " + i + "[" + j + "]: expected " + e[j] + " but was " + a[j];
                }
            }
            int[] ei = expected.ints[i];
            int[] ai = actual.ints[i];
            for (int j = 0; ei != null && j < ei.length; j++) {
                if (ei[j] != ai[j]) {
                    return "int memory " + i + "[" + j + "]: expected " + ei[j] + " but was " + ai[j];
                }
            }
        }
        return "";
    }

    int operandColumns(int operand) {
        return program.operands().get(operand).columns() == Columns.ONE_VALUE ? 1 : columns;
    }

    @Override
    public String toString() {
        BiFunction<String, Object, String> line = (name, value) -> name + " " + value + "\n";
        return program
                + line.apply("outer", Arrays.toString(outer))
                + line.apply("columns", columns)
                + line.apply("strides", Arrays.deepToString(strides))
                + line.apply("column strides", Arrays.toString(columnStride))
                + line.apply("memory", Arrays.toString(memoryOf));
    }
}
