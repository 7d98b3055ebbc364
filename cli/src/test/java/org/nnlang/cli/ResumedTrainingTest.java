package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nnlang.compiler.pipeline.BackEnd;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.files.FileSources;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.train.StepObserver;
import org.nnlang.runtime.train.Trainer;
import org.nnlang.runtime.train.TrainerOptions;
import org.nnlang.runtime.train.TrainingListener;
import org.nnlang.runtime.train.TrainingPlan;
import org.nnlang.runtime.train.TrainingResult;

/// A training that was interrupted after a step, wherever in an epoch and wherever between two updates, ends with the
/// bytes of one that was not. Its program adds gradients up over runs that end neither with an epoch nor with one another, has a
/// second `minimize` that depends on the first, copies that follow with and without decay, and a last batch that is
/// smaller.
class ResumedTrainingTest {
    private static final String PROGRAM = """
            model Net(width: Int = 8)(x: f32[b, 4]) -> f32[b, 3] =
                x |> Dense(width, tanh) |> BatchNorm() |> Dropout(0.1) |> Dense(3)

            train Fit(flowers: Data = csv("iris.csv", label = "species"), epochs: Int = 3, batch: Int = 32, seed: Int = 7) {
                val (learn, held_out) = flowers.standardize().split(0.75)
                val net = Net()
                val smooth = freeze(Net())
                val last = freeze(Net())
                val head = Dense(3)
                step (x, label) in learn.shuffle() {
                    val logits = net(x)
                    minimize cross_entropy(logits, label) over net with Adam(cosine(1e-2, total = 100)) clip by_norm(1.0) every 3
                    follow(smooth, net, decay = 0.9)
                    val teacher = softmax(smooth(x))
                    minimize mean((softmax(head(x)) - teacher) ^ 2) + mse(net(x), last(x)) with AdamW(1e-3) every 2
                    if accumulate { follow(last, net) }
                    report f1 = F1(positive = 2)(logits, label)
                }
                validate (x, label) in held_out {
                    report loss = cross_entropy(net(x), label)
                    report averaged = cross_entropy(smooth(x), label)
                }
                checkpoint("out", lowest = validate.averaged)
            }

            val accumulate = true
            """;

    @TempDir
    private static Path folder;

    private static @Nullable TrainingPlan plan;
    private static FileSources sources = new FileSources(Path.of(""));

    @BeforeAll
    static void compile() throws IOException {
        Repository.copySamples(folder, "iris/iris.csv");
        Path program = Files.writeString(folder.resolve("fit.nn"), PROGRAM);
        sources = FileSources.around(program);
        var elaborated = FrontEnd.training(sources.program(program), sources, null, Map.of());
        assertTrue(elaborated.diagnostics().isEmpty(), () -> elaborated.diagnostics().sorted().toString());
        plan = BackEnd.training(Objects.requireNonNull(elaborated.program())).plan();
        assertEquals(12, run("whole", 1, false, 0).steps());
    }

    /// Runs until after step `until`, or to the end for 0.
    private static TrainingResult run(String name, int threads, boolean resumed, long until) {
        Path output = folder.resolve(name);
        try (Team team = Team.of(threads)) {
            var options = resumed
                    ? new TrainerOptions(output.resolve("out"), output)
                    : new TrainerOptions(null, output);
            var trainer = new Trainer(Objects.requireNonNull(plan), sources.data(), team, options);
            trainer.observe(new StepObserver() {
                @Override
                public void before(Observed observed) {}

                @Override
                public void after(Observed observed) {
                    if (observed.step() == until) {
                        trainer.interrupt();
                    }
                }
            });
            return trainer.run(TrainingListener.all(List.of()));
        }
    }

    private static void assertSame(String one, String other) throws IOException {
        SavedRuns.assertSame(folder.resolve(one), folder.resolve(other));
    }

    /// Four steps make an epoch, the last one of 16 examples.
    @ParameterizedTest
    @CsvSource({"1, 0, 1, 1", "2, 5, 1, 2", "4, 0, 2, 1", "3, 7, 2, 2", "11, 0, 1, 2"})
    void itEndsWithTheSameBits(long first, long second, int threads, int others) throws IOException {
        String parts = "parts-" + first + "-" + second;
        assertEquals(first, run(parts, threads, false, first).steps());
        if (second > 0) {
            assertEquals(second, run(parts, others, true, second).steps());
        }
        assertEquals(12, run(parts, others, true, 0).steps());
        assertSame("whole", parts);
    }

    /// What the other test relies on: in the middle of an accumulation the sums are there, and are not zero.
    @Test
    void sumsAreKeptBetweenUpdates() {
        run("begun", 1, false, 2);
        var tensors = Checkpoint.read(folder.resolve("begun/out/last.safetensors")).tensors();
        boolean kept = tensors.entrySet().stream()
                .filter(entry -> entry.getKey().contains("adam.sum."))
                .anyMatch(entry -> {
                    for (float value : entry.getValue().floats()) {
                        if (value != 0) {
                            return true;
                        }
                    }
                    return false;
                });
        assertTrue(kept);
    }
}
