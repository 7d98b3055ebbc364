package org.nnlang.compiler.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nnlang.compiler.bytecode.ProgramClass;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.runtime.fused.Tier;
import org.nnlang.runtime.kernel.Machine;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Options;
import org.nnlang.runtime.program.Step;

class TrainingStepTest {
    private static final Options TILES = new Options(Machine.vectors() ? Tier.TILE : Tier.SCALAR);

    private static Image plan(Procedure procedure, Fusion.Effort effort) {
        return Planner.plan(procedure, VariableLayout.of(List.of(procedure)), effort);
    }

    @Test
    void aClassifiersStepIsItsProductsAndAHandfulOfLoops() {
        Image image = plan(SampleSteps.classifier(784, 512, 256, 10), Fusion.Effort.FULL);
        long products = image.steps().stream().filter(Step.Product.class::isInstance).count();
        assertEquals(8, products);
        assertTrue(image.steps().size() <= 14, () -> image.notes().toString());
        assertTrue(image.steps().stream().allMatch(step -> step instanceof Step.Product || step instanceof Step.Loop));
    }

    @Test
    void allParametersAreUpdatedByOneLoop() {
        Image image = plan(SampleSteps.classifier(20, 16, 5), Fusion.Effort.FULL);
        assertEquals("update of 4 parameters", image.notes().getLast().label());
    }

    @Test
    void threadsTiersAndClassesDoNotChangeABit() {
        Image image = plan(SampleSteps.classifier(100, 64, 10), Fusion.Effort.FULL);
        CompiledProgram program = ProgramClass.of("nn.Step", image).load();
        var expected = TrainedByRuntime.train(image, program, TILES, 1, 70, 5);
        same(expected, TrainedByRuntime.train(image, program, TILES, 2, 70, 5));
        same(expected, TrainedByRuntime.train(image, program, TILES, 3, 70, 5));
        same(expected, TrainedByRuntime.train(image, CompiledProgram.interpreted(), TILES, 1, 70, 5));
        same(expected, TrainedByRuntime.train(image, program, new Options(Tier.SCALAR), 1, 70, 5));
    }

    @Test
    void fusionChangesRoundingAtMost() {
        Procedure procedure = SampleSteps.classifier(100, 64, 10);
        Image fused = plan(procedure, Fusion.Effort.FULL);
        Image plain = plan(procedure, Fusion.Effort.NONE);
        var expected = TrainedByRuntime.train(plain, CompiledProgram.interpreted(), TILES, 1, 70, 5);
        var actual = TrainedByRuntime.train(fused, CompiledProgram.interpreted(), TILES, 1, 70, 5);
        expected.forEach((name, values) -> assertArrayEquals(values, actual.get(name), 1e-4f, name));
    }

    @Test
    void aStepAllocatesNothing() {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int count = 1; count <= 2; count++) {
            Image image = plan(SampleSteps.classifier(100, 64, 10), Fusion.Effort.FULL);
            CompiledProgram program = ProgramClass.of("nn.Step", image).load();
            try (Team team = Team.of(count)) {
                Instance instance = TrainedByRuntime.bind(image, program, TILES, team, 70);
                instance.run();
                instance.run();
                long least = Long.MAX_VALUE;
                // Vectors are objects until C2 has compiled what uses them.
                for (int i = 0; i < 400 && least > 2000; i++) {
                    long before = threads.getTotalThreadAllocatedBytes();
                    for (int step = 1; step <= 50; step++) {
                        instance.step(step);
                        instance.run();
                    }
                    least = Math.min(least, threads.getTotalThreadAllocatedBytes() - before);
                }
                // Asking allocates a little itself.
                assertTrue(least < 2000, "50 steps on " + count + " threads allocated " + least);
            }
        }
    }

    private static void same(Map<String, float[]> expected, Map<String, float[]> actual) {
        expected.forEach((name, values) -> assertArrayEquals(values, actual.get(name), 0, name));
    }
}
