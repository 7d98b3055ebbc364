package org.nnlang.runtime.fused;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.tensor.DType;

class FusedLaunchTest {
    private static float[] random(int size) {
        Random random = new Random(7);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static float[] softmax(FusedKernel kernel, FusedProgram program, float[] x, int rows, int columns,
            Team team) {
        float[] y = new float[x.length];
        FusedArguments arguments = new FusedArguments(program, new int[] {rows}, columns, new int[0])
                .bind(0, x, 0, new int[] {columns}, 1)
                .bind(1, y, 0, new int[] {columns}, 1);
        new FusedLaunch(kernel, arguments, new FusedWorkspace(team.threads()), team).run();
        return y;
    }

    @ParameterizedTest
    @CsvSource({"128, 10", "40, 1", "300, 33", "7, 1024", "3, 5000", "1, 200000"})
    void softmaxIsTheSameForAnyTeamAndTier(int rows, int columns) {
        FusedProgram program = FusedProgramTest.softmax("softmax");
        float[] x = random(rows * columns);
        float[] expected = softmax(TileExecutor.scalar(program), program, x, rows, columns, Team.of(1));
        for (int threads = 1; threads <= 4; threads++) {
            try (Team team = Team.of(threads)) {
                assertArrayEquals(
                        expected, softmax(TileExecutor.vectors(program), program, x, rows, columns, team));
            }
        }
        for (int row = 0; row < rows; row++) {
            double greatest = Double.NEGATIVE_INFINITY;
            for (int column = 0; column < columns; column++) {
                greatest = Math.max(greatest, x[row * columns + column]);
            }
            double total = 0;
            for (int column = 0; column < columns; column++) {
                total += Math.exp(x[row * columns + column] - greatest);
            }
            for (int column = 0; column < columns; column++) {
                double exact = Math.exp(x[row * columns + column] - greatest) / total;
                assertEquals(exact, expected[row * columns + column], exact * 1e-6);
            }
        }
    }

    @Test
    void columnsOfManyRowsAreSummedInChunks() {
        FusedProgramBuilder builder = new FusedProgramBuilder("columns", 1);
        int x = builder.load(builder.operand("x", DType.F32, Columns.CONTIGUOUS));
        builder.reduceRows(Reduction.SUM, builder.operand("sums", DType.F32, Columns.CONTIGUOUS), x);
        FusedProgram program = builder.build();
        int rows = 1000;
        int columns = 77;
        float[] values = random(rows * columns);
        float[] expected = new float[columns];
        for (int column = 0; column < columns; column++) {
            for (int chunk = 0; chunk < rows; chunk += Reduction.CHUNK) {
                float partial = 0;
                for (int row = chunk; row < Math.min(chunk + Reduction.CHUNK, rows); row++) {
                    partial += values[row * columns + column];
                }
                expected[column] += partial;
            }
        }
        for (int threads = 1; threads <= 3; threads++) {
            try (Team team = Team.of(threads)) {
                float[] sums = new float[columns];
                FusedArguments arguments = new FusedArguments(program, new int[] {rows}, columns, new int[0])
                        .bind(0, values, 0, new int[] {columns}, 1)
                        .bind(1, sums, 0, new int[] {0}, 1);
                new FusedLaunch(TileExecutor.vectors(program), arguments, new FusedWorkspace(threads), team).run();
                assertArrayEquals(expected, sums);
            }
        }
    }

    @Test
    void operandsMustLieWithinTheirMemory() {
        FusedProgram program = FusedProgramTest.softmax("softmax");
        FusedArguments arguments = new FusedArguments(program, new int[] {2}, 8, new int[0])
                .bind(0, new float[16], 0, new int[] {8}, 1)
                .bind(1, new float[15], 0, new int[] {8}, 1);
        assertThrows(IllegalArgumentException.class, arguments::seal);
    }

    @Test
    void nothingRunsWhereThereAreNoRows() {
        FusedProgram program = FusedProgramTest.softmax("softmax");
        assertEquals(0, softmax(TileExecutor.vectors(program), program, new float[0], 0, 10, Team.of(1)).length);
    }

    @Test
    void runsAllocateNothing() {
        FusedProgram program = FusedProgramTest.softmax("softmax");
        float[] x = random(64 * 100);
        float[] y = new float[x.length];
        FusedArguments arguments = new FusedArguments(program, new int[] {64}, 100, new int[0])
                .bind(0, x, 0, new int[] {100}, 1)
                .bind(1, y, 0, new int[] {100}, 1);
        FusedLaunch launch = new FusedLaunch(TileExecutor.scalar(program), arguments, new FusedWorkspace(1),
                Team.of(1));
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 200; i++) {
            launch.run();
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 1000; i++) {
            launch.run();
        }
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(bytes < 10_000, bytes + " bytes in 1000 runs");
    }
}
