package org.nnlang.runtime.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.runtime.data.DataExpression;
import org.nnlang.runtime.data.DataSources;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.train.TrainingPlan.CheckpointRule;

/// A training that is killed (`kill -9`) at random moments and resumed each time ends with the bytes of one that was
/// left alone.
class KilledTrainingTest {
    /// So many that a quick machine is not through before the first kill.
    private static final int EPOCHS = 180;

    @TempDir
    private Path folder;

    /// The process to be killed.
    static final class Run {
        private Run() {}

        public static void main(String[] arguments) {
            train(Path.of(arguments[0]), arguments[1]);
        }

        static void train(Path folder, String output) {
            DataExpression table = new DataExpression.Source("csv", Map.of("path", "t.csv", "target", "y"));
            List<DataExpression.Split> parts = DataExpression.Split.inTwo(table, 0.8, 3, null);
            TrainingPlan plan = new Regression()
                    .rate(0.01f)
                    .delay(1)
                    .plan(
                            new DataExpression.Shuffle(parts.get(0), 3),
                            parts.get(1),
                            EPOCHS,
                            -1,
                            List.of(),
                            List.of(new CheckpointRule(output, "validate.error", false)));
            Path last = folder.resolve(output).resolve("last.safetensors");
            new Trainer(
                    plan,
                    new DataSources(folder),
                    Team.of(1),
                    new TrainerOptions(Files.exists(last) ? last : null, folder))
                    .run(new TrainingListener() {});
        }
    }

    @Test
    void aKilledAndResumedTrainingEndsWithTheSameBytes() throws IOException, InterruptedException {
        var random = new Random(2);
        var text = new StringBuilder("a,b,y\n");
        for (int i = 0; i < 50; i++) {
            float a = (float) random.nextGaussian();
            text.append(a + "," + i % 3 + "," + (2 * a - 3 * (i % 3)) + "\n");
        }
        Files.writeString(folder.resolve("t.csv"), text);
        Run.train(folder, "whole");
        int kills = 0;
        boolean done = false;
        while (!done) {
            Process process = new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--add-modules",
                    "jdk.incubator.vector",
                    "-Xmx64m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Run.class.getName(),
                    folder.toString(),
                    "parts")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            done = process.waitFor(400 + 20 * kills + random.nextInt(300), TimeUnit.MILLISECONDS);
            process.destroyForcibly();
            assertTrue(process.waitFor(10, TimeUnit.SECONDS));
            kills += done ? 0 : 1;
            assertTrue(kills < 100, "it never ends");
            assertEquals(0, done ? process.exitValue() : 0);
        }
        assertTrue(kills > 0, "it was never killed");
        for (String name : List.of("best.safetensors", "last.safetensors")) {
            assertEquals(
                    -1, Files.mismatch(folder.resolve("whole").resolve(name), folder.resolve("parts").resolve(name)));
        }
    }
}
