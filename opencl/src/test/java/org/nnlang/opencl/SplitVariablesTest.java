package org.nnlang.opencl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nnlang.opencl.code.Cuts;
import org.nnlang.opencl.driver.Cl;
import org.nnlang.runtime.NnException;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Segment;
import org.nnlang.runtime.program.Variable;
import org.nnlang.runtime.tensor.DType;
import org.nnlang.runtime.tensor.Tensor;
import org.nnlang.runtime.train.Trainer;
import org.nnlang.runtime.train.TrainingListener;
import org.nnlang.runtime.train.TrainingPlan;

/// Variables of one kind that are together larger than the largest buffer of a device lie in several, and nothing else changes.
class SplitVariablesTest extends OverFaultyDriver {
    /// Every variable has at most 35 elements, whose places are no multiples of four, and so has what is in between. One loop
    /// updates all parameters, with two slots each, across buffers.
    private static final TrainingPlan PLAN = Lines.plan("""
            model Small()(x: f32[b, 3]) -> f32[b, 3] = x |> Dense(7, tanh) |> Dense(5) |> Dense(3)

            train Lines(steps: Int = 3, seed: Int = 1) {
                val net = Small()
                step {
                    val x = normal([4, 3])
                    val off = net(x) - x
                    minimize mean(off * off) with AdamW(1e-2) clip by_norm(0.5)
                }
                checkpoint("out")
            }
            """, Map.of());

    @TempDir
    private Path folder;

    private Map<String, Tensor> run(long largest) {
        driver.tells.put(Cl.DEVICE_MAX_MEM_ALLOC_SIZE, largest);
        Path output = folder.resolve("out" + largest);
        try (OpenClAccelerator device = driver.open()) {
            Trainer trainer = Lines.trainer(PLAN, output, false, device);
            trainer.run(new TrainingListener() {});
            trainer.release();
        }
        assertEquals(0, driver.count(), driver.objects::toString);
        return Checkpoint.read(output.resolve("out").resolve("last.safetensors")).tensors();
    }

    @Test
    void aTrainingGivesTheSameBits() {
        Map<String, Tensor> whole = run(1L << 30);
        int buffers = driver.calls.getOrDefault("createBuffer", 0);
        int kernels = driver.calls.getOrDefault("enqueue", 0);
        assertEquals(whole, run(256));
        // 86 parameters, their gradients and 172 slots, where a buffer has 64.
        int more = driver.calls.getOrDefault("createBuffer", 0) - 2 * buffers;
        assertTrue(more >= 4, more + " buffers more than " + buffers);
        more = driver.calls.getOrDefault("enqueue", 0) - 2 * kernels;
        assertTrue(more > 0, "the update takes more than one kernel in each step, among " + kernels + " without");
    }

    @Test
    void cutsLieBetweenVariables() {
        int[] sizes = new int[Segment.COUNT];
        sizes[Segment.PARAMETERS.ordinal()] = 41;
        sizes[Segment.GRADIENTS.ordinal()] = 41;
        var variables = List.of(variable("a", 7, 0), variable("b", 9, 7), variable("c", 20, 16), variable("d", 5, 36));
        Cuts cuts = Cuts.of(variables, Map.of(), sizes, new int[Segment.COUNT], 96);
        for (Segment segment : new Segment[] {Segment.PARAMETERS, Segment.GRADIENTS}) {
            assertEquals(3, cuts.count(segment, false));
            assertEquals(List.of(0, 0, 1, 1, 2), List.of(
                    cuts.piece(segment, false, 0), cuts.piece(segment, false, 15), cuts.piece(segment, false, 16),
                    cuts.piece(segment, false, 35), cuts.piece(segment, false, 40)));
            assertEquals(List.of(16, 20, 5), List.of(
                    cuts.size(segment, false, 0), cuts.size(segment, false, 1), cuts.size(segment, false, 2)));
        }
        assertEquals(1, cuts.count(Segment.SLOTS, false));
        assertEquals(1, cuts.count(Segment.PARAMETERS, true));
        // From the second on, a piece begins at a multiple of four, before its first variable.
        Cuts others = Cuts.of(variables, Map.of(), sizes, new int[Segment.COUNT], 80);
        assertEquals(16, others.starts(Segment.PARAMETERS, false)[1]);
        sizes[Segment.PARAMETERS.ordinal()] = 16;
        Cuts narrow =
                Cuts.of(List.of(variable("a", 7, 0), variable("b", 9, 7)), Map.of(), sizes, new int[Segment.COUNT], 48);
        assertEquals(List.of(7, 4, 1), List.of(
                narrow.starts(Segment.PARAMETERS, false)[1], narrow.base(Segment.PARAMETERS, false, 7),
                narrow.piece(Segment.PARAMETERS, false, 7)));
    }

    private static Variable variable(String name, int size, int offset) {
        return new Variable(name, Segment.PARAMETERS, DType.F32, List.of(size), offset);
    }

    @Test
    void whatWasWrittenIsReadFromEachBuffer() {
        driver.tells.put(Cl.DEVICE_MAX_MEM_ALLOC_SIZE, 80L);
        try (OpenClAccelerator device = driver.open()) {
            var variables = List.of(
                    variable("a", 7, 0), variable("b", 9, 7), variable("c", 20, 16), variable("d", 5, 36));
            var memory = new Memory(variables, device);
            for (Variable variable : variables) {
                float[] values = new float[variable.size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = variable.offset() + i;
                }
                memory.set(variable.name(), values);
            }
            for (Variable variable : variables) {
                float[] values = memory.getFloats(variable.name());
                for (int i = 0; i < values.length; i++) {
                    assertEquals(variable.offset() + i, values[i]);
                }
            }
            memory.release();
        }
        assertEquals(0, driver.count(), driver.objects::toString);
    }

    @Test
    void aVariableThatIsTooLargeIsNamedBeforeAnythingIsMade() {
        driver.tells.put(Cl.DEVICE_MAX_MEM_ALLOC_SIZE, 76L);
        try (OpenClAccelerator device = driver.open()) {
            int before = driver.calls.getOrDefault("createBuffer", 0);
            var thrown = assertThrows(
                    NnException.class,
                    () -> new Memory(List.of(variable("a", 7, 0), variable("table", 20, 7)), device));
            assertEquals("NN0862", thrown.code());
            assertTrue(thrown.getMessage().contains("`table`, one variable"), thrown::getMessage);
            assertEquals(before, driver.calls.getOrDefault("createBuffer", 0));
        }
        assertEquals(0, driver.count(), driver.objects::toString);
    }

    @Test
    void aFailureInTheMiddleLeavesNothingBehind() {
        driver.tells.put(Cl.DEVICE_MAX_MEM_ALLOC_SIZE, 80L);
        try (OpenClAccelerator device = driver.open()) {
            driver.failAt("createBuffer", 2, -4, false);
            var thrown = assertThrows(
                    NnException.class,
                    () -> new Memory(List.of(variable("a", 20, 0), variable("b", 20, 20)), device));
            assertEquals("NN0862", thrown.code());
        }
        assertEquals(0, driver.count(), driver.objects::toString);
    }
}
