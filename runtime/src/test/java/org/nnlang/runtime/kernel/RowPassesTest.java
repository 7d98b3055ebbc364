package org.nnlang.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RowPassesTest {
    private static final int[] WIDTHS = {1, 2, 15, 16, 17, 33, 100, 1000, 20_000};

    @Test
    void indicesAreInTheOrderOfTheirElements() {
        Random random = new Random(1);
        for (int threads : new int[] {1, 3}) {
            try (Team team = Team.of(threads)) {
                for (int width : WIDTHS) {
                    int rows = width > 1000 ? 3 : 9;
                    float[] x = new float[5 + rows * width];
                    for (int i = 0; i < x.length; i++) {
                        // Many are equal.
                        x[i] = random.nextInt(width + 1) / 4f - 3;
                    }
                    for (boolean descending : new boolean[] {false, true}) {
                        int[] out = new int[2 + rows * width];
                        RowPasses.order(team, x, 5, rows, width, descending, out, 2);
                        for (int row = 0; row < rows; row++) {
                            int from = 5 + row * width;
                            Comparator<Integer> order = Comparator.comparingDouble(i -> x[from + i]);
                            int[] expected = IntStream.range(0, width).boxed()
                                    .sorted(descending ? order.reversed() : order)
                                    .mapToInt(Integer::intValue)
                                    .toArray();
                            int to = 2 + row * width;
                            assertArrayEquals(expected, Arrays.copyOfRange(out, to, to + width));
                        }
                    }
                }
            }
        }
    }

    @Test
    void nanIsTheGreatestAndZerosAreEqual() {
        try (Team team = Team.of(1)) {
            float[] x = {1, Float.NaN, 0f, -0f, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, -2};
            int[] out = new int[x.length];
            RowPasses.order(team, x, 0, 1, x.length, false, out, 0);
            assertArrayEquals(new int[] {4, 6, 2, 3, 0, 5, 1}, out);
            RowPasses.order(team, x, 0, 1, x.length, true, out, 0);
            assertArrayEquals(new int[] {1, 5, 0, 2, 3, 6, 4}, out);
        }
    }

    @Test
    void intsAreOrderedToo() {
        try (Team team = Team.of(2)) {
            int[] x = {3, Integer.MIN_VALUE, Integer.MAX_VALUE, 0, 3, -1};
            int[] out = new int[x.length];
            RowPasses.order(team, x, 0, 1, x.length, false, out, 0);
            assertArrayEquals(new int[] {1, 5, 3, 0, 4, 2}, out);
            RowPasses.order(team, x, 0, 2, 3, true, out, 0);
            assertArrayEquals(new int[] {2, 0, 1, 1, 0, 2}, out);
        }
    }

    @Test
    void runningSumsLoseNothingOnTheWay() {
        Random random = new Random(2);
        for (int threads : new int[] {1, 3}) {
            try (Team team = Team.of(threads)) {
                for (int width : WIDTHS) {
                    float[] x = new float[3 + 4 * width];
                    for (int i = 0; i < x.length; i++) {
                        x[i] = random.nextFloat() - 0.4f;
                    }
                    float[] out = new float[1 + 4 * width];
                    float[] back = new float[1 + 4 * width];
                    RowPasses.sums(team, x, 3, 4, width, false, out, 1);
                    RowPasses.sums(team, x, 3, 4, width, true, back, 1);
                    for (int row = 0; row < 4; row++) {
                        double sum = 0;
                        double tail = 0;
                        for (int i = 0; i < width; i++) {
                            sum += x[3 + row * width + i];
                            tail += x[3 + row * width + width - 1 - i];
                            assertEquals(sum, out[1 + row * width + i], Math.ulp((float) sum));
                            assertEquals(tail, back[1 + row * width + width - 1 - i], Math.ulp((float) tail));
                        }
                    }
                }
                float[] large = {1, Float.POSITIVE_INFINITY, 2, -1};
                RowPasses.sums(team, large, 0, 1, 4, false, large, 0);
                assertArrayEquals(
                        new float[] {1, Float.POSITIVE_INFINITY, Float.POSITIVE_INFINITY, Float.POSITIVE_INFINITY},
                        large);
                int[] counts = new int[4];
                RowPasses.sums(team, new int[] {1, 2, 3, 4}, 0, 2, 2, false, counts, 0);
                assertArrayEquals(new int[] {1, 3, 3, 7}, counts);
                RowPasses.sums(team, new int[] {1, 2, 3, 4}, 0, 1, 4, true, counts, 0);
                assertArrayEquals(new int[] {10, 9, 7, 4}, counts);
            }
        }
    }
}
