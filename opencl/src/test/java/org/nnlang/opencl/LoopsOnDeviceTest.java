package org.nnlang.opencl;

import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.HashMap;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nnlang.compiler.autodiff.Loops;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.oracle.Bindings;
import org.nnlang.compiler.plan.Planner;
import org.nnlang.compiler.plan.Running;
import org.nnlang.compiler.plan.VariableLayout;
import org.nnlang.runtime.fused.Tier;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Options;

/// Loops of every kind, and their gradients, give on the device what they give on the processor.
class LoopsOnDeviceTest {
    private static final double TOLERANCE = 1e-5;

    @AutoClose
    private static Accelerator device;

    @BeforeAll
    static void open() {
        device = TestDevice.open();
    }

    static Stream<Loops.Loop> loops() {
        return Loops.all().stream();
    }

    @ParameterizedTest
    @MethodSource("loops")
    void aLoopComputesOnTheDeviceWhatItComputesHere(Loops.Loop loop) {
        Procedure procedure = loop.withGradients();
        for (int length : List.of(1, 4)) {
            Bindings given = loop.bindings(length);
            var inputs = new HashMap<String, double[]>();
            Procedure plain = Running.withoutDraws(procedure, given, inputs);
            var bindings = new Bindings(given.sizes(), inputs, given.variables(), given.draws());
            Image image = Planner.plan(plain, VariableLayout.of(List.of(plain)), Fusion.Effort.FULL);
            var options = new Options(Tier.SCALAR);
            var here = Running.run(image, CompiledProgram.interpreted(), plain, bindings, options, 1, null);
            var there = Running.run(image, CompiledProgram.interpreted(), plain, bindings, options, 1, device);
            assertNull(Running.difference(here, there, TOLERANCE), () -> loop + " of " + length);
        }
    }
}
