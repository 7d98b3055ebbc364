package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nnlang.runtime.train.TrainingListener.Progress;
import org.nnlang.runtime.train.TrainingResult;

class TextDisplayTest {
    /// A line that goes on below is two, and only the second would be erased.
    @Test
    void aNarrowTerminalCutsTheBarsLine() {
        var written = new ByteArrayOutputStream();
        var display = new TextDisplay(new PrintStream(written, true, StandardCharsets.UTF_8), true);
        display.progressed(new Progress(2, 5, 10, Map.of("loss", 0.5), 1200, 3));
        display.erase();
        assertEquals(
                "\r\u001b[K\u001b[?7lepoch 2  ━━━━━━━━━━──────────  loss 0.5000  1,200/s  3.0 s left\u001b[?7h\r\u001b[K",
                written.toString(StandardCharsets.UTF_8));
    }

    @Test
    void anEpochIsTheBestOnlyWhereSomethingTellsIt() {
        assertEquals("done after 1.0 s: best epoch 3, validate accuracy 0.9000\n", end(3));
        assertEquals("done after 1.0 s: validate accuracy 0.9000\n", end(0));
    }

    private static String end(int bestEpoch) {
        var written = new ByteArrayOutputStream();
        new TextDisplay(new PrintStream(written, true, StandardCharsets.UTF_8), false)
                .finished(new TrainingResult(
                        5, 50, Map.of(), Map.of("accuracy", 0.9), Map.of(), bestEpoch, 1,
                        TrainingResult.Ending.COMPLETE, null,
                        null));
        return written.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }
}
