package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.compiler.pipeline.BackEnd;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.files.FileSources;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Footprint;
import org.nnlang.runtime.train.Trainer;
import org.nnlang.runtime.train.TrainerOptions;
import org.nnlang.runtime.train.TrainingFootprint;
import org.nnlang.runtime.train.TrainingListener;
import org.nnlang.runtime.train.TrainingPlan;

/// What is told about the memory of a training before it runs is what it has when it runs, for all samples in their short forms.
class FootprintTest {
    @TempDir
    private Path folder;

    /// A training as `reaches` asks for it.
    private record Form(Path program, String train, Map<String, String> settings) {}

    private static final class Started extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final long bytes;

        Started(long bytes) {
            this.bytes = bytes;
        }
    }

    @TestFactory
    Stream<DynamicTest> everySampleTakesWhatWasTold() throws IOException {
        var tests = new ArrayList<DynamicTest>();
        for (Path reaches : Repository.files(Repository.sample(""), "reaches")) {
            for (String line : Files.readAllLines(reaches)) {
                String command = line.split("\\s:\\s", 2)[0].strip();
                if (command.startsWith("short") && command.contains(" train ")) {
                    Form form = form(reaches.getParent(), List.of(command.split("\\s+")));
                    tests.add(dynamicTest(command, () -> takesWhatWasTold(form)));
                }
            }
        }
        assertFalse(tests.isEmpty());
        return tests.stream();
    }

    private static Form form(Path sample, List<String> words) {
        Map<String, String> settings = new LinkedHashMap<>();
        String train = "";
        for (int i = 3; i + 1 < words.size(); i += 2) {
            String value = words.get(i + 1);
            switch (words.get(i)) {
                case "--set" -> settings.put(value.split("=", 2)[0], value.split("=", 2)[1]);
                case "--train" -> train = value;
                default -> settings.put(words.get(i).substring(2), value);
            }
        }
        return new Form(sample.resolve(words.get(2)), train, settings);
    }

    private void takesWhatWasTold(Form form) {
        FileSources sources = FileSources.around(form.program());
        var elaborated = FrontEnd.training(
                sources.program(form.program()), sources, form.train().isEmpty() ? null : form.train(),
                form.settings());
        TrainingPlan plan =
                BackEnd.training(Objects.requireNonNull(elaborated.program(), elaborated.diagnostics()::toString))
                        .plan();
        TrainingFootprint.Shapes shapes = TrainingFootprint.Shapes.of(sources.data(), plan.batch());
        TrainingFootprint told = TrainingFootprint.of(plan, shapes);
        Footprint step = Footprint.of(plan.step().image(), TrainingFootprint.largest(plan.step(), shapes));
        assertTrue(step.arena() <= 1.10 * step.alive(), step::toString);
        assertEquals(told.total(), taken(plan, sources));
    }

    private long taken(TrainingPlan plan, FileSources sources) {
        try (Team team = Team.of(1)) {
            new Trainer(plan, sources.data(), team, new TrainerOptions(null, folder)).run(new TrainingListener() {
                @Override
                public void started(TrainingListener.Started event) {
                    throw new FootprintTest.Started(event.memoryBytes());
                }
            });
        } catch (Started started) {
            return started.bytes;
        }
        throw new AssertionError("it did not start");
    }
}
