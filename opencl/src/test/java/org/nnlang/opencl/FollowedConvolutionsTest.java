package org.nnlang.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nnlang.compiler.pipeline.BackEnd;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;

/// What follows a convolution is done by its kernel, or, where channels come in groups, by one behind it.
class FollowedConvolutionsTest {
    @AutoClose
    private static Accelerator device;

    @BeforeAll
    static void open() {
        device = TestDevice.open();
    }

    /// A result, and how many kernels made it.
    private record Run(float[] y, int kernels) {}

    private static Run run(String expression, String weights, int channels, Accelerator accelerator) {
        String source = "model C()(x: f32[n, 9, 8, " + channels + "], W: f32[" + weights + "], b: f32[6], "
                + "r: f32[n, 7, 6, 6]) -> f32[n, 7, 6, 6] = " + expression;
        var elaborated = FrontEnd.model(new SourceFile("c.nn", source), Lines.LIBRARY, null, Map.of());
        if (elaborated.program() == null) {
            throw new AssertionError(elaborated.diagnostics().sorted());
        }
        Image image = BackEnd.model(elaborated.program()).apply().image();
        var memory = new Memory(image.variables(), accelerator);
        try (Team team = Team.of(1)) {
            Instance instance = Instance.bind(image, CompiledProgram.interpreted(), memory, Map.of("n", 3), team);
            var random = new Random(1);
            for (String input : instance.inputs()) {
                float[] values = new float[instance.size(instance.input(input))];
                for (int i = 0; i < values.length; i++) {
                    values[i] = random.nextFloat() - 0.5f;
                }
                instance.setInput(input, values);
            }
            int kernels = instance.device() instanceof OpenClProgram program ? program.kernels() : 0;
            if (instance.device() != null) {
                instance.device().poison();
            }
            instance.run();
            float[] y = instance.output(instance.outputs().getFirst());
            instance.release();
            memory.release();
            return new Run(y, kernels);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "3, 3, 4, 6; 4; 0", // one group of channels
        "3, 3, 2, 6; 4; 1"}) // two
    void oneKernelDoesBoth(String weights, int channels, int more) {
        String followed = "max(convolve(x, W) + b, 0.0) * r";
        Run there = run(followed, weights, channels, device);
        assertArrayEquals(run(followed, weights, channels, null).y, there.y, 1e-5f);
        Run alone = run("convolve(x, W)", weights, channels, device);
        assertEquals(alone.kernels + more, there.kernels);
    }
}
