package org.nnlang.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PhiloxTest {
    /// The first known answer of Random123's `kat_vectors`: counter and key zero.
    @Test
    void theWordsAreThoseOfRandom123() {
        int[] expected = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
        for (int i = 0; i < 4; i++) {
            assertEquals(expected[i], Philox.word(0, 0, 0, i));
        }
    }

    @AfterEach
    void startAgainOnPlainLoops() {
        VectorTier.use(Machine.startsWithVectors());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void uniformNumbersAreTheUpperBitsOfTheWords(boolean vectors) {
        VectorPart.DRAWS.use(vectors && Machine.vectors());
        try (Team team = Team.of(3)) {
            long key = Philox.key(42, 7);
            float[] out = new float[40_003];
            Philox.uniform(team, key, 3, 9, out, 1, 40_001);
            for (int i = 0; i < 40_001; i++) {
                assertEquals((Philox.word(key, 3, 9, i) >>> 8) / 16777216f, out[1 + i]);
            }
            assertEquals(0f, out[0]);
            assertEquals(0f, out[40_002]);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void normalNumbersAreBoxAndMullersOfTheWords(boolean vectors) {
        VectorPart.DRAWS.use(vectors && Machine.vectors());
        try (Team team = Team.of(2)) {
            long key = Philox.key(1, 2);
            float[] out = new float[20_001];
            Philox.normal(team, key, 0, 5, out, 0, 20_001);
            for (int i = 0; i < 20_001; i++) {
                float u = 1f - (Philox.word(key, 0, 5, i & ~1) >>> 8) * 0x1p-24f;
                float v = (Philox.word(key, 0, 5, i | 1) >>> 8) * 0x1p-24f * 6.2831855f;
                float radius = (float) Math.sqrt(-2f * Scalars.log(u));
                assertEquals(radius * (i % 2 == 0 ? Scalars.cos(v) : Scalars.sin(v)), out[i]);
            }
        }
    }

    @Test
    void whereManyAreDrawnVectorsTakeOver() throws InterruptedException {
        assumeTrue(Machine.vectors(), "there is no vector module");
        try (Team team = Team.of(2)) {
            float[] out = new float[1 << 20];
            for (int draw = 0; draw <= VectorTier.MANY_DRAWS >> 20; draw++) {
                Philox.uniform(team, Philox.key(3, 4), 0, draw, out, 0, out.length);
            }
            for (int waits = 0; waits < 600 && !VectorPart.DRAWS.vectors(); waits++) {
                Thread.sleep(20);
            }
            assertTrue(VectorPart.DRAWS.vectors());
        }
    }

    @Test
    void momentsAreThoseOfTheDistributions() {
        try (Team team = Team.of(1)) {
            int n = 200_000;
            float[] out = new float[n];
            Philox.uniform(team, Philox.key(5, 5), 0, 0, out, 0, n);
            assertEquals(0.5, moment(out, 0, 1), 0.003);
            assertEquals(1 / 12.0, moment(out, 0.5, 2), 0.002);
            Philox.normal(team, Philox.key(5, 6), 0, 0, out, 0, n);
            assertEquals(0, moment(out, 0, 1), 0.01);
            assertEquals(1, moment(out, 0, 2), 0.015);
            assertEquals(0, moment(out, 0, 3), 0.04);
            assertEquals(3, moment(out, 0, 4), 0.1);
        }
    }

    private static double moment(float[] values, double mean, int power) {
        double sum = 0;
        for (float value : values) {
            sum += Math.pow(value - mean, power);
        }
        return sum / values.length;
    }

    @Test
    void anythingThatDiffersDrawsOtherNumbers() {
        try (Team team = Team.of(1)) {
            float[] first = draw(team, 1, 1, 0, 0);
            assertArrayEquals(first, draw(team, 1, 1, 0, 0));
            for (float[] other : new float[][] {
                draw(team, 2, 1, 0, 0), draw(team, 1, 2, 0, 0), draw(team, 1, 1, 1, 0), draw(team, 1, 1, 0, 1),
                draw(team, 0, 0, 0, 0)
            }) {
                int equal = 0;
                for (int i = 0; i < first.length; i++) {
                    equal += first[i] == other[i] ? 1 : 0;
                }
                assertTrue(equal < 3);
            }
            assertNotEquals(Philox.key(0, 1), Philox.key(1, 0));
        }
    }

    private static float[] draw(Team team, long seed, long stream, int iteration, int step) {
        float[] out = new float[64];
        Philox.uniform(team, Philox.key(seed, stream), iteration, step, out, 0, 64);
        return out;
    }
}
