package org.nnlang.benchmarks.race;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A race of nnlang alone, in a process of its own.
class RaceTest {
    @TempDir
    private Path folder;

    private static Task product() {
        var a = new Task.Values("a", new int[] {2, 3}, new float[] {1, 2, 3, 4, 5, 6}, new int[0]);
        // Stored transposed.
        var b = new Task.Values("b", new int[] {2, 3}, new float[] {1, 0, 2, -1, 1, 1}, new int[0]);
        return new Task("W1", "2x3x2 NT", List.of(), List.of(a, b));
    }

    @Test
    void aTaskIsReadAsItWasWritten() throws IOException {
        Path file = folder.resolve("task");
        product().write(file);
        Task read = Task.read(file);
        assertEquals("2x3x2 NT", read.shape());
        assertEquals(List.of(), read.parameters());
        assertArrayEquals(product().input(1).floats(), read.input(1).floats());
        assertArrayEquals(new long[] {2, 3}, read.input(1).dims());
    }

    @Test
    void aContenderComputesWhatItWasGivenAndIsTimed() {
        List<String> warnings = new ArrayList<>();
        List<Lane> lanes = new ArrayList<>();
        new Race(false, folder, 0.05, 0.05, warnings::add).run("W1", 1, List.of(product()), lanes::addAll);
        assertEquals(List.of(), warnings);
        Lane lane = lanes.getFirst();
        assertTrue(lane.isOurs());
        assertEquals(1, lanes.size());
        // 1·1 + 3·2 = 7, -1 + 2 + 3 = 4, 4 + 12 = 16, -4 + 5 + 6 = 7: the mean with weights 1 to 4.
        assertEquals((7 + 2 * 4 + 3 * 16 + 4 * 7) / 4.0, lane.results()[0]);
        assertTrue(lane.minMs() > 0 && lane.medianMs() >= lane.minMs());
        assertTrue(lane.peak() > 0);
    }
}
