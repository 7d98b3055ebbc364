package org.nnlang.runtime.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.nnlang.runtime.data.TempData.ints;
import static org.nnlang.runtime.data.TempData.source;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CharsReaderTest {
    @TempDir
    private Path folder;

    private Dataset part(DataExpression text, String name) {
        return new TempData(folder).open(new DataExpression.Part(text, name));
    }

    @Test
    void windowsOfCodePointsAndTheCharactersThatFollow() {
        new TempData(folder).file("t.txt", "ba\r\nca\uD83D\uDE00babaXYXYXYXYXY"); // 7 + 4 + 10 − 1 code points
        DataExpression chars = source("chars", "path", "t.txt", "window", 2L, "held_out", 0.5);
        DataHeader header = new TempData(folder).header(chars);
        assertEquals("[x: i32[2], y: i32[2]]", header.fields().toString());
        assertEquals(List.of("\n", "X", "Y", "a", "b", "c", "\uD83D\uDE00"), header.fields().get(0).names());
        assertEquals(7L, header.values().get("vocabulary"));
        assertEquals(List.of("train", "held_out"), header.parts());
        Dataset train = part(chars, "train");
        assertEquals(4, train.count());
        assertArrayEquals(new int[] {4, 3}, ints(train, 0, 0));
        assertArrayEquals(new int[] {3, 0}, ints(train, 0, 1));
        assertArrayEquals(new int[] {0, 5}, ints(train, 1, 0));
        Dataset held = part(chars, "held_out");
        assertEquals(4, held.count());
        assertArrayEquals(new int[] {1, 2}, ints(held, 0, 0));
        assertArrayEquals(new int[] {2, 1}, ints(held, 3, 1));
    }

    @Test
    void aStrideBelowTheWindowOverlapsOnlyInTraining() {
        new TempData(folder).file("t.txt", "0123456789".repeat(10));
        DataExpression chars = source("chars", "path", "t.txt", "window", 4L, "stride", 1L);
        assertEquals(86, part(chars, "train").count());
        assertEquals(2, part(chars, "held_out").count());
        assertArrayEquals(new int[] {1, 2, 3, 4}, ints(part(chars, "train"), 1, 0));
        DataExpression split = new DataExpression.Split(new DataExpression.Part(chars, "train"), List.of(0.5), 0, 1,
                null);
        assertTrue(new TempData(folder).error(split).startsWith("NN0714"));
    }

    @Test
    void aGivenVocabularyIsKept() {
        new TempData(folder).file("t.txt", "abcabc\nabz");
        DataExpression chars = source("chars", "path", "t.txt", "window", 2L, "held_out", 0L, "vocabulary", "cba\nz");
        assertArrayEquals(new int[] {2, 1}, ints(part(chars, "train"), 0, 0));
        assertEquals(
                "NN0716: t.txt:2: the character `z` (U+007A) is not in the vocabulary | the vocabulary holds the characters"
                        + " of the text that was learnt from",
                new TempData(folder).error(source("chars", "path", "t.txt", "vocabulary", "abc\n")));
    }

    @Test
    void textsThatCannotBeUsed() {
        TempData data = new TempData(folder).file("s.txt", "short").file("e.txt", "");
        assertEquals(
                "NN0716: `s.txt` has 4 characters in the part `train`, and a window of 4 needs 5 | take a smaller window or"
                        + " a longer text",
                data.error(new DataExpression.Part(
                        source("chars", "path", "s.txt", "window", 4L, "held_out", 0.1), "train")));
        assertTrue(data.error(source("chars", "path", "e.txt")).startsWith("NN0711: `e.txt` is empty"));
        assertTrue(data.error(source("chars", "path", "s.txt", "window", 0L)).contains("a whole number from 1 to"));
        assertTrue(data.error(source("chars", "path", "s.txt", "held_out", 1L))
                .contains("a number from 0 on, and below 1"));
    }
}
