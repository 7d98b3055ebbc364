package org.nnlang.runtime.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nnlang.runtime.data.TempData.floats;
import static org.nnlang.runtime.data.TempData.source;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.runtime.data.DataExpression.Part;
import org.nnlang.runtime.data.DataExpression.Split;
import org.nnlang.runtime.data.DataExpression.Standardize;

class SeriesTest {
    @TempDir
    private Path folder;

    private TempData data;

    /// Months 0 to 19: v = 10·month, w = −month.
    @BeforeEach
    void table() {
        var text = new StringBuilder("month,v,w\n");
        for (int i = 0; i < 20; i++) {
            text.append("m" + i + "," + 10 * i + "," + -i + "\n");
        }
        data = new TempData(folder).file("s.csv", text.toString()).file("gap.csv", "v\n1\n\nNA\n4\n5\n6\n");
    }

    @Test
    void windowsOfOneColumnAndWhatComesNext() {
        DataExpression series = source("series", "path", "s.csv", "value", "v", "window", 3L, "held_out", 0.25);
        DataHeader header = data.header(series);
        assertEquals("[x: f32[3], y: f32[1]]", header.fields().toString());
        assertEquals(List.of("train", "held_out"), header.parts());
        Dataset train = data.open(new Part(series, "train"));
        assertEquals(12, train.count());
        assertArrayEquals(new float[] {0, 10, 20}, floats(train, 0, 0));
        assertArrayEquals(new float[] {30}, floats(train, 0, 1));
        assertArrayEquals(new float[] {140}, floats(train, 11, 1), "the last of what is learnt from");
        Dataset held = data.open(new Part(series, "held_out"));
        assertEquals(2, held.count());
        assertArrayEquals(new float[] {150, 160, 170}, floats(held, 0, 0));
        assertArrayEquals(new float[] {190}, floats(held, 1, 1));
    }

    @Test
    void severalColumnsAndSeveralSteps() {
        DataExpression series = source(
                "series", "path", "s.csv", "value", "v", "with", List.of("w"), "window", 2L, "ahead", 3L, "stride", 4L,
                "held_out", 0L);
        assertEquals("[x: f32[2, 2], y: f32[3]]", data.header(series).fields().toString());
        Dataset train = data.open(new Part(series, "train"));
        assertEquals(4, train.count());
        assertArrayEquals(new float[] {40, -4, 50, -5}, floats(train, 1, 0));
        assertArrayEquals(new float[] {60, 70, 80}, floats(train, 1, 1));
    }

    @Test
    void whatIsPredictedStaysInItsUnit() {
        DataExpression series = source("series", "path", "s.csv", "value", "v", "window", 3L, "held_out", 0.25);
        Dataset held = data.open(new Standardize(new Part(series, "held_out"), List.of(), null));
        assertArrayEquals(new float[] {180}, floats(held, 0, 1));
        assertEquals(55, held.fitted().getFirst().mean()[0], 1e-6, "the mean of months 0 to 11, which are learnt from");
        assertTrue(data.error(new Split(new Part(series, "train"), List.of(0.5), 0, 1, null)).startsWith("NN0714"));
    }

    @Test
    void seriesThatCannotBeUsed() {
        assertEquals(
                "NN0711: `s.csv` has 4 rows in the part `held_out`, and an example takes 4 and the next 1 | let `window` or"
                        + " `held_out` be another number, or take a longer series",
                data.error(new Part(source("series", "path", "s.csv", "value", "v", "window", 4L), "held_out")));
        assertTrue(data.error(source("series", "path", "s.csv", "value", "x")).startsWith("NN0709"));
        String text = data.error(source("series", "path", "s.csv", "value", "month"));
        assertTrue(text.startsWith("NN0707") && text.contains("a series is made of numbers"), text);
        String several = data.error(source("csv", "path", "s.csv", "target", List.of("v", "month")));
        assertTrue(several.startsWith("NN0712") && several.contains("let several be features"), several);
        assertTrue(data.error(source("series", "path", "s.csv")).startsWith("NN0712"));
        assertTrue(data.error(source("series", "path", "none.csv", "value", "v")).startsWith("NN0701"));
        DataExpression gap = source("series", "path", "gap.csv", "value", "v", "window", 2L, "held_out", 0L);
        assertTrue(data.error(new Part(gap, "train")).startsWith("NN0708"), data.error(new Part(gap, "train")));
    }

    private static int slowly(int[] from, int i, int[] to, int j) {
        if (i == from.length || j == to.length) {
            return from.length - i + to.length - j;
        }
        return Math.min(
                slowly(from, i + 1, to, j + 1) + (from[i] == to[j] ? 0 : 1),
                1 + Math.min(slowly(from, i + 1, to, j), slowly(from, i, to, j + 1)));
    }

    @Test
    void theDistanceIsTheLeastNumberOfChanges() {
        assertEquals(3, EditDistance.of("kitten".chars().toArray(), "sitting".chars().toArray()));
        var random = new Random(2);
        for (int round = 0; round < 300; round++) {
            int[] from = random.ints(random.nextInt(7), 0, 3).toArray();
            int[] to = random.ints(random.nextInt(7), 0, 3).toArray();
            assertEquals(slowly(from, 0, to, 0), EditDistance.of(from, to));
        }
    }

    @Test
    void anErrorRateCountsAgainstTheNearest() {
        var rate = new EditDistance();
        assertTrue(Double.isNaN(rate.rate()));
        rate.add(new int[] {1, 2, 3}, List.of(new int[] {9, 9, 9, 9}, new int[] {1, 2, 4, 3}));
        assertEquals(1 / 4.0, rate.rate());
        rate.add(new int[] {}, List.of(new int[] {5, 5}));
        assertEquals(3 / 6.0, rate.rate());
        assertThrows(IllegalArgumentException.class, () -> rate.add(new int[] {1}, List.of()));
    }
}
