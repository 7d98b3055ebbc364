package org.nnlang.runtime.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.runtime.tensor.Tensor;

/// A process that writes checkpoints without a pause is killed at random moments: there is always a whole one, and
/// never an older one than before.
class KilledWriterTest {
    private static final int ROUNDS = 8;
    private static final int SIZE = 200_000;

    @TempDir
    private Path folder;

    /// The process to be killed: writes checkpoints full of 1, 2, 3, … from the given number on.
    static final class Writer {
        private Writer() {}

        public static void main(String[] arguments) {
            for (int value = Integer.parseInt(arguments[1]);; value++) {
                filled(value).write(Path.of(arguments[0]));
            }
        }
    }

    private static Checkpoint filled(int value) {
        var floats = new float[SIZE];
        Arrays.fill(floats, value);
        return new Checkpoint(Map.of("w", Tensor.of(floats, SIZE)), Map.of("value", Integer.toString(value)));
    }

    @Test
    void theLastCheckpointIsAlwaysWhole() throws IOException, InterruptedException {
        Path file = folder.resolve("c.safetensors");
        filled(0).write(file);
        var random = new Random(1);
        int last = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Process writer = new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx64m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Writer.class.getName(),
                    file.toString(),
                    Integer.toString(last + 1))
                    .inheritIO()
                    .start();
            try {
                long started = Files.getLastModifiedTime(file).toMillis();
                for (int i = 0; i < 500 && Files.getLastModifiedTime(file).toMillis() == started; i++) {
                    Thread.sleep(10);
                }
                Thread.sleep(random.nextInt(100));
            } finally {
                writer.destroyForcibly();
            }
            assertTrue(writer.waitFor(10, TimeUnit.SECONDS));
            Checkpoint found = Checkpoint.read(file);
            int value = Integer.parseInt(found.metadata().getOrDefault("value", "-1"));
            assertTrue(value >= last, value + " after " + last);
            assertEquals(filled(value), found);
            last = value;
        }
        assertTrue(last > ROUNDS, "the writer wrote " + last);
        filled(1).write(file);
        try (var files = Files.list(folder)) {
            assertEquals(1, files.count(), "leftovers of killed writers are removed");
        }
    }
}
