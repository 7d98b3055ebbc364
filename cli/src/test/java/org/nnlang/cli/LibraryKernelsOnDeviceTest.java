package org.nnlang.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nnlang.cli.LibraryKernelsTest.Case;
import org.nnlang.compiler.lower.TrainingProgram;
import org.nnlang.compiler.oracle.Interpreter;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.LibraryKernel;

/// Library kernels and their gradients compute on a device what the bodies of their functions mean, and what the processor's
/// compute; twice the same bits. Results are filled with NaN before.
class LibraryKernelsOnDeviceTest {
    @AutoClose
    private static Accelerator device;

    @BeforeAll
    static void open() {
        device = OpenClDevice.open();
    }

    /// Those of the processor, and shapes where blocks, fours and channels of a device's kernels have odd ends.
    static Stream<Case> cases() {
        var cases = new ArrayList<Case>();
        var attention = EnumSet.of(LibraryKernel.ATTENTION, LibraryKernel.ATTENTION_GRADIENT);
        var convolution = EnumSet.of(
                LibraryKernel.CONVOLUTION, LibraryKernel.CONVOLUTION_INPUT, LibraryKernel.CONVOLUTION_WEIGHTS);
        // Results wider than a block; a mask under which blocks and rows meet nobody; batches of which each has its own mask.
        cases.add(new Case(
                "q: f32[1, 65, 7]; k: f32[1, 129, 7]; v: f32[1, 129, 150]", "attention(q, k, v)", attention));
        cases.add(new Case(
                "q: f32[1, 18, 150]; k: f32[1, 20, 150]; v: f32[1, 20, 9]", "attention(q, k, v, causal = true)",
                attention));
        cases.add(new Case(
                "q: f32[1, 140, 4]; k: f32[1, 140, 4]; v: f32[1, 140, 4]",
                "attention(q, k, v, mask = reshape(arange(140), [140, 1]) - 70 > reshape(arange(140), [1, 140]))",
                attention));
        cases.add(new Case(
                "q: f32[3, 2, 6, 4]; k: f32[3, 2, 6, 4]; v: f32[3, 2, 6, 4]",
                "attention(q, k, v, mask = reshape(arange(18) % 4 != 0, [3, 1, 1, 6]))", attention));
        cases.add(new Case("x: f32[1, 9, 9, 8]; W: f32[3, 3, 8, 12]", "convolve(x, W, before = [1, 1], after = [1, 1])",
                convolution));
        cases.add(new Case("x: f32[1, 1, 1, 4]; W: f32[1, 1, 4, 4]", "convolve(x, W)", convolution));
        cases.add(new Case("x: f32[3, 40, 40, 2]; W: f32[3, 3, 1, 2]", "convolve(x, W, stride = [1, 2])",
                convolution));
        return Stream.concat(LibraryKernelsTest.cases(), cases.stream());
    }

    @Test
    void everyKernelTakesPart() {
        var found = EnumSet.noneOf(LibraryKernel.class);
        cases().forEach(each -> found.addAll(each.kernels()));
        assertEquals(EnumSet.allOf(LibraryKernel.class), found);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aKernelComputesThereWhatItsBodyMeans(Case each) {
        TrainingProgram program = LibraryKernelsTest.program(each);
        assertUses(each, program);
        try (Team team = Team.of(1)) {
            Map<String, double[]> point = LibraryKernelsTest.point(program, team);
            var expected = Interpreter.run(
                    program.step().procedure(), LibraryKernelsTest.bindings(point, team));
            Map<String, float[]> there = LibraryKernelsTest.run(program, point, 1, device);
            Map<String, float[]> here = LibraryKernelsTest.run(program, point, 1, null);
            expected.updates().forEach((name, values) -> {
                float[] found = Objects.requireNonNull(there.get(name));
                LibraryKernelsTest.assertClose(name, values, found);
                LibraryKernelsTest.assertClose(name, doubles(Objects.requireNonNull(here.get(name))), found);
            });
            Map<String, float[]> again = LibraryKernelsTest.run(program, point, 1, device);
            there.forEach((name, values) -> assertArrayEquals(values, again.get(name), name));
        }
    }

    private static void assertUses(Case each, TrainingProgram program) {
        var found = LibraryKernelsTest.kernels(program.step().procedure());
        if (!found.equals(each.kernels())) {
            throw new AssertionError(List.of(each, found));
        }
    }

    private static double[] doubles(float[] values) {
        var all = new double[values.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = values[i];
        }
        return all;
    }
}
