package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What trainings saved, to be compared.
final class SavedRuns {
    private SavedRuns() {}

    /// Fails unless two runs saved the same bytes as their last and as their best checkpoint.
    static void assertSame(Path one, Path other) throws IOException {
        for (String name : List.of("last.safetensors", "best.safetensors")) {
            assertEquals(
                    -1, Files.mismatch(one.resolve("out").resolve(name), other.resolve("out").resolve(name)), name);
        }
    }
}
