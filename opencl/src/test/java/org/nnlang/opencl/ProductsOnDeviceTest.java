package org.nnlang.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.IrText;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.plan.Planner;
import org.nnlang.compiler.plan.VariableLayout;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;

/// Each way to cut a matrix product up, on sizes that fill blocks and sizes that don't, transposed and not, with what follows it.
class ProductsOnDeviceTest {
    @AutoClose
    private static Accelerator device;

    @BeforeAll
    static void open() {
        device = TestDevice.open();
    }

    /// A product m × k by k × n, plus a bias, and perhaps the hyperbolic tangent of it.
    static Procedure withBias(boolean leftTransposed, boolean rightTransposed, boolean tanh) {
        return IrText.parse("""
                procedure product(%%0, %%1, %%2) {
                    %%0: %s = input() {"a"}
                    %%1: %s = input() {"b"}
                    %%2: f32[n] = input() {"bias"}
                    %%3: f32[m, n] = contract(%%0, %%1) {contract=[%d]x[%d]}
                    %%4: f32[m, n] = broadcast(%%2) {axes=[1]}
                    %%5: f32[m, n] = add(%%3, %%4)
                %s
                }
                """.formatted(
                leftTransposed ? "f32[k, m]" : "f32[m, k]", rightTransposed ? "f32[n, k]" : "f32[k, n]",
                leftTransposed ? 0 : 1, rightTransposed ? 1 : 0,
                tanh ? "    %6: f32[m, n] = tanh(%5)\n    output \"y\" = %6" : "    output \"y\" = %5"),
                new Graph(), Ops::named);
    }

    @ParameterizedTest
    @CsvSource({
        "128x128x8x8x8x1, a, 37, 53, 29", "128x128x8x8x8x2, b, 130, 64, 70", "256x128x8x16x8x1, c, 64, 132, 48",
        "128x64x16x8x4x1, b, 128, 64, 32", "64x64x16x4x4x4, a, 64, 64, 256", "32x64x16x4x4x1, c, 33, 7, 5",
        "32x32x16x4x4x3, b, 40, 36, 100"})
    void aTilingChangesNothing(String tiling, String form, int m, int n, int k) {
        // A bias and a tanh are done where the product's elements are.
        Procedure procedure = withBias(form.equals("b"), form.equals("c"), true);
        Image image = Planner.plan(procedure, VariableLayout.of(List.of(procedure)), Fusion.Effort.FULL);
        Map<String, Integer> sizes = Map.of("m", m, "n", n, "k", k);
        float[] here = run(image, sizes, null);
        System.setProperty("nn.opencl.tiling", tiling);
        try {
            assertArrayEquals(here, run(image, sizes, device), 1e-5f);
        } finally {
            System.clearProperty("nn.opencl.tiling");
        }
    }

    private static float[] run(Image image, Map<String, Integer> sizes, Accelerator accelerator) {
        var random = new Random(1);
        try (Team team = Team.of(1)) {
            var memory = new Memory(image.variables(), accelerator);
            Instance instance = Instance.bind(image, CompiledProgram.interpreted(), memory, sizes, team);
            for (String input : instance.inputs()) {
                float[] values = new float[instance.size(instance.input(input))];
                for (int i = 0; i < values.length; i++) {
                    values[i] = random.nextFloat() - 0.5f;
                }
                instance.setInput(input, values);
            }
            if (instance.device() != null) {
                instance.device().poison();
            }
            instance.run();
            float[] result = instance.output("y");
            instance.release();
            memory.release();
            return result;
        }
    }
}
