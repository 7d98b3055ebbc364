package org.nnlang.compiler.bytecode;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.nnlang.opencl.TestDevice;
import org.nnlang.runtime.fused.Instruction;
import org.nnlang.runtime.fused.Reduction;
import org.nnlang.runtime.fused.Tier;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.program.Accelerator;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Extent;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Instance;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Note;
import org.nnlang.runtime.program.Options;
import org.nnlang.runtime.program.Place;
import org.nnlang.runtime.program.Segment;
import org.nnlang.runtime.program.Step;
import org.nnlang.runtime.program.Variable;
import org.nnlang.runtime.tensor.DType;

/// Random loops over special numbers give the same bits on the device, where no sum's order is the device's own: every
/// operation, strides, phases, kept and recomputed values, combinations of rows, operands overwritten in place.
class FusedOnDeviceTest {
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

    @Property(shrinking = ShrinkingMode.OFF)
    void aLoopGivesTheSameBits(@ForAll long seed) {
        FusedCase fused = RandomFused.of(seed);
        for (long next = seed + 1; addsUp(fused); next++) {
            fused = RandomFused.of(next);
        }
        assertEquals("", FusedCase.difference(run(fused, null), run(fused, device)), fused::toString);
    }

    /// Whether a float sum or product makes the order of elements matter.
    private static boolean addsUp(FusedCase fused) {
        var program = fused.program();
        return program.instructions().stream().anyMatch(instruction -> switch (instruction) {
            case Instruction.Reduce(Reduction reduction, int value) ->
                program.type(value).isFloat() && orderMatters(reduction);
            case Instruction.ReduceRows(Reduction reduction, _, int value) ->
                program.type(value).isFloat() && orderMatters(reduction);
            case Instruction.Load _, Instruction.Constant _, Instruction.Size _, Instruction.ColumnIndex _, Instruction.OuterIndex _, Instruction.Apply _, Instruction.Own _, Instruction.Store _ ->
                false;
        });
    }

    private static boolean orderMatters(Reduction reduction) {
        return reduction == Reduction.SUM || reduction == Reduction.PRODUCT;
    }

    private static final class Extents {
        private final List<Extent> all = new ArrayList<>();

        int of(long value) {
            all.add(Extent.of(value));
            return all.size() - 1;
        }

        List<Integer> of(int[] values) {
            return Arrays.stream(values).mapToObj(this::of).toList();
        }
    }

    /// Runs a case as the only step of an image, its memory being states.
    private static FusedCase.Memory run(FusedCase fused, Accelerator accelerator) {
        var extents = new Extents();
        List<Variable> variables = new ArrayList<>();
        int count = fused.floats().length;
        int[] starts = new int[count];
        int floats = 0;
        int ints = 0;
        for (int i = 0; i < count; i++) {
            float[] values = fused.floats()[i];
            int[] integers = fused.ints()[i];
            if (values != null) {
                starts[i] = floats;
                variables.add(new Variable("m" + i, Segment.STATES, DType.F32, List.of(values.length), floats));
                floats += values.length;
            } else if (integers != null) {
                starts[i] = ints;
                variables.add(new Variable("m" + i, Segment.STATES, DType.I32, List.of(integers.length), ints));
                ints += integers.length;
            }
        }
        List<Step.Binding> bindings = new ArrayList<>();
        for (int operand = 0; operand < fused.strides().length; operand++) {
            boolean isInts = !fused.program().operands().get(operand).type().isFloat();
            int start = starts[fused.memoryOf()[operand]] + fused.base()[operand];
            bindings.add(new Step.Binding(
                    new Place(Segment.STATES, isInts, extents.of(start)),
                    extents.of(fused.strides()[operand]), extents.of(fused.columnStride()[operand])));
        }
        var loop = new Step.Loop(
                0, extents.of(fused.outer()), extents.of(fused.columns()), bindings, extents.of(fused.sizes()));
        int nothing = extents.of(0);
        var image = new Image(
                "loop", List.of(), extents.all, List.of(), variables, List.of(), List.of(), List.of(fused.program()),
                List.of(loop), List.of(new Note("loop", 0, "", nothing)), List.of(), List.of());
        var memory = new Memory(variables, accelerator);
        for (int i = 0; i < count; i++) {
            if (fused.floats()[i] != null) {
                memory.set("m" + i, fused.floats()[i]);
            } else if (fused.ints()[i] != null) {
                memory.set("m" + i, fused.ints()[i]);
            }
        }
        try (Team team = Team.of(1)) {
            Instance instance = Instance.bind(
                    image, CompiledProgram.interpreted(), memory, Map.of(), team, new Options(Tier.SCALAR));
            if (instance.device() != null) {
                instance.device().poison();
            }
            instance.run();
            FusedCase.Memory result = fused.memory();
            for (int i = 0; i < count; i++) {
                if (fused.floats()[i] != null) {
                    result.floats()[i] = memory.getFloats("m" + i);
                } else if (fused.ints()[i] != null) {
                    result.ints()[i] = memory.getInts("m" + i);
                }
            }
            instance.release();
            memory.release();
            return result;
        }
    }
}
