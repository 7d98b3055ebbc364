package org.nnlang.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.opencl.code.Shape;
import org.nnlang.runtime.train.Trainer;
import org.nnlang.runtime.train.TrainingListener;
import org.nnlang.runtime.train.TrainingPlan;

/// How convolutions and their gradients are cut is measured and kept as that of products is, and no bit depends on it.
class ConvolutionTuningTest extends OverFaultyDriver {
    private static final TrainingPlan PLAN = Shapes.all().get("convolution with strides, zeros and holes");

    @TempDir
    private Path folder;

    @BeforeEach
    void keep() {
        set(ProgramCache.PROPERTY, folder.toString());
    }

    /// The weights, from which the gradient was taken, and x likewise, after a step.
    private float[][] run() {
        try (OpenClAccelerator device = driver.open()) {
            Trainer trainer = Lines.trainer(PLAN, folder, false, device);
            trainer.run(new TrainingListener() {});
            float[][] found = PLAN.variables().stream()
                    .filter(variable -> variable.dtype().isFloat())
                    .map(variable -> trainer.memory().getFloats(variable.name()))
                    .toArray(float[][]::new);
            trainer.release();
            return found;
        } finally {
            assertEquals(0, driver.count(), driver.objects::toString);
        }
    }

    @Test
    void eachKindIsMeasuredOnceAndGivesTheSameBits() throws IOException {
        set(Tuning.SWITCH.name(), "off");
        float[][] expected = run();
        set(Tuning.SWITCH.name(), "on");
        int queues = driver.calls.getOrDefault("createQueue", 0);
        assertArrayEquals(expected, run());
        assertEquals(queues + 2, driver.calls.getOrDefault("createQueue", 0), "measuring takes a queue of its own");
        // Six runs of each candidate are measured, and there are several of each kind.
        int measured = driver.calls.getOrDefault("duration", 0);
        assertTrue(measured >= 3 * 2 * 6, measured + " runs");
        assertArrayEquals(expected, run());
        assertEquals(measured, driver.calls.getOrDefault("duration", 0));
        assertEquals(queues + 3, driver.calls.getOrDefault("createQueue", 0), "it was kept");
        try (Stream<Path> all = Files.list(folder)) {
            Path file =
                    all.filter(each -> each.getFileName().toString().startsWith("tilings-")).findFirst().orElseThrow();
            List<String> lines =
                    new String(KeptFile.read(file), StandardCharsets.UTF_8).lines().sorted().toList();
            assertEquals(3, lines.size(), lines::toString);
            List<String> kinds = List.of("convolution ", "convolution_input ", "convolution_weights ");
            for (int i = 0; i < 3; i++) {
                String line = lines.get(i);
                assertTrue(
                        line.matches(kinds.get(i) + "2 6 5 4 3 2 2 6 4 4 2 1 1 0 1 2: \\d+(x\\d+){5}"), line);
                String shape = line.substring(0, line.indexOf(':'));
                assertEquals(shape, String.valueOf(Shape.parse(shape)));
            }
        }
        assertEquals(null, Shape.parse("convolution 2 6 5 4"));
        assertEquals(null, Shape.parse("attention 2 6 5 4 3 2 2 6 4 5 2 1 1 0 1 2"));
        assertEquals(null, Shape.parse("convolution 2 6 5 4 3 2 2 6 4 5 2 1 1 0 1 b"));
    }

    @Test
    void tilingsThatShareTheSumAmongAsManyGroupsGiveTheSameBits() {
        set(Tuning.SWITCH.name(), "off");
        for (int splits = 1; splits <= 2; splits++) {
            set("nn.opencl.tiling", "32x32x16x4x4x" + splits);
            float[][] expected = run();
            set("nn.opencl.tiling", "64x64x16x4x4x" + splits);
            assertArrayEquals(expected, run());
        }
    }
}
