package org.nnlang.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.oracle.Bindings;
import org.nnlang.compiler.oracle.RandomGraphs;
import org.nnlang.compiler.plan.Planner;
import org.nnlang.compiler.plan.Running;
import org.nnlang.compiler.plan.VariableLayout;
import org.nnlang.opencl.code.TensorCores;
import org.nnlang.runtime.fused.Tier;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Options;

/// Products by tensor cores are those of their operands rounded to TF32. No processor has such cores: local memory plays them, with
/// the fragments that [TensorCores] describes.
class TensorCoresTest extends OverFaultyDriver {
    private static final TensorCores PLAYED = new TensorCores(false, """
            #define nn_tf32(x) ((as_uint(x) + 0x1000u) & 0xffffe000u)
            static float4 nn_play(__local const uint* f, const int item, float4 c) {
                const int g = item % 32 / 4, t = item % 4, w = item / 32 * 32;
                for (int k = 0; k < 8; k++) {
                    __local const uint* a = f + (w + g * 4 + k % 4) * 6 + k / 4 * 2;
                    const float b0 = as_float(f[(w + t * 8 + k % 4) * 6 + 4 + k / 4]);
                    const float b1 = as_float(f[(w + t * 8 + 4 + k % 4) * 6 + 4 + k / 4]);
                    c += (float4)(as_float(a[0]) * b0, as_float(a[0]) * b1, as_float(a[1]) * b0, as_float(a[1]) * b1);
                }
                return c;
            }
            #define nn_mma(c, a0, a1, a2, a3, b0, b1) ({ barrier(CLK_LOCAL_MEM_FENCE); __local uint* f_ = fragments + 6 * item; \\
                f_[0] = (a0); f_[1] = (a1); f_[2] = (a2); f_[3] = (a3); f_[4] = (b0); f_[5] = (b1); \\
                barrier(CLK_LOCAL_MEM_FENCE); const float4 y_ = nn_play(fragments, item, c); y_; })
            """, "__local uint fragments[6 * GROUP];\n");

    private static double rounded(double value) {
        return Float.intBitsToFloat(Float.floatToRawIntBits((float) value) + 0x1000 & 0xffffe000);
    }

    @ParameterizedTest
    @CsvSource({"T, N, 70, 36, 50", "N, T, 33, 65, 300"})
    void aProductIsThatOfRoundedOperands(char left, char right, int m, int n, int k) {
        Procedure procedure = ProductsOnDeviceTest.withBias(left == 'T', right == 'T', false);
        Image image = Planner.plan(procedure, VariableLayout.of(List.of(procedure)), Fusion.Effort.FULL);
        double[] as = values(1, m * k);
        double[] bs = values(2, k * n);
        double[] bias = values(3, n);
        var bindings = new Bindings(
                Map.of("m", (long) m, "n", (long) n, "k", (long) k), Map.of("a", as, "b", bs, "bias", bias), Map.of(),
                RandomGraphs::draw);
        double[] expected = new double[m * n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                double sum = bias[j];
                for (int s = 0; s < k; s++) {
                    sum += rounded(as[left == 'T' ? s * m + i : i * k + s])
                            * rounded(bs[right == 'T' ? j * k + s : s * n + j]);
                }
                expected[i * n + j] = sum;
            }
        }
        try (OpenClAccelerator device = driver.open()) {
            assertTrue(device.adopt(SubGroupsTest.played(32, "item ^ (hop)")));
            assertTrue(device.adopt(PLAYED));
            double[] found = Running.run(
                    image, CompiledProgram.interpreted(), procedure, bindings, new Options(Tier.SCALAR), 1, device)
                    .outputs().get("y");
            // Rounding the operands itself changes results by some 1e-3.
            assertArrayEquals(expected, found, 2e-5);
        }
        assertEquals(0, driver.count(), driver.objects::toString);
    }

    private static double[] values(int seed, int count) {
        return new Random(seed).doubles(count, -1, 1).map(x -> (float) x).toArray();
    }

    @Test
    void coresThatGiveOtherNumbersAreNotTaken() {
        try (OpenClAccelerator device = driver.open()) {
            assertFalse(device.adopt(PLAYED), "there must be sub-groups");
            assertTrue(device.adopt(SubGroupsTest.played(32, "item ^ (hop)")));
            assertFalse(
                    device.adopt(
                            new TensorCores(false, PLAYED.functions().replace("t * 8 + 4", "t * 8"), PLAYED.locals())));
            assertFalse(device.adopt(new TensorCores(false, PLAYED.functions().replace("0xffffe000u", "0xffffffffu"),
                    PLAYED.locals())));
            assertFalse(device.adopt(new TensorCores(false, "", "")));
        }
        assertEquals(0, driver.count(), driver.objects::toString);
    }
}
