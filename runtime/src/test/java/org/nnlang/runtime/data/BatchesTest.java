package org.nnlang.runtime.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nnlang.runtime.data.TempData.source;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchesTest {
    @TempDir
    private Path folder;

    private Dataset plain;
    private Dataset shuffled;

    @BeforeEach
    void data() {
        var text = new StringBuilder();
        for (int i = 0; i < 10; i++) {
            text.append(i + "," + 2 * i + "," + i % 3 + "\n");
        }
        TempData data = new TempData(folder).file("t.csv", text.toString());
        DataExpression csv = source("csv", "path", "t.csv", "label", -1L);
        plain = data.open(csv);
        shuffled = data.open(new DataExpression.Shuffle(csv, 5));
    }

    private static List<Integer> epoch(Batches batches, int epoch) {
        batches.start(epoch);
        var seen = new ArrayList<Integer>();
        while (batches.next()) {
            for (int i = 0; i < batches.size(); i++) {
                seen.add(batches.example(i));
            }
        }
        return seen;
    }

    @Test
    void theLastBatchMayBeSmaller() {
        var batches = new Batches(plain, 4);
        assertEquals(3, batches.perEpoch());
        var sizes = new ArrayList<Integer>();
        while (batches.next()) {
            sizes.add(batches.size());
        }
        assertEquals(List.of(4, 4, 2), sizes);
        assertFalse(batches.next());
        assertEquals(10, batches.consumed());
    }

    @Test
    void fieldsAreCopiedExampleAfterExample() {
        var batches = new Batches(plain, 4);
        assertTrue(batches.next());
        assertTrue(batches.next());
        assertTrue(batches.next());
        var features = new float[9];
        batches.read(0, features, 1);
        assertArrayEquals(new float[] {0, 8, 16, 9, 18, 0, 0, 0, 0}, features);
        var labels = new int[2];
        batches.read(1, labels, 0);
        assertArrayEquals(new int[] {2, 0}, labels);
    }

    @Test
    void anEpochHasEveryExampleOnceInAnOrderOfItsOwn() {
        var batches = new Batches(shuffled, 3);
        List<Integer> first = epoch(batches, 0);
        List<Integer> second = epoch(batches, 1);
        assertEquals(10, new TreeSet<>(first).size());
        assertNotEquals(first, second);
        assertEquals(first, epoch(batches, 0));
        assertEquals(second, epoch(new Batches(shuffled, 7), 1), "the batch size does not change the order");
        assertEquals(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9), epoch(new Batches(plain, 3), 9));
    }

    @Test
    void aPositionIsReturnedTo() {
        var batches = new Batches(shuffled, 3);
        batches.start(4);
        assertTrue(batches.next());
        assertTrue(batches.next());
        var other = new Batches(shuffled, 3);
        other.restore(batches.epoch(), batches.consumed());
        while (batches.next()) {
            assertTrue(other.next());
            assertEquals(batches.size(), other.size());
            assertEquals(batches.example(0), other.example(0));
        }
        assertFalse(other.next());
        assertThrows(IllegalArgumentException.class, () -> other.restore(0, 11));
    }
}
