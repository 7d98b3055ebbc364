package org.nnlang.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nnlang.compiler.autodiff.Loops;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.ir.Graph;
import org.nnlang.compiler.ir.IrText;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.op.Ops;
import org.nnlang.compiler.oracle.Bindings;
import org.nnlang.compiler.oracle.Interpreter;
import org.nnlang.compiler.oracle.RandomGraphs;
import org.nnlang.compiler.plan.Planner;
import org.nnlang.compiler.plan.Running;
import org.nnlang.compiler.plan.VariableLayout;
import org.nnlang.opencl.driver.Cl;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.fused.Tier;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Options;

/// An arena that is larger than the largest buffer of a device lies in several, and nothing else changes.
class SplitArenaTest extends OverFaultyDriver {
    /// The device, saying that its buffers end at so many bytes.
    private Accelerator open(long largest) {
        driver.tells.put(Cl.DEVICE_MAX_MEM_ALLOC_SIZE, largest);
        return driver.open();
    }

    private static Interpreter.Results run(Image image, Procedure procedure, Bindings bindings, Accelerator device) {
        return Running.run(
                image, CompiledProgram.interpreted(), procedure, bindings, new Options(Tier.SCALAR), 1, device);
    }

    /// Runs with the smallest buffers that every single value fits, and returns how many buffers that took more.
    private int split(Image image, Procedure procedure, Bindings bindings) {
        int before = driver.calls.getOrDefault("createBuffer", 0);
        Interpreter.Results whole;
        try (Accelerator device = open(1L << 30)) {
            whole = run(image, procedure, bindings, device);
        }
        int alone = driver.calls.getOrDefault("createBuffer", 0) - before;
        for (long largest = 64;; largest += largest / 2 / 64 * 64 + 64) {
            before = driver.calls.getOrDefault("createBuffer", 0);
            try (Accelerator device = open(largest)) {
                Interpreter.Results parts = run(image, procedure, bindings, device);
                assertEqual(whole.outputs(), parts.outputs());
                assertEqual(whole.updates(), parts.updates());
                return driver.calls.getOrDefault("createBuffer", 0) - before - alone;
            } catch (NnException e) {
                assertEquals("NN0862", e.code(), e::getMessage);
            } finally {
                assertEquals(0, driver.count(), driver.objects::toString);
            }
        }
    }

    private static void assertEqual(Map<String, double[]> expected, Map<String, double[]> found) {
        assertEquals(expected.keySet(), found.keySet());
        expected.forEach((name, values) -> assertArrayEquals(values, found.get(name), name));
    }

    /// Rounds move places within a buffer, to and fro and along tapes; without fusion, everything is in the arena.
    @Test
    void loopsAndTheirGradientsGiveTheSameBits() {
        int more = 0;
        for (Loops.Loop loop : Loops.all().subList(0, 3)) {
            Bindings given = loop.bindings(4);
            var inputs = new HashMap<String, double[]>();
            Procedure plain = Running.withoutDraws(loop.withGradients(), given, inputs);
            var bindings = new Bindings(given.sizes(), inputs, given.variables(), given.draws());
            Image image = Planner.plan(plain, VariableLayout.of(List.of(plain)), Fusion.Effort.NONE);
            more += split(image, plain, bindings);
        }
        assertTrue(more >= 2, "buffers more than without a limit: " + more);
    }

    private static final String CHAIN = """
            procedure chain(%0) {
                %0: f32[n, n] = input() {"a"}
                %2: f32[n, n] = contract(%0, %0) {contract=[1]x[0]}
                %3: f32[n, n] = tanh(%2)
                %4: f32[n, n] = contract(%3, %0) {contract=[1]x[0]}
                %5: f32[n, n] = exp(%4)
                %6: f32[n, n] = transpose(%5) {[1, 0]}
                %7: f32[n, n] = contract(%6, %2) {contract=[1]x[0]}
                %8: f32[n, n] = contract(%7, %4) {contract=[1]x[0]}
                %9: f32[n] = reduce_sum(%8) {axes=[1]}
                output "y" = %9
            }
            """;

    private static Procedure chain() {
        return IrText.parse(CHAIN, new Graph(), Ops::named);
    }

    private static Bindings ofSize(int n) {
        double[] a = new Random(1).doubles((long) n * n, -0.5, 0.5).map(x -> (float) x).toArray();
        return new Bindings(Map.of("n", (long) n), Map.of("a", a), Map.of(), RandomGraphs::draw);
    }

    @Test
    void productsInSeveralBuffersGiveTheSameBits() {
        Image image = Planner.plan(chain(), VariableLayout.of(List.of(chain())), Fusion.Effort.FULL);
        assertTrue(split(image, chain(), ofSize(64)) >= 1);
    }

    @Test
    void oneTensorThatIsTooLargeIsNamed() {
        Procedure procedure = chain();
        Image image = Planner.plan(procedure, VariableLayout.of(List.of(procedure)), Fusion.Effort.FULL);
        Bindings bindings = ofSize(64);
        try (Accelerator device = open(64 * 64 * 4 - 64)) {
            var thrown = assertThrows(NnException.class, () -> run(image, procedure, bindings, device));
            assertEquals("NN0862", thrown.code());
            assertTrue(thrown.getMessage().contains("one tensor"), thrown::getMessage);
            assertTrue(thrown.getMessage().contains("in `chain`"), thrown::getMessage);
        }
        assertEquals(0, driver.count(), driver.objects::toString);
    }

    @Test
    void whatDoesNotFitTheDeviceIsToldBeforeAnythingIsMade() {
        Procedure procedure = chain();
        Image image = Planner.plan(procedure, VariableLayout.of(List.of(procedure)), Fusion.Effort.FULL);
        Bindings bindings = ofSize(64);
        driver.tells.put(Cl.DEVICE_GLOBAL_MEM_SIZE, 40_000L);
        int[] made = {0};
        try (Accelerator device = open(1L << 30)) {
            var thrown = assertThrows(NnException.class, () -> {
                try {
                    run(image, procedure, bindings, device);
                } finally {
                    made[0] = driver.calls.getOrDefault("build", 0);
                }
            });
            assertEquals("NN0862", thrown.code());
            assertTrue(thrown.getMessage().contains("what `chain` works on"), thrown::getMessage);
        }
        assertEquals(0, made[0]);
        assertEquals(0, driver.count(), driver.objects::toString);
    }
}
