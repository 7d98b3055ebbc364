package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nnlang.runtime.train.TrainingListener.Progress;

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
}
