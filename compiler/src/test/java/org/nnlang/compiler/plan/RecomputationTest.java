package org.nnlang.compiler.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nnlang.compiler.bytecode.ProgramClass;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.runtime.fused.Tier;
import org.nnlang.runtime.program.Footprint;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Options;

class RecomputationTest {
    private static final int BATCH = 64;
    private static final Map<String, Integer> SIZES = Map.of("batch", BATCH);

    /// Of a deep perceptron a fraction of the activations is kept, and every bit is as it was.
    @Test
    void aDeepPerceptronTrainsTheSameInLessMemory() {
        int[] widths = new int[22];
        java.util.Arrays.fill(widths, 32);
        widths[21] = 10;
        Procedure procedure = SampleSteps.classifier(widths);
        VariableLayout layout = VariableLayout.of(List.of(procedure));
        Image all = Planner.plan(procedure, layout, Fusion.Effort.FULL);
        long most = Footprint.of(all, SIZES).arena();
        var expected = train(all);
        long before = Long.MAX_VALUE;
        for (int percent : new int[] {100, 70, 50, 0}) {
            long limit = most * percent / 100;
            Recomputation.Result result = Planner.plan(procedure, layout, SIZES, limit);
            assertTrue(result.arenaBytes() == Footprint.of(result.image(), SIZES).arena());
            assertTrue(percent == 0 || result.arenaBytes() <= limit, () -> result.arenaBytes() + " over " + limit);
            assertTrue(result.arenaBytes() <= before);
            assertTrue(percent == 100 == result.again().isEmpty());
            before = result.arenaBytes();
            var actual = train(result.image());
            assertFalse(expected.isEmpty());
            expected.forEach((name, values) -> assertArrayEquals(values, actual.get(name), 0, name));
        }
        assertTrue(before < 0.4 * most, before + " of " + most);
    }

    private static Map<String, float[]> train(Image image) {
        return TrainedByRuntime.train(
                image, ProgramClass.of("nn.Step", image).load(), new Options(Tier.SCALAR), 1, BATCH, 4);
    }
}
