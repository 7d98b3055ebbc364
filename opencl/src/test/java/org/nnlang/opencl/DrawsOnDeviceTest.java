package org.nnlang.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.ir.Dim;
import org.nnlang.compiler.ir.Form;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.ir.Shape;
import org.nnlang.compiler.plan.Planner;
import org.nnlang.compiler.plan.VariableLayout;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;

/// The same seed, step and stream draw the same numbers on a device as on the processor, to the last bit.
class DrawsOnDeviceTest {
    @AutoClose
    private static Accelerator device;

    @BeforeAll
    static void open() {
        device = TestDevice.open();
    }

    private static Image image() {
        var graph = new Graph();
        var shape = new Shape(List.of(Dim.symbol("n")));
        return Planner.plan(
                new Procedure(
                        "draws", List.of(),
                        List.of(
                                new Procedure.Output("uniform", graph.random(Form.Distribution.UNIFORM, shape, 5)),
                                new Procedure.Output("normal", graph.random(Form.Distribution.NORMAL, shape, -9)),
                                new Procedure.Output("other",
                                        graph.random(Form.Distribution.UNIFORM, shape, 1L << 40))),
                        List.of()),
                VariableLayout.of(List.of()), Fusion.Effort.FULL);
    }

    @Test
    void equalSeedsDrawEqualNumbers() {
        Image image = image();
        try (Team team = Team.of(1)) {
            var here = new Memory(List.of());
            var there = new Memory(List.of(), device);
            // Whole blocks of four numbers, and not.
            for (int count : List.of(1, 6, 70_000)) {
                var sizes = Map.of("n", count);
                var one = Instance.bind(image, CompiledProgram.interpreted(), here, sizes, team);
                var other = Instance.bind(image, CompiledProgram.interpreted(), there, sizes, team);
                float[] before = {};
                // A device keeps the key of a seed while it stays the same.
                for (long[] seedAndStep : new long[][] {{1, 1}, {1, 2}, {-7, 2}, {1L << 50, Integer.MAX_VALUE}}) {
                    for (Instance each : List.of(one, other)) {
                        each.seed(seedAndStep[0]);
                        each.step((int) seedAndStep[1]);
                        each.run();
                    }
                    for (String draw : image.outputs().stream().map(port -> port.name()).toList()) {
                        assertArrayEquals(
                                one.output(draw), other.output(draw),
                                () -> draw + " of " + count + ", " + Arrays.toString(seedAndStep));
                    }
                    assertFalse(Arrays.equals(before, other.output("normal")));
                    before = other.output("normal");
                }
            }
            there.release();
        }
    }
}
