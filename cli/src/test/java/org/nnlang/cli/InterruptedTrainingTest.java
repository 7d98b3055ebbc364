package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A training that is killed or interrupted goes on as if nothing had happened. Its program has everything whose state
/// must survive: slots, a schedule, dropout's random streams, running averages, a metric with memory, early stopping,
/// the order of examples.
class InterruptedTrainingTest {
    private static final String PROGRAM = """
            model Net()(x: f32[b, 4]) -> f32[b, 3] = x |> Dense(16, relu) |> BatchNorm() |> Dropout(0.1) |> Dense(3)

            train Species(flowers: Data = csv("iris.csv", label = "species"), epochs: Int = 400, batch: Int = 8, seed: Int = 7) {
                val (learn, held_out) = flowers.standardize().split(0.8, stratify = "label")
                val net = Net()
                step (features, label) in learn.shuffle() {
                    val logits = net(features)
                    minimize cross_entropy(logits, label) with Adam(cosine(1e-3, total = 6000)) clip by_norm(1.0)
                    report f1 = F1(positive = 2)(logits, label)
                }
                validate (features, label) in held_out {
                    val logits = net(features)
                    report loss = cross_entropy(logits, label)
                    report f1 = F1(positive = 2)(logits, label)
                }
                early_stop(lowest = validate.loss, patience = 300)
                checkpoint("out", lowest = validate.loss)
            }
            """;

    @TempDir
    private Path folder;

    private Path program = Path.of("");

    @BeforeEach
    void write() throws IOException {
        Repository.copySamples(folder, "iris/iris.csv");
        program = Files.writeString(folder.resolve("species.nn"), PROGRAM);
    }

    private Path last(String run) {
        return folder.resolve(run).resolve("out/last.safetensors");
    }

    /// A training in a process of its own.
    private Process start(List<String> before, String run, Object... more) throws IOException {
        var command = new ArrayList<>(before);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "train",
                program.toString(),
                "--threads",
                "1",
                "--output",
                folder.resolve(run).toString()));
        Arrays.stream(more).map(String::valueOf).forEach(command::add);
        return new ProcessBuilder(command).redirectError(folder.resolve("err.txt").toFile()).start();
    }

    private static BufferedReader output(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /// Reads on until the epoch has ended.
    private static void await(BufferedReader out, int epoch) throws IOException {
        String line = out.readLine();
        while (line != null && !line.startsWith("epoch " + epoch + " ")) {
            line = out.readLine();
        }
        assertTrue(line != null, "it ended before");
    }

    private void assertSame(String one, String other) throws IOException {
        SavedRuns.assertSame(folder.resolve(one), folder.resolve(other));
    }

    /// The first kill may come in the middle of a step, of a checkpoint or between the two; the others hit later epochs.
    @Test
    void aTrainingThatWasKilledEndsWithTheSameBytes() throws IOException, InterruptedException {
        Answer whole = Answer.good("train", program, "--epochs", 60, "--output", folder.resolve("whole"));
        int[] epochs = {1, 9, 30};
        for (int kill = 0; kill < epochs.length; kill++) {
            // Killed before its first checkpoint, it begins again.
            Process process = Files.exists(last("parts"))
                    ? start(List.of(), "parts", "--epochs", 60, "--resume")
                    : start(List.of(), "parts", "--epochs", 60);
            try (BufferedReader out = output(process)) {
                await(out, epochs[kill]);
                // Where in an epoch it strikes is left to chance.
                TimeUnit.MICROSECONDS.sleep(700L * kill);
                process.destroyForcibly();
                assertTrue(process.waitFor(10, TimeUnit.SECONDS));
                assertTrue(process.exitValue() != 0, "it was done before it was killed");
            }
        }
        Answer rest = Answer.good("train", program, "--epochs", 60, "--output", folder.resolve("parts"), "--resume");
        assertTrue(rest.lines().getFirst().contains("resumed in epoch "), rest.out());
        assertFalse(rest.lines("epoch 59 ").isEmpty(), rest.out());
        assertEquals(
                whole.withoutTimes(folder.resolve("whole")).lines().filter(line -> line.startsWith("epoch 60 "))
                        .toList(),
                rest.withoutTimes(folder.resolve("parts")).lines().filter(line -> line.startsWith("epoch 60 "))
                        .toList());
        assertSame("whole", "parts");
    }

    @Test
    void controlCEndsATrainingWithItsCheckpoint() throws IOException, InterruptedException {
        // A process that was started in the background of a shell ignores SIGINT, and so do those it starts.
        List<String> listening = List.of("env", "--default-signal=INT");
        assumeTrue(runs("env", "--default-signal=INT", "true") && runs("kill", "-l"), "no way to send Ctrl-C here");
        Process process = start(listening, "parts");
        String rest;
        try (BufferedReader out = output(process)) {
            await(out, 2);
            assertTrue(runs("kill", "-INT", Long.toString(process.pid())));
            rest = String.join("\n", out.lines().toList());
        }
        assertTrue(process.waitFor(10, TimeUnit.SECONDS));
        assertEquals(128 + 2, process.exitValue());
        assertTrue(("\n" + rest).contains("\ninterrupted after "), rest);
        assertTrue(rest.endsWith("\ngo on with --resume"), rest);
        String complaints = Files.readString(folder.resolve("err.txt"));
        assertFalse(complaints.contains("Exception"), complaints);
        assertTrue(Files.exists(last("parts")));

        int done = (int) rest.lines().filter(line -> line.startsWith("epoch ")).count() + 2;
        Answer.good("train", program, "--epochs", done + 5, "--output", folder.resolve("parts"), "--resume");
        Answer.good("train", program, "--epochs", done + 5, "--output", folder.resolve("whole"));
        assertSame("whole", "parts");
    }

    private static boolean runs(String... command) throws IOException, InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException _) {
            return false;
        }
    }

    @Test
    void aTrainingThatIsDoneResumesToItsEnd() {
        Answer whole = Answer.good("train", program, "--epochs", 3, "--output", folder.resolve("whole"), "--json");
        Answer again = Answer.good("train", program, "--epochs", 3, "--output", folder.resolve("whole"), "--json",
                "--resume");
        assertEquals(1, again.objects().size());
        assertEquals(
                whole.objects().getLast().get("validate").toString(),
                again.objects().getLast().get("validate").toString());
    }

    @Test
    void aTrainingResumesFromAFileOrAFolder() throws IOException {
        Answer.good("train", program, "--epochs", 6, "--output", folder.resolve("whole"));
        Answer.good("train", program, "--epochs", 3, "--output", folder.resolve("first"));
        Answer.good(
                "train", program, "--epochs", 6, "--output", folder.resolve("file"), "--resume", last("first"));
        Answer.good(
                "train", program, "--epochs", 6, "--output", folder.resolve("folder"), "--resume",
                last("first").getParent());
        assertEquals(-1, Files.mismatch(last("whole"), last("file")));
        assertEquals(-1, Files.mismatch(last("whole"), last("folder")));
    }
}
