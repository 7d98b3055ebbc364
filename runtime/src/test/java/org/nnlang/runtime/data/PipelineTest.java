package org.nnlang.runtime.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nnlang.runtime.data.TempData.floats;
import static org.nnlang.runtime.data.TempData.ints;
import static org.nnlang.runtime.data.TempData.source;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.data.DataExpression.Fold;
import org.nnlang.runtime.data.DataExpression.Shuffle;
import org.nnlang.runtime.data.DataExpression.Split;
import org.nnlang.runtime.data.DataExpression.Standardize;
import org.nnlang.runtime.data.DataExpression.Take;

class PipelineTest {
    private static final int COUNT = 101;
    private static final DataExpression CSV = source("csv", "path", "t.csv", "label", "y");

    @TempDir
    private Path folder;

    private TempData data;

    /// Rows i, (i·i) mod 17, constant; of three classes, most of class 0.
    @BeforeEach
    void table() {
        var text = new StringBuilder("i,square,same,y\n");
        for (int i = 0; i < COUNT; i++) {
            int label = i % 10 == 0 ? 2 : i % 5 == 1 ? 1 : 0;
            text.append(i + "," + i * i % 17 + ",3," + label + "\n");
        }
        data = new TempData(folder).file("t.csv", text.toString());
    }

    private List<Integer> rows(DataExpression expression) {
        Dataset set = data.open(expression);
        assertEquals(set.count(), data.header(expression).count());
        var rows = new ArrayList<Integer>();
        for (int i = 0; i < set.count(); i++) {
            rows.add((int) floats(set, i, 0)[0]);
        }
        return rows;
    }

    private static Split part(int index, @Nullable String stratify, double... fractions) {
        return new Split(CSV, Arrays.stream(fractions).boxed().toList(), index, 42, stratify);
    }

    private static float first(float @Nullable [] values) {
        return Objects.requireNonNull(values)[0];
    }

    @Test
    void aSplitHasEveryExampleOnce() {
        for (String stratify : new String[] {null, "label"}) {
            var all = new TreeSet<Integer>();
            int[] sizes = new int[3];
            for (int i = 0; i < 3; i++) {
                List<Integer> rows = rows(part(i, stratify, 0.5, 0.3));
                assertEquals(rows.stream().sorted().toList(), rows);
                sizes[i] = rows.size();
                all.addAll(rows);
            }
            assertEquals(COUNT, all.size());
            assertArrayEquals(new int[] {51, 30, 20}, sizes);
        }
    }

    @Test
    void aSplitDependsOnItsSeedAlone() {
        List<Integer> rows = rows(part(1, null, 0.8));
        assertEquals(rows, rows(part(1, null, 0.8)));
        assertNotEquals(rows, rows(new Split(CSV, List.of(0.8), 1, 43, null)));
        // The same on every machine: these numbers may never change.
        assertEquals(
                List.of(5, 7, 11, 14, 23, 27, 28, 30, 35, 37, 54, 65, 66, 67, 72, 73, 76, 87, 99, 100), rows);
    }

    private static Fold fold(DataExpression of, int fold, int folds, boolean held, @Nullable String stratify) {
        return new Fold(of, fold, folds, held, 42, stratify, null);
    }

    @Test
    void foldsHoldOutEveryExampleOnce() {
        for (String stratify : new String[] {null, "label"}) {
            for (int folds : new int[] {2, 5, COUNT}) {
                var all = new ArrayList<Integer>();
                for (int i = 0; i < folds; i++) {
                    List<Integer> held = rows(fold(CSV, i, folds, true, stratify));
                    List<Integer> learnt = rows(fold(CSV, i, folds, false, stratify));
                    assertEquals(held.stream().sorted().toList(), held);
                    assertEquals(learnt.stream().sorted().toList(), learnt);
                    assertEquals(COUNT, held.size() + learnt.size());
                    assertTrue(Collections.disjoint(held, learnt));
                    assertEquals(0, held.size() - COUNT / folds, 1);
                    all.addAll(held);
                }
                assertEquals(IntStream.range(0, COUNT).boxed().toList(), all.stream().sorted().toList());
            }
        }
    }

    @Test
    void foldsDependOnTheirSeedAlone() {
        List<Integer> rows = rows(fold(CSV, 3, 5, true, null));
        assertEquals(rows, rows(fold(CSV, 3, 5, true, null)));
        assertNotEquals(rows, rows(new Fold(CSV, 3, 5, true, 43, null, null)));
        // The same on every machine: these numbers may never change.
        assertEquals(
                List.of(8, 9, 21, 26, 41, 46, 47, 51, 52, 55, 60, 68, 80, 82, 83, 84, 86, 90, 94, 98), rows);
    }

    @Test
    void stratifiedFoldsKeepTheProportions() {
        for (int i = 0; i < 5; i++) {
            Dataset held = data.open(fold(CSV, i, 5, true, "label"));
            int[] counts = new int[3];
            for (int example = 0; example < held.count(); example++) {
                counts[ints(held, example, 1)[0]]++;
            }
            assertEquals(14, counts[0], 1);
            assertEquals(4, counts[1], 1);
            assertEquals(2, counts[2], 1);
        }
    }

    @Test
    void aFoldKeepsGroupsTogether() {
        // Three groups of very unequal size in three folds: none is empty.
        var seen = new TreeSet<Integer>();
        for (int i = 0; i < 3; i++) {
            Dataset held = data.open(new Fold(CSV, i, 3, true, 42, null, "label"));
            int group = ints(held, 0, 1)[0];
            assertTrue(seen.add(group));
            for (int example = 1; example < held.count(); example++) {
                assertEquals(group, ints(held, example, 1)[0]);
            }
        }
    }

    @Test
    void standardisingNeverSeesWhatAFoldHoldsOut() {
        for (int i = 0; i < 3; i++) {
            Dataset learn = data.open(new Standardize(fold(CSV, i, 3, false, null), List.of(), null));
            Dataset held = data.open(fold(new Standardize(CSV, List.of(), null), i, 3, true, null));
            assertEquals(learn.fitted(), held.fitted());
            double mean = rows(fold(CSV, i, 3, false, null)).stream().mapToInt(Integer::intValue).average()
                    .orElseThrow();
            assertEquals((float) mean, first(held.fitted().getFirst().mean()));
        }
    }

    @Test
    void impossibleFoldsAreOneClearError() {
        assertTrue(data.error(fold(CSV, 0, 102, true, null)).startsWith(
                "NN0714: `csv(\"t.csv\", label = \"y\")` has 101 examples, too few for 102 folds"));
        assertTrue(data.error(fold(CSV, 0, 5, true, "lable")).startsWith("NN0714"));
        NnException beyond = assertThrows(NnException.class, () -> fold(CSV, 5, 5, true, null));
        assertEquals("there is no fold 5 of 5", beyond.getMessage());
        assertEquals("folds are counted from 0: the last one is 4", beyond.help());
        assertEquals("there is no fold -7 of 5",
                assertThrows(NnException.class, () -> fold(CSV, -7, 5, true, null)).getMessage());
        assertTrue(data.error(new Fold(CSV, 0, 3_000_000_000L, true, 42, null, null)).startsWith(
                "NN0714: `csv(\"t.csv\", label = \"y\")` has 101 examples, too few for 3000000000 folds"));
        assertThrows(NnException.class, () -> fold(CSV, 0, 1, true, null));
        assertThrows(NnException.class, () -> new Fold(CSV, 0, 5, true, 1, "label", "label"));
        // More folds than groups: somebody would be held out of nothing.
        assertTrue(data.error(new Fold(CSV, 40, 50, true, 42, null, "label")).startsWith("NN0711"));
    }

    @Test
    void aStratifiedSplitKeepsTheProportions() {
        Dataset held = data.open(part(1, "label", 0.8));
        int[] counts = new int[3];
        for (int i = 0; i < held.count(); i++) {
            counts[ints(held, i, 1)[0]]++;
        }
        assertArrayEquals(new int[] {14, 4, 2}, counts); // of 70, 20 and 11
    }

    @Test
    void standardisingNeverSeesWhatIsHeldOut() {
        Dataset learn = data.open(new Standardize(part(0, null, 0.8), List.of(), null));
        Dataset held = data.open(new Standardize(part(1, null, 0.8), List.of(), null));
        Dataset before = data.open(new Split(new Standardize(CSV, List.of(), null), List.of(0.8), 1, 42, null));
        Dataset few = data.open(new Shuffle(new Take(new Standardize(part(1, null, 0.8), List.of(), null), 7), 1));
        assertEquals(learn.fitted(), held.fitted());
        assertEquals(learn.fitted(), before.fitted());
        assertEquals(learn.fitted(), few.fitted());
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < learn.count(); i++) {
            float value = floats(learn, i, 0)[0];
            sum += value;
            squares += value * value;
            assertEquals(0, floats(learn, i, 0)[2], "a column that never changes becomes 0");
        }
        assertEquals(0, sum / learn.count(), 1e-6);
        assertEquals(1, squares / learn.count(), 1e-5);
        List<Integer> rows = rows(part(0, null, 0.8));
        double mean = rows.stream().mapToInt(Integer::intValue).average().orElseThrow();
        assertEquals((float) mean, first(learn.fitted().getFirst().mean()));
    }

    @Test
    void whatIsFittedMayBeSaid() {
        Dataset all = data.open(new Standardize(part(1, null, 0.8), List.of("features"), CSV));
        assertEquals(50f, first(all.fitted().getFirst().mean()));
    }

    @Test
    void gapsAreFilledFromTheTrainingPart() {
        data.file("g.csv", "a,y\n1,0\n2,0\n3,0\n,1\n10,1\n20,1\n");
        DataExpression csv = source("csv", "path", "g.csv", "label", "y", "missing", "mean");
        for (long seed = 0; seed < 10; seed++) {
            Split learn = Split.inTwo(csv, 0.5, seed, null).get(0);
            Split held = Split.inTwo(csv, 0.5, seed, null).get(1);
            assertEquals(data.open(learn).fitted(), data.open(held).fitted());
            double sum = 0;
            int known = 0;
            Dataset all = data.open(learn);
            float fill = first(all.fitted().getFirst().fill());
            for (int i = 0; i < all.count(); i++) {
                float value = floats(all, i, 0)[0];
                sum += value;
                known++;
            }
            assertEquals(fill, sum / known, 1e-5, "filling in the mean leaves the mean");
            assertEquals(2, data.open(new Standardize(held, List.of(), null)).fitted().size());
        }
    }

    @Test
    void takeAndShuffle() {
        assertEquals(List.of(0, 1, 2), rows(new Take(CSV, 3)));
        assertEquals(COUNT, rows(new Take(CSV, 1000)).size());
        List<Integer> three = rows(new Take(new Shuffle(CSV, 7), 3));
        assertNotEquals(List.of(0, 1, 2), three);
        assertEquals(three, rows(new Take(new Shuffle(CSV, 7), 3)));
        assertEquals(7L, data.open(new Shuffle(CSV, 7)).shuffleSeed());
        assertEquals(7L, data.open(new Standardize(new Shuffle(CSV, 7), List.of(), null)).shuffleSeed());
    }

    @Test
    void impossibleOperationsAreOneClearError() {
        assertTrue(data.error(part(1, "lable", 0.8)).startsWith("NN0714: `stratify` names `lable`"));
        assertTrue(data.error(part(1, "features", 0.8)).startsWith("NN0714"));
        assertTrue(data.error(new Standardize(CSV, List.of("feature"), null)).contains("there is no such field"));
        data.file("one.csv", "1\n");
        assertTrue(data.error(new Split(source("csv", "path", "one.csv"), List.of(0.8), 1, 0, null))
                .startsWith("NN0711"));
    }

    @Test
    void aPermutationIsOneAndTheSameEverywhere() {
        assertArrayEquals(
                new int[] {2, 4, 6, 8, 0, 1, 5, 7, 3, 9}, Permutation.of(10, 1, 0));
        for (int epoch = 0; epoch < 20; epoch++) {
            int[] order = Permutation.of(1000, 99, epoch);
            assertArrayEquals(IntStream.range(0, 1000).toArray(), Arrays.stream(order).sorted().toArray());
        }
    }

    /// Each element comes to each place about equally often: chi-squared with 49 degrees of freedom per row and column.
    @Test
    void permutationsAreFair() {
        int size = 8;
        int tries = 8000;
        int[][] seen = new int[size][size];
        for (int i = 0; i < tries; i++) {
            int[] order = Permutation.of(size, 5, i);
            for (int place = 0; place < size; place++) {
                seen[place][order[place]]++;
            }
        }
        double chi = 0;
        double expected = (double) tries / size;
        for (int[] row : seen) {
            for (int count : row) {
                chi += (count - expected) * (count - expected) / expected;
            }
        }
        assertTrue(chi < 85.4, "chi-squared " + chi); // the 0.999 quantile for (8 − 1)² degrees of freedom
    }
}
