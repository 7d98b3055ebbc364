package org.nnlang.benchmarks.race;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a race says of processes that end.
class OpponentTest {
    @TempDir
    private Path folder;

    @Test
    void itsLastWordsAreTheCause() throws IOException {
        var entrant = new Entrant(
                "Nobody", " tuned", "org.nnlang.Nobody", "rivals", List.of(), List.of("W2"), "", List.of(), Map.of());
        Files.writeString(folder.resolve("nobody-tuned.log"), "Caused by: something of a race before\n");
        try (Opponent opponent = Opponent.start(entrant, 1, entrant.classPath(folder), folder)) {
            String message = assertThrows(IOException.class, () -> opponent.ask("who")).getMessage();
            assertTrue(
                    message.contains(
                            "`who` (Exception in thread \"main\" java.lang.ClassNotFoundException: org.nnlang.Nobody"),
                    message);
        }
    }

    @Test
    void whoIsAbsentHasAReason() {
        assertEquals(List.of(), Entrant.absent("W2").stream().filter(each -> each.contains("libtorch")).toList());
        assertTrue(Entrant.absent("W4").contains("ONNX Runtime (inference alone)"));
        // Everyone either has a workload or says why it has none.
        for (String workload : List.of("W1", "W2", "W2t", "W3", "W4", "W5", "W6", "W7")) {
            for (String absent : Entrant.absent(workload)) {
                assertTrue(absent.matches(".+ \\(.+\\)"), absent);
            }
        }
    }
}
