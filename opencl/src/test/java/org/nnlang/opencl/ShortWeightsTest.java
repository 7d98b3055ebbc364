package org.nnlang.opencl;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nnlang.compiler.fuse.Fusion;
import org.nnlang.compiler.ir.Procedure;
import org.nnlang.compiler.oracle.Bindings;
import org.nnlang.compiler.oracle.Interpreter;
import org.nnlang.compiler.oracle.RandomGraph;
import org.nnlang.compiler.oracle.RandomGraphs;
import org.nnlang.compiler.pipeline.BackEnd;
import org.nnlang.compiler.pipeline.BackEnd.CompiledModel;
import org.nnlang.compiler.pipeline.FrontEnd;
import org.nnlang.compiler.plan.Planner;
import org.nnlang.compiler.plan.Running;
import org.nnlang.compiler.plan.VariableLayout;
import org.nnlang.compiler.source.SourceFile;
import org.nnlang.opencl.code.Cuts;
import org.nnlang.opencl.code.ShortWeights;
import org.nnlang.runtime.checkpoint.Checkpoint;
import org.nnlang.runtime.checkpoint.Storage;
import org.nnlang.runtime.fused.Tier;
import org.nnlang.runtime.kernel.Team;
import org.nnlang.runtime.model.Model;
import org.nnlang.runtime.program.CompiledProgram;
import org.nnlang.runtime.program.Image;
import org.nnlang.runtime.program.Memory;
import org.nnlang.runtime.program.Options;
import org.nnlang.runtime.program.Segment;
import org.nnlang.runtime.program.Variable;
import org.nnlang.runtime.tensor.DType;
import org.nnlang.runtime.tensor.Tensor;

/// Weights that a checkpoint holds in two bytes take two bytes on a device, and no bit of what a model answers changes.
class ShortWeightsTest {
    @AutoClose
    private static OpenClAccelerator device;

    @BeforeAll
    static void open() {
        device = (OpenClAccelerator) TestDevice.open();
    }

    static CompiledModel compile(String parameters, String function) {
        var declared = new StringBuilder();
        for (String parameter : parameters.split(";")) {
            declared.append("    param ").append(parameter.strip()).append(" ~ normal()\n");
        }
        var text = """
                model Point()(s: f32[b]) -> f32[b] {
                %s    val y = %s
                    s * sum(y * reshape(sin(f32(arange(product(shape(y))))), shape(y)))
                }
                """.formatted(declared, function);
        var elaborated =
                FrontEnd.model(new SourceFile("point.nn", text), Lines.LIBRARY, null, Map.of(), _ -> Map.of());
        if (elaborated.program() == null) {
            throw new AssertionError(elaborated.diagnostics().sorted());
        }
        return BackEnd.model(elaborated.program());
    }

    /// Numbers of a type, also subnormal ones.
    private static float[] values(Storage storage, int count, Random random) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            float value = (float) random.nextGaussian() * (i % 11 == 0 ? 0x1p-18f : i % 13 == 0 ? 100 : 1);
            values[i] = storage.widened(storage.narrowed(value));
        }
        return values;
    }

    static Checkpoint checkpoint(Image image, Storage storage, boolean says) {
        var random = new Random(7);
        var tensors = new HashMap<String, Tensor>();
        var held = new HashMap<String, Storage>();
        for (Variable variable : image.variables()) {
            int[] shape = variable.shape().stream().mapToInt(Integer::intValue).toArray();
            tensors.put(variable.name(), Tensor.of(values(storage, variable.size(), random), shape));
            // As converted checkpoints have it.
            if (says && shape.length > 1) {
                held.put(variable.name(), storage);
            }
        }
        return new Checkpoint(tensors, Map.of(), held);
    }

    static float[] answer(Model model) {
        return model.predict(Map.of("s", Tensor.of(new float[] {1, -3}, 2))).get("out").floats();
    }

    /// @param held how many of the parameters stay in two bytes
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "F16 | 2 | a: f32[33, 17]; b: f32[17, 21]; c: f32[21] | tanh(a @ b + c)",
        "BF16 | 3 | a: f32[33, 17]; b: f32[17, 20]; c: f32[33, 20] | tanh(a @ b + c) * c",
        "BF16 | 2 | a: f32[3, 8, 16]; b: f32[3, 16, 12] | einsum(a, b, \"i m k, i k n -> i m n\")",
        "F16 | 1 | a: f32[40, 24] | a @ transpose(a)",
        "BF16 | 1 | table: f32[9, 12] | gather(table, arange(14) * 4 % 9) @ transpose(table)",
        "F16 | 1 | x: f32[6, 37]; g: f32[37] | softmax(x) * g + max(x, axis = -1, keep = true)",
        "F16 | 1 | x: f32[2, 4500] | softmax(x)",
        "BF16 | 1 | x: f32[7, 6] | concat([transpose(x[1:, ::2]), pad(x[:3, :6], [0, 0], [0, 0])], axis = 1)",
        "F16 | 1 | W: f32[3, 2, 3, 4]; b: f32[4] | relu(convolve(reshape(cos(f32(arange(180))), [2, 6, 5, 3]), W) + b)",
        "BF16 | 1 | W: f32[3, 3, 1, 5] | convolve(reshape(cos(f32(arange(420))), [2, 7, 6, 5]), W, stride = [2, 1])",
        "F16 | 5 | x: f32[2, 4, 3] | LSTM(5)(LSTM(3)(x).out).out",
        "F16 | 1 | x: f32[3, 11]; z: f32[3, 11] | cumsum(x) * z"})
    void aModelAnswersTheSameBits(Storage storage, int held, String parameters, String function) {
        CompiledModel compiled = compile(parameters, function);
        Image image = compiled.apply().image();
        Checkpoint narrow = checkpoint(image, storage, true);
        assertEquals(held, ShortWeights.of(image, narrow.storage()).size());
        Model here = Model.of(image, compiled.apply().load(), narrow, "file", Team.of(1));
        Model wide = Model.of(
                image, compiled.apply().load(), checkpoint(image, storage, false), "file", Team.of(1));
        Model there = here.on(device);
        float[] answered = answer(there);
        there.release();
        Model wideThere = wide.on(device);
        assertArrayEquals(answer(wideThere), answered);
        wideThere.release();
        float[] wanted = answer(here);
        assertArrayEquals(answer(wide), wanted);
        assertArrayEquals(wanted, answered, 1e-4f * Math.max(1, Math.abs(wanted[1])));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "x: f32[3, 11] | cumsum(x) * f32(argsort(x))",
        "q: f32[2, 5, 4]; k: f32[2, 7, 4]; v: f32[2, 7, 3] | attention(q, k, v)",
        "W: f32[3, 2, 2, 4] | convolve_transposed(reshape(cos(f32(arange(96))), [2, 3, 4, 4]), W, groups = 2)",
        "x: f32[2, 6, 5, 3] | max_pool(x, [3, 3], [2, 2])"})
    void whatNoKernelReadsInTwoBytesStaysAsItIs(String parameters, String function) {
        Image image = compile(parameters, function).apply().image();
        assertEquals(Map.of(), ShortWeights.of(image, checkpoint(image, Storage.F16, true).storage()));
    }

    /// Parameters of random procedures, in two bytes and in four.
    @Test
    void randomProceduresGiveTheSameBits() {
        int tried = 0;
        int all = 0;
        int narrowed = 0;
        for (long seed = 1; tried < 3; seed++) {
            RandomGraph random = RandomGraphs.generate(24, seed);
            var inputs = new HashMap<String, double[]>();
            Procedure given = Running.withoutDraws(random.procedure(), random.bindings(), inputs);
            var plain = new Procedure(given.name(), given.inputs(), given.outputs(), List.of());
            Image image = Planner.plan(plain, VariableLayout.of(List.of(plain)), Fusion.Effort.FULL);
            if (image.variables().size() < 2) {
                continue;
            }
            tried++;
            Storage storage = seed % 2 == 0 ? Storage.F16 : Storage.BF16;
            var variables = new HashMap<String, double[]>();
            var held = new HashMap<String, Storage>();
            for (Variable variable : image.variables()) {
                double[] values = random.bindings().variables().get(variable.name()).clone();
                if (variable.dtype().isFloat()) {
                    for (int i = 0; i < values.length; i++) {
                        values[i] = storage.widened(storage.narrowed((float) values[i]));
                    }
                    held.put(variable.name(), storage);
                }
                variables.put(variable.name(), values);
            }
            var bindings = new Bindings(random.bindings().sizes(), inputs, variables, random.bindings().draws());
            Interpreter.Results wide = Running.run(
                    image, CompiledProgram.interpreted(), plain, bindings, new Options(Tier.SCALAR), 1, device);
            Interpreter.Results narrow = Running.runOn(
                    new Memory(image, held, device), image, CompiledProgram.interpreted(), plain, bindings,
                    new Options(Tier.SCALAR), 1);
            assertNull(Running.difference(wide, narrow, 0), plain::toString);
            all += held.size();
            narrowed += ShortWeights.of(image, held).size();
        }
        assertTrue(narrowed > 3 && narrowed > all / 2, narrowed + " of " + all);
    }

    /// Every value of the type comes back, NaN as some NaN.
    @ParameterizedTest
    @EnumSource(value = Storage.class, names = {"F16", "BF16"})
    void memoryHoldsEveryValue(Storage storage) {
        Image image = compile("a: f32[256, 256]; b: f32[3]", "a * sum(b)").apply().image();
        float[] values = new float[1 << 16];
        for (int i = 0; i < values.length; i++) {
            values[i] = storage.widened((short) i);
        }
        var memory = new Memory(image, Map.of("a", storage), device);
        memory.set("a", values);
        memory.set("b", new float[] {0.1f, 1e30f, -1e-40f});
        assertArrayEquals(values, memory.getFloats("a"));
        assertArrayEquals(new float[] {0.1f, 1e30f, -1e-40f}, memory.getFloats("b"));
        // What cannot be held is rounded to nearest, ties to even.
        values[0] = storage == Storage.F16 ? 1 + 0x3p-11f : 1 + 0x3p-8f;
        memory.set("a", values);
        assertEquals(storage == Storage.F16 ? 1 + 0x1p-9f : 1 + 0x1p-6f, memory.getFloats("a")[0]);
        memory.release();
    }

    /// Of each kind a buffer, as long as it is not full; a place's remainder by four stays.
    @Test
    void variablesOfAKindShareBuffers() {
        int[] sizes = new int[Segment.COUNT];
        sizes[Segment.PARAMETERS.ordinal()] = 60;
        var variables = new ArrayList<Variable>();
        int[] offsets = {0, 9, 14, 20, 27, 41, 60};
        for (int i = 0; i < 6; i++) {
            variables.add(new Variable(
                    "p" + i, Segment.PARAMETERS, DType.F32, List.of(offsets[i + 1] - offsets[i]), offsets[i]));
        }
        Cuts cuts = Cuts.of(
                variables,
                Map.of("p1", Storage.F16, "p2", Storage.F16, "p3", Storage.BF16, "p5", Storage.F16), sizes,
                new int[Segment.COUNT], 72);
        var found = new ArrayList<List<Object>>();
        for (Variable variable : variables) {
            int piece = cuts.piece(Segment.PARAMETERS, false, variable.offset());
            int last = variable.offset() + variable.size() - 1;
            assertEquals(piece, cuts.piece(Segment.PARAMETERS, false, last));
            int base = cuts.base(Segment.PARAMETERS, false, variable.offset());
            assertEquals(base, cuts.base(Segment.PARAMETERS, false, last));
            assertTrue(last - base < cuts.size(Segment.PARAMETERS, false, piece));
            assertEquals(0, base % 4);
            found.add(List.of(piece, cuts.storage(Segment.PARAMETERS, false, piece), variable.offset() - base));
        }
        assertEquals(
                List.of(
                        List.of(0, Storage.F32, 0), List.of(1, Storage.F16, 1), List.of(1, Storage.F16, 6),
                        List.of(2, Storage.BF16, 0), List.of(3, Storage.F32, 3), List.of(1, Storage.F16, 13)),
                found);
        assertEquals(List.of(9, 32, 7, 17), IntStream.range(0, 4).mapToObj(piece -> cuts.size(
                Segment.PARAMETERS, false, piece)).toList());
    }

    @Test
    void weightsTakeHalfTheBytes() {
        CompiledModel compiled = compile("a: f32[300, 200]; b: f32[200, 100]; c: f32[100]", "tanh(a @ b + c)");
        Image image = compiled.apply().image();
        var bytes = new long[2];
        for (int i = 0; i < 2; i++) {
            Model here = Model.of(
                    image, compiled.apply().load(), checkpoint(image, Storage.F16, i == 1), "file", Team.of(1));
            long before = device.bytes();
            Model there = here.on(device);
            bytes[i] = device.bytes() - before;
            there.release();
            assertEquals(before, device.bytes());
        }
        long weights = 300 * 200 + 200 * 100;
        // Gradients are not made; some bytes are what a buffer has at least.
        assertTrue(Math.abs(4 * (weights + 100) - bytes[0]) < 200, bytes[0] + " bytes");
        assertTrue(Math.abs(2 * weights + 4 * 100 - bytes[1]) < 200, bytes[1] + " bytes");
    }
}
