package org.nnlang.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.compiler.pipeline.Elaborated;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.compiler.source.Sources;
import org.nnlang.files.FileSources;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.data.DataExpression;
import org.nnlang.runtime.data.DataHeader;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.train.Trainer;
import org.nnlang.runtime.train.TrainerOptions;
import org.nnlang.runtime.train.TrainingListener;
import org.nnlang.runtime.train.TrainingPlan;

class PreparedTrainingTest {
    private static final String PROGRAM = """
            import "./blocks.nn"

            model Side(width: Int = 4)(x: f32[b, 2]) -> f32[b, 2] = x |> Hidden(width) |> Dense(2)

            train Sides(width: Int = 8, epochs: Int = 3, batch: Int = 4, seed: Int = 3, names: List<String> = ["a", "b"]) {
                val points = csv("points.csv", features = ["x", "y"], label = "side")
                val (learn, held_out, unseen) = points.standardize().split(0.5, 0.25)
                val net = Side(width)
                step (features, label) in learn.shuffle() {
                    val logits = net(features)
                    minimize cross_entropy(logits, label) with Adam(0.05)
                    report accuracy(logits, label)
                }
                validate (features, label) in held_out { report accuracy(net(features), label) }
                test (features, label) in unseen { report accuracy(net(features), label) }
                early_stop(highest = validate.accuracy, patience = 20)
                checkpoint("kept", highest = validate.accuracy)
            }
            """;

    private static final String BLOCKS = """
            layer Hidden(width: Int)(x: f32[b, n]) -> f32[b, width] = x |> Dense(width, tanh) |> Dropout(0.1)
            """;

    @TempDir
    private Path folder;

    private ProgramCache cache = ProgramCache.off();

    /// Whether the compiler ran: only it asks for modules.
    private boolean compiled;

    @BeforeEach
    void write() throws IOException {
        cache = ProgramCache.in(folder.resolve("cache"));
        write("sides.nn", PROGRAM);
        write("blocks.nn", BLOCKS);
        points(20);
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    private void points(int count) throws IOException {
        var text = new StringBuilder("x,y,side\n");
        for (int i = 0; i < count; i++) {
            text.append(i).append(',').append(i * 37 % 91).append(',').append(i > 9 ? "right" : "left").append('\n');
        }
        write("points.csv", text.toString());
    }

    private FileSources sources = new FileSources(Path.of(""));

    private Elaborated<TrainingPlan> prepare(Map<String, String> settings) {
        sources = FileSources.around(folder.resolve("sides.nn"));
        compiled = false;
        var watched = new Sources() {
            @Override
            public Optional<SourceFile> module(String name) {
                compiled = true;
                return sources.module(name);
            }

            @Override
            public Optional<SourceFile> file(SourceFile importer, String path) {
                return sources.file(importer, path);
            }

            @Override
            public DataHeader header(DataExpression expression) {
                return sources.header(expression);
            }
        };
        return PreparedTraining.of(
                sources.program(folder.resolve("sides.nn")), watched, null, settings, cache);
    }

    private boolean compiles(Map<String, String> settings) {
        prepare(settings);
        return compiled;
    }

    private boolean compiles() {
        return compiles(Map.of());
    }

    private byte[] train(TrainingPlan plan) throws IOException {
        try (Team team = Team.of(1)) {
            var trainer = new Trainer(
                    plan, sources.data(), team, new TrainerOptions(null, Files.createTempDirectory(folder, "out")));
            trainer.run(TrainingListener.all(List.of()));
            Path file = folder.resolve("weights.safetensors");
            Checkpoint weights = trainer.checkpoint();
            weights.write(file);
            return Files.readAllBytes(file);
        }
    }

    private static TrainingPlan program(Elaborated<TrainingPlan> elaborated) {
        TrainingPlan plan = elaborated.program();
        if (plan == null) {
            throw new AssertionError(elaborated.diagnostics().sorted());
        }
        return plan;
    }

    private static byte[] encoded(TrainingPlan plan) throws IOException {
        var out = new ByteArrayOutputStream();
        plan.encode(out);
        return out.toByteArray();
    }

    @Test
    void whatWasKeptIsThePlanAndTrainsToTheSameBits() throws IOException {
        Elaborated<TrainingPlan> first = prepare(Map.of());
        assertTrue(compiled);
        Elaborated<TrainingPlan> second = prepare(Map.of());
        assertTrue(!compiled);
        TrainingPlan before = program(first);
        TrainingPlan after = program(second);
        assertArrayEquals(encoded(before), encoded(after));
        assertEquals(before.hyperparameters(), after.hyperparameters());
        assertEquals(before.variables(), after.variables());
        assertEquals(before.step().image(), after.step().image());
        assertEquals(before.checkpoints(), after.checkpoints());
        assertEquals(before.earlyStops(), after.earlyStops());
        assertEquals(before.models(), after.models());
        assertArrayEquals(train(before), train(after));
    }

    @Test
    void aChangeOfAnythingThatMattersCompilesAgain() throws IOException {
        assertTrue(compiles());
        assertTrue(!compiles());
        assertTrue(compiles(Map.of("width", "6")));
        assertTrue(compiles(Map.of("width", "7")));
        assertTrue(!compiles(Map.of("width", "6")));
        assertTrue(!compiles());

        write("blocks.nn", BLOCKS.replace("0.1", "0.2"));
        assertTrue(compiles());
        assertTrue(!compiles());
        write("blocks.nn", BLOCKS);
        assertTrue(compiles());

        points(21);
        assertTrue(compiles());
        assertTrue(!compiles());

        write("sides.nn", PROGRAM.replace("Adam(0.05)", "Adam(0.06)"));
        assertTrue(compiles());
        assertTrue(!compiles());
        write("sides.nn", PROGRAM);
    }

    @Test
    void anImportThatIsGoneOrHasMistakesIsTold() throws IOException {
        assertTrue(compiles());
        Files.delete(folder.resolve("blocks.nn"));
        assertNull(prepare(Map.of()).program());
        write("blocks.nn", "layer Hidden(");
        assertNull(prepare(Map.of()).program());
        assertNull(prepare(Map.of()).program());
        assertTrue(compiled);
        write("blocks.nn", BLOCKS);
        assertTrue(!compiles());
        Files.delete(folder.resolve("points.csv"));
        assertNull(prepare(Map.of()).program());
    }

    @Test
    void whatIsDamagedIsCompiledAgain() throws IOException {
        assertTrue(compiles());
        Path entry = entries().getFirst();
        byte[] whole = Files.readAllBytes(entry);
        for (int at : new int[] {0, 5, 200, whole.length / 2, whole.length - 1}) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 4;
            Files.write(entry, damaged);
            assertTrue(compiles(), "byte " + at);
            assertArrayEquals(whole, Files.readAllBytes(entry));
        }
        Files.write(entry, new byte[0]);
        assertTrue(compiles());
        Files.write(entry, java.util.Arrays.copyOf(whole, whole.length - 9));
        assertTrue(compiles());
        assertTrue(!compiles());
    }

    private List<Path> entries() {
        try (Stream<Path> files = Files.list(folder.resolve("cache"))) {
            return new ArrayList<>(files.sorted().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void withoutACacheEverythingIsCompiledAndNothingLeft() {
        cache = ProgramCache.off();
        assertTrue(compiles());
        assertTrue(compiles());
        assertTrue(!Files.exists(folder.resolve("cache")));
    }
}
