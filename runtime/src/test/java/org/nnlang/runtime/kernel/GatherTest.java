package org.nnlang.runtime.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nnlang.runtime.NnException;

class GatherTest {
    @Test
    void rowsArePickedByIndex() {
        Random random = new Random(1);
        try (Team team = Team.of(3)) {
            for (int width : new int[] {1, 3, 64, 700}) {
                float[] table = floats(random, 5 + 40 * width);
                int[] indices = random.ints(203, 0, 40).toArray();
                float[] out = new float[2 + 200 * width];
                Gather.rows(team, table, 5, 40, width, indices, 3, 200, out, 2, "here");
                for (int i = 0; i < 200; i++) {
                    for (int j = 0; j < width; j++) {
                        assertEquals(table[5 + indices[3 + i] * width + j], out[2 + i * width + j]);
                    }
                }
            }
        }
    }

    @Test
    void rowsAreAddedInTheOrderOfTheIndices() {
        Random random = new Random(2);
        for (int threads : new int[] {1, 4}) {
            try (Team team = Team.of(threads)) {
                for (int width : new int[] {1, 3, 64, 700}) {
                    for (boolean accumulate : new boolean[] {false, true}) {
                        float[] updates = floats(random, 3 + 300 * width);
                        int[] indices = random.ints(300, 0, 9).toArray();
                        float[] table = floats(random, 2 + 9 * width);
                        float[] expected = table.clone();
                        for (int i = 2; !accumulate && i < expected.length; i++) {
                            expected[i] = 0f;
                        }
                        for (int i = 0; i < 300; i++) {
                            for (int j = 0; j < width; j++) {
                                expected[2 + indices[i] * width + j] += updates[3 + i * width + j];
                            }
                        }
                        Gather.addRows(team, indices, 0, 300, updates, 3, width, table, 2, 9, accumulate, "here");
                        assertArrayEquals(expected, table);
                    }
                }
            }
        }
    }

    @Test
    void anIndexOutsideTheTableIsAnErrorThatNamesIt() {
        try (Team team = Team.of(1)) {
            int[] indices = {0, 2, 3, -1};
            NnException error = assertThrows(
                    NnException.class,
                    () -> Gather.rows(team, new float[6], 0, 3, 2, indices, 0, 4, new float[8], 0,
                            "embedding at gpt.nn:14"));
            assertEquals("NN0812", error.code());
            assertEquals("index 3 is outside 0 to 2 in embedding at gpt.nn:14", error.getMessage());
            assertThrows(
                    NnException.class,
                    () -> Gather.addRows(team, indices, 3, 1, new float[2], 0, 2, new float[6], 0, 3, true, "here"));
        }
    }

    private static float[] floats(Random random, int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }
}
