package org.nnlang.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
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
import org.nnlang.compiler.pipeline.BackEnd;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.plan.Planner;
import org.nnlang.compiler.plan.Running;
import org.nnlang.compiler.plan.VariableLayout;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.opencl.code.HalfTiles;
import org.nnlang.opencl.code.TensorCores;
import org.nnlang.opencl.driver.Cl;
import org.nnlang.runtime.fused.Tier;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Options;

/// Products of halves are, to the last bit, those of operands that were rounded before. Storage of halves is a part of OpenCL C 1.2, so any
/// device shows it; tensor cores are played by local memory.
class HalvesTest extends OverFaultyDriver {
    private static final TensorCores PLAYED = new TensorCores(true, """
            static uint nn_play_rounded(const float x) {
                const uint bits = as_uint(fabs(x)), sign = as_uint(x) >> 16 & 0x8000u;
                return sign | (fabs(x) < 0x1p-14f ? as_uint(fabs(x) + 0.5f) - as_uint(0.5f)
                    : min(bits + 0xfffu + (bits >> 13 & 1u) - (112u << 23) >> 13, 0x7c00u));
            }
            #define nn_halves2(p, xy) (*(p) = nn_play_rounded((xy).x) | nn_play_rounded((xy).y) << 16)
            #define nn_halves8(p, all) ({ __local uint* p_ = (p); const float8 all_ = (all); nn_halves2(p_, all_.s01); \\
                nn_halves2(p_ + 1, all_.s23); nn_halves2(p_ + 2, all_.s45); nn_halves2(p_ + 3, all_.s67); })
            #define nn_play_half(word, which) vload_half(which, (__local const half*)&(word))
            static float4 nn_play(__local const uint* f, const int item, float4 c) {
                const int g = item % 32 / 4, t = item % 4, w = item / 32 * 32;
                for (int k = 0; k < 16; k++) {
                    __local const uint* a = f + (w + g * 4 + k / 2 % 4) * 6 + k / 8 * 2;
                    const float a0 = nn_play_half(a[0], k % 2), a1 = nn_play_half(a[1], k % 2);
                    const float b0 = nn_play_half(f[(w + t * 8 + k / 2 % 4) * 6 + 4 + k / 8], k % 2);
                    const float b1 = nn_play_half(f[(w + t * 8 + 4 + k / 2 % 4) * 6 + 4 + k / 8], k % 2);
                    c += (float4)(a0 * b0, a0 * b1, a1 * b0, a1 * b1);
                }
                return c;
            }
            #define nn_mma(c, a0, a1, a2, a3, b0, b1) ({ barrier(CLK_LOCAL_MEM_FENCE); __local uint* f_ = fragments + 6 * item; \\
                f_[0] = (a0); f_[1] = (a1); f_[2] = (a2); f_[3] = (a3); f_[4] = (b0); f_[5] = (b1); \\
                barrier(CLK_LOCAL_MEM_FENCE); const float4 y_ = nn_play(fragments, item, c); y_; })
            """, "__local uint fragments[6 * GROUP];\n");

    private static double rounded(double value) {
        return Float.float16ToFloat(Float.floatToFloat16((float) value));
    }

    private static double[] values(int seed, int count) {
        return new Random(seed).doubles(count, -1, 1).map(x -> (float) x).toArray();
    }

    private static double[] rounded(double[] values) {
        double[] all = values.clone();
        java.util.Arrays.setAll(all, i -> rounded(all[i]));
        return all;
    }

    private static Bindings bindings(int m, int n, int k, double[] a, double[] b) {
        return new Bindings(
                Map.of("m", (long) m, "n", (long) n, "k", (long) k), Map.of("a", a, "b", b, "bias", values(3, n)),
                Map.of(), RandomGraphs::draw);
    }

    private static double[] run(Procedure procedure, Bindings bindings, Accelerator device) {
        Image image = Planner.plan(procedure, VariableLayout.of(List.of(procedure)), Fusion.Effort.FULL);
        return Running.run(
                image, CompiledProgram.interpreted(), procedure, bindings, new Options(Tier.SCALAR), 1, device)
                .outputs().get("y");
    }

    @ParameterizedTest
    @CsvSource({
        // A work item reads one four of a slice, or two, which then share words.
        "32x32x16x4x4x2, N, N, 33, 40, 129", "64x64x16x4x4x1, T, N, 70, 36, 29", "32x64x16x4x4x1, T, T, 33, 64, 32"})
    void aProductIsThatOfRoundedOperandsToTheLastBit(String tiling, char left, char right, int m, int n, int k) {
        Procedure procedure = ProductsOnDeviceTest.withBias(left == 'T', right == 'T', true);
        double[] a = values(1, m * k);
        double[] b = values(2, k * n);
        set("nn.opencl.tiling", tiling);
        try (OpenClAccelerator device = driver.open()) {
            double[] expected = run(procedure, bindings(m, n, k, rounded(a), rounded(b)), device);
            double[] exact = run(procedure, bindings(m, n, k, a, b), device);
            assertTrue(device.adopt(HalfTiles.STANDARD));
            double[] found = run(procedure, bindings(m, n, k, a, b), device);
            assertArrayEquals(expected, found);
            assertFalse(java.util.Arrays.equals(exact, found), "the operands are rounded");
            // What docs/devices.md says of the tolerance.
            assertArrayEquals(exact, found, 1e-3 * Math.sqrt(k));
        }
        assertEquals(0, driver.count(), driver.objects::toString);
    }

    @Test
    void tensorCoresMultiplyRoundedOperands() {
        // Neither lies along k where the left one is transposed; the share of k is odd.
        Procedure procedure = ProductsOnDeviceTest.withBias(true, false, false);
        int m = 70;
        int n = 36;
        int k = 301;
        double[] a = values(1, m * k);
        double[] b = values(2, k * n);
        try (OpenClAccelerator device = driver.open()) {
            double[] expected = run(procedure, bindings(m, n, k, rounded(a), rounded(b)), device);
            assertTrue(device.adopt(SubGroupsTest.played(32, "item ^ (hop)")));
            assertTrue(device.adopt(HalfTiles.STANDARD), "where both are known, tensor cores are taken");
            assertTrue(device.adopt(PLAYED));
            assertArrayEquals(expected, run(procedure, bindings(m, n, k, a, b), device), 2e-5);
        }
        assertEquals(0, driver.count(), driver.objects::toString);
    }

    private static float[] convolution(String call, boolean rounds, Accelerator device) {
        String source = "model C()(x: f32[2, 9, 8, 6], W: f32[3, 3, 6, 5], y: f32[2, 7, 6, 5]) = " + call;
        var elaborated = FrontEnd.model(new SourceFile("c.nn", source), Lines.LIBRARY, null, Map.of());
        if (elaborated.program() == null) {
            throw new AssertionError(elaborated.diagnostics().sorted());
        }
        Image image = BackEnd.model(elaborated.program()).apply().image();
        var memory = new Memory(image.variables(), device);
        try (Team team = Team.of(1)) {
            Instance instance = Instance.bind(image, CompiledProgram.interpreted(), memory, Map.of(), team);
            int seed = 1;
            for (String input : instance.inputs()) {
                double[] values = values(seed++, instance.size(instance.input(input)));
                float[] floats = new float[values.length];
                for (int i = 0; i < floats.length; i++) {
                    floats[i] = (float) (rounds ? rounded(values[i]) : values[i]);
                }
                instance.setInput(input, floats);
            }
            instance.run();
            float[] result = instance.output(instance.outputs().getFirst());
            memory.release();
            return result;
        }
    }

    @Test
    void convolutionsAreThoseOfRoundedOperands() {
        String call = "convolve_transposed(y, W)";
        try (OpenClAccelerator device = driver.open()) {
            float[] expected = convolution(call, true, device);
            float[] exact = convolution(call, false, device);
            assertTrue(device.adopt(HalfTiles.STANDARD));
            float[] found = convolution(call, false, device);
            assertArrayEquals(expected, found);
            assertFalse(java.util.Arrays.equals(exact, found));
        }
    }

    @Test
    void formsThatRoundOtherwiseAreNotTaken() {
        String standard = HalfTiles.STANDARD.functions();
        try (OpenClAccelerator device = driver.open()) {
            for (String form : new String[] {"half_rte", "half8_rte"}) {
                String wrong = standard.replace(form, form.replace("rte", "rtz"));
                assertNotEquals(standard, wrong);
                assertFalse(device.adopt(new HalfTiles(wrong)), form);
            }
            assertFalse(device.adopt(new HalfTiles("")));
            assertTrue(device.adopt(HalfTiles.STANDARD));
            assertTrue(device.adopt(SubGroupsTest.played(32, "item ^ (hop)")));
            for (String[] wrong : new String[][] {
                {"k < 16", "k < 8"}, {"+ 0xfffu", ""}}) {
                String functions = PLAYED.functions().replace(wrong[0], wrong[1]);
                assertNotEquals(PLAYED.functions(), functions);
                assertFalse(device.adopt(new TensorCores(true, functions, PLAYED.locals())), wrong[0]);
            }
            assertFalse(device.adopt(new TensorCores(true, "", "")));
        }
        assertEquals(0, driver.count(), driver.objects::toString);
    }

    @Test
    void theyAreTriedOnlyWhereAskedForAndNamed() {
        List<String> named = List.of(
                driver.driver.deviceText(((OpenClAccelerator) below).handle, Cl.DEVICE_EXTENSIONS).split(" ", -1));
        if (HalfTiles.claimed(named) == null) {
            System.out.println(
                    below.device().name() + " does not name cl_khr_fp16: halves are tried only because tests ask");
        }
        assertNull(HalfTiles.claimed(List.of("cl_khr_fp64")));
        driver.tells.put(Cl.DEVICE_TYPE, Cl.DEVICE_TYPE_GPU);
        driver.tells.put(Cl.DEVICE_EXTENSIONS, "cl_khr_fp64");
        set(OpenClAccelerator.FP16.name(), "on");
        driver.open().close();
        assertEquals(0, driver.calls.getOrDefault("createProgram", 0), "no trial without cl_khr_fp16");
        driver.tells.put(Cl.DEVICE_EXTENSIONS, "cl_khr_fp64 cl_khr_fp16");
        System.clearProperty(OpenClAccelerator.FP16.name());
        driver.open().close();
        assertEquals(0, driver.calls.getOrDefault("createKernel", 0), "no trial unless asked for");
        set(OpenClAccelerator.FP16.name(), "on");
        driver.open().close();
        assertEquals(1, driver.calls.getOrDefault("createKernel", 0));
        assertEquals(0, driver.count(), driver.objects::toString);
    }
}
