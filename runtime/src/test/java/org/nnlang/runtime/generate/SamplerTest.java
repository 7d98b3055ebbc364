package org.nnlang.runtime.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SamplerTest {
    private static final float[] SCORES = {-1, 2, 0.5f, -0.0f, 0.0f, Float.NEGATIVE_INFINITY, 1.5f};

    @Test
    void withoutTemperatureTheBestIsTaken() {
        for (int draw = 0; draw < 20; draw++) {
            assertEquals(1, new Sampler(0, 0, 1, 7).choose(SCORES, draw));
            assertEquals(1, new Sampler(1, 1, 1, 7).choose(SCORES, draw));
            assertEquals(1, new Sampler(1, 0, 1e-9, 7).choose(SCORES, draw));
        }
    }

    @Test
    void frequenciesAreTheModelsProbabilities() {
        double temperature = 0.7;
        double[] expected = new double[SCORES.length];
        double sum = 0;
        for (int i = 0; i < expected.length; i++) {
            expected[i] = Math.exp(SCORES[i] / temperature);
            sum += expected[i];
        }
        int draws = 20_000;
        int[] counts = counts(new Sampler(temperature, 0, 1, 3), draws);
        for (int i = 0; i < expected.length; i++) {
            double p = expected[i] / sum;
            assertEquals(p, counts[i] / (double) draws, 4 * Math.sqrt(p * (1 - p) / draws) + 1e-9, "token " + i);
        }
        assertEquals(0, counts[5], "a score of minus infinity is never chosen");
    }

    @Test
    void candidatesAreTheBest() {
        int[] two = counts(new Sampler(5, 2, 1, 3), 2000);
        assertEquals(2000, two[1] + two[6]);
        assertTrue(two[1] > 0 && two[6] > 0);
        // With temperature 1 the best token has 0.45 of the probability and the second 0.27.
        int[] nucleus = counts(new Sampler(1, 0, 0.5, 3), 2000);
        assertEquals(2000, nucleus[1] + nucleus[6]);
        assertTrue(nucleus[6] > 0);
        assertEquals(2000, counts(new Sampler(1, 0, 0.4, 3), 2000)[1]);
    }

    @Test
    void equalSeedsChooseEqualTokens() {
        var sampler = new Sampler(1, 0, 1, 11);
        boolean differs = false;
        for (int draw = 0; draw < 50; draw++) {
            assertEquals(sampler.choose(SCORES, draw), new Sampler(1, 0, 1, 11).choose(SCORES, draw));
            differs |= sampler.choose(SCORES, draw) != new Sampler(1, 0, 1, 12).choose(SCORES, draw);
        }
        assertTrue(differs);
    }

    @Test
    void whatMakesNoSenseIsRejected() {
        assertThrows(IllegalArgumentException.class, () -> new Sampler(-1, 0, 1, 0));
        assertThrows(IllegalArgumentException.class, () -> new Sampler(1, -1, 1, 0));
        assertThrows(IllegalArgumentException.class, () -> new Sampler(1, 0, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Sampler(Double.NaN, 0, 1, 0));
        var sampler = new Sampler(1, 0, 1, 0);
        assertThrows(IllegalArgumentException.class, () -> sampler.choose(new float[] {0, Float.NaN}, 0));
    }

    private static int[] counts(Sampler sampler, int draws) {
        int[] counts = new int[SCORES.length];
        for (int draw = 0; draw < draws; draw++) {
            counts[sampler.choose(SCORES, draw)]++;
        }
        return counts;
    }
}
