package org.nnlang.compiler.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.oracle.RandomGraphs;
import org.nnlang.runtime.kernel.Philox;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Segment;

class ImageTest {
    private static Image plan(Procedure procedure) {
        return Planner.plan(procedure, VariableLayout.of(List.of(procedure)), Fusion.Effort.FULL);
    }

    @Test
    void planningTwiceGivesOneImage() {
        assertEquals(plan(SampleSteps.classifier(20, 16, 5)), plan(SampleSteps.classifier(20, 16, 5)));
        for (int seed = 0; seed < 30; seed++) {
            assertEquals(
                    plan(RandomGraphs.generate(20, seed).procedure()),
                    plan(RandomGraphs.generate(20, seed).procedure()),
                    "seed " + seed);
        }
    }

    @Test
    void memoryIsReused() {
        Image image = plan(SampleSteps.classifier(64, 64, 64, 64, 64, 64, 64, 64, 64));
        long all = image.buffers().stream()
                .filter(buffer -> buffer.segment() == Segment.ARENA)
                .mapToLong(buffer -> image.extents().get(buffer.size()).evaluate(new long[] {100}))
                .sum();
        try (Team team = Team.of(1)) {
            var memory = new Memory(image.variables());
            var instance = Instance.bind(image, CompiledProgram.interpreted(), memory, Map.of("batch", 100), team);
            assertTrue(instance.workingBytes() < 4 * all, instance.workingBytes() + " bytes for " + all + " floats");
        }
    }

    @Test
    void aMissingSizeIsNamed() {
        Image image = plan(SampleSteps.classifier(4, 3));
        var memory = new Memory(image.variables());
        try (Team team = Team.of(1)) {
            var error = assertThrows(
                    IllegalArgumentException.class,
                    () -> Instance.bind(image, CompiledProgram.interpreted(), memory, Map.of(), team));
            assertTrue(error.getMessage().contains("batch"), error::getMessage);
        }
    }

    @Test
    void drawsDependOnSeedStreamAndStepAlone() {
        var graph = new Graph();
        var shape = Shape.of(Dim.symbol("b"), Dim.of(3));
        var uniform = graph.random(Form.Distribution.UNIFORM, shape, 5);
        var normal = graph.random(Form.Distribution.NORMAL, shape, 6);
        var outputs = List.of(new Procedure.Output("uniform", uniform), new Procedure.Output("normal", normal));
        Image image = plan(new Procedure("draws", List.of(), outputs, List.of()));
        try (Team team = Team.of(2)) {
            var memory = new Memory(image.variables());
            var instance = Instance.bind(image, CompiledProgram.interpreted(), memory, Map.of("b", 7), team);
            instance.seed(11);
            instance.step(3);
            instance.run();
            float[] expected = new float[21];
            Philox.uniform(team, Philox.key(11, 5), 0, 3, expected, 0, 21);
            assertArrayEquals(expected, instance.output("uniform"));
            Philox.normal(team, Philox.key(11, 6), 0, 3, expected, 0, 21);
            assertArrayEquals(expected, instance.output("normal"));
            float[] before = instance.output("uniform");
            instance.run();
            assertArrayEquals(before, instance.output("uniform"));
            instance.step(4);
            instance.run();
            assertFalse(Arrays.equals(before, instance.output("uniform")));
        }
    }
}
