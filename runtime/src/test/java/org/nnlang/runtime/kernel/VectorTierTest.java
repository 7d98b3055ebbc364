package org.nnlang.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VectorTierTest {
    private static final int SIDE = 150;

    private static final long PATIENCE_NANOS = 300_000_000_000L;

    @AfterEach
    void startAgain() {
        VectorTier.use(Machine.startsWithVectors());
    }

    private static float[] random(int size) {
        Random random = new Random(size);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /// From plain loops to vectors while products go on.
    @Test
    void manyProductsBringVectorsAndNoOtherBits() {
        assumeTrue(Machine.vectors(), "there is no vector module");
        VectorTier.use(false);
        float[] a = random(SIDE * SIDE);
        float[] b = random(SIDE * SIDE + 1);
        float[] first = new float[SIDE * SIDE];
        try (Team team = Team.of(2)) {
            Gemm.multiply(
                    team, false, true, SIDE, SIDE, SIDE, a, 0, SIDE, b, 0, SIDE, first, 0, SIDE, false, null);
            assertTrue(!VectorTier.vectors());
            float[] next = new float[SIDE * SIDE];
            long begin = System.nanoTime();
            boolean changed = false;
            while (!changed) {
                changed = VectorTier.vectors();
                Gemm.multiply(
                        team, false, true, SIDE, SIDE, SIDE, a, 0, SIDE, b, 0, SIDE, next, 0, SIDE, false, null);
                assertArrayEquals(first, next);
                assertTrue(System.nanoTime() - begin < PATIENCE_NANOS, "vectors never came");
            }
        }
    }

    @Test
    void rowsHaveTheSameBitsInBothSpellings() {
        float[] lanes = new float[16];
        for (int n : new int[] {1, 7, 16, 33, 64, 128, 200}) {
            float[] x = random(n + 3);
            float[] y = random(n + 2);
            float[][] results = new float[2][];
            for (int spelling = 0; spelling < 2; spelling++) {
                VectorTier.use(spelling == 1);
                float[] weights = x.clone();
                weights[0] = Rows.max(x, 3, n, -1f);
                weights[1] = Rows.dot(x, 3, y, 2, n, lanes);
                weights[2] = Rows.weights(weights, 3, n, 0.3f, 1.7f, lanes);
                results[spelling] = weights;
            }
            assertArrayEquals(results[0], results[1], "rows of " + n);
        }
        assertEquals(Machine.vectors(), VectorTier.vectors());
    }
}
