package org.nnlang.runtime.fused;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nnlang.runtime.kernel.Team;

class FusedTiersTest {
    private static final FusedProgram SOFTMAX = FusedProgramTest.softmax("softmax");

    /// Does the same, but takes its time.
    private static FusedKernel slow(FusedKernel kernel, long nanos) {
        return (arguments, scratch, phase, rowFrom, rowTo, columnFrom, columnTo) -> {
            long start = System.nanoTime();
            kernel.run(arguments, scratch, phase, rowFrom, rowTo, columnFrom, columnTo);
            while (System.nanoTime() - start < nanos) {
                Thread.onSpinWait();
            }
        };
    }

    @Test
    void aHotProgramMovesFromTierToTierAndKeepsItsBits() {
        FusedKernel plain = TileExecutor.scalar(SOFTMAX);
        TieredKernel kernel = new TieredKernel(SOFTMAX, slow(plain, 100_000), slow(plain, 5_000), plain,
                new KernelWarmer());
        float[] x = new float[64];
        for (int i = 0; i < x.length; i++) {
            x[i] = i % 7;
        }
        float[] y = new float[x.length];
        FusedArguments arguments = new FusedArguments(SOFTMAX, new int[] {4}, 16, new int[0])
                .bind(0, x, 0, new int[] {16}, 1)
                .bind(1, y, 0, new int[] {16}, 1);
        FusedLaunch launch = new FusedLaunch(kernel, arguments, new FusedWorkspace(1), Team.of(1));
        launch.run();
        assertFalse(kernel.isGenerated());
        float[] first = y.clone();
        long deadline = System.nanoTime() + 120_000_000_000L;
        while (!kernel.isGenerated() && System.nanoTime() < deadline) {
            launch.run();
            assertArrayEquals(first, y);
        }
        launch.run();
        assertArrayEquals(first, y);
        assertTrue(kernel.isGenerated());
    }

    @Test
    void codeThatCannotRunIsNeverSwitchedTo() {
        FusedKernel plain = TileExecutor.scalar(SOFTMAX);
        FusedKernel broken = (arguments, scratch, phase, rowFrom, rowTo, columnFrom, columnTo) -> {
            throw new NoClassDefFoundError("jdk/incubator/vector/FloatVector");
        };
        TieredKernel kernel = new TieredKernel(SOFTMAX, plain, broken, null, new KernelWarmer());
        assertThrows(NoClassDefFoundError.class, () -> KernelWarmer.compare(kernel, broken, 4, 16));
        assertEquals(plain, kernel.current());
    }

    @Test
    void theTierCanBeForced() {
        assertEquals(Tier.AUTO, Tier.ofProperty());
        FusedTiers scalar = new FusedTiers(List.of(SOFTMAX), null, Tier.SCALAR);
        assertFalse(scalar.isGenerated(0));
    }
}
