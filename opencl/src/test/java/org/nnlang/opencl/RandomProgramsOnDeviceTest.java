package org.nnlang.opencl;

import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.oracle.Bindings;
import org.nnlang.compiler.oracle.RandomGraph;
import org.nnlang.compiler.oracle.RandomGraphs;
import org.nnlang.compiler.plan.Planner;
import org.nnlang.compiler.plan.Running;
import org.nnlang.compiler.plan.VariableLayout;
import org.nnlang.runtime.fused.Tier;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Options;

/// Random procedures give on the device what they give on the processor.
class RandomProgramsOnDeviceTest {
    /// Of the largest element of a tensor.
    private static final double TOLERANCE = 1e-4;

    private static Accelerator device;

    @BeforeContainer
    static void open() {
        device = TestDevice.open();
    }

    @AfterContainer
    static void close() {
        if (device != null) {
            device.close();
        }
    }

    @Provide
    Arbitrary<RandomGraph> graphs() {
        return RandomGraphs.arbitrary();
    }

    @Property(shrinking = ShrinkingMode.BOUNDED)
    void aProgramComputesOnTheDeviceWhatItComputesHere(@ForAll("graphs") RandomGraph random) {
        Map<String, double[]> inputs = new HashMap<>();
        Procedure plain = Running.withoutDraws(random.procedure(), random.bindings(), inputs);
        Bindings bindings = new Bindings(
                random.bindings().sizes(), inputs, random.bindings().variables(), random.bindings().draws());
        Image image = Planner.plan(plain, VariableLayout.of(List.of(plain)), Fusion.Effort.FULL);
        var options = new Options(Tier.SCALAR);
        var here = Running.run(image, CompiledProgram.interpreted(), plain, bindings, options, 1, null);
        var there = Running.run(image, CompiledProgram.interpreted(), plain, bindings, options, 1, device);
        assertNull(Running.difference(here, there, TOLERANCE), plain::toString);
    }
}
