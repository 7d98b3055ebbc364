package org.nnlang.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nnlang.compiler.pipeline.BackEnd;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;

/// Programs of a device share their kernels; and what a run asks the driver for.
class SharedKernelsTest extends OverFaultyDriver {
    private static final String SUMS = "model C()(x: f32[n, 5]) -> f32[n] = sum(exp(x), axis = 1)";

    /// A loop in a loop.
    private static final String LOOPS = """
            model C()(x: f32[n, 5]) -> f32[] {
                var total = 0.0
                scan row in x along 0 {
                    scan element in row along 0 {
                        total = tanh(total * 0.5 + element)
                    }
                }
                total
            }
            """;

    private static Image image(String source) {
        var elaborated = FrontEnd.model(new SourceFile("c.nn", source), Lines.LIBRARY, null, Map.of());
        if (elaborated.program() == null) {
            throw new AssertionError(elaborated.diagnostics().sorted());
        }
        return BackEnd.model(elaborated.program()).apply().image();
    }

    private static Instance bind(Image image, Accelerator accelerator, int rows, Team team) {
        Instance instance = Instance.bind(
                image, CompiledProgram.interpreted(), new Memory(image.variables(), accelerator), Map.of("n", rows),
                team);
        float[] values = new float[rows * 5];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.sin(i);
        }
        instance.setInput("x", values);
        return instance;
    }

    private static float[] run(Instance instance) {
        instance.run();
        return instance.output(instance.outputs().getFirst());
    }

    private int calls(String function) {
        return driver.calls.getOrDefault(function, 0);
    }

    /// The second program with a kernel does not compile it, and keeps it when the first is gone.
    @Test
    void aKernelIsCompiledOnceAndLivesAsLongAsSomebodyHasIt() {
        try (Team team = Team.of(1);
                OpenClAccelerator accelerator = driver.open()) {
            Image image = image(SUMS);
            Instance first = bind(image, accelerator, 3, team);
            float[] wanted = run(first);
            assertEquals(1, calls("createProgram"));
            Instance second = bind(image, accelerator, 3, team);
            assertEquals(1, calls("createProgram"), "the same kernels");
            first.release();
            assertArrayEquals(wanted, run(second));
            Instance other = bind(image, accelerator, 4, team);
            assertEquals(2, calls("createProgram"), "another size");
            other.release();
            second.release();
            assertEquals(0, driver.objects.get("Program"), "nobody has them any more");
        }
        assertEquals(0, driver.count(), driver.objects::toString);
    }

    /// A run costs the host one call for a kernel, and few besides: no object is made, nothing is waited for.
    @Test
    void aRunAsksForItsKernelsAndForLittleElse() {
        try (Team team = Team.of(1);
                OpenClAccelerator accelerator = driver.open()) {
            for (String source : new String[] {SUMS, LOOPS}) {
                Instance instance = bind(image(source), accelerator, 4, team);
                float[] wanted = run(bind(image(source), null, 4, team));
                assertArrayEquals(wanted, run(instance), 1e-5f);
                int kernels = ((OpenClProgram) instance.device()).kernels();
                driver.calls.clear();
                instance.run();
                assertEquals(kernels, calls("enqueue"));
                // Inputs are sent in one piece; a round moves operands.
                assertTrue(calls("write") <= 2 && calls("flush") == 1, driver.calls::toString);
                assertTrue(calls("argument") <= 6 * kernels, driver.calls::toString);
                assertEquals(
                        calls("enqueue") + calls("argument") + calls("write") + calls("flush") + calls("await")
                                + calls("releaseEvent"),
                        driver.calls.values().stream().mapToInt(Integer::intValue).sum(), driver.calls::toString);
                instance.release();
            }
        }
    }
}
